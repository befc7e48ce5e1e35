"""The language of conditions: what Azure documents is read, and what narrows nothing is told apart."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from aks_workload_identity import InvalidArgumentError
from aks_workload_identity.abac import fault_of
from aks_workload_identity.grants.grant import catalogued
from hypothesis import given
from hypothesis import strategies as st

from tests.components.builders import VAULT_ID

pytestmark = pytest.mark.capability("A10")

READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
NAME = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
TEXTS = ["".join(letters) for length in range(5) for letters in product("abc*", repeat=length)]


def only(test: str, action: str = READ) -> str:
    return f"((!(ActionMatches{{'{action}'}})) OR ({test}))"


@pytest.mark.parametrize(
    "condition",
    [
        only(f"{NAME} StringEquals 'it is (a) quote: ['"),
        only(f"{NAME} StringLike 'shop-*' AND {NAME} StringNotLike '*-key'"),
        only(f"{NAME} StringNotEquals 'root'"),
        only(f"{NAME} stringequalsignorecase 'a' || {NAME} StringStartsWith 'b'"),
        only(f"{NAME} ForAnyOfAnyValues:StringEquals {{'a', 'b'}}"),
        f"{NAME} StringEquals 'a'",
        "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals "
        "{8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9}",
        "@Environment[isPrivateLink] BoolEquals true",
        "@Environment[UtcNow] DateTimeLessThan '2027-05-01T13:00:00.000Z'",
        f"(!(ActionMatches{{'{BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR "
        f"(@Resource[{BLOBS}/tags:Project<$key_case_sensitive$>] StringEqualsIgnoreCase "
        "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:Engineering_Project])",
        only(
            f"@Request[{BLOBS}:versionId] DateTimeEquals '2022-06-01T00:00:00.0Z' OR NOT Exists "
            f"@Request[{BLOBS}:versionId]",
            f"{BLOBS}/read",
        ),
    ],
)
def test_what_azure_documents_is_a_condition(condition: str):
    assert fault_of(condition) is None


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("", "to its end"),
        ("true", "cannot be read"),
        (f"({NAME} StringEquals 'a'", "to its end"),
        (f"{NAME} StringEquals 'a')", "from ')' on"),
        (f"{NAME} StringEquals 'a", "cannot be read"),
        (f"{NAME} StringEquals a", "cannot be read"),
        (f"'a' StringEquals {NAME}", "cannot be read"),
        (f"{NAME} StringEquals 'a' AND {NAME} StringEquals 'b' OR {NAME} StringEquals 'c'", "from 'OR"),
        (only(f"{NAME} StringMatches 'a'"), "StringMatches, which is no operator"),
        (only(f"{NAME} ForSomeOfAnyValues:StringEquals {{'a'}}"), "no operator"),
        (only(f"{NAME} GuidEquals 'a'"), "none of its values"),
        (only(f"{NAME} NumericEquals 'a'"), "none of its values"),
        (only("@Resource[x] StringEquals 'a'"), "@Resource[x], which is no attribute"),
        (only("@Environment[Microsoft.Compute/virtualMachines] StringEquals 'a'"), "no attribute"),
        (f"ActionMatches{{'{READ}'}}", "compares no attribute"),
    ],
)
def test_what_azure_does_not_read_is_told_with_its_place(condition: str, fault: str):
    assert fault in (fault_of(condition) or "")


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (f"{NAME} StringLike '*'", "everything is"),
        (only(f"{NAME} StringLike '?*'"), "everything is"),
        (only(f"{NAME} StringStartsWith ''"), "everything is"),
        (only(f"{NAME} ForAnyOfAnyValues:StringLike {{'a', '**'}}"), "everything is"),
        (only(f"{NAME} StringEquals 'a' OR {NAME} StringNotEquals 'a'"), f"lets {READ} pass"),
        (only(f"{NAME} StringEquals 'a' OR NOT ({NAME} StringEquals 'a')"), f"lets {READ} pass"),
        (only(f"{NAME} StringLike 'a*' OR {NAME} StringNotLike 'ab*'"), f"lets {READ} pass"),
        (only(f"{NAME} ForAnyOfAnyValues:StringNotEquals {{'a', 'b'}}"), f"lets {READ} pass"),
        (only(f"{NAME} StringEquals {NAME}"), f"lets {READ} pass"),
        (only(f"Exists {NAME} OR NOT Exists {NAME}"), f"lets {READ} pass"),
        (f"{only(f'{NAME} StringEquals {NAME}')} AND {only(f'{NAME} StringEquals {chr(39)}a{chr(39)}', 'a/b')}", READ),
        (f"ActionMatches{{'*'}} OR {NAME} StringEquals 'a'", "true of every request"),
        (
            "@Environment[isPrivateLink] BoolEquals true OR @Environment[isPrivateLink] BoolEquals FALSE",
            "every request",
        ),
        ("@Environment[isPrivateLink] BoolNotEquals true OR @Environment[isPrivateLink] BoolEquals true", "every"),
        (f"@Request[{BLOBS}:n] NumericLessThan 5 OR @Request[{BLOBS}:n] NumericGreaterThan -3", "every request"),
    ],
)
def test_a_condition_that_is_always_true_narrows_nothing(condition: str, fault: str):
    assert fault in (fault_of(condition) or "")


def test_a_condition_is_about_what_the_role_gives():
    condition = only(f"{NAME} StringEquals 'a'")

    assert fault_of(condition, role_actions=["Microsoft.KeyVault/vaults/*"]) is None
    assert fault_of(only(f"{NAME} StringEquals 'a'", "Microsoft.KeyVault/*"), role_actions=[READ]) is None
    assert "which the role does not give" in (fault_of(condition, role_actions=[f"{BLOBS}/read"]) or "")


def _of(operator: str, wanted: str) -> Callable[[str], bool]:
    if operator.endswith("Equals"):
        found = lambda value: value == wanted  # noqa: E731
    elif operator.endswith("With"):
        found = lambda value: value.startswith(wanted)  # noqa: E731
    else:
        found = lambda value: bool(re.fullmatch(wanted.replace("*", ".*"), value))  # noqa: E731
    return (lambda value: not found(value)) if "Not" in operator else found


OPERATORS = [f"String{no}{how}" for no in ("", "Not") for how in ("Equals", "StartsWith", "Like")]
PARTS = st.tuples(st.sampled_from(OPERATORS), st.from_regex(r"[ab*]{0,2}[ab]", fullmatch=True))


@given(st.lists(PARTS, min_size=2, max_size=4), st.sampled_from(["AND", "OR"]))
def test_what_is_true_of_every_text_is_refused_and_nothing_else(parts: list[tuple[str, str]], joined: str):
    condition = f" {joined} ".join(f"{NAME} {operator} '{wanted}'" for operator, wanted in parts)
    together = all if joined == "AND" else any

    fails = any(not together(_of(operator, wanted)(text) for operator, wanted in parts) for text in TEXTS)

    if joined == "OR" and sum("Not" in operator for operator, _ in parts) > 1:
        assert fails or fault_of(condition)  # all but what is two things at once: nobody writes that
    else:
        assert (fault_of(condition) is None) == fails


def test_a_grant_refuses_a_condition_that_narrows_nothing():
    with pytest.raises(InvalidArgumentError, match=r"condition must be .*narrows a role.*everything is"):
        catalogued("key_vault.read_secrets", VAULT_ID, condition=only(f"{NAME} StringLike '*'"))


def test_sixty_names_are_judged_as_one_is():
    names = " OR ".join(f"{NAME} StringEquals 'secret-{number}'" for number in range(60))

    assert fault_of(only(names)) is None
    assert fault_of(only(f"{names} OR {NAME} StringNotEquals 'secret-7'")) is not None
