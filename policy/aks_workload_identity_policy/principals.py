"""Who is who in a stack: its managed identities, and what its clusters run as."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import StackResource, UnreadableError
from aks_workload_identity_policy.role_assignments import ELIGIBILITIES
from aks_workload_identity_policy.stack import Graph, Stack

IDENTITY = "managedidentity:UserAssignedIdentity"
CREDENTIAL = "managedidentity:FederatedIdentityCredential"
CLUSTER = "containerservice:ManagedCluster"
ASSIGNMENT = "authorization:RoleAssignment"
COSMOS_ASSIGNMENT = "cosmosdb:SqlResourceSqlRoleAssignment"
AZURE_ROLES = (ASSIGNMENT, *ELIGIBILITIES)
"""Whatever gives a principal a role of Azure, now or on request."""
ROLES = (*AZURE_ROLES, COSMOS_ASSIGNMENT)


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
    def urn(self) -> str | None:
        return self.identity.urn if self.identity else None

    @property
    def is_of_a_cluster(self) -> bool:
        return bool(self.control_plane_of or self.kubelet_of or self.addon_of)


class Principals:
    """Every principal of a stack, by the URN of its identity and by its object id."""

    def __init__(self, graph: Graph) -> None:
        self._by_urn: dict[str, Principal] = {}
        self._by_object_id: dict[str, Principal] = {}
        self._nodes_by_id: dict[str, set[str]] = {}
        self.of_clusters: dict[str, str] = {}
        """The cluster that runs as an identity which it names by a plain id: its name by `<group>/<identity>`."""
        self._by_name: dict[str, list[StackResource]] = {}
        for identity in graph.by_kind.get(IDENTITY.lower(), ()):
            principal = self._by_urn[identity.urn] = Principal(identity)
            if object_id := identity.made_text("principalId"):
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
            own = [(one, one.identity.made_text(output)) for one in sources if one.identity]
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
            found = [one for one in found if _same(one.made_text("id") or id_or_name) == _same(id_or_name)]
        return self._by_urn[found[0].urn] if len(found) == 1 else None

    def of_urn(self, urn: str) -> Principal:
        """The principal of an identity of this stack."""
        return self._by_urn.get(urn) or Principal()

    def _add(self, cluster: StackResource) -> None:
        ids, kubelet = _identity_ids(cluster), cluster.known("identityProfile", "kubeletidentity", "resourceId")
        for principal in self._attached(cluster, "identity", ids):
            principal.control_plane_of.add(cluster.urn)
        for parts in (_same(id_).split("/") for id_ in (*ids, *([kubelet] if kubelet else []))):
            if len(parts) == 8 and parts[6] == "userassignedidentities":
                self.of_clusters[f"{parts[3]}/{parts[7]}"] = cluster.name
        if kubelet:
            self._nodes_by_id.setdefault(_same(kubelet), set()).add(cluster.urn)
        for principal in self._attached(cluster, "identityProfile", [kubelet] if kubelet else []):
            principal.kubelet_of.add(cluster.urn)
        if object_id := cluster.made_text("identity", "principalId"):
            self._of(object_id).control_plane_of.add(cluster.urn)
        for id_ in ids:
            if object_id := cluster.made_text("identity", "userAssignedIdentities", id_, "principalId"):
                self._of(object_id).control_plane_of.add(cluster.urn)
        if object_id := cluster.made_text("identityProfile", "kubeletidentity", "objectId"):
            self._of(object_id).kubelet_of.add(cluster.urn)
        for path in _addons(cluster):
            if object_id := cluster.made_text(*path, "identity", "objectId"):
                self._of(object_id).addon_of[cluster.urn] = path[-1]

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


def _addons(cluster: StackResource) -> Iterator[tuple[str, ...]]:
    """Where a cluster keeps what has an identity of its own among the outputs.

    Source: Microsoft Learn, templates/microsoft.containerservice/managedclusters; aks/app-routing.
    """
    yield "ingressProfile", "webAppRouting"
    try:
        yield from (("addonProfiles", name) for name in cluster.made.part("addonProfiles").names())
    except (UnknownValueError, UnreadableError):
        return


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
