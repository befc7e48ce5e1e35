"""What a workload trusts of a cluster: the issuer of its tokens, and the way to its API server."""

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes
from pydantic import InstanceOf

from ..arguments import Arguments, Deferred, Rule, as_output, checked, shown
from ..errors import InvalidArgumentError, Problem
from ..names import ClusterName, Guid, Namespace
from ..program import shared
from ..resource_ids import ClusterId

Feature = Literal["azure_rbac", "key_vault_add_on"]
_AKS_ISSUER_HOST = re.compile(r"^https://[^/]*\.oic\.prod-aks\.azure\.(com|us|cn)(/|$)", re.IGNORECASE)


def issuer_problem(issuer: str) -> str | None:
    """What is wrong with an issuer URL, or None. Entra ID compares it byte for byte with the token's `iss`.

    Source: Microsoft Learn, "Create an OpenID Connect provider on AKS"; Entra's federated credential limits; OpenID
    Connect Core, "Terminology" (Issuer Identifier).
    """
    if not issuer.startswith("https://"):
        return "not https"
    if not urlsplit(issuer).hostname:
        return "no host"
    if "?" in issuer or "#" in issuer:
        return "an issuer has no query and no fragment"
    if re.search(r"\s", issuer):
        return "white space is accepted by Azure and never matches a token"
    if len(issuer) > 600:
        return "longer than 600 characters"
    if _AKS_ISSUER_HOST.match(issuer) and not issuer.endswith("/"):
        return "an AKS issuer ends in a slash"
    return None


_ISSUER_RULE = Rule(
    "the cluster's OIDC issuer URL exactly as Azure gives it, or an Output",
    "https://westeurope.oic.prod-aks.azure.com/<tenant>/<guid>/",
    issuer_problem,
)


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
    issuer_url: Annotated[str | Awaitable[str] | pulumi.Output[str], Deferred(_ISSUER_RULE)]
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


@dataclass(frozen=True, eq=False)
class _Holder:
    """A cluster that has a key, as far as it can be told from another."""

    key: str
    issuer_url: object
    provider: kubernetes.Provider | None

    def is_same(self, other: "_Holder") -> bool:
        """Whether both are one cluster: the way to it is the same, or what its tokens say."""
        if self.key != other.key:
            return False
        if self.provider is not None and self.provider is other.provider:
            return True
        both_plain = isinstance(self.issuer_url, str) and isinstance(other.issuer_url, str)
        return self.issuer_url == other.issuer_url if both_plain else self.issuer_url is other.issuer_url


class _Keys(dict[str, list[_Holder]]):
    """The clusters of one program by key; one cluster may be written down several times."""


def key_problem(key: str, issuer_url: object, provider: kubernetes.Provider | None = None) -> str | None:
    """What stands against the key of a cluster in this program, or None.

    What is made once for a cluster is made for its key, and Azure does not tell the case of credential names apart.

    Args:
        key: the key.
        issuer_url: the cluster's issuer.
        provider: the way to the cluster, where there is one already.
    """
    ours = _Holder(key, issuer_url, provider)
    held = shared((_Keys, None), _Keys).get(key.lower(), [])
    if not held or any(ours.is_same(each) for each in held):
        return None
    return (
        "must be the cluster's own in this program, and differ from others in more than case; "
        f"got {key!r}, another cluster is {held[0].key!r}; give one of them another key, for example '{key[:61]}-2': "
        "`trust_key` of the cluster, or `key` of its ClusterTrust"
    )


def claim_key(key: str, issuer_url: object, provider: kubernetes.Provider | None = None) -> None:
    """Enter the key of a cluster.

    Args:
        key: the key.
        issuer_url: the cluster's issuer.
        provider: the way to the cluster.
    """
    ours = _Holder(key, issuer_url, provider)
    held = shared((_Keys, None), _Keys).setdefault(key.lower(), [])
    if not any(each.provider is ours.provider and each.is_same(ours) for each in held):
        held.append(ours)


class _Namespaces(dict[str, kubernetes.core.v1.Namespace]):
    """The namespaces of one program, by cluster and name."""


def is_trust(given: object) -> object:
    """Refuses a cluster in place of its trust, with the way to it."""
    if isinstance(getattr(given, "trust", None), ClusterTrust):
        raise ValueError(f"must be the trust of a cluster, for example cluster.trust; got {shown(given)}")
    return given


def refuse_bad_issuer(issuer: str) -> str:
    """An issuer that became known: one that no token matches stops the credential.

    Raises:
        InvalidArgumentError: when something is wrong with it.
    """
    wrong = issuer_problem(issuer)
    if wrong:
        raise InvalidArgumentError(
            "ClusterTrust", [Problem(("issuer_url",), f"must be {_ISSUER_RULE.text}; got {issuer!r} ({wrong})")]
        )
    return issuer
