"""What every cluster offers, whoever made it: its names, its identities, and the way to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization
from pydantic import AfterValidator

from ..arguments import one
from ..azure import client_config, invoke_options
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..names import MapKey
from ..program import remember
from ..services.registry import RegistryAttachment, assign_pull
from .trust import ClusterTrust, Feature


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusterIdentity:
    """A managed identity that a cluster acts as.

    Args:
        name: a plain name; part of the deterministic names of its role assignments.
        client_id: what a login names to become it.
        object_id: what a role assignment names to give it something.
        resource_id: its resource id. Client and resource id are empty for a system-assigned identity, which AKS
            tells neither of.
        owner: the component that made it, the parent of its role assignments; None for one that clusters may share.
    """

    name: str
    client_id: pulumi.Output[str]
    object_id: pulumi.Output[str]
    resource_id: pulumi.Output[str]
    owner: pulumi.ComponentResource | None = None


def _each_once(registries: Mapping[str, RegistryAttachment]) -> Mapping[str, RegistryAttachment]:
    seen: dict[object, str] = {}
    for key, attachment in registries.items():
        given = attachment.registry_id
        registry = given.lower() if isinstance(given, str) else given
        if registry in seen:
            raise ValueError(f"must hold each registry once; got one of them as {seen[registry]!r} and {key!r}")
        seen[registry] = key
    return registries


Registries = Annotated[Mapping[MapKey, RegistryAttachment], AfterValidator(_each_once)]


class Cluster(Component):
    """A cluster whose service account tokens Entra ID can trust, as the rest of a program uses it.

    `WorkloadIdentityCluster` makes one and `ExistingCluster` looks one up; code that is given a `Cluster` never
    asks which it has. Not to be created itself.

    Args:
        type_: the type's name in the token of the component that it is.
        name: the component's name.
        opts: the component's options.

    Source: Microsoft Learn, "Use a managed identity in AKS".
    """

    name: pulumi.Output[str]
    """The cluster's name in Azure."""
    id: pulumi.Output[str]
    """The cluster's resource id."""
    resource_group_name: pulumi.Output[str]
    """The resource group that the cluster is in."""
    node_resource_group: pulumi.Output[str]
    """The resource group that AKS keeps the nodes in."""
    location: str
    """The Azure region."""
    tenant_id: str
    """The Entra tenant in which people log in."""
    issuer_url: pulumi.Output[str]
    """The OIDC issuer exactly as AKS gives it, with the slash at its end."""
    admin_group_object_ids: pulumi.Output[Sequence[str]]
    """The Entra groups whose members administer the cluster, and with it every identity that is used there."""
    control_plane_identity: ClusterIdentity
    """The identity that manages Azure resources for the cluster."""
    kubelet_identity: ClusterIdentity
    """The identity of the nodes, the one that pulls images."""
    add_on_identities: Mapping[str, ClusterIdentity]
    """The identity of each add-on by its name in ARM. Every pod can use them: grant them nothing."""
    azure_policy: bool
    """Whether the Azure Policy add-on is on, without which no policy reaches the pods."""
    kubeconfig: pulumi.Output[str]
    """A kubeconfig that asks kubelogin for a token; secret."""
    kubernetes_provider: kubernetes.Provider
    """The way to the API server."""
    trust: ClusterTrust
    """What a `FederatedWorkload` needs of the cluster."""
    registry_assignments: dict[str, authorization.RoleAssignment]
    """The right to pull, by registry key."""

    def __init__(self, type_: str, name: str, opts: pulumi.ResourceOptions | None):
        super().__init__(type_, name, {}, opts)
        self.registry_assignments = {}
        self._subscription_id = client_config(opts).subscription_id
        self._home_tenant_id = client_config(opts).tenant_id
        self._azure = invoke_options(opts).provider

    def attach_registry(self, key: MapKey, attachment: RegistryAttachment) -> authorization.RoleAssignment:
        """Let the nodes pull from a registry. Clusters that share a kubelet identity share its assignments.

        Args:
            key: what you call the registry; part of the assignment's logical and Azure name.
            attachment: the registry and its permissions mode.

        Raises:
            InvalidArgumentError: when the key is taken, or the nodes may pull from the registry under another key.
        """
        attachment = RegistryAttachment.of(attachment)
        key = one("attach_registry", "key", MapKey, key)
        if key in self.registry_assignments:
            text = f"must be a key of its own; got {key!r}, which another registry has"
            raise InvalidArgumentError(
                f"{type(self).__name__} {self.pulumi_resource_name!r}", [Problem(("key",), text)]
            )
        owner = self.kubelet_identity.owner
        self.registry_assignments[key] = assign_pull(
            f"{owner.pulumi_resource_name if owner else self.kubelet_identity.name}-pull-{key}",
            attachment,
            key=key,
            identity_name=self.kubelet_identity.name,
            principal_id=self.kubelet_identity.object_id,
            subscription_id=self._subscription_id,
            opts=pulumi.ResourceOptions(parent=owner, provider=None if owner else self._azure),
        )
        return self.registry_assignments[key]

    def connect(
        self,
        key: str,
        kubeconfig: pulumi.Input[str],
        cluster: pulumi.Resource | None,
        *,
        cluster_id: str | None = None,
        lacks: Mapping[Feature, str] | None = None,
    ) -> None:
        """Set the way to the API server and the trust; called once, by the component's own constructor.

        Args:
            key: the plain name of the cluster.
            kubeconfig: the rewritten kubeconfig.
            cluster: the cluster's resource, where this program owns it.
            cluster_id: the cluster's id, where this program does not own it.
            lacks: what is off, each with the command that turns it on.
        """
        self.kubeconfig = pulumi.Output.secret(kubeconfig)
        self.kubernetes_provider = kubernetes.Provider(
            self.pulumi_resource_name,
            kubeconfig=self.kubeconfig,
            # Without it, a kubeconfig that is unknown in a preview shows every object as replaced.
            cluster_identifier=self.id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.trust = ClusterTrust(
            key=key,
            issuer_url=self.issuer_url,
            kubernetes_provider=self.kubernetes_provider,
            cluster=cluster,
            cluster_id=cluster_id,
            lacks=lacks or {},
            tenant_id=self._home_tenant_id,
        )
        self.trust.claim_key()
        remember(self)


def identity_read_from(name: str, read: Callable[[str], pulumi.Output[str]]) -> ClusterIdentity:
    """An identity whose three ids are read one by one.

    Args:
        name: its plain name.
        read: answers `client_id`, `object_id` and `resource_id`.
    """
    return ClusterIdentity(
        name=name, client_id=read("client_id"), object_id=read("object_id"), resource_id=read("resource_id")
    )
