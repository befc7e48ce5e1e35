"""WorkloadIdentityCluster: an AKS cluster whose tokens Entra ID trusts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_azure_native import containerservice, managedidentity

from ..arguments import as_output, checked
from ..azure import client_config, known_in_preview
from ..errors import InvalidArgumentError, Problem
from ..names import CLUSTER_NAME_PATTERN
from ..workload.given_identity import given_identity
from ..workload.identity import Identity, identity_of_resource
from .args import WorkloadIdentityClusterArgs
from .control_plane import ControlPlane
from .interface import Cluster, ClusterIdentity, identity_read_from
from .issuer import refuse_bad_issuer
from .keys import key_problem
from .kubeconfig import user_kubeconfig
from .managed_cluster import add_ons, register_managed_cluster
from .node_pool import NodePool


class WorkloadIdentityCluster(Cluster):
    """An AKS cluster whose service account tokens Entra ID can trust, hardened by default.

    OIDC issuer and workload identity are always on, local accounts and run-command always off, people log in
    with Entra ID and are authorised by Azure RBAC, the Key Vault CSI add-on rotates. Not options, because
    without them the rest of this library is either broken or pointless. It creates no network: give node
    pools a `subnet_id`.

    Creates:
        - a `UserAssignedIdentity` for the control plane and one for the kubelets, unless given
        - a `RoleAssignment`: the control plane is Managed Identity Operator of exactly the kubelet identity
        - a `RoleAssignment` of the control plane for each subnet of yours, or with a private DNS zone of yours one for
          the zone and one for the network
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

    def __init__(
        self,
        name: str,
        args: WorkloadIdentityClusterArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
        args = WorkloadIdentityClusterArgs.of(args)
        azure_name = args.cluster_name or name
        if not re.fullmatch(CLUSTER_NAME_PATTERN, azure_name):
            raise InvalidArgumentError(
                f"WorkloadIdentityCluster {name!r}",
                [
                    Problem(
                        ("cluster_name",), f"must be given where the component's name is no cluster name; got {name!r}"
                    )
                ],
            )
        trust_key = args.trust_key or azure_name
        taken = key_problem(trust_key, None)
        if taken:
            raise InvalidArgumentError(f"WorkloadIdentityCluster {name!r}", [Problem(("trust_key",), taken)])
        control_plane = given_identity(args.control_plane_identity, opts) if args.control_plane_identity else None
        kubelet = given_identity(args.kubelet_identity, opts) if args.kubelet_identity else None
        config = client_config(opts)
        super().__init__("aks-workload-identity:index:WorkloadIdentityCluster", name, opts)

        control_plane = control_plane or self._identity("control-plane", azure_name, args)
        kubelet = kubelet or self._identity("kubelet", azure_name, args)
        plane = ControlPlane(
            cluster=self, identity=control_plane, subscription_id=config.subscription_id, provider=self._azure
        )
        self.cluster = register_managed_cluster(
            name,
            azure_name,
            args,
            control_plane=control_plane,
            kubelet=kubelet,
            tenant_id=config.tenant_id,
            opts=pulumi.ResourceOptions(parent=self, depends_on=plane.assign(args, kubelet)),
        )
        self.node_pools = {key: self._node_pool(key, pool, args) for key, pool in args.node_pools.items()}
        self.control_plane_identity = _as_cluster_identity(control_plane)
        self.kubelet_identity = _as_cluster_identity(kubelet)
        for key, attachment in args.registries.items():
            self.attach_registry(key, attachment)
        self.name = self.cluster.name
        self.id = self.cluster.id
        self.resource_group_name = pulumi.Output.from_input(args.resource_group_name)
        self.node_resource_group = self.cluster.node_resource_group.apply(lambda group: group or "")
        self.location = args.location
        self.tenant_id = config.tenant_id
        self.admin_group_object_ids = self.cluster.aad_profile.apply(_admin_groups)
        self.azure_policy = args.sku == "Automatic" or args.azure_policy
        issuer_url = known_in_preview(
            self.cluster.oidc_issuer_profile.apply(_issuer),
            name=self.name,
            look_up=lambda: containerservice.get_managed_cluster_output(
                resource_group_name=args.resource_group_name,
                resource_name=self.name,
                opts=pulumi.InvokeOutputOptions(parent=self),
            ).oidc_issuer_profile.apply(_issuer),
        )
        self.issuer_url = as_output(checked(issuer_url, refuse_bad_issuer))
        self.add_on_identities = {
            key: self._add_on_identity(key) for key, add_on in add_ons(args).items() if add_on.enabled
        }
        self.connect(trust_key, self._kubeconfig(args, config.tenant_id), self.cluster)
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
        return identity_of_resource(resource, azure_name=azure_name, group=args.resource_group_name, owner=self)

    def _add_on_identity(self, key: str) -> ClusterIdentity:
        def read(field: str) -> pulumi.Output[str]:
            return self.cluster.addon_profiles.apply(lambda profiles: _id_of((profiles or {}).get(key), field))

        return identity_read_from(key, read)

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
        return as_output(
            checked(answer.kubeconfigs, lambda found: user_kubeconfig(found, args.kubelogin_mode, tenant_id))
        )


def _issuer(profile: containerservice.outputs.ManagedClusterOIDCIssuerProfileResponse | None) -> str:
    return (profile.issuer_url or "") if profile else ""


def _admin_groups(profile: containerservice.outputs.ManagedClusterAADProfileResponse | None) -> Sequence[str]:
    return (profile.admin_group_object_ids or []) if profile else []


def _id_of(profile: containerservice.outputs.ManagedClusterAddonProfileResponse | None, field: str) -> str:
    return (getattr(profile.identity, field) or "") if profile and profile.identity else ""


def _as_cluster_identity(identity: Identity) -> ClusterIdentity:
    return ClusterIdentity(
        name=identity.name,
        client_id=as_output(identity.client_id),
        object_id=as_output(identity.principal_id),
        resource_id=as_output(identity.id),
        owner=identity.owner,
    )
