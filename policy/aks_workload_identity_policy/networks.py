"""How much of the internet ranges of addresses let in."""

import ipaddress
from collections.abc import Iterable
from typing import Any

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Ranges that together hold as many addresses as one of this length restrict nobody: a single owner has an IPv4 /8 at
# most, a provider an IPv6 /32. IANA: IPv4 Address Space Registry; RFC 6177
_OPEN = {4: 7, 6: 31}
_MANY = {version: 2 ** (bits - _OPEN[version]) for version, bits in ((4, 32), (6, 128))}


def fault_of(ranges: Iterable[str]) -> str | None:
    """What is wrong with ranges that should restrict access; None if they do.

    Half of the internet, twice, is all of it, so their addresses are counted together.
    """
    networks: list[_Network] = []
    for text in ranges:
        try:
            networks.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError:
            return f"contains {text!r}, which is no range of addresses"
    for version, many in _MANY.items():
        joined = _joined(networks, version)
        if sum(one.num_addresses for one in joined) >= many:
            widest = max(joined, key=lambda one: one.num_addresses)
            return f"lets in as much of the internet as a /{_OPEN[version]} does, {widest} among it"
    return None


def _joined(networks: Iterable[_Network], version: int) -> list[_Network]:
    """The networks of one version, without those that are within others."""
    of_version: Any = (one for one in networks if one.version == version)
    return list(ipaddress.collapse_addresses(of_version))
