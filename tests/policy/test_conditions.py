"""Conditions of role assignments: version 2.0, readable, and narrower than the role without them."""

import pytest
from pulumi_azure_native import authorization

from tests.azure_mocks import guid
from tests.policy.builders import READER, SECRETS_USER, VAULT_ID, assignment, role_id
from tests.policy.judging import refusals
from tests.policy.programs import CONDITION, READS

VERSION, FORM = "assignment-condition-is-version-2", "assignment-condition-is-well-formed"
NAME = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"


def conditioned(condition: str | None, version: str | None = "2.0", role: str = SECRETS_USER):
    return lambda: assignment("x", role, condition=condition, condition_version=version)


@pytest.mark.parametrize(
    ("condition", "version"), [(CONDITION, None), (CONDITION, "1.0"), (" ", "2.0"), (None, "2.0"), ("", None)]
)
def test_a_condition_without_version_2_is_refused(condition: str | None, version: str | None):
    assert refusals(conditioned(condition, version)).keys() == {VERSION}


@pytest.mark.parametrize("role", [SECRETS_USER, SECRETS_USER.upper(), guid("a role that others defined")])
def test_a_condition_on_an_action_of_the_role_passes(role: str):
    assert FORM not in refusals(conditioned(CONDITION, role=role))


def test_a_condition_may_be_about_some_requests_to_all_of_the_role():
    assert refusals(conditioned("@Environment[isPrivateLink] BoolEquals true")) == {}


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (CONDITION[:-1], "cannot be read to its end"),
        (f"{NAME} StringLike '*'", "which everything is"),
        (CONDITION.replace("'a'", "'a' OR @Environment[isPrivateLink] BoolEquals true"), None),
        (CONDITION.replace("'a'", f"'a' OR {NAME} StringNotEquals 'a'"), f"lets {READS} pass whatever"),
        (CONDITION.replace("getSecret", "setSecret"), "which the role does not give"),
    ],
)
def test_a_condition_that_narrows_nothing_is_refused(condition: str, says: str | None):
    messages = refusals(conditioned(condition))

    assert messages.keys() == ({FORM} if says else set())
    assert (says or "") in messages.get(FORM, "")


def test_the_condition_of_an_eligibility_is_judged_too():
    def program() -> None:
        authorization.PimRoleEligibilitySchedule(
            "x",
            principal_id=guid("x"),
            role_definition_id=role_id(READER),
            scope=VAULT_ID,
            condition=f"{NAME} StringLike '*'",
        )

    assert refusals(program).keys() == {VERSION, FORM}
