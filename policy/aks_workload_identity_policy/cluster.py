"""Rules about AKS clusters."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from aks_workload_identity_policy.diagnostics import DIAGNOSTICS, goes_somewhere
from aks_workload_identity_policy.networks import fault_of
from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule, stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

CLUSTER = "containerservice:ManagedCluster"


@rule(
    "cluster-oidc-issuer-is-on",
    CLUSTER,
    why="Without an OIDC issuer Entra ID cannot verify the tokens of the cluster's service accounts.",
    severity=Severity.HIGH,
)
def oidc_issuer_is_on(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/use-oidc-issuer."""
    enabled = cluster.flag("oidcIssuerProfile", "enabled")
    if enabled is not True:
        yield f"oidcIssuerProfile.enabled is {_seen(enabled)}; set it to true"


@rule(
    "cluster-workload-identity-is-on",
    CLUSTER,
    why="Without workload identity pods fall back to stored secrets or to the identity of their node.",
    severity=Severity.HIGH,
)
def workload_identity_is_on(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/workload-identity-deploy-cluster."""
    enabled = cluster.flag("securityProfile", "workloadIdentity", "enabled")
    if enabled is not True:
        yield f"securityProfile.workloadIdentity.enabled is {_seen(enabled)}; set it to true"


@rule(
    "cluster-local-accounts-are-off",
    CLUSTER,
    why="Local accounts are shared cluster-admin certificates that Entra ID neither sees nor revokes.",
    severity=Severity.CRITICAL,
)
def local_accounts_are_off(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/manage-local-accounts-managed-azure-ad."""
    disabled = cluster.flag("disableLocalAccounts")
    if disabled is not True:
        yield f"disableLocalAccounts is {_seen(disabled)}; set it to true and let people sign in with Entra ID"


@rule(
    "cluster-access-is-decided-by-entra-and-azure-rbac",
    CLUSTER,
    why="Only with Entra ID and Azure RBAC are people's rights in the cluster assigned, reviewed and removed in Azure.",
    severity=Severity.HIGH,
)
def entra_and_azure_rbac_decide(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/manage-azure-rbac."""
    for setting in ("managed", "enableAzureRBAC"):
        enabled = cluster.flag("aadProfile", setting)
        if enabled is not True:
            yield f"aadProfile.{setting} is {_seen(enabled)}; set it to true"


@rule(
    "cluster-run-command-is-off",
    CLUSTER,
    why="Run-command gives whoever may call it in ARM a shell as cluster-admin, past Kubernetes' own access rules.",
    severity=Severity.HIGH,
)
def run_command_is_off(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/access-private-cluster (disable run command)."""
    disabled = cluster.flag("apiServerAccessProfile", "disableRunCommand")
    if disabled is not True:
        yield f"apiServerAccessProfile.disableRunCommand is {_seen(disabled)}; set it to true"


@rule(
    "cluster-has-no-pod-identity",
    CLUSTER,
    why="Pod-managed identity is out of support and serves tokens to any pod that can reach its endpoint.",
    severity=Severity.HIGH,
)
def pod_identity_is_absent(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/use-azure-ad-pod-identity (deprecated; support ended in September 2025)."""
    instead = "remove podIdentityProfile and federate service accounts instead"
    if cluster.flag("podIdentityProfile", "enabled"):
        yield f"podIdentityProfile.enabled is true; {instead}"
    elif cluster.parts("podIdentityProfile", "userAssignedIdentities"):
        yield f"podIdentityProfile.userAssignedIdentities lists identities; {instead}"


@rule(
    "cluster-has-no-service-principal",
    CLUSTER,
    why="A service principal puts a long-lived client secret into the cluster; a managed identity has none.",
    severity=Severity.HIGH,
)
def service_principal_is_absent(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/use-managed-identity (`msi` is what AKS itself writes for a managed identity);
    aks/azure-ad-integration-cli (legacy integration by applications, retired).
    """
    client_id = cluster.text("servicePrincipalProfile", "clientId")
    if client_id is not None and client_id.lower() != "msi":
        yield f"servicePrincipalProfile.clientId is {client_id!r}; remove servicePrincipalProfile and set identity"
    for legacy in ("serverAppSecret", "serverAppID", "clientAppID"):
        if cluster.has("aadProfile", legacy):
            yield f"aadProfile.{legacy} is set; remove it, and set aadProfile.managed to true"


@rule(
    "cluster-api-server-is-restricted",
    CLUSTER,
    why="An API server that the whole internet reaches is one stolen login away from the cluster.",
    severity=Severity.HIGH,
)
def api_server_is_restricted(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/api-server-authorized-ip-ranges; aks/private-clusters."""
    if cluster.flag("apiServerAccessProfile", "enablePrivateCluster"):
        return
    ranges = cluster.texts("apiServerAccessProfile", "authorizedIPRanges")
    fault = fault_of(ranges) if ranges else "is not set"
    if fault:
        yield (
            f"apiServerAccessProfile.authorizedIPRanges {fault}; list the addresses that may reach the API server, or "
            "set enablePrivateCluster to true"
        )


@rule(
    "cluster-key-vault-addon-rotates",
    CLUSTER,
    why="Without rotation pods keep a secret that was changed because it leaked.",
    severity=Severity.MEDIUM,
)
def key_vault_addon_rotates(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/csi-secrets-store-configuration-options (values are text)."""
    addons = cluster.part("addonProfiles")
    for name in addons.names():
        if name.lower() != "azurekeyvaultsecretsprovider" or not addons.flag(name, "enabled"):
            continue
        rotation = addons.text(name, "config", "enableSecretRotation")
        if (rotation or "").lower() != "true":
            seen = "not set" if rotation is None else repr(rotation)
            yield f"addonProfiles.{name}.config.enableSecretRotation is {seen}; set it to the text 'true'"


@rule(
    "cluster-has-defender",
    CLUSTER,
    why="Defender sees what runs in the cluster against its image, and nothing else here does.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.ADVISORY,
)
def defender_is_on(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, defender-for-cloud/defender-for-containers-enable."""
    enabled = cluster.flag("securityProfile", "defender", "securityMonitoring", "enabled")
    if enabled is not True:
        yield f"securityProfile.defender.securityMonitoring.enabled is {_seen(enabled)}; set it to true"


@rule(
    "cluster-has-the-azure-policy-addon",
    CLUSTER,
    why="This pack judges what Pulumi registers; Azure Policy judges what anybody creates in the cluster.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.ADVISORY,
)
def azure_policy_addon_is_on(cluster: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, governance/policy/concepts/policy-for-kubernetes."""
    addons = cluster.part("addonProfiles")
    names = [name for name in addons.names() if name.lower() == "azurepolicy"]
    if not any(addons.flag(name, "enabled") for name in names):
        yield "addonProfiles.azurepolicy.enabled is not true; set it to true"


@stack_rule(
    "cluster-keeps-audit-logs",
    CLUSTER,
    *DIAGNOSTICS,
    why="Without audit logs nobody can say who read what in the cluster.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.ADVISORY,
)
def cluster_keeps_audit_logs(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/monitor-aks-reference (resource logs)."""
    for cluster in stack.of(CLUSTER):
        if not goes_somewhere(stack, cluster, ("kube-audit", "kube-audit-admin"), "managedclusters"):
            yield Finding(
                cluster,
                "no diagnostic setting of this stack sends kube-audit or kube-audit-admin of the cluster anywhere; add "
                "one with a Log Analytics workspace",
            )


def _seen(value: bool | None) -> str:
    return "not set" if value is None else str(value).lower()
