"""Who holds a role, or may, as far as a preview tells."""

from collections.abc import Callable

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.principals import CLUSTER, ROLES, Principal, principals
from aks_workload_identity_policy.resource import StackResource, UnreadableError
from aks_workload_identity_policy.role_assignments import is_for_people
from aks_workload_identity_policy.stack import Stack


def goes_to_people(assignment: StackResource) -> bool:
    """Whether a role is said to be for people; what the preview does not know may be a workload's."""
    try:
        return is_for_people(assignment.given)
    except (UnknownValueError, UnreadableError):
        return False


def candidates(stack: Stack, assignment: StackResource) -> list[Principal]:
    """Who may get the role, as long as the preview does not know who does; a cluster stands for its own identities."""
    if assignment.known("principalId") is not None:
        return []
    clusters = [cluster.urn for cluster in stack.of(CLUSTER) if cluster.urn in assignment.made_from("principalId")]
    of_clusters = [Principal(control_plane_of={urn}, kubelet_of={urn}, addon_of={urn: "?"}) for urn in clusters]
    return principals(stack).sources(assignment, "principalId") + of_clusters


def _behind(stack: Stack, assignment: StackResource) -> list[Principal]:
    """Who else may be meant: whatever the resources wait for that the principal is made from, if it is not known."""
    if assignment.known("principalId") is not None:
        return []
    waited_for: set[str] = set()
    waiting = sorted(assignment.made_from("principalId"))
    while waiting:
        urn = waiting.pop()
        if urn not in waited_for:
            waited_for.add(urn)
            waiting += stack.dependencies(urn)
    return [one for urn in sorted(waited_for) if (one := principals(stack).of_urn(urn)).identity]


def leave_open(stack: Stack, assignment: StackResource, is_wrong: Callable[[Principal], bool]) -> None:
    """Say so if the role may go to somebody who must not have it, and the preview does not know whether it does."""
    possible = candidates(stack, assignment)
    if not possible:
        if any(is_wrong(one) for one in _behind(stack, assignment)):
            stack.unknown(assignment)
    elif any(is_wrong(one) for one in possible):
        if len(possible) > 1:
            stack.unclear(assignment, "principalId")
        else:
            stack.unknown(assignment)


def holders(stack: Stack) -> set[str]:
    """URNs of the identities that hold a role, or may."""
    found: set[str | None] = set()
    for one in stack.of(*ROLES):
        holder = principals(stack).holder(one)
        found |= {each.urn for each in ([holder] if holder else candidates(stack, one))}
    return {urn for urn in found if urn}
