"""What a workload trusts of a cluster: the issuer of its tokens, and the way to its API server."""

from collections.abc import Mapping
from typing import Literal

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import InstanceOf

from ..arguments import Arguments, as_output, checked, shown
from ..errors import InvalidArgumentError, Problem
from ..names import ClusterName, Guid, Namespace
from ..program import shared
from ..resource_ids import ClusterId
from .issuer import IssuerUrl, refuse_bad_issuer
from .keys import claim_key, key_problem

Feature = Literal["azure_rbac", "key_vault_add_on"]


class ClusterTrust(Arguments):
    """One cluster as federated workloads see it.

    `WorkloadIdentityCluster.trust` offers it. Write it yourself where the cluster lives in another stack:
    the issuer from a StackReference, and a `kubernetes.Provider` with `cluster_identifier` set; or where it is somebody
    else's, whose tokens you trust and whose objects you leave alone: the issuer and their tenant.

    Source: Microsoft Learn, "Use a workload identity with AKS".
    """

    key: ClusterName
    """Plain name of the cluster; credential names hold its hash. A rebuilt cluster keeps it, a second one does not: two
    clusters of one program have keys that differ in more than case, which Azure does not see in credential names."""
    issuer_url: IssuerUrl
    """The OIDC issuer URL, unchanged: with the slash at its end."""
    kubernetes_provider: InstanceOf[kubernetes.Provider] | None = None
    """Where service accounts, namespaces and SecretProviderClasses of the workload are written; left out, nothing is:
    all service accounts are of `external` ownership, and mounts are their owner's."""
    cluster: InstanceOf[pulumi.Resource] | None = None
    """The cluster resource, if this program owns it: when it goes, its objects go without being deleted one by one."""

    cluster_id: ClusterId | None = None
    """The cluster's resource id, which `TeamNamespace` compares; left out, that of `cluster`, or else the key is taken
    for the cluster's name in Azure."""
    lacks: Mapping[Feature, str] = {}
    """What is off on the cluster, each with the command that turns it on: Azure RBAC, which `TeamNamespace` can use,
    and the Key Vault add-on, which mounts need. Left out, nothing is."""

    tenant_id: Guid | None = None
    """The Entra tenant that the cluster's webhook tells pods to log in to; left out, that of the identity."""

    @property
    def id(self) -> str | pulumi.Output[str] | None:
        """The cluster's resource id, where the trust knows it."""
        if self.cluster_id is not None:
            return self.cluster_id if isinstance(self.cluster_id, str) else as_output(self.cluster_id)
        return self.cluster.id if isinstance(self.cluster, pulumi.CustomResource) else None

    def checked_issuer(self) -> pulumi.Input[str]:
        """The issuer, checked again when an `Output` becomes known: a wrong one stops the credential."""
        return checked(self.issuer_url, refuse_bad_issuer)

    def in_cluster(
        self, parent: pulumi.Resource | None, depends_on: list[pulumi.Resource] | None = None
    ) -> pulumi.ResourceOptions:
        """Options of a child that lives in this cluster.

        Args:
            parent: the component that the child belongs to; None for what belongs to the stack.
            depends_on: what must be there first; left out, nothing but the cluster.

        Raises:
            InvalidArgumentError: when the trust has no provider.
        """
        closed = self.closed_problem()
        if closed:
            raise InvalidArgumentError("ClusterTrust", [Problem(("kubernetes_provider",), closed)])
        return pulumi.ResourceOptions(
            parent=parent, provider=self.kubernetes_provider, deleted_with=self.cluster, depends_on=depends_on
        )

    def namespace(self, name: Namespace, *, labels: Mapping[str, str] | None = None) -> kubernetes.core.v1.Namespace:
        """The namespace of that name, registered once for the cluster whoever asks first.

        Args:
            name: the namespace's name.
            labels: its labels, from whoever asks first; left out, none.

        Raises:
            InvalidArgumentError: when the key belongs to another cluster of this program.
        """
        taken = self.key_problem()
        if taken:
            raise InvalidArgumentError("ClusterTrust", [Problem(("key",), taken)])
        self.claim_key()
        # Neither half can hold a dot, so that no two clusters and namespaces share a name.
        logical_name = f"{self.key}.{name}"
        made = shared((_Namespaces, None), _Namespaces)
        if logical_name not in made:
            metadata = kubernetes.meta.v1.ObjectMetaArgs(name=name, labels=labels)
            made[logical_name] = kubernetes.core.v1.Namespace(
                logical_name, metadata=metadata, opts=self.in_cluster(None)
            )
        return made[logical_name]

    def has_namespace(self, name: Namespace) -> bool:
        """Whether somebody in this program has asked for the namespace of that name already."""
        return f"{self.key}.{name}" in shared((_Namespaces, None), _Namespaces)

    def closed_problem(self) -> str | None:
        """What stands against writing anything in the cluster, or None."""
        return None if self.kubernetes_provider else f"must be given to write in cluster {self.key!r}; got None"

    def key_problem(self) -> str | None:
        """What stands against the key in this program, or None."""
        return key_problem(self.key, self.issuer_url, self.kubernetes_provider)

    def claim_key(self) -> None:
        """Enter the key: no other cluster of this program may have it."""
        claim_key(self.key, self.issuer_url, self.kubernetes_provider)


class _Namespaces(dict[str, kubernetes.core.v1.Namespace]):
    """The namespaces of one program, by cluster and name."""


def is_trust(given: object) -> object:
    """Refuses a cluster in place of its trust, with the way to it."""
    if isinstance(getattr(given, "trust", None), ClusterTrust):
        raise ValueError(f"must be the trust of a cluster, for example cluster.trust; got {shown(given)}")
    return given
