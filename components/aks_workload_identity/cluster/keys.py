"""The keys of a program's clusters: what is made once for a cluster is made for its key."""

from dataclasses import dataclass

import pulumi_kubernetes as kubernetes

from ..program import shared


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
