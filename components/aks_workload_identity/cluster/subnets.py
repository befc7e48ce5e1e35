"""The subnets of a cluster's pools: each once, under a key that stays when a pool goes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

from ..arguments import as_output, checked
from ..errors import InvalidArgumentError, Problem
from .node_pool import NodePool

SYSTEM_POOL = "system"


@dataclass(frozen=True, kw_only=True)
class PoolSubnet:
    """One subnet.

    Args:
        id: its id.
        pools: the pools in it by name, the system pool first.
    """

    id: pulumi.Input[str]
    pools: dict[str, NodePool]

    @property
    def key(self) -> str:
        """Part of the name of the control plane's role on it; the id may be known too late for that."""
        if SYSTEM_POOL in self.pools:
            return self.pools[SYSTEM_POOL].subnet_key or SYSTEM_POOL
        return next((pool.subnet_key for pool in self.pools.values() if pool.subnet_key), next(iter(self.pools)))

    def problems(self) -> Iterator[Problem]:
        """What would change the key when a pool goes: Azure takes no second role assignment beside the first."""
        needed = len(self.pools) > 1 and SYSTEM_POOL not in self.pools
        for name, pool in self.pools.items():
            path = ("node_pools", name, "subnet_key")
            if pool.subnet_key is None and needed:
                text = f"is required where pools share a subnet, for example {self.key!r} for all"
                yield Problem(path, f"{text}: the name of the first pool in it, so that any may go and the role stays")
            elif name != SYSTEM_POOL and pool.subnet_key not in (None, self.key):
                text = f"must be the same for all pools in a subnet, {self.key!r}; got {pool.subnet_key!r}"
                yield Problem(path, text)


def subnets_of(system_pool: NodePool, node_pools: Mapping[str, NodePool]) -> list[PoolSubnet]:
    """Each subnet once; Azure does not tell the case of ids apart."""
    found: dict[object, PoolSubnet] = {}
    for name, pool in {SYSTEM_POOL: system_pool, **node_pools}.items():
        if pool.subnet_id is None:
            continue
        given = pool.subnet_id if isinstance(pool.subnet_id, str) else as_output(pool.subnet_id)
        same = given.lower() if isinstance(given, str) else given
        found.setdefault(same, PoolSubnet(id=given, pools={})).pools[name] = pool
    return list(found.values())


def subnet_problems(subnets: list[PoolSubnet]) -> list[Problem]:
    """What stands against naming a role on each of these subnets."""
    found = [problem for subnet in subnets for problem in subnet.problems()]
    seen: set[str] = set()
    for subnet in subnets:
        if subnet.key in seen:
            path = ("node_pools", list(subnet.pools)[-1], "subnet_key")
            found.append(Problem(path, f"must be of one subnet; got {subnet.key!r}, which names another one too"))
        seen.add(subnet.key)
    return found


def distinct(subnet: pulumi.Input[str], subnets: list[pulumi.Input[str]]) -> pulumi.Input[str]:
    """The subnet, stopped where an earlier `Output` turns out to be the same: Azure takes one assignment only."""
    earlier = subnets[: next(i for i, each in enumerate(subnets) if each is subnet)]
    if not earlier or all(isinstance(each, str) for each in [*earlier, subnet]):
        return subnet

    def check(known: list[str]) -> str:
        if known[-1].lower() in (each.lower() for each in known[:-1]):
            text = f"must be one value or Output for all pools in a subnet; got {known[-1]!r} in two Outputs"
            raise InvalidArgumentError("WorkloadIdentityCluster", [Problem(("subnet_id",), text)])
        return known[-1]

    return checked(pulumi.Output.all(*earlier, subnet), check)
