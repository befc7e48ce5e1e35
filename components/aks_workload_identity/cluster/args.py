"""What a WorkloadIdentityCluster can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator

from ..arguments import Arguments, Rule
from ..errors import InvalidArgumentError, Problem, refused
from ..labels import Tags
from ..names import ClusterName, Guid, InputResourceGroupName, Location, NodePoolName
from ..workload.given_identity import GivenIdentity
from ..workload.identity import Identity
from .defender import Defender
from .interface import Registries
from .kubeconfig import KubeloginMode
from .network import ApiServerAccess, NetworkProfile
from .node_pool import NodePool
from .subnets import SYSTEM_POOL, PoolSubnet, subnet_problems, subnets_of

Duration = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*[smh]$"), Rule("a duration in s, m or h", "2m")]
CleanerHours = Annotated[int, Field(strict=True, ge=24, le=2160), Rule("24 hours to 3 months (2160)", 168)]
KubernetesVersion = Annotated[
    str, StringConstraints(pattern=r"^1\.[1-9]\d+(\.\d+)?$"), Rule("a Kubernetes version, minor or patch", "1.35")
]


def _plain_id(given: GivenIdentity | None) -> object:
    """What tells two given identities apart: the id, or the resource that has one."""
    if isinstance(given, Identity):
        return given.resources[0] if given.resources else str(given.id).lower()
    return given.lower() if isinstance(given, str) else given


class WorkloadIdentityClusterArgs(Arguments):
    """Arguments of `WorkloadIdentityCluster`."""

    resource_group_name: InputResourceGroupName
    """The resource group of the cluster and its identities."""
    location: Location
    """The Azure region."""
    admin_group_object_ids: Annotated[Sequence[Guid], Field(min_length=1, max_length=20)]
    """Object ids of the Entra groups whose members are cluster administrators; there is no other administrator."""
    cluster_name: ClusterName | None = None
    """The name in Azure; left out, the component's name."""
    trust_key: ClusterName | None = None
    """The key of the cluster's trust, which credential names hold: give one of two clusters of the same name another.
    Left out, the cluster's name in Azure; another key later replaces credentials and namespaces."""
    sku: Literal["Base", "Automatic"] = "Base"
    """`Automatic` leaves nodes, network and upgrades to AKS; left out, `Base`."""
    tier: Literal["Free", "Standard", "Premium"] = "Standard"
    """`Free` has no uptime agreement; `Premium` turns long-term support on too, a second year of fixes for a Kubernetes
    version, which AKS sells together; left out, `Standard`."""
    kubernetes_version: KubernetesVersion | None = None
    """The Kubernetes version; left out, AKS's default at creation."""
    system_pool: NodePool = NodePool()
    """The nodes that run AKS's own pods, and yours if there is no other pool; left out, three nodes."""
    node_pools: Mapping[NodePoolName, NodePool] = {}
    """More node pools by name; left out, none. Not with `Automatic`, which makes nodes as needed."""
    network: NetworkProfile = NetworkProfile()
    """The network; left out, Azure CNI overlay with Cilium. Not with `Automatic`."""
    api_server: ApiServerAccess = ApiServerAccess()
    """Who reaches the API server; left out, the internet, behind Entra ID's login."""
    control_plane_identity: GivenIdentity | None = None
    """The identity of the control plane; left out, one is made."""
    assign_control_plane_roles: StrictBool = True
    """Whether the control plane gets its roles here: Managed Identity Operator of the kubelet identity, Network
    Contributor of each subnet that pools are in, and with a private DNS zone of yours Private DNS Zone Contributor of
    it and Network Contributor of the whole network. Left out, yes; `False` only with a `control_plane_identity` that
    another program gives all of them, because Azure refuses a second assignment."""
    kubelet_identity: GivenIdentity | None = None
    """The identity of the nodes, the one that pulls images; left out, one is made."""
    registries: Registries = {}
    """The registries that the nodes pull from, by a key of yours; left out, none."""
    secret_rotation_interval: Duration = "2m"  # noqa: S105 - a duration
    """How often mounted vault files are refreshed; left out, two minutes."""
    image_cleaner_interval_hours: CleanerHours = 168
    """How often unused images are removed from nodes, 24-2160 hours; left out, weekly."""
    upgrade_channel: Literal["patch", "stable", "rapid", "node-image", "none"] = "patch"
    """Which Kubernetes upgrades AKS makes by itself; left out, patches of the minor version."""
    node_os_upgrade_channel: Literal["NodeImage", "SecurityPatch", "Unmanaged", "None"] = "NodeImage"
    """Which node upgrades AKS makes by itself; left out, weekly node images."""
    azure_policy: StrictBool = True
    """Whether the Azure Policy add-on is on, which `ClusterPolicies` needs and which enforces nothing by itself; left
    out, yes. Not with `Automatic`, which always has it."""
    defender: Defender | None = None
    """Defender for Containers' sensor on the nodes; left out, none."""
    kubelogin_mode: KubeloginMode = "azurecli"
    """Where the kubeconfig's kubelogin takes its token from; left out, the Azure CLI's login."""
    tags: Tags = {}
    """Azure tags of everything made here that takes them; left out, none."""

    @model_validator(mode="after")
    def _no_pool_is_made_twice(self) -> Self:
        if SYSTEM_POOL in self.node_pools:
            raise refused("node_pools", f"must not have {SYSTEM_POOL!r}, which is the name of the system pool")
        return self

    @model_validator(mode="after")
    def _aks_runs_on_the_system_pool(self) -> Self:
        problems = [replace(each, path=("system_pool", *each.path)) for each in self.system_pool.system_problems()]
        if problems:
            raise InvalidArgumentError("WorkloadIdentityClusterArgs", problems)
        return self

    @model_validator(mode="after")
    def _pools_are_in_a_network_that_fits(self) -> Self:
        """Source: Microsoft Learn, "Customize cluster egress"; "Add a node pool with a unique subnet"."""
        pools = {("system_pool",): self.system_pool} | {("node_pools", k): each for k, each in self.node_pools.items()}
        of_aks = [path for path, pool in pools.items() if pool.subnet_id is None]
        own, outbound = len(of_aks) < len(pools), self.network.outbound_type
        problem = None
        if own and of_aks:
            text = "must be given when another pool has one: all pools are in one network"
            problem = Problem((*of_aks[0], "subnet_id"), text)
        elif own and outbound == "managedNATGateway":
            text = "must be 'userAssignedNATGateway' or another with subnets of yours; got 'managedNATGateway'"
            problem = Problem(("network", "outbound_type"), text)
        elif not own and outbound in ("userAssignedNATGateway", "userDefinedRouting"):
            problem = Problem(("system_pool", "subnet_id"), f"is required with outbound_type {outbound!r}")
        if problem:
            raise InvalidArgumentError("WorkloadIdentityClusterArgs", [problem])
        return self

    @property
    def subnets(self) -> list[PoolSubnet]:
        """The subnets that its pools are in."""
        return subnets_of(self.system_pool, self.node_pools)

    @model_validator(mode="after")
    def _roles_on_subnets_stay_when_a_pool_goes(self) -> Self:
        """With a zone there is one role, on the network; that of a given identity is called after the id."""
        zone = self.api_server.private_dns_zone
        named = self.assign_control_plane_roles and zone in (None, "none")
        given = self.control_plane_identity is not None
        subnets = [each for each in self.subnets if named and not (given and isinstance(each.id, str))]
        problems = subnet_problems(subnets)
        if problems:
            raise InvalidArgumentError("WorkloadIdentityClusterArgs", problems)
        return self

    @model_validator(mode="after")
    def _a_new_identity_has_no_roles(self) -> Self:
        if not self.assign_control_plane_roles and self.control_plane_identity is None:
            text = "must be left out without control_plane_identity: an identity that is made here has no roles yet"
            raise refused("assign_control_plane_roles", text)
        return self

    @model_validator(mode="after")
    def _nodes_do_not_manage_the_cluster(self) -> Self:
        given = [_plain_id(self.control_plane_identity), _plain_id(self.kubelet_identity)]
        if given[0] is not None and given[0] == given[1]:
            raise refused(
                "kubelet_identity",
                "must be another identity than control_plane_identity: every pod can use the one of the nodes",
            )
        return self

    @model_validator(mode="after")
    def _automatic_owns_nodes_and_network(self) -> Self:
        owned = {"system_pool", "node_pools", "network", "image_cleaner_interval_hours", "azure_policy"}
        owned |= {"upgrade_channel", "node_os_upgrade_channel"}
        given = sorted(owned & self.model_fields_set) if self.sku == "Automatic" else []
        text = "must be left out when sku is 'Automatic', which manages it itself"
        problems = [Problem((field,), text) for field in given]
        if self.sku == "Automatic" and self.tier == "Free":
            problems.append(Problem(("tier",), "must be 'Standard' or 'Premium' when sku is 'Automatic'; got 'Free'"))
        if problems:
            raise InvalidArgumentError("WorkloadIdentityClusterArgs", problems)
        return self
