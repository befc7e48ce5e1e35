"""Clusters."""

from tests.azure_mocks import guid
from tests.policy.builders import audit, cluster, security_profile
from tests.policy.cases.case import Case
from tests.policy.programs import addons, aks

CASES = (
    Case(
        rule="cluster-oidc-issuer-is-on",
        refused=lambda: cluster("aks-no-issuer", oidc_issuer_profile=None),
        passed=lambda: cluster("aks-issuer"),
    ),
    Case(
        rule="cluster-workload-identity-is-on",
        refused=lambda: cluster("aks-no-webhook", security_profile=security_profile(workload_identity=None)),
        passed=lambda: cluster("aks-webhook"),
    ),
    Case(
        rule="cluster-local-accounts-are-off",
        refused=lambda: cluster("aks-local", disable_local_accounts=None),
        passed=lambda: cluster("aks-no-local"),
    ),
    Case(
        rule="cluster-access-is-decided-by-entra-and-azure-rbac",
        refused=lambda: cluster("aks-no-rbac", aad_profile=aks.ManagedClusterAADProfileArgs(managed=True)),
        passed=lambda: cluster("aks-rbac"),
    ),
    Case(
        rule="cluster-run-command-is-off",
        refused=lambda: cluster(
            "aks-run-command",
            api_server_access_profile=aks.ManagedClusterAPIServerAccessProfileArgs(enable_private_cluster=True),
        ),
        passed=lambda: cluster("aks-no-run-command"),
    ),
    Case(
        rule="cluster-has-no-pod-identity",
        refused=lambda: cluster(
            "aks-pod-id", pod_identity_profile=aks.ManagedClusterPodIdentityProfileArgs(enabled=True)
        ),
        passed=lambda: cluster("aks-no-pod-id"),
    ),
    Case(
        rule="cluster-has-no-service-principal",
        refused=lambda: cluster(
            "aks-sp",
            service_principal_profile=aks.ManagedClusterServicePrincipalProfileArgs(client_id=guid("sp")),
        ),
        passed=lambda: cluster("aks-no-sp"),
    ),
    Case(
        rule="cluster-api-server-is-restricted",
        refused=lambda: cluster(
            "aks-open",
            api_server_access_profile=aks.ManagedClusterAPIServerAccessProfileArgs(disable_run_command=True),
        ),
        passed=lambda: cluster("aks-closed"),
    ),
    Case(
        rule="cluster-key-vault-addon-rotates",
        refused=lambda: cluster("aks-stale", addon_profiles=addons(rotation="false")),
        passed=lambda: cluster("aks-fresh", addon_profiles=addons(rotation="true")),
    ),
    Case(
        rule="cluster-has-defender",
        refused=lambda: cluster("aks-unseen", security_profile=security_profile(defender=None)),
        passed=lambda: cluster("aks-seen"),
    ),
    Case(
        rule="cluster-has-the-azure-policy-addon",
        refused=lambda: cluster("aks-no-policy", addon_profiles=addons(policy=False)),
        passed=lambda: cluster("aks-policy", addon_profiles=addons()),
    ),
    Case(
        rule="cluster-keeps-audit-logs",
        refused=lambda: cluster("aks-silent"),
        passed=lambda: audit("aks-audit", cluster("aks-audited").id, "kube-audit-admin"),
    ),
)
