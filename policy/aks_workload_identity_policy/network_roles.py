"""Who may change networks: the control planes of clusters alone."""

from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.identities import ASSIGNMENT, CLUSTER, IDENTITY, leave_open, principals
from aks_workload_identity_policy.role_assignments import NETWORK_CONTRIBUTOR, is_for_people, role_guid
from aks_workload_identity_policy.rule import stack_rule
from aks_workload_identity_policy.stack import Finding, Stack


@stack_rule(
    "network-role-is-the-control-planes",
    ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    why="Who may change the network of a cluster decides what reaches it; only its control plane joins nodes to it.",
    severity=Severity.CRITICAL,
    settings={
        "principals": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Object ids of the control-plane identities of clusters outside the stack.",
        }
    },
)
def network_role_is_the_control_planes(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/configure-kubenet; aks/use-managed-identity (role assignments on the network)."""
    clusters = {cluster.urn for cluster in stack.of(CLUSTER)}
    elsewhere = {one.lower() for one in stack.settings.texts("principals") or ()}
    for assignment in stack.of(ASSIGNMENT):
        if role_guid(assignment.known("roleDefinitionId")) != NETWORK_CONTRIBUTOR or is_for_people(assignment.given):
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
