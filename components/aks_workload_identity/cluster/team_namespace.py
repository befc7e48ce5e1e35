"""TeamNamespace: a namespace with Pod Security, and what the groups of a team may do in it."""

from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, Literal

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization
from pydantic import BeforeValidator, Field, StringConstraints

from ..arguments import Arguments, Deferred, Rule, as_output, checked
from ..azure import client_config
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..grants.grant import is_resource_id, subscription_of
from ..grants.role_assignment import assign_role
from ..grants.roles import (
    AZURE_KUBERNETES_SERVICE_RBAC_ADMIN,
    AZURE_KUBERNETES_SERVICE_RBAC_READER,
    AZURE_KUBERNETES_SERVICE_RBAC_WRITER,
)
from ..names import Guid, MapKey, Namespace, Reason
from ..program import remember
from .trust import ClusterTrust, is_trust

Access = Literal["view", "edit", "admin"]

# Kubernetes documentation, "Using RBAC Authorization", user-facing roles: a ClusterRole is as wide as its binding.
_CLUSTER_ROLES: dict[Access, str] = {"view": "view", "edit": "edit", "admin": "admin"}
_AZURE_ROLES = {
    "view": AZURE_KUBERNETES_SERVICE_RBAC_READER,
    "edit": AZURE_KUBERNETES_SERVICE_RBAC_WRITER,
    "admin": AZURE_KUBERNETES_SERVICE_RBAC_ADMIN,
}

PodSecurityVersion = Annotated[
    str,
    StringConstraints(pattern=r"^(latest|v1\.(0|[1-9][0-9]*))$"),
    Rule("a minor version of Kubernetes, or latest", "v1.34"),
]


def _cluster_id(value: str) -> str | None:
    named = "/providers/microsoft.containerservice/managedclusters/" in value.lower()
    return None if named and is_resource_id(value) and value.count("/") == 8 else "not the id of a managed cluster"


_CLUSTER_ID_RULE = Rule(
    "the resource id of the cluster, or an Output",
    "/subscriptions/…/resourceGroups/rg-shop-dev/providers/Microsoft.ContainerService/managedClusters/aks-shop-dev",
    _cluster_id,
)
ClusterId = Annotated[str | Awaitable[str] | pulumi.Output[str], Deferred(_CLUSTER_ID_RULE)]


class TeamGroup(Arguments):
    """What the members of one Entra group may do in a team's namespace."""

    group_object_id: Guid
    """The group's object id in Entra ID."""
    access: Access
    """`view` reads everything but secrets. `edit` also writes, reads secrets, and runs pods: with them it can use
    the identity of every service account in the namespace. `admin` also gives others rights in the namespace."""
    because: Reason | None = None
    """Why, in three words or more; needed for `admin` through Azure RBAC, whose role has `managedClusters/*` in the
    namespace."""


class TeamNamespaceArgs(Arguments):
    """Arguments of `TeamNamespace`."""

    cluster: Annotated[ClusterTrust, BeforeValidator(is_trust)]
    """The cluster that the namespace is in, owned or existing."""
    namespace: Namespace
    """The namespace's name."""
    groups: Annotated[Mapping[MapKey, TeamGroup], Field(min_length=1)]
    """Who may do what, by a key of yours."""
    authorization: Literal["kubernetes", "azure"] = "kubernetes"
    """Where the rights are kept: `kubernetes` binds roles inside the cluster, `azure` assigns Azure's Kubernetes roles
    at the scope of the namespace, which needs Azure RBAC on the cluster; left out, `kubernetes`."""
    cluster_id: ClusterId | None = None
    """The cluster's resource id; only with `azure`, which needs it. It must be that of `cluster`: its name is compared
    with the trust's key, and with the whole id of a cluster that this program owns. An `Output` is compared as soon as
    it is known, and a wrong one stops the assignment."""
    pod_security: Literal["restricted", "baseline"] = "restricted"
    """The Pod Security Standard that pods must meet; left out, `restricted`."""
    pod_security_version: PodSecurityVersion = "latest"
    """The version of that standard; left out, `latest`: an upgrade of the cluster may then refuse a pod."""


class TeamNamespace(Component):
    """A namespace for one team: what its pods must not do, and what its people may do.

    Each namespace has one place where rights are kept, so that there is one place to look. `view` reads no
    secrets in either. Roles with every verb on every resource are never bound, nothing is given outside of the
    namespace, and nobody may change its labels or quotas through these roles. Whoever may run pods in a
    namespace can become every identity that its service accounts may become: keep one team and its workloads
    in a namespace of their own.

    A `FederatedWorkload` that comes later in the program uses the namespace instead of making one. Whichever of
    them asks, it is the same resource of the stack, no child of either, so that a team that comes later changes
    labels and replaces nothing: with a namespace goes everything in it.

    Creates:
        - a `Namespace` with Pod Security labels, called `<cluster>.<namespace>`
        - a `RoleBinding` for each group, or with `azure` a `RoleAssignment`

    Args:
        name: the logical name; children are called `name` or `name-<key>`.
        args: see `TeamNamespaceArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Kubernetes documentation, "Using RBAC Authorization" and "Pod Security Admission"; Microsoft Learn, "Use
    Azure RBAC for Kubernetes authorization" and "Azure built-in roles for Containers".
    """

    namespace: kubernetes.core.v1.Namespace
    """The namespace."""
    groups: Mapping[str, TeamGroup]
    """Who may do what, as given."""
    trust: ClusterTrust
    """The cluster that it is in."""
    role_bindings: dict[str, kubernetes.rbac.v1.RoleBinding]
    """The bindings by group key; empty with `azure`."""
    role_assignments: dict[str, authorization.RoleAssignment]
    """The assignments by group key; empty with `kubernetes`."""

    def __init__(
        self, name: str, args: TeamNamespaceArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = TeamNamespaceArgs.of(args)
        problems = _problems(args)
        if problems:
            raise InvalidArgumentError(f"TeamNamespace {name!r}", problems)
        subscription_id = client_config(opts).subscription_id if args.authorization == "azure" else ""
        super().__init__("aks-workload-identity:index:TeamNamespace", name, {}, opts)

        self.trust = args.cluster
        self.groups = args.groups
        self.namespace = args.cluster.namespace(args.namespace, labels=_pod_security(args))
        self.role_bindings = {}
        self.role_assignments = {}
        for key, group in args.groups.items():
            if args.cluster_id is None:
                self.role_bindings[key] = self._bind(key, group, args)
            else:
                self.role_assignments[key] = self._assign(key, group, args.cluster_id, args.namespace, subscription_id)
        remember(self)
        self.register_outputs({"namespace": self.namespace.metadata["name"]})

    def _bind(self, key: str, group: TeamGroup, args: TeamNamespaceArgs) -> kubernetes.rbac.v1.RoleBinding:
        return kubernetes.rbac.v1.RoleBinding(
            f"{self.pulumi_resource_name}-{key}",
            metadata={
                "name": key,
                "namespace": args.namespace,
                "annotations": {"kubernetes.io/description": group.because} if group.because else {},
            },
            role_ref={
                "api_group": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": _CLUSTER_ROLES[group.access],
            },
            subjects=[{"kind": "Group", "api_group": "rbac.authorization.k8s.io", "name": group.group_object_id}],
            opts=args.cluster.in_cluster(self, depends_on=[self.namespace]),
        )

    def _assign(
        self, key: str, group: TeamGroup, cluster_id: pulumi.Input[str], namespace: str, subscription_id: str
    ) -> authorization.RoleAssignment:
        checked_id = _of_its_cluster(cluster_id, self.trust)
        scope = as_output(checked_id).apply(lambda known: f"{known}/namespaces/{namespace}")
        return assign_role(
            f"{self.pulumi_resource_name}-{key}",
            identity_name=group.group_object_id,
            key=f"{self.trust.key}.{namespace}.{key}",
            role=_AZURE_ROLES[group.access],
            scope=f"{checked_id}/namespaces/{namespace}" if isinstance(checked_id, str) else scope,
            principal_id=group.group_object_id,
            principal_type=authorization.PrincipalType.GROUP,
            subscription_id=subscription_of(cluster_id, subscription_id),
            why=group.because or f"{group.access} of the namespace {namespace}",
            opts=pulumi.ResourceOptions(parent=self),
        )


def _pod_security(args: TeamNamespaceArgs) -> dict[str, str]:
    """Kubernetes documentation, "Pod Security Standards applied with namespace labels"."""
    labels: dict[str, str] = {}
    for mode in ("enforce", "audit", "warn"):
        labels[f"pod-security.kubernetes.io/{mode}"] = args.pod_security
        labels[f"pod-security.kubernetes.io/{mode}-version"] = args.pod_security_version
    return labels


def _of_its_cluster(cluster_id: pulumi.Input[str], trust: ClusterTrust) -> pulumi.Input[str]:
    """The id, checked as soon as it is known; rights on another cluster would be in nobody's namespace."""

    def check(known: str, owned: str | None) -> str:
        wrong = _cluster_id(known)
        text = f"must be {_CLUSTER_ID_RULE.text}; got {known!r} ({wrong})" if wrong else _other(known, trust, owned)
        if text:
            raise InvalidArgumentError("TeamNamespace", [Problem(("cluster_id",), text)])
        return known

    if isinstance(trust.cluster, pulumi.CustomResource):
        return pulumi.Output.all(as_output(cluster_id), trust.cluster.id).apply(lambda both: check(both[0], both[1]))
    return checked(cluster_id, lambda known: check(known, None))


def _other(cluster_id: str, trust: ClusterTrust, owned: str | None = None) -> str | None:
    """What is wrong with the id of another cluster than the one that is trusted; Azure ids do not tell case apart."""
    same_name = cluster_id.rpartition("/")[2].lower() == trust.key.lower()
    if same_name and (owned is None or owned.lower() == cluster_id.lower()):
        return None
    return f"must be the id of the cluster that the namespace is in, {owned or trust.key!r}; got {cluster_id!r}"


def _problems(args: TeamNamespaceArgs) -> list[Problem]:
    found: list[Problem] = []
    azure = args.authorization == "azure"
    if azure != (args.cluster_id is not None):
        rule = (
            "is required with authorization 'azure', for example cluster.id"
            if azure
            else ("must be left out unless authorization is 'azure'")
        )
        found.append(Problem(("cluster_id",), rule))
    other = _other(args.cluster_id, args.cluster) if isinstance(args.cluster_id, str) else None
    if azure and other:
        found.append(Problem(("cluster_id",), other))
    taken = args.cluster.key_problem()
    if taken:
        found.append(Problem(("cluster", "key"), taken))
    if args.cluster.has_namespace(args.namespace):
        text = (
            f"must be made before the workloads that use it; got {args.namespace!r}, which this program makes already"
        )
        found.append(Problem(("namespace",), text))
    seen: dict[str, str] = {}
    for key, group in args.groups.items():
        given = group.group_object_id.lower()
        if given in seen:
            text = f"must be a group of its own; got {given}, which {seen[given]!r} has"
            found.append(Problem(("groups", key, "group_object_id"), text))
        seen.setdefault(given, key)
        if azure and group.access == "admin" and not group.because:
            text = "is required for admin with authorization 'azure', whose role has managedClusters/* in the namespace"
            found.append(Problem(("groups", key, "because"), text))
    return found
