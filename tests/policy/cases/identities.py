"""Identities, of clusters and of workloads."""

from tests.policy.builders import (
    ACR_PULL,
    GROUP,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    SUBNET_ID,
    assignment,
    credential,
    identity,
)
from tests.policy.cases.case import Case
from tests.policy.programs import (
    KNOWN_ISSUER,
    WHY,
    a_control_plane,
    a_workload,
    addon_object_id,
    an_addon_role,
    an_attached_cluster,
)

CASES = (
    Case(
        rule="kubelet-identity-only-pulls",
        refused=lambda: an_attached_cluster("aks-kubelet-wide", "4633458b-17de-408a-b874-0445c86b69e6"),
        passed=lambda: an_attached_cluster("aks-kubelet", ACR_PULL),
    ),
    Case(
        rule="operator-role-is-the-control-planes",
        refused=lambda: assignment(
            "operator", OPERATOR, scope=f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-other"
        ),
        passed=lambda: an_attached_cluster("aks-operator", ACR_PULL),
    ),
    Case(
        rule="network-role-is-the-control-planes",
        refused=lambda: assignment("joins", NETWORK_CONTRIBUTOR, scope=SUBNET_ID, description=WHY),
        passed=lambda: a_control_plane("aks-joins"),
    ),
    Case(
        rule="managed-identity-is-no-group",
        refused=lambda: assignment("as-group", principal_id=identity("no-group").principal_id, principal_type="Group"),
        passed=lambda: a_workload("as-itself"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="addon-identities-hold-nothing",
        refused=lambda: an_addon_role("aks-addon", addon_object_id),
        passed=lambda: a_workload("addon-workload"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="federated-identity-holds-only-workload-roles",
        refused=lambda: credential("pod-too", a_control_plane("aks-and-pods").name),
        passed=lambda: a_workload("reads-secrets"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-with-roles-is-used",
        refused=lambda: assignment("left-over", principal_id=identity("unused").principal_id),
        passed=lambda: a_workload("used"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="federated-identity-has-roles",
        refused=lambda: credential("to-nowhere", identity("roleless").name),
        passed=lambda: a_workload("with-role"),
        config=KNOWN_ISSUER,
    ),
)
