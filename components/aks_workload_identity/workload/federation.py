"""Service accounts x clusters: what a workload makes once for each pair, and what stands against a pair."""

from dataclasses import dataclass

import pulumi

from ..cluster.trust import ClusterTrust
from ..derived_names import credential_name
from ..errors import Problem
from ..program import shared
from .federation_args import FederationArgs
from .ledger import LedgerEntry
from .service_account import ServiceAccount


@dataclass(frozen=True, kw_only=True)
class NamespaceInCluster:
    """One namespace of a workload on one of its clusters.

    Args:
        name: the namespace's name.
        trust: the cluster.
        resources: the namespace's resource, where this program makes it.
    """

    name: str
    trust: ClusterTrust
    resources: list[pulumi.Resource]


@dataclass(frozen=True, kw_only=True)
class Federation:
    """One service account on one cluster."""

    key: str
    cluster_key: str
    account_key: str
    trust: ClusterTrust
    account: ServiceAccount
    entry: LedgerEntry

    @property
    def account_in_cluster(self) -> tuple[str, str]:
        """What is annotated once in a cluster, whoever asks."""
        return (self.trust.key, self.account.subject)


def federations(holder: str, args: FederationArgs) -> list[Federation]:
    """Every service account on every cluster of a workload.

    Args:
        holder: the component that wants them, for messages.
        args: its arguments.
    """
    return [
        Federation(
            key=f"{cluster_key}-{account_key}",
            cluster_key=cluster_key,
            account_key=account_key,
            trust=trust,
            account=account,
            entry=LedgerEntry(
                holder=holder,
                name=credential_name(trust.key, account.namespace, account.name),
                cluster_key=trust.key,
                subject=account.subject,
                issuer=trust.issuer_url if isinstance(trust.issuer_url, str) else None,
            ),
        )
        for cluster_key, trust in args.clusters.items()
        for account_key, account in args.service_accounts.items()
    ]


class _MadeAccounts(dict[tuple[str, str], str]):
    """Who annotates which service account in this program."""


def _made_accounts() -> _MadeAccounts:
    return shared((_MadeAccounts, None), _MadeAccounts)


def claim(wanted: list[Federation]) -> None:
    """Enter the keys of the clusters and the service accounts that the workload annotates; nobody else may."""
    ours = [f for f in wanted if f.account.ownership != "external"]
    for each in wanted:
        each.trust.claim_key()
    _made_accounts().update({f.account_in_cluster: f.entry.holder for f in ours})


def problems_of(wanted: list[Federation], args: FederationArgs) -> list[Problem]:
    """What stands against these service accounts on these clusters, the identity's own limits apart."""
    found: list[Problem] = []
    places = {(f.cluster_key, f.account.namespace) for f in wanted}
    if len({f.key for f in wanted}) < len(wanted) or len({"-".join(p) for p in places}) < len(places):
        text = "and service_accounts must have keys and namespaces that stay distinct when joined"
        found.append(Problem(("clusters",), text))
    issuers = [str(trust.issuer_url) for trust in args.clusters.values() if isinstance(trust.issuer_url, str)]
    if len(set(issuers)) < len(issuers):
        found.append(Problem(("clusters",), f"must have issuers of their own; got {sorted(issuers)}"))
    for key, trust in args.clusters.items():
        taken = trust.key_problem()
        if taken:
            found.append(Problem(("clusters", key, "key"), taken))
    trusts = list(args.clusters.values())
    keys = {trust.key.lower(): trust for trust in trusts}
    doubles = sorted({trust.key for trust in trusts if keys[trust.key.lower()] is not trust})
    if doubles:
        text = f"must have keys that differ in more than case; got {[trust.key for trust in trusts]}"
        found.append(Problem(("clusters",), text))
    made = _made_accounts()
    found.extend(
        Problem(
            ("service_accounts",),
            f"must be the workload's own; got {f.account.subject} on cluster {f.trust.key!r}, "
            f"which {made[f.account_in_cluster]} annotates",
        )
        for f in wanted
        if f.account.ownership != "external" and f.account_in_cluster in made
    )
    return found


def namespaces_of(wanted: list[Federation], args: FederationArgs) -> dict[str, NamespaceInCluster]:
    """The namespaces of the service accounts, by `<cluster>-<namespace>`, made where the workload makes them."""
    return {
        f"{f.cluster_key}-{f.account.namespace}": NamespaceInCluster(
            name=f.account.namespace,
            trust=f.trust,
            resources=[f.trust.namespace(f.account.namespace)] if args.creates(f.account.namespace) else [],
        )
        for f in wanted
    }
