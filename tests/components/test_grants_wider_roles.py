"""Roles outside the catalogue: with a reason, on one resource, and never those that lead to more."""

import pulumi
import pytest
from aks_workload_identity import InvalidArgumentError, Role, grants
from aks_workload_identity.grants.escalation import ESCALATING

from sandbox.azure.role_definitions import built_in_roles
from tests.components.builders import GROUP, VAULT_ID, workload
from tests.components.granting import CRYPTO_USER, ESCALATION, PROVIDERS, WHY, allows
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A10")


def test_a_wider_role_carries_its_reason_to_azure():
    grant = grants.wider(CRYPTO_USER, VAULT_ID, because=WHY)

    inputs = run(lambda: workload(grants={"sign": grant})).one("RoleAssignment").inputs

    assert inputs["description"] == f"{WHY} [sign of orders, stack aks-workload-identity/dev]"
    assert inputs["roleDefinitionId"].endswith("/roleDefinitions/12338af0-0e69-4776-bea7-57ae8d297424")


@pytest.mark.parametrize(
    "because", ["", "because", "it signs", "a b c d", "x " * 300, "signs all\ninvoices", f" {WHY}"]
)
def test_a_reason_is_words_on_one_line(because: str):
    with pytest.raises(InvalidArgumentError, match="because must be a reason in words"):
        grants.wider(CRYPTO_USER, VAULT_ID, because=because)


def test_a_reason_is_no_output():
    with pytest.raises(InvalidArgumentError, match=r"because must be a reason in words.* so a plain value"):
        run(lambda: grants.wider(CRYPTO_USER, VAULT_ID, because=pulumi.Output.from_input(WHY)))  # pyright: ignore


def test_a_wider_role_still_needs_a_resource():
    with pytest.raises(InvalidArgumentError, match="scope must be the id of one resource"):
        grants.wider(CRYPTO_USER, GROUP, because=WHY)


@pytest.mark.parametrize(
    "guid",
    [
        CRYPTO_USER.guid.replace("-", ""),
        f"{{{CRYPTO_USER.guid}}}",
        f"{CRYPTO_USER.guid} ",
        f"{CRYPTO_USER.guid}\n",
        "x/../8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "",
    ],
)
def test_a_role_is_known_by_a_guid_in_one_spelling(guid: str):
    with pytest.raises(InvalidArgumentError, match="guid must be a GUID, for example"):
        Role(name="Key Vault Crypto User", guid=guid)

    assert Role(name=CRYPTO_USER.name, guid=CRYPTO_USER.guid.upper()) == CRYPTO_USER


@pytest.mark.parametrize(
    "scope",
    [
        f"{PROVIDERS}/../../..",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/..",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/.",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv/../../..",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/*",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv*",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/%2e%2e",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/k v",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv?api-version=1",
        f"{VAULT_ID}\n",
        VAULT_ID.replace("/rg/", "/../"),
    ],
)
def test_a_scope_is_no_pattern_and_no_way_around(scope: str):
    for grant in (lambda: grants.wider(CRYPTO_USER, scope, because=WHY), lambda: grants.key_vault.read_secrets(scope)):
        with pytest.raises(InvalidArgumentError, match="scope must be the id of one resource"):
            grant()


@pytest.mark.parametrize("name", ["..a", "a.b", "...", "$Default", "a_(1)"])
def test_a_name_with_dots_is_a_resource(name: str):
    scope = f"{PROVIDERS}/Microsoft.KeyVault/vaults/{name}"

    assert grants.wider(CRYPTO_USER, scope, because=WHY).scope == scope


def test_the_roles_that_no_reason_opens_are_those_that_lead_to_more():
    leading = {guid for guid in built_in_roles() if any(allows(guid, action) for action in ESCALATION)}
    # Microsoft counts it among the privileged ones, and the data does not have it.
    reservations = "a8889054-8d42-49c9-bc1c-52486c10e7cd"

    assert leading | {reservations} == ESCALATING


@pytest.mark.parametrize("guid", sorted(ESCALATING))
def test_a_role_that_leads_to_more_is_refused_whatever_the_reason(guid: str):
    with pytest.raises(InvalidArgumentError, match="role must not be one that gives its holder further roles"):
        grants.wider(Role(name="any name", guid=guid.upper()), VAULT_ID, because=WHY)


@pytest.mark.parametrize("scope", [GROUP, f"{VAULT_ID}/..", f"{VAULT_ID}\n"])
def test_a_scope_that_turns_out_too_wide_is_refused_without_a_traceback(scope: str):
    def program() -> None:
        workload(grants={"sign": grants.wider(CRYPTO_USER, pulumi.Output.from_input(scope), because=WHY)})

    recording = attempt(program)

    # Of any other error Pulumi prints a traceback.
    assert type(recording.error) is pulumi.RunError
    assert str(recording.error) == f"Grant:\n  - scope must be the id of one resource; got {scope!r}"
