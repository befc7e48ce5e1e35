"""Rules about key vaults."""

from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.diagnostics import DIAGNOSTICS, goes_somewhere
from aks_workload_identity_policy.networks import fault_of
from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule, stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

VAULT = "keyvault:Vault"
ACCESS_POLICY = "keyvault:AccessPolicy"
SECRET = "keyvault:Secret"  # noqa: S105


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


@rule(
    "vault-has-no-access-policies",
    VAULT,
    ACCESS_POLICY,
    why="An access policy is a grant that Azure RBAC neither shows nor takes away.",
    severity=Severity.HIGH,
)
def vault_has_no_access_policies(vault: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, key-vault/general/rbac-access-policy."""
    if vault.kind == ACCESS_POLICY.lower():
        yield "is an access policy; grant a role on the vault instead, for example Key Vault Secrets User"
    elif policies := vault.parts("properties", "accessPolicies"):
        yield f"properties.accessPolicies has {len(policies)}; leave it out and grant roles on the vault instead"


@rule(
    "vault-network-is-closed",
    VAULT,
    why="A vault that the internet reaches lets a stolen token be used from anywhere.",
    severity=Severity.HIGH,
)
def vault_network_is_closed(vault: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, key-vault/general/network-security; private-link/network-security-perimeter-concepts."""
    if (vault.text("properties", "publicNetworkAccess") or "").lower() in ("disabled", "securedbyperimeter"):
        return
    if (vault.text("properties", "networkAcls", "defaultAction") or "").lower() != "deny":
        yield (
            "properties.publicNetworkAccess is not Disabled and properties.networkAcls.defaultAction is not Deny; set "
            "one of the two, and let the cluster in by subnet or private endpoint"
        )
    addresses = [one.text("value") or "" for one in vault.parts("properties", "networkAcls", "ipRules")]
    if fault := fault_of(addresses):
        yield f"properties.networkAcls.ipRules {fault}; list the addresses that need the vault"


@stack_rule(
    "vault-audit-events-go-somewhere",
    VAULT,
    *DIAGNOSTICS,
    why="Only AuditEvent says who read which secret, and Azure keeps it nowhere by itself.",
    severity=Severity.MEDIUM,
)
def vault_audit_events_go_somewhere(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, key-vault/general/logging."""
    for vault in stack.of(VAULT):
        if not goes_somewhere(stack, vault, ("AuditEvent",), "vaults"):
            yield Finding(
                vault,
                "no diagnostic setting of this stack sends AuditEvent of the vault anywhere; add one with a Log "
                "Analytics workspace",
            )


@rule(
    "program-writes-no-secret-value",
    SECRET,
    why="A value that a program writes is in its source or configuration, and in the state of the stack.",
    severity=Severity.CRITICAL,
)
def program_writes_no_secret_value(secret: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, key-vault/secrets/secrets-best-practices."""
    yield (
        "writes a secret's value through Azure Resource Manager; write it with `az keyvault secret set` or from the "
        "system that owns it, and name the secret alone in the program"
    )
