"""The arguments of `TeamNamespace`, and what makes them impossible together."""

from collections.abc import Mapping
from typing import Annotated, Literal

import pulumi
from pydantic import BeforeValidator, Field, StringConstraints

from ..arguments import Arguments, Rule
from ..errors import Problem
from ..names import Guid, MapKey, Namespace, Reason
from ..resource_ids import ClusterId
from .trust import ClusterTrust, is_trust

Access = Literal["view", "edit", "admin"]

PodSecurityVersion = Annotated[
    str,
    StringConstraints(pattern=r"^(latest|v1\.(0|[1-9][0-9]*))$"),
    Rule("a minor version of Kubernetes, or latest", "v1.34"),
]


class TeamGroup(Arguments):
    """What the members of one Entra group may do in a team's namespace.

    Source: Kubernetes documentation, "Using RBAC Authorization" (user-facing roles); Microsoft Learn, "Azure built-in
    roles for Containers".
    """

    group_object_id: Guid
    """The group's object id in Entra ID."""
    access: Access
    """`view` reads everything but secrets, roles and their bindings. `edit` also writes, reads secrets, and runs pods:
    with them it can use the identity of every service account in the namespace. `admin` also gives others rights in
    the namespace."""
    because: Reason | None = None
    """Why, in 10-500 characters; needed for `admin` through Azure RBAC, whose role has `managedClusters/*` in the
    namespace; left out elsewhere, no reason is kept."""


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
    """The cluster's resource id; only with `azure`, which needs it. It must be that of `cluster`: it is compared
    with the id of a cluster that this program owns or has looked up, and its name with the key of a trust written by
    hand without `cluster_id`. An `Output` is compared as soon as it is known, and a wrong one stops the assignment."""
    pod_security: Literal["restricted", "baseline"] = "restricted"
    """The Pod Security Standard that pods must meet; left out, `restricted`."""
    pod_security_version: PodSecurityVersion = "latest"
    """The version of that standard; left out, `latest`: an upgrade of the cluster may then refuse a pod."""


def other_cluster(cluster_id: str, key: str, trusted: str | None) -> str | None:
    """What is wrong with the id of another cluster than the one that is trusted; Azure ids do not tell case apart.

    Args:
        cluster_id: the id.
        key: the trust's key, which is the cluster's name where nothing tells its id.
        trusted: the id of the cluster that is trusted, where it is known.
    """
    same = cluster_id.lower() == trusted.lower() if trusted else cluster_id.rpartition("/")[2].lower() == key.lower()
    return (
        None
        if same
        else f"must be the id of the cluster that the namespace is in, {trusted or key!r}; got {cluster_id!r}"
    )


def team_problems(args: TeamNamespaceArgs) -> list[Problem]:
    found: list[Problem] = []
    azure = args.authorization == "azure"
    if azure != (args.cluster_id is not None):
        rule = (
            "is required with authorization 'azure', for example cluster.id"
            if azure
            else ("must be left out unless authorization is 'azure'")
        )
        found.append(Problem(("cluster_id",), rule))
    trusted = args.cluster.id
    if azure and isinstance(args.cluster_id, str) and not isinstance(trusted, pulumi.Output):
        other = other_cluster(args.cluster_id, args.cluster.key, trusted)
        found.extend([Problem(("cluster_id",), other)] if other else [])
    if azure and "azure_rbac" in args.cluster.lacks:
        text = "must be 'kubernetes' on a cluster without Azure RBAC; turn it on with: "
        found.append(Problem(("authorization",), f"{text}{args.cluster.lacks['azure_rbac']}"))
    closed = args.cluster.closed_problem()
    if closed:
        found.append(Problem(("cluster", "kubernetes_provider"), closed))
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
