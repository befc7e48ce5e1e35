"""Addresses and ranges of a cluster's network, as types of arguments."""

import ipaddress
from collections.abc import Callable
from typing import Annotated

from ..arguments import Rule


def _cidr(value: str) -> str | None:
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        return str(error)
    return None


def _address(value: str) -> str | None:
    try:
        ipaddress.ip_address(value)
    except ValueError as error:
        return str(error)
    return None


# Microsoft Learn, aks/concepts-network-cni-overview: "Reserved CIDR range".
_RESERVED = [ipaddress.IPv4Network(each) for each in ("169.254.0.0/16", "172.30.0.0/15", "192.0.2.0/24")]
_NOT_PUBLIC = [
    ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
]


def _own_range(largest: int, smallest: int) -> Callable[[str], str | None]:
    """What is wrong with a range that exists inside the cluster only.

    Args:
        largest: the shortest prefix.
        smallest: the longest prefix.
    """

    def check(value: str) -> str | None:
        try:
            network = ipaddress.IPv4Network(value)
        except ValueError as error:
            return str(error)
        if not largest <= network.prefixlen <= smallest:
            return f"/{network.prefixlen}"
        taken = next((each for each in _RESERVED if network.overlaps(each)), None)
        return f"{taken} is AKS's own" if taken else None

    return check


def _authorized(value: str) -> str | None:
    """Source: Microsoft Learn, "Secure access to the API server" (public addresses; 0.0.0.0/32 lets nobody else in)."""
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        return str(error)
    if network.prefixlen == 0:
        return "all addresses: leave the argument out"
    private = any(network.subnet_of(each) for each in _NOT_PUBLIC)
    return "a private address, which never reaches a public API server" if private else None


Cidr = Annotated[str, Rule("an address range in CIDR notation", "10.244.0.0/16", _cidr)]
Address = Annotated[str, Rule("an IP address", "10.0.0.10", _address)]
# Microsoft Learn, aks/concepts-network-azure-cni-overlay ("IP address planning"): each node takes a /24 of the pods'
# range; the services' range must be smaller than /12, and holds the API server's address and that of DNS.
PodCidr = Annotated[
    str, Rule("an IPv4 range of /24 or larger outside of AKS's own", "10.244.0.0/16", _own_range(1, 24))
]
ServiceCidr = Annotated[
    str, Rule("an IPv4 range of /13 to /30 outside of AKS's own", "10.0.0.0/16", _own_range(13, 30))
]
AuthorizedRange = Annotated[str, Rule("a public IPv4 address or range", "203.0.113.0/24", _authorized)]
