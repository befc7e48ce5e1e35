"""Which networks reach a service that is closed to all others."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from .arguments import Arguments, InputStr, Rule
from .names import public_range_problem

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
