"""WorkloadIdentityCluster: an AKS cluster whose tokens Entra ID trusts."""

import re
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization, containerservice, managedidentity

from ..azure import client_config, known_in_preview
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..grants.role_assignment import assign_role
from ..grants.roles import MANAGED_IDENTITY_OPERATOR, Role
from ..names import CLUSTER_NAME_PATTERN
from ..program import remember
from ..services.registry import assign_pull
from ..workload.identity import Identity, given_identity, identity_of_resource
from .args import WorkloadIdentityClusterArgs
from .kubeconfig import exec_kubeconfig
from .managed_cluster import register_managed_cluster
from .node_pool import NodePool
from .trust import ClusterTrust, checked_issuer


class WorkloadIdentityCluster(Component):
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

    def __init__(
        self,
        name: str,
        args: WorkloadIdentityClusterArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
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
        self.cluster = register_managed_cluster(
            name,
            azure_name,
            args,
            control_plane=self.control_plane_identity,
            kubelet=self.kubelet_identity,
            tenant_id=config.tenant_id,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[operator]),
        )
        self.node_pools = {key: self._node_pool(key, pool, args) for key, pool in args.node_pools.items()}
        self.registry_assignments = {
            key: assign_pull(
                f"{name}-pull-{key}",
                attachment,
                key=key,
                identity_name=self.kubelet_identity.name,
                principal_id=self.kubelet_identity.principal_id,
                subscription_id=config.subscription_id,
                opts=pulumi.ResourceOptions(parent=self),
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
        remember(self)
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
