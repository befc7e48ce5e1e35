"""Conditions of role assignments: the text that Azure documents, for any name that a service allows."""

import re
from collections.abc import Callable

import pytest
from aks_workload_identity import InvalidArgumentError
from aks_workload_identity.grants.conditions import on_repositories, on_secret_names
from hypothesis import given
from hypothesis import strategies as st

SECRET = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"
REPOSITORY = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"
SECRET_NAMES = st.text("ab-AZ09", min_size=1, max_size=127)
REPOSITORY_NAMES = st.from_regex(r"[a-z0-9]{1,20}([._-][a-z0-9]{1,5}){0,3}(/[a-z0-9]{1,9}){0,3}/?", fullmatch=True)


def decides(condition: str, action: str, attribute: str, value: str) -> bool:
    """What the condition says to one action on one name: its grammar read as a boolean expression."""
    matches = re.sub(r"ActionMatches\{'([^']*)'\}", lambda m: str(m[1].lower() == action.lower()), condition)

    def compared(found: re.Match[str]) -> str:
        assert found[1] == attribute
        return {
            "StringEquals": str(value == found[3]),
            "StringEqualsIgnoreCase": str(value.lower() == found[3].lower()),
            "StringStartsWithIgnoreCase": str(value.lower().startswith(found[3].lower())),
        }[found[2]]

    text = re.sub(r"(@\w+\[[^]]*\]) (\w+) '([^']*)'", compared, matches)
    tokens = re.sub(r"True|False|AND|OR|!|\(|\)|\s", "", text)
    assert tokens == "", f"not the grammar of conditions: {tokens}"
    return bool(eval(text.replace("AND", "and").replace("OR", "or").replace("!", " not ")))


def reads(condition: str, name: str, action: str = "Microsoft.KeyVault/vaults/secrets/getSecret/action") -> bool:
    return decides(condition, action, SECRET, name)


def pulls(condition: str, name: str, action: str = "content/read") -> bool:
    return decides(condition, f"Microsoft.ContainerRegistry/registries/repositories/{action}", REPOSITORY, name)


def test_the_text_for_one_repository_is_the_one_azure_documents():
    assert on_repositories(["app"]) == (
        "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) "
        "AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) "
        "OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'app'))"
    )


def test_the_text_for_one_secret_is_the_one_azure_documents():
    assert on_secret_names(["db-password"]) == (
        "((!(ActionMatches{'Microsoft.KeyVault/vaults/secrets/getSecret/action'})) "
        "OR (@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'db-password'))"
    )


@pytest.mark.capability("A6")
@given(st.lists(SECRET_NAMES, min_size=1, max_size=6), SECRET_NAMES)
def test_secrets_are_read_exactly_where_they_are_named(names: list[str], other: str):
    condition = on_secret_names(names)

    assert all(reads(condition, name) for name in names)
    assert reads(condition, other) == (other in names)
    assert reads(condition, other, action="Microsoft.KeyVault/vaults/secrets/readMetadata/action")


@pytest.mark.capability("A8")
@given(st.lists(REPOSITORY_NAMES, min_size=1, max_size=6), REPOSITORY_NAMES.filter(lambda name: name[-1] != "/"))
def test_repositories_are_pulled_exactly_where_they_or_their_prefix_are_named(names: list[str], other: str):
    condition = on_repositories(names)

    named = other in names or any(name[-1] == "/" and other.startswith(name) for name in names)
    assert pulls(condition, other) == named
    assert pulls(condition, other, action="metadata/read") == named


def test_the_order_and_repetition_of_names_make_no_other_condition():
    assert on_secret_names(["b", "a", "b"]) == on_secret_names(["a", "b"])


@pytest.mark.parametrize(
    "name", ["", "a b", "it's", "a' OR 'a", "*", "pass?", "a\\", "a\n", "a'}", "$x", "päss", "a/b", "x" * 128]
)
def test_what_is_no_secret_name_never_reaches_a_condition(name: str):
    with pytest.raises(InvalidArgumentError, match=r"names\.0 must be the name of a vault's secret"):
        on_secret_names([name])


@pytest.mark.parametrize(
    "name", ["", "/", "/shop", "shop//orders", "Shop", "shop/*", "it's", "a' OR 'a", "-shop", "shop-", "a\\", "shop\n"]
)
def test_what_is_no_repository_name_never_reaches_a_condition(name: str):
    with pytest.raises(InvalidArgumentError, match=r"repositories\.0 must be a repository name"):
        on_repositories([name])


@pytest.mark.parametrize("make", [on_secret_names, on_repositories])
def test_a_condition_names_something(make: Callable[[list[str]], str]):
    with pytest.raises(InvalidArgumentError, match="at least 1"):
        make([])
