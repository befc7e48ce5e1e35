"""How a vault must be set up."""

import pytest
from pulumi_azure_native import keyvault

from tests.azure_mocks import TENANT
from tests.policy import builders, judging
from tests.recorder import Program


def vault(*, rbac: bool | None = True, purge_protection: bool | None = True) -> Program:
    def program() -> None:
        keyvault.Vault(
            "kv",
            resource_group_name="rg",
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=TENANT,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
                enable_rbac_authorization=rbac,
                enable_purge_protection=purge_protection,
                public_network_access="Disabled",
            ),
        )

    return program


def refusals(program: Program) -> dict[str, str]:
    """Those of the vault itself; that its audit events go somewhere is a rule of the whole stack."""
    return judging.refusals(program, stack=False)


def test_a_vault_with_rbac_and_purge_protection_passes():
    assert refusals(vault()) == {}


@pytest.mark.parametrize("rbac", [None, False])
def test_access_policies_are_refused(rbac: bool | None):
    messages = refusals(vault(rbac=rbac))

    assert messages.keys() == {"vault-uses-azure-rbac"}
    assert "grant roles on the vault instead" in messages["vault-uses-azure-rbac"]


@pytest.mark.parametrize("protected", [None, False])
def test_a_vault_that_can_be_purged_is_refused(protected: bool | None):
    assert refusals(vault(purge_protection=protected)).keys() == {"vault-has-purge-protection"}


def test_the_log_of_another_vault_made_from_this_ones_id_is_none_of_this_one():
    def program() -> None:
        builders.audit("other", builders.vault("kv", audited=False).id.apply(lambda _: builders.VAULT_ID), "AuditEvent")

    assert judging.refusals(program).keys() == {"vault-audit-events-go-somewhere"}
