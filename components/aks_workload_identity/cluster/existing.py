"""ExistingCluster: a cluster that somebody else made, with the same interface as one of our own."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi_azure_native import authorization, containerservice

from ..arguments import Arguments
from ..azure import client_config, invoke_options, looked_up
from ..errors import InvalidArgumentError, Problem
from ..names import CLUSTER_NAME_PATTERN, ClusterName, MapKey, ResourceGroupName
from ..services.registry import RegistryAttachment
from .found import control_plane, identity, is_on, lacks, problems_of, pull_problems
from .interface import Cluster, Registries
from .keys import claim_key, key_problem
from .kubeconfig import KubeloginMode, user_kubeconfig
from .managed_cluster import AZURE_POLICY_ADD_ON


class ExistingClusterArgs(Arguments):
    """Arguments of `ExistingCluster`."""

    resource_group_name: ResourceGroupName
    """The plain name of the resource group that the cluster is in."""
    cluster_name: ClusterName | None = None
    """The cluster's name in Azure; left out, the component's name."""
    trust_key: ClusterName | None = None
    """The key of the cluster's trust, which credential names hold: give one of two clusters of the same name another.
    Left out, the cluster's name in Azure; another key later replaces credentials and namespaces."""
    registries: Registries = {}
    """The registries that the nodes shall pull from, by a key of yours; left out, none is added."""
    kubelogin_mode: KubeloginMode = "azurecli"
    """Where the kubeconfig's kubelogin takes its token from; left out, the Azure CLI's login."""


class ExistingCluster(Cluster):
    """A cluster that exists: looked up by its plain names, used, and never changed or deleted.

    It is called what Bicep calls it, `existing`, and is a class beside `WorkloadIdentityCluster` instead of a
    method of it: the two take different arguments, and both are a `Cluster` (the AWS CDK splits its clusters
    the same way). Because names are plain, Azure is asked before anything is registered. What belongs to the
    cluster itself is not switched on from here: a cluster that lacks something is refused with the command for
    it. A cluster in another subscription is found through a provider of that subscription in `opts`.

    Creates:
        - a `RoleAssignment` of the kubelet identity for each registry
        - a Kubernetes `Provider`

    Args:
        name: the logical name; children are called `name` or `name-<key>`.
        args: see `ExistingClusterArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered: no such cluster, OIDC issuer, workload identity or
            Entra ID off, cluster stopped.

    Source: Microsoft Learn, "Create an OpenID Connect provider on AKS"; "Deploy and configure workload identity".
    """

    def __init__(
        self,
        name: str,
        args: ExistingClusterArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
        args = ExistingClusterArgs.of(args)
        azure_name = args.cluster_name or name
        where = f"ExistingCluster {name!r}"
        if not re.fullmatch(CLUSTER_NAME_PATTERN, azure_name):
            text = f"must be given where the component's name is no cluster name; got {name!r}"
            raise InvalidArgumentError(where, [Problem(("cluster_name",), text)])
        config = client_config(opts)
        found = looked_up(
            lambda: containerservice.get_managed_cluster(
                resource_group_name=args.resource_group_name, resource_name=azure_name, opts=invoke_options(opts)
            )
        )
        if isinstance(found, str):
            place = f"resource group {args.resource_group_name!r} of subscription {config.subscription_id}"
            text = f"must be a cluster in {place}; got {azure_name!r}: {found}"
            raise InvalidArgumentError(where, [Problem(("cluster_name",), text)])
        target = (
            f"--resource-group {args.resource_group_name} --name {azure_name} --subscription {config.subscription_id}"
        )
        problems = [*problems_of(found, target), *(pull_problems(found) if args.registries else ())]
        if problems:
            raise InvalidArgumentError(where, problems)
        trust_key = args.trust_key or azure_name
        directory, issuer = found.aad_profile, found.oidc_issuer_profile
        tenant_id = (directory.tenant_id if directory else None) or config.tenant_id
        plain_issuer = (issuer.issuer_url if issuer else None) or ""
        taken = key_problem(trust_key, plain_issuer)
        if taken:
            raise InvalidArgumentError(where, [Problem(("trust_key",), taken)])
        credentials = looked_up(
            lambda: containerservice.list_managed_cluster_user_credentials(
                resource_group_name=args.resource_group_name,
                resource_name=azure_name,
                format="exec",
                opts=invoke_options(opts),
            )
        )
        if isinstance(credentials, str):
            role = "Azure Kubernetes Service Cluster User Role"
            text = f"must be a cluster on which you have {role!r}; got {azure_name!r}: {credentials}"
            raise InvalidArgumentError(where, [Problem(("cluster_name",), text)])
        kubeconfig = user_kubeconfig(credentials.kubeconfigs, args.kubelogin_mode, tenant_id)
        super().__init__("aks-workload-identity:index:ExistingCluster", name, opts)

        # AKS writes some letters of its ids in lower case; this is how a cluster that Pulumi made is called.
        resource_id = (
            f"/subscriptions/{config.subscription_id}/resourceGroups/{args.resource_group_name}"
            f"/providers/Microsoft.ContainerService/managedClusters/{azure_name}"
        )
        self.name = pulumi.Output.from_input(azure_name)
        self.id = pulumi.Output.from_input(resource_id)
        self.resource_group_name = pulumi.Output.from_input(args.resource_group_name)
        self.node_resource_group = pulumi.Output.from_input(found.node_resource_group or "")
        self.location = found.location
        self.tenant_id = tenant_id
        groups = list(directory.admin_group_object_ids or []) if directory else []
        self.admin_group_object_ids = pulumi.Output.from_input(groups)
        self.azure_policy = is_on(found, AZURE_POLICY_ADD_ON)
        self.issuer_url = pulumi.Output.from_input(plain_issuer)
        self._found = found
        self.control_plane_identity = control_plane(found)
        kubelet = identity((found.identity_profile or {}).get("kubeletidentity"), "kubelet")
        self.kubelet_identity = replace(kubelet, owner=self)
        self.add_on_identities = {
            key: identity(profile.identity, key)
            for key, profile in (found.addon_profiles or {}).items()
            if profile.enabled and profile.identity
        }
        for key, attachment in args.registries.items():
            self.attach_registry(key, attachment)
        # The same cluster may be looked up twice; its issuer, which is plain, tells.
        claim_key(trust_key, plain_issuer)
        self.connect(trust_key, kubeconfig, None, cluster_id=resource_id, lacks=lacks(found, target))
        self.register_outputs({"name": self.name, "issuerUrl": self.issuer_url})

    def attach_registry(self, key: MapKey, attachment: RegistryAttachment) -> authorization.RoleAssignment:
        """Let the nodes pull from a registry, if they have an identity of their own: see `Cluster`."""
        problems = list(pull_problems(self._found))
        if problems:
            raise InvalidArgumentError(f"ExistingCluster {self.pulumi_resource_name!r}", problems)
        return super().attach_registry(key, attachment)
