"""Which networks reach a service that is closed to all others."""

import ipaddress
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from .arguments import Arguments, InputStr, Rule

_PRIVATE_RANGES = [ipaddress.IPv4Network(range_) for range_ in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def public_range_problem(value: str) -> str | None:
    """What Azure's service firewalls have against a range: they take public IPv4 only, and no /31 or /32 suffix.

    Source: Microsoft Learn, "Configure Azure Storage firewalls and virtual networks".
    """
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        return str(error)
    if any(network.subnet_of(private) for private in _PRIVATE_RANGES):
        return "a private address"
    return "write a single address without its suffix" if "/" in value and network.prefixlen > 30 else None


PublicRange = Annotated[str, Rule("a public IPv4 address or range", "203.0.113.7", public_range_problem)]


class NetworkRules(Arguments):
    """The networks that are let in; with none, the service has no public network access at all."""

    allowed_ip_ranges: Annotated[Sequence[PublicRange], Field(max_length=1000)] = ()
    """Public addresses or CIDR ranges that are let in, at most 1000; left out, none."""
    allowed_subnet_ids: Sequence[InputStr] = ()
    """Subnets (with the service's endpoint) that are let in; left out, none."""

    @property
    def public_network_access(self) -> str:
        """`Enabled` where some public network is let in; a private endpoint needs none."""
        return "Enabled" if self.allowed_ip_ranges or self.allowed_subnet_ids else "Disabled"
