"""Arguments of what is trusted: service accounts on clusters, in one cloud."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from ..arguments import Arguments
from ..clouds import ENVIRONMENTS, POD_TOKEN_AUDIENCE, Audience, Cloud
from ..cluster.trust import ClusterTrust, is_trust
from ..errors import InvalidArgumentError, Problem, refused
from ..grants import Grant
from ..names import MapKey
from .service_account import ServiceAccount


class FederationArgs(Arguments):
    """What a managed identity and an app registration have in common: who may become them, and what they may do."""

    clusters: Annotated[Mapping[MapKey, Annotated[ClusterTrust, BeforeValidator(is_trust)]], Field(min_length=1)]
    """The clusters whose tokens are trusted, by a key of yours; a second cluster is a second entry."""
    service_accounts: Annotated[Mapping[MapKey, ServiceAccount], Field(min_length=1)]
    """The service accounts that may become the identity, by a key of yours."""
    grants: Mapping[MapKey, Grant] = {}
    """What the identity may do, by a key of yours; left out, nothing."""
    cloud: Cloud = "AzurePublicCloud"
    """The Azure cloud of the identity, its clusters and its vaults; tokens of one are not exchanged in another; left
    out, the public one."""
    audience: Audience = POD_TOKEN_AUDIENCE
    """The audience of the pods' tokens; left out, the one that AKS's webhook and the CSI driver ask for in every cloud.
    The cloud's own only where a webhook of yours runs with `--audience`; vaults cannot be mounted then."""
    create_namespaces: bool | None = None
    """Whether the accounts' namespaces are made, once for each cluster; False where they exist already. Left out, a
    namespace is made where all its accounts are: one that holds an account of somebody else exists already."""

    @model_validator(mode="after")
    def _no_namespace_is_made_that_exists(self) -> Self:
        patched = [account.subject for account in self.service_accounts.values() if account.ownership == "patch"]
        if self.create_namespaces and patched:
            raise refused("create_namespaces", f"must be left out: the namespace of {patched[0]} exists with it")
        return self

    @model_validator(mode="after")
    def _nothing_is_written_where_there_is_no_way(self) -> Self:
        written = [key for key, each in self.service_accounts.items() if each.ownership != "external"]
        problems = [
            Problem(("clusters", key, "kubernetes_provider"), closed)
            for key, trust in self.clusters.items()
            if (written or self.create_namespaces) and (closed := trust.closed_problem())
        ]
        if problems:
            raise InvalidArgumentError(type(self).__name__, problems)
        return self

    @model_validator(mode="after")
    def _audience_is_of_the_cloud(self) -> Self:
        known = sorted({POD_TOKEN_AUDIENCE, ENVIRONMENTS[self.cloud].audience})
        if self.audience not in known:
            raise refused("audience", f"must be {' or '.join(map(repr, known))} in {self.cloud}; got {self.audience!r}")
        return self

    def creates(self, namespace: str) -> bool:
        """Whether the workload makes this namespace."""
        if self.create_namespaces is not None:
            return self.create_namespaces
        accounts = [account for account in self.service_accounts.values() if account.namespace == namespace]
        return all(account.ownership == "create" for account in accounts)

    def has_cluster_outside(self, tenant_id: str) -> bool:
        """Whether a cluster is in another Entra tenant than this."""
        return any(trust.tenant_id and trust.tenant_id.lower() != tenant_id.lower() for trust in self.clusters.values())
