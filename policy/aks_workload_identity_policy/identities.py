"""Rules about identities in relation to what they are attached to, trusted by and granted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pulumi_policy import EnforcementLevel, Severity
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import StackResource, UnreadableError
from aks_workload_identity_policy.role_assignments import GROUPS, is_for_people, role_guid
from aks_workload_identity_policy.roles import MANAGED_IDENTITY_OPERATOR, Verdict, role
from aks_workload_identity_policy.rule import stack_rule
from aks_workload_identity_policy.stack import Finding, Graph, Stack

IDENTITY = "managedidentity:UserAssignedIdentity"
CREDENTIAL = "managedidentity:FederatedIdentityCredential"
CLUSTER = "containerservice:ManagedCluster"
ASSIGNMENT = "authorization:RoleAssignment"
COSMOS_ASSIGNMENT = "cosmosdb:SqlResourceSqlRoleAssignment"

# Microsoft Learn: container-registry-rbac-built-in-roles-overview (one for each mode of a registry)
PULLS = {
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "b93aa761-3e63-49ed-ac28-beffa264f7ac": "Container Registry Repository Reader",
}


@dataclass
class Principal:
    """Who holds a role, as far as the stack tells."""

    identity: StackResource | None = None
    """The managed identity, if it is of this stack."""
    control_plane_of: set[str] = field(default_factory=set[str])
    """URNs of the clusters whose control plane runs as it."""
    kubelet_of: set[str] = field(default_factory=set[str])
    """URNs of the clusters whose nodes run as it."""
    addon_of: dict[str, str] = field(default_factory=dict[str, str])
    """The add-on that runs as it, by the URN of its cluster."""

    @property
    def is_of_a_cluster(self) -> bool:
        return bool(self.control_plane_of or self.kubelet_of or self.addon_of)


class Principals:
    """Every principal of a stack, by the URN of its identity and by its object id."""

    def __init__(self, graph: Graph) -> None:
        self._by_urn: dict[str, Principal] = {}
        self._by_object_id: dict[str, Principal] = {}
        self._nodes_by_id: dict[str, set[str]] = {}
        self._by_name: dict[str, list[StackResource]] = {}
        for identity in graph.by_kind.get(IDENTITY.lower(), ()):
            principal = self._by_urn[identity.urn] = Principal(identity)
            if object_id := made_text(identity, "principalId"):
                self._by_object_id[object_id.lower()] = principal
            if name := identity.known("resourceName") or identity.known("name"):
                self._by_name.setdefault(name.lower(), []).append(identity)
        clusters = graph.by_kind.get(CLUSTER.lower(), ())
        self._clusters = {cluster.urn for cluster in clusters}
        for cluster in clusters:
            self._add(cluster)

    def holder(self, assignment: StackResource) -> Principal | None:
        """Who holds the role; None if the stack does not tell."""
        object_id = assignment.known("principalId")
        found = self._by_object_id.get(object_id.lower()) if object_id else None
        if found is None and object_id is None and assignment.made_from("principalId") & self._clusters:
            return None  # it may be one of the cluster's own
        return found or self._only(self.sources(assignment, "principalId"), object_id, "principalId")

    def named(self, resource: StackResource, *properties: str) -> Principal | None:
        """The identity of this stack that properties name: by its output, or by a plain name or id."""
        text = resource.known(*properties)
        found = self._of_text(text, resource.known("resourceGroupName")) if text else None
        return found or self._only(self.sources(resource, properties[0]), text, "id" if "/" in (text or "") else "name")

    def clusters_whose_nodes_run_as(self, assignment: StackResource) -> set[str]:
        """URNs of the clusters whose nodes run as the identity that an assignment is on, by its id."""
        if (scope := assignment.known("scope")) and (found := self._nodes_by_id.get(_same(scope))):
            return found
        target = self.named(assignment, "scope")
        return target.kubelet_of if target else set()

    def sources(self, resource: StackResource, property_: str) -> list[Principal]:
        """The identities of this stack whose outputs are in a property."""
        return [self._by_urn[urn] for urn in sorted(resource.made_from(property_)) if urn in self._by_urn]

    @staticmethod
    def _only(sources: list[Principal], value: str | None, output: str) -> Principal | None:
        """The one source of a value, unless it is known not to be that one's output."""
        if value is not None:
            own = [(one, made_text(one.identity, output)) for one in sources if one.identity]
            sources = [one for one, of_it in own if of_it is None or of_it.lower() == value.lower()]
        return sources[0] if len(sources) == 1 else None

    def _of_text(self, id_or_name: str, group: str | None = None) -> Principal | None:
        """The identity of this stack with this resource id, or with this name in this group.

        A policy is told the names of an identity and of its group, and its subscription only where the provider puts
        the id among the outputs: without, an id of another subscription counts if both names are the same.
        """
        parts = _same(id_or_name).split("/")
        if len(parts) > 1 and (len(parts) != 8 or parts[6] != "userassignedidentities"):
            return None
        group = parts[3] if len(parts) > 1 else group
        found = self._by_name.get(parts[-1], [])
        if group is not None:
            found = [one for one in found if (one.known("resourceGroupName") or group).lower() == group.lower()]
        if len(parts) > 1:
            found = [one for one in found if _same(made_text(one, "id") or id_or_name) == _same(id_or_name)]
        return self._by_urn[found[0].urn] if len(found) == 1 else None

    def of_urn(self, urn: str) -> Principal:
        """The principal of an identity of this stack."""
        return self._by_urn.get(urn) or Principal()

    def _add(self, cluster: StackResource) -> None:
        for principal in self._attached(cluster, "identity", _identity_ids(cluster)):
            principal.control_plane_of.add(cluster.urn)
        kubelet = cluster.known("identityProfile", "kubeletidentity", "resourceId")
        if kubelet:
            self._nodes_by_id.setdefault(_same(kubelet), set()).add(cluster.urn)
        for principal in self._attached(cluster, "identityProfile", [kubelet] if kubelet else []):
            principal.kubelet_of.add(cluster.urn)
        if object_id := made_text(cluster, "identity", "principalId"):
            self._of(object_id).control_plane_of.add(cluster.urn)
        for id_ in _identity_ids(cluster):
            if object_id := made_text(cluster, "identity", "userAssignedIdentities", id_, "principalId"):
                self._of(object_id).control_plane_of.add(cluster.urn)
        if object_id := made_text(cluster, "identityProfile", "kubeletidentity", "objectId"):
            self._of(object_id).kubelet_of.add(cluster.urn)
        try:
            addons = cluster.made.part("addonProfiles")
        except (UnknownValueError, UnreadableError):
            return
        for name in addons.names():
            if object_id := made_text(cluster, "addonProfiles", name, "identity", "objectId"):
                self._of(object_id).addon_of[cluster.urn] = name

    def _attached(self, cluster: StackResource, property_: str, ids: list[str]) -> list[Principal]:
        found = [self._by_urn[urn] for urn in cluster.made_from(property_) if urn in self._by_urn]
        return found + [one for id_ in ids if (one := self._of_text(id_)) and one not in found]

    def _of(self, object_id: str) -> Principal:
        return self._by_object_id.setdefault(object_id.lower(), Principal())


def principals(stack: Stack) -> Principals:
    """The principals of a stack, found once for all rules."""
    shared = stack.graph.shared
    if "principals" not in shared:
        shared["principals"] = Principals(stack.graph)
    return shared["principals"]


def credentials_of(stack: Stack) -> dict[str, list[StackResource]]:
    """The federated credentials of each identity: by the identity's URN, or its name if it is not of this stack.

    A credential of which the preview does not tell whose it is, is none of anybody's: the rule says so.
    """
    shared = stack.graph.shared
    if "credentials" not in shared:
        shared["credentials"] = _credentials(stack)
    found, of_nobody = shared["credentials"]
    for credential in of_nobody:
        if len(principals(stack).sources(credential, "resourceName")) > 1:
            stack.unclear(credential, "resourceName")
        else:
            stack.unknown(credential)
    return found


def _credentials(stack: Stack) -> tuple[dict[str, list[StackResource]], list[StackResource]]:
    known = principals(stack)
    found: dict[str, list[StackResource]] = {}
    of_nobody: list[StackResource] = []
    for credential in stack.of(CREDENTIAL):
        principal = known.named(credential, "resourceName")
        name = credential.known("resourceName")
        if principal is None and name is None and not known.sources(credential, "resourceName"):
            waited_for = [one for urn in credential.dependencies if (one := known.of_urn(urn)).identity]
            principal = waited_for[0] if len(waited_for) == 1 else None
        if principal and principal.identity:
            found.setdefault(principal.identity.urn, []).append(credential)
        elif name is None:
            of_nobody.append(credential)
        else:
            group = credential.known("resourceGroupName") or ""
            found.setdefault(f"{group}/{name}".lower(), []).append(credential)
    return found, of_nobody


@stack_rule(
    "kubelet-identity-only-pulls",
    ASSIGNMENT,
    COSMOS_ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    early=(CLUSTER,),
    why="Every pod that reaches the node's metadata service is the kubelet identity, so what it holds all pods hold.",
    severity=Severity.CRITICAL,
)
def kubelet_identity_only_pulls(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/use-managed-identity (summary of managed identities used by AKS)."""
    for assignment in stack.of(ASSIGNMENT, COSMOS_ASSIGNMENT):
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
    why="Who may attach an identity to a machine is that identity: only a cluster needs it, for its own kubelet.",
    severity=Severity.CRITICAL,
)
def operator_role_is_the_control_planes(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/use-managed-identity (bring your own kubelet identity)."""
    known = principals(stack)
    for assignment in stack.of(ASSIGNMENT):
        if role_guid(assignment.known("roleDefinitionId")) != MANAGED_IDENTITY_OPERATOR or is_for_people(
            assignment.given
        ):
            continue
        holder = known.holder(assignment)
        clusters = holder.control_plane_of if holder else set[str]()
        if not clusters & known.clusters_whose_nodes_run_as(assignment):
            yield Finding(
                assignment,
                f"Managed Identity Operator on {assignment.given.shown('scope')}; grant it to the control-plane "
                "identity of a cluster of this stack, on exactly that cluster's kubelet identity",
            )


@stack_rule(
    "managed-identity-is-no-group",
    ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    early=(CLUSTER,),
    why="Under the type of a group a workload's role would be judged as one of people.",
    severity=Severity.HIGH,
)
def managed_identity_is_no_group(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, role-based-access-control/troubleshooting (principal type)."""
    for assignment in stack.of(ASSIGNMENT):
        known = principals(stack)
        if (assignment.known("principalType") or "").lower() in GROUPS and (
            known.holder(assignment) or _candidates(stack, assignment)
        ):
            yield Finding(
                assignment,
                f"principalType is {assignment.given.shown('principalType')}, and the principal is a managed identity; "
                "set it to 'ServicePrincipal'",
            )


@stack_rule(
    "addon-identities-hold-nothing",
    ASSIGNMENT,
    COSMOS_ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    why="AKS attaches an add-on's identity to every node, so any pod that reaches the metadata service can use it.",
    severity=Severity.CRITICAL,
)
def addon_identities_hold_nothing(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, aks/csi-secrets-store-identity-access; aks/use-managed-identity (add-on identities)."""
    for assignment in stack.of(ASSIGNMENT, COSMOS_ASSIGNMENT):
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


@stack_rule(
    "federated-identity-holds-only-workload-roles",
    ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="A pod signs in as an identity with federated credentials, so what runs the cluster must not be its too.",
    severity=Severity.CRITICAL,
)
def federated_identity_holds_only_workload_roles(stack: Stack) -> Iterator[Finding]:
    """The roles that a cluster's own identity may have on networks and its kubelet are the ones meant here.

    Source: Microsoft Learn, aks/concepts-identity.
    """
    credentials = credentials_of(stack)
    for assignment in stack.of(ASSIGNMENT):
        holder = principals(stack).holder(assignment)
        guid = role_guid(assignment.known("roleDefinitionId"))
        judged = role(guid) if guid else None
        if judged is None or judged.verdict is not Verdict.REFUSED:
            continue
        if holder is None:
            leave_open(stack, assignment, lambda one: _urn(one) in credentials)
        elif holder.identity and holder.identity.urn in credentials:
            yield Finding(
                assignment,
                f"{judged.name} goes to {holder.identity.name}, which pods sign in as; give the cluster an identity of "
                f"its own for it, and the workload {judged.instead}",
            )
    for identity in stack.of(IDENTITY):
        holder = principals(stack).of_urn(identity.urn)
        if identity.urn in credentials and holder.is_of_a_cluster:
            yield Finding(
                identity,
                "pods sign in as this identity, and a cluster runs as it; make an identity for each of the two",
            )


@stack_rule(
    "identity-with-roles-is-used",
    ASSIGNMENT,
    COSMOS_ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="Roles of an identity that no service account signs in as are left-overs, or wait for whoever federates it.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def identity_with_roles_is_used(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, role-based-access-control/best-practices."""
    credentials, holders = credentials_of(stack), _holders(stack)
    for identity in stack.of(IDENTITY):
        principal = principals(stack).of_urn(identity.urn)
        if identity.urn in holders and identity.urn not in credentials and not principal.is_of_a_cluster:
            yield Finding(
                identity, "has roles but no federated credential; federate a service account, or take the roles away"
            )


@stack_rule(
    "federated-identity-has-roles",
    ASSIGNMENT,
    COSMOS_ASSIGNMENT,
    IDENTITY,
    CLUSTER,
    CREDENTIAL,
    why="A door that leads nowhere is forgotten, until somebody gives the identity a role.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def federated_identity_has_roles(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identities-federated-credential-mutable-subjects."""
    credentials, holders = credentials_of(stack), _holders(stack)
    for identity in stack.of(IDENTITY):
        if identity.urn in credentials and identity.urn not in holders:
            yield Finding(
                identity,
                "has federated credentials but no role; grant what the workload needs, or remove the credentials",
            )


def _candidates(stack: Stack, assignment: StackResource) -> list[Principal]:
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
    candidates = _candidates(stack, assignment)
    if not candidates:
        if any(is_wrong(one) for one in _behind(stack, assignment)):
            stack.unknown(assignment)
    elif any(is_wrong(one) for one in candidates):
        if len(candidates) > 1:
            stack.unclear(assignment, "principalId")
        else:
            stack.unknown(assignment)


def _holders(stack: Stack) -> set[str]:
    """URNs of the identities that hold a role, or may."""
    found: set[str | None] = set()
    for one in stack.of(ASSIGNMENT, COSMOS_ASSIGNMENT):
        holder = principals(stack).holder(one)
        found |= {_urn(each) for each in ([holder] if holder else _candidates(stack, one))}
    return {urn for urn in found if urn}


def _urn(principal: Principal) -> str | None:
    return principal.identity.urn if principal.identity else None


def _role_name(guid: str | None) -> str:
    judged = role(guid) if guid else None
    return judged.name if judged else f"role {guid}" if guid else "a role"


def made_text(resource: StackResource, *path: str) -> str | None:
    """The text at `path` of the outputs alone; None if it is absent, not known yet or no text."""
    try:
        return resource.made.text(*path)
    except (UnknownValueError, UnreadableError):
        return None


def _same(id_: str) -> str:
    """A resource id as Azure compares it."""
    return id_.strip("/").lower()


def _identity_ids(cluster: StackResource) -> list[str]:
    """The ids of the control plane's identities: a list among the inputs, keys of an object among the outputs."""
    for part in (cluster.given, cluster.made):
        try:
            return part.texts("identity", "userAssignedIdentities") or []
        except UnreadableError:
            try:
                return part.part("identity", "userAssignedIdentities").names()
            except (UnknownValueError, UnreadableError):
                continue
        except UnknownValueError:
            continue
    return []
