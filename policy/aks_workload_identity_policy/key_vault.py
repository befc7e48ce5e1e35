"""Rules about key vaults."""

from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule

VAULT = "keyvault:Vault"


@rule(
    "vault-uses-azure-rbac",
    VAULT,
    why="In access-policy mode everyone who may write the vault can hand themselves its secrets.",
    severity=Severity.HIGH,
)
def vault_uses_azure_rbac(vault: Resource) -> Iterator[str]:
    """Must be written out: before API 2026-02-01 leaving it out means access policies.

    Source: Microsoft Learn, key-vault/general/access-control-default.
    """
    enabled = vault.flag("properties", "enableRbacAuthorization")
    if enabled is not True:
        seen = "not set" if enabled is None else "false"
        yield f"properties.enableRbacAuthorization is {seen}; set it to true and grant roles on the vault instead"


@rule(
    "vault-has-purge-protection",
    VAULT,
    why="Without purge protection a deleted vault can be emptied for good before anybody notices.",
    severity=Severity.MEDIUM,
)
def vault_has_purge_protection(vault: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, key-vault/general/soft-delete-overview."""
    enabled = vault.flag("properties", "enablePurgeProtection")
    if enabled is not True:
        seen = "not set" if enabled is None else "false"
        yield f"properties.enablePurgeProtection is {seen}; set it to true (it cannot be taken back)"
