"""TeamNamespace: a namespace with Pod Security, and what the groups of a team may do in it."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization

from ..arguments import as_output, checked
from ..azure import client_config
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..grants.grant import subscription_of
from ..grants.role_assignment import assign_role
from ..grants.roles import (
    AZURE_KUBERNETES_SERVICE_RBAC_ADMIN,
    AZURE_KUBERNETES_SERVICE_RBAC_READER,
    AZURE_KUBERNETES_SERVICE_RBAC_WRITER,
)
from ..program import remember
from ..resource_ids import CLUSTER_ID_RULE, cluster_id_problem
from .team_namespace_args import (
    Access,
    TeamGroup,
    TeamNamespaceArgs,
    other_cluster,
    team_problems,
)
from .trust import ClusterTrust

# Kubernetes documentation, "Using RBAC Authorization", user-facing roles: a ClusterRole is as wide as its binding.
_CLUSTER_ROLES: dict[Access, str] = {"view": "view", "edit": "edit", "admin": "admin"}
_AZURE_ROLES = {
    "view": AZURE_KUBERNETES_SERVICE_RBAC_READER,
    "edit": AZURE_KUBERNETES_SERVICE_RBAC_WRITER,
    "admin": AZURE_KUBERNETES_SERVICE_RBAC_ADMIN,
}


class TeamNamespace(Component):
    """A namespace for one team: what its pods must not do, and what its people may do.

    Each namespace has one place where rights are kept, so that there is one place to look. `view` reads
    neither secrets nor roles and their bindings in either. Nothing is given outside of the namespace, `cluster-admin`
    is never bound, and nobody may change the namespace's labels or quotas through these roles; but Azure's role for
    `admin` has every verb on everything else in it, which takes a written reason. Whoever may run pods in a
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
        problems = team_problems(args)
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

    def check(known: str, trusted: str | None) -> str:
        wrong = cluster_id_problem(known)
        text = (
            f"must be {CLUSTER_ID_RULE.text}; got {known!r} ({wrong})"
            if wrong
            else other_cluster(known, trust.key, trusted)
        )
        if text:
            raise InvalidArgumentError("TeamNamespace", [Problem(("cluster_id",), text)])
        return known

    trusted = trust.id
    if isinstance(trusted, pulumi.Output):
        return checked(pulumi.Output.all(as_output(cluster_id), trusted), lambda known: check(*known))
    return checked(cluster_id, lambda known: check(known, trusted))
