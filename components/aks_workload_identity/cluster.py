"""WorkloadIdentityCluster: an AKS cluster whose tokens Entra ID trusts."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization, containerservice, managedidentity
from pydantic import Field, StringConstraints, model_validator

from .arguments import Arguments, InputStr, Rule
from .azure import client_config, known_in_preview
from .cluster_network import ApiServerAccess, NetworkProfile
from .errors import InvalidArgumentError, Problem, refused
from .grants.grant import subscription_of
from .identity import GivenIdentity, Identity, given_identity, identity_of_resource
from .kubeconfig import KubeloginMode, exec_kubeconfig
from .names import CLUSTER_NAME_PATTERN, ClusterName, Guid, Location, MapKey, NodePoolName
from .node_pool import NodePool
from .registry import RegistryAttachment
from .role_assignment import assign_role
from .roles import MANAGED_IDENTITY_OPERATOR, Role
from .trust import ClusterTrust, checked_issuer

# Names of the add-on in ARM; its configuration values are text (Microsoft Learn, CSI driver configuration options).
KEY_VAULT_ADD_ON = "azureKeyvaultSecretsProvider"

Duration = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*[smh]$"), Rule("a duration in s, m or h", "2m")]
CleanerHours = Annotated[int, Field(ge=24, le=2160), Rule("24 hours to 3 months (2160)", 168)]
KubernetesVersion = Annotated[
    str, StringConstraints(pattern=r"^1\.\d+(\.\d+)?$"), Rule("a Kubernetes version, minor or patch", "1.35")
]


class WorkloadIdentityClusterArgs(Arguments):
    """Arguments of `WorkloadIdentityCluster`."""

    resource_group_name: InputStr
    """The resource group of the cluster and its identities."""
    location: Location
    """The Azure region."""
    admin_group_object_ids: Annotated[Sequence[Guid], Field(min_length=1, max_length=20)]
    """Object ids of the Entra groups whose members are cluster administrators; there is no other administrator."""
    cluster_name: ClusterName | None = None
    """The name in Azure; left out, the component's name."""
    sku: Literal["Base", "Automatic"] = "Base"
    """`Automatic` leaves nodes, network and upgrades to AKS; left out, `Base`."""
    tier: Literal["Free", "Standard", "Premium"] = "Standard"
    """`Free` has no uptime agreement, `Premium` has long-term support; left out, `Standard`."""
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
    kubelet_identity: GivenIdentity | None = None
    """The identity of the nodes, the one that pulls images; left out, one is made."""
    registries: Mapping[MapKey, RegistryAttachment] = {}
    """The registries that the nodes pull from, by a key of yours; left out, none."""
    secret_rotation_interval: Duration = "2m"  # noqa: S105 - a duration
    """How often mounted vault files are refreshed; left out, two minutes."""
    image_cleaner_interval_hours: CleanerHours = 168
    """How often unused images are removed from nodes, 24-2160 hours; left out, weekly."""
    upgrade_channel: Literal["patch", "stable", "rapid", "node-image", "none"] = "patch"
    """Which Kubernetes upgrades AKS makes by itself; left out, patches of the minor version."""
    node_os_upgrade_channel: Literal["NodeImage", "SecurityPatch", "Unmanaged", "None"] = "NodeImage"
    """Which node upgrades AKS makes by itself; left out, weekly node images."""
    kubelogin_mode: KubeloginMode = "azurecli"
    """Where the kubeconfig's kubelogin takes its token from; left out, the Azure CLI's login."""
    tags: Mapping[str, str] = {}
    """Azure tags of everything made here that takes them; left out, none."""

    @model_validator(mode="after")
    def _automatic_owns_nodes_and_network(self) -> Self:
        owned = {"system_pool", "node_pools", "network", "image_cleaner_interval_hours"}
        owned |= {"upgrade_channel", "node_os_upgrade_channel"}
        given = sorted(owned & self.model_fields_set) if self.sku == "Automatic" else []
        if given:
            raise InvalidArgumentError(
                "WorkloadIdentityClusterArgs",
                [
                    Problem((field,), "must be left out when sku is 'Automatic', which manages it itself")
                    for field in given
                ],
            )
        if self.sku == "Automatic" and self.tier == "Free":
            raise refused("tier", "must be 'Standard' or 'Premium' when sku is 'Automatic'; got 'Free'")
        return self


class WorkloadIdentityCluster(pulumi.ComponentResource):
    """An AKS cluster whose service account tokens Entra ID can trust, hardened by default.

    OIDC issuer and workload identity are always on, local accounts and run-command always off, people log in
    with Entra ID and are authorised by Azure RBAC, the Key Vault CSI add-on rotates. Not options, because
    without them the rest of this library is either broken or pointless. It creates no network: give node
    pools a `subnet_id`.

    Creates:
        - a `UserAssignedIdentity` for the control plane and one for the kubelets, unless given
        - a `RoleAssignment`: the control plane is Managed Identity Operator of exactly the kubelet identity
        - a `ManagedCluster` with its system node pool
        - an `AgentPool` for each further node pool
        - a `RoleAssignment` of the kubelet identity for each registry
        - a Kubernetes `Provider`

    Args:
        name: the logical name; children are called `name` or `name-<key>`.
        args: see `WorkloadIdentityClusterArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Deploy and configure workload identity on AKS"; "Use a managed identity in AKS".
    """

    cluster: containerservice.ManagedCluster
    """The cluster."""
    node_pools: dict[str, containerservice.AgentPool]
    """The further node pools by name."""
    control_plane_identity: Identity
    """The identity that manages Azure resources for the cluster."""
    kubelet_identity: Identity
    """The identity of the nodes."""
    registry_assignments: dict[str, authorization.RoleAssignment]
    """The right to pull, by registry key."""
    kubernetes_provider: kubernetes.Provider
    """The way to the API server."""
    trust: ClusterTrust
    """What a `FederatedWorkload` needs of the cluster."""
    name: pulumi.Output[str]
    """The cluster's name."""
    id: pulumi.Output[str]
    """The cluster's resource id."""
    issuer_url: pulumi.Output[str]
    """The OIDC issuer exactly as AKS gives it, with the slash at its end."""
    kubeconfig: pulumi.Output[str]
    """A kubeconfig that asks kubelogin for a token; secret."""
    add_on_identities: pulumi.Output[dict[str, dict[str, str]]]
    """Client, object and resource id of each add-on's identity, which every pod can use: grant them nothing."""

    def __init__(self, name: str, args: WorkloadIdentityClusterArgs, opts: pulumi.ResourceOptions | None = None):
        args = WorkloadIdentityClusterArgs.of(args)
        azure_name = args.cluster_name or name
        if not re.match(CLUSTER_NAME_PATTERN, azure_name):
            raise InvalidArgumentError(
                f"WorkloadIdentityCluster {name!r}",
                [
                    Problem(
                        ("cluster_name",), f"must be given where the component's name is no cluster name; got {name!r}"
                    )
                ],
            )
        control_plane = given_identity(args.control_plane_identity, opts) if args.control_plane_identity else None
        kubelet = given_identity(args.kubelet_identity, opts) if args.kubelet_identity else None
        config = client_config(opts)
        super().__init__("aks-workload-identity:index:WorkloadIdentityCluster", name, {}, opts)

        self.control_plane_identity = control_plane or self._identity("control-plane", azure_name, args)
        self.kubelet_identity = kubelet or self._identity("kubelet", azure_name, args)
        operator = self._assign(
            "kubelet-operator",
            identity=self.control_plane_identity,
            role=MANAGED_IDENTITY_OPERATOR,
            scope=self.kubelet_identity.id,
            subscription_id=config.subscription_id,
        )
        self.cluster = self._cluster(azure_name, args, config.tenant_id, operator)
        self.node_pools = {key: self._node_pool(key, pool, args) for key, pool in args.node_pools.items()}
        self.registry_assignments = {
            key: self._assign(
                f"pull-{key}",
                identity=self.kubelet_identity,
                role=attachment.role,
                scope=attachment.registry_id,
                subscription_id=subscription_of(attachment.registry_id, config.subscription_id),
            )
            for key, attachment in args.registries.items()
        }
        self.name = self.cluster.name
        self.id = self.cluster.id
        self.issuer_url = checked_issuer(
            known_in_preview(
                self.cluster.oidc_issuer_profile.apply(_issuer),
                name=self.name,
                look_up=lambda: containerservice.get_managed_cluster_output(
                    resource_group_name=args.resource_group_name,
                    resource_name=self.name,
                    opts=pulumi.InvokeOutputOptions(parent=self),
                ).oidc_issuer_profile.apply(_issuer),
            )
        )
        self.add_on_identities = self.cluster.addon_profiles.apply(_add_on_identities)
        self.kubeconfig = pulumi.Output.secret(self._kubeconfig(args, config.tenant_id))
        self.kubernetes_provider = kubernetes.Provider(
            name,
            kubeconfig=self.kubeconfig,
            # Without it, a kubeconfig that is unknown in a preview shows every object as replaced.
            cluster_identifier=self.id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.trust = ClusterTrust(
            key=azure_name,
            issuer_url=self.issuer_url,
            kubernetes_provider=self.kubernetes_provider,
            cluster=self.cluster,
        )
        self.register_outputs({"name": self.name, "issuerUrl": self.issuer_url})

    def _identity(self, key: str, cluster_name: str, args: WorkloadIdentityClusterArgs) -> Identity:
        azure_name = f"{cluster_name}-{key}"
        resource = managedidentity.UserAssignedIdentity(
            f"{self.pulumi_resource_name}-{key}",
            resource_group_name=args.resource_group_name,
            resource_name_=azure_name,
            location=args.location,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return identity_of_resource(resource, azure_name=azure_name, group=args.resource_group_name)

    def _assign(
        self, key: str, *, identity: Identity, role: Role, scope: pulumi.Input[str], subscription_id: str
    ) -> authorization.RoleAssignment:
        return assign_role(
            f"{self.pulumi_resource_name}-{key}",
            identity_name=identity.name,
            key=key,
            role=role,
            scope=scope,
            principal_id=identity.principal_id,
            subscription_id=subscription_id,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _cluster(
        self, azure_name: str, args: WorkloadIdentityClusterArgs, tenant_id: str, operator: pulumi.Resource
    ) -> containerservice.ManagedCluster:
        automatic = args.sku == "Automatic"
        kubelet = self.kubelet_identity
        return containerservice.ManagedCluster(
            self.pulumi_resource_name,
            resource_group_name=args.resource_group_name,
            resource_name_=azure_name,
            location=args.location,
            sku=containerservice.ManagedClusterSKUArgs(name=args.sku, tier=args.tier),
            kubernetes_version=args.kubernetes_version,
            dns_prefix=_dns_prefix(azure_name),
            # Both always on: with the issuer off there is no token that Entra ID could trust.
            oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            security_profile=containerservice.ManagedClusterSecurityProfileArgs(
                workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
                # Unused images keep known vulnerabilities on the nodes.
                image_cleaner=None
                if automatic
                else containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
                    enabled=True, interval_hours=args.image_cleaner_interval_hours
                ),
            ),
            # Local accounts are certificates that no directory can revoke.
            disable_local_accounts=True,
            aad_profile=containerservice.ManagedClusterAADProfileArgs(
                managed=True,
                enable_azure_rbac=True,
                admin_group_object_ids=list(args.admin_group_object_ids),
                tenant_id=tenant_id,
            ),
            identity=containerservice.ManagedClusterIdentityArgs(
                type=containerservice.ResourceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[self.control_plane_identity.id],
            ),
            identity_profile={
                "kubeletidentity": containerservice.UserAssignedIdentityArgs(
                    resource_id=kubelet.id, client_id=kubelet.client_id, object_id=kubelet.principal_id
                )
            },
            addon_profiles={
                KEY_VAULT_ADD_ON: containerservice.ManagedClusterAddonProfileArgs(
                    enabled=True,
                    config={"enableSecretRotation": "true", "rotationPollInterval": args.secret_rotation_interval},
                )
            },
            # AKS owns the node resource group; changes by hand are undone or break upgrades.
            node_resource_group_profile=None
            if automatic
            else containerservice.ManagedClusterNodeResourceGroupProfileArgs(restriction_level="ReadOnly"),
            api_server_access_profile=args.api_server.profile(),
            agent_pool_profiles=[_system_pool(args)],
            network_profile=None if automatic else args.network.profile(),
            auto_upgrade_profile=None
            if automatic
            else containerservice.ManagedClusterAutoUpgradeProfileArgs(
                upgrade_channel=args.upgrade_channel, node_os_upgrade_channel=args.node_os_upgrade_channel
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[operator],
                # The autoscaler's business after creation.
                ignore_changes=["agentPoolProfiles[0].count"] if args.system_pool.autoscaling else None,
            ),
        )

    def _node_pool(self, key: str, pool: NodePool, args: WorkloadIdentityClusterArgs) -> containerservice.AgentPool:
        return containerservice.AgentPool(
            f"{self.pulumi_resource_name}-{key}",
            resource_group_name=args.resource_group_name,
            resource_name_=self.cluster.name,
            agent_pool_name=key,
            **pool.profile("User", args.tags),
            opts=pulumi.ResourceOptions(
                parent=self,
                deleted_with=self.cluster,
                ignore_changes=["count"] if pool.autoscaling else None,
            ),
        )

    def _kubeconfig(self, args: WorkloadIdentityClusterArgs, tenant_id: str) -> pulumi.Output[str]:
        answer = containerservice.list_managed_cluster_user_credentials_output(
            resource_group_name=args.resource_group_name,
            resource_name=self.cluster.name,
            format="exec",
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return answer.kubeconfigs.apply(
            lambda kubeconfigs: exec_kubeconfig(kubeconfigs[0].value, args.kubelogin_mode, tenant_id)
        )


def _issuer(profile: containerservice.outputs.ManagedClusterOIDCIssuerProfileResponse | None) -> str:
    return (profile.issuer_url or "") if profile else ""


def _system_pool(args: WorkloadIdentityClusterArgs) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    if args.sku == "Automatic":
        return containerservice.ManagedClusterAgentPoolProfileArgs(name="systempool", mode="System", count=3)
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name="system", **args.system_pool.profile("System", args.tags)
    )


def _dns_prefix(azure_name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", azure_name)[:54].strip("-")


def _add_on_identities(
    profiles: Mapping[str, containerservice.outputs.ManagedClusterAddonProfileResponse] | None,
) -> dict[str, dict[str, str]]:
    identities = {name: profile.identity for name, profile in (profiles or {}).items() if profile.identity}
    return {
        name: {
            "client_id": identity.client_id or "",
            "object_id": identity.object_id or "",
            "resource_id": identity.resource_id or "",
        }
        for name, identity in identities.items()
    }
