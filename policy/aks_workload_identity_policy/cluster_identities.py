"""Rules about what the identities of clusters hold, and about the roles that these alone may hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from aks_workload_identity_policy.holders import goes_to_people, leave_open
from aks_workload_identity_policy.identity_credentials import credentials_of
from aks_workload_identity_policy.principals import ASSIGNMENT, CLUSTER, CREDENTIAL, IDENTITY, ROLES, principals
from aks_workload_identity_policy.role_assignments import NETWORK_CONTRIBUTOR, role_guid
from aks_workload_identity_policy.roles import MANAGED_IDENTITY_OPERATOR, role
from aks_workload_identity_policy.rule import stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

# Microsoft Learn: container-registry-rbac-built-in-roles-overview (one for each mode of a registry)
PULLS = {
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "b93aa761-3e63-49ed-ac28-beffa264f7ac": "Container Registry Repository Reader",
}


_ELSEWHERE: Mapping[str, Mapping[str, Any]] = {
    "principals": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "Object ids of the control-plane identities of clusters outside the stack.",
    }
}


@stack_rule(
    "kubelet-identity-only-pulls",
    *ROLES,
    IDENTITY,
    CLUSTER,
    early=(CLUSTER,),
    why="Every pod that reaches the node's metadata service is the kubelet identity, so what it holds all pods hold.",
    severity=Severity.CRITICAL,
)
def kubelet_identity_only_pulls(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/use-managed-identity (summary of managed identities used by AKS)."""
    for assignment in stack.of(*ROLES):
        holder = principals(stack).holder(assignment)
        guid = role_guid(assignment.known("roleDefinitionId"))
        if guid not in PULLS and holder is None:
            leave_open(stack, assignment, lambda one: bool(one.kubelet_of))
        if holder and holder.kubelet_of and guid not in PULLS:
            yield Finding(
                assignment,
                f"{_role_name(guid)} goes to a kubelet identity; it may have AcrPull or Container Registry Repository "
                "Reader alone, so give the role to the workload's own identity instead",
            )


@stack_rule(
    "operator-role-is-the-control-planes",
    ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="Who may attach an identity to a machine is that identity: only a cluster needs it, for its own kubelet.",
    severity=Severity.CRITICAL,
    settings=_ELSEWHERE,
)
def operator_role_is_the_control_planes(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/use-managed-identity (bring your own kubelet identity)."""
    known = principals(stack)
    elsewhere = {one.lower() for one in stack.settings.texts("principals") or ()}
    for assignment in stack.of(ASSIGNMENT):
        if role_guid(assignment.known("roleDefinitionId")) != MANAGED_IDENTITY_OPERATOR or goes_to_people(assignment):
            continue
        holder = known.holder(assignment)
        clusters = holder.control_plane_of if holder else set[str]()
        if (assignment.known("principalId") or "").lower() in elsewhere:
            target = known.named(assignment, "scope")
            if target is None or target.urn not in credentials_of(stack):
                continue
        if not clusters & known.clusters_whose_nodes_run_as(assignment):
            yield Finding(
                assignment,
                f"Managed Identity Operator on {assignment.given.shown('scope')}; grant it to the control-plane "
                "identity of a cluster of this stack, on exactly that cluster's kubelet identity, or list that of "
                "another cluster in this rule's configuration (principals)",
            )


@stack_rule(
    "network-role-is-the-control-planes",
    ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    why="Who may change the network of a cluster decides what reaches it; only its control plane joins nodes to it.",
    severity=Severity.CRITICAL,
    settings=_ELSEWHERE,
)
def network_role_is_the_control_planes(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/configure-kubenet; aks/use-managed-identity (role assignments on the network)."""
    clusters = {cluster.urn for cluster in stack.of(CLUSTER)}
    elsewhere = {one.lower() for one in stack.settings.texts("principals") or ()}
    for assignment in stack.of(ASSIGNMENT):
        if role_guid(assignment.known("roleDefinitionId")) != NETWORK_CONTRIBUTOR or goes_to_people(assignment):
            continue
        holder, object_id = principals(stack).holder(assignment), assignment.known("principalId")
        if (holder and holder.control_plane_of) or (object_id or "").lower() in elsewhere:
            continue
        if holder is None and object_id is None and assignment.made_from("principalId") & clusters:
            leave_open(stack, assignment, lambda _: True)
            continue
        yield Finding(
            assignment,
            f"Network Contributor on {assignment.given.shown('scope')}; grant it to the control-plane identity of a "
            "cluster of this stack, or list that of another cluster in this rule's configuration (principals)",
        )


@stack_rule(
    "addon-identities-hold-nothing",
    *ROLES,
    IDENTITY,
    CLUSTER,
    why="AKS attaches an add-on's identity to every node, so any pod that reaches the metadata service can use it.",
    severity=Severity.CRITICAL,
)
def addon_identities_hold_nothing(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/csi-secrets-store-identity-access; aks/use-managed-identity (add-on identities)."""
    for assignment in stack.of(*ROLES):
        holder = principals(stack).holder(assignment)
        if holder is None:
            leave_open(stack, assignment, lambda one: bool(one.addon_of))
        if holder and holder.addon_of:
            addon = next(iter(holder.addon_of.values()))
            yield Finding(
                assignment,
                f"the identity of the add-on {addon} gets a role; give it to the identity of the workload, and let "
                "its service account sign in as that",
            )


def _role_name(guid: str | None) -> str:
    judged = role(guid) if guid else None
    return judged.name if judged else f"role {guid}" if guid else "a role"
