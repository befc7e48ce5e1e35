"""Which networks reach a service that is closed to all others."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .arguments import Arguments, Rule
from .resource_ids import SubnetId
from .services.private_endpoint import PrivateEndpoint

# Blocks that no client of the internet has (IANA, IPv4 Special-Purpose Address Registry; multicast and reserved space).
_NOT_PUBLIC = [
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/3",
    )
]
# A single owner has a /8 at most (IANA, IPv4 Address Space Registry).
_WIDEST = 8


def public_range_problem(value: str) -> str | None:
    """What is wrong with a range: Azure's service firewalls take public IPv4 only, and no /31 or /32 suffix.

    Source: Microsoft Learn, "Configure Azure Storage firewalls and virtual networks".
    """
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        return str(error)
    if network.prefixlen < _WIDEST:
        return f"wider than a /{_WIDEST}, which restricts nobody"
    if other := next((block for block in _NOT_PUBLIC if network.overlaps(block)), None):
        return f"not public: in {other}, which nobody on the internet has"
    return "write a single address without its suffix" if "/" in value and network.prefixlen > 30 else None


def _together(ranges: Sequence[str]) -> Sequence[str]:
    """Half of the internet, twice, is all of it, so the addresses are counted together."""
    joined = ipaddress.collapse_addresses(map(ipaddress.IPv4Network, ranges))
    if sum(network.num_addresses for network in joined) > 2 ** (32 - _WIDEST):
        raise ValueError(f"must let in no more addresses than a /{_WIDEST} has, all ranges together")
    return ranges


PublicRange = Annotated[str, Rule("a public IPv4 address or range", "203.0.113.7", public_range_problem)]
_Ranges = Annotated[Sequence[PublicRange], AfterValidator(_together)]


class NetworkRules(Arguments):
    """The networks that are let in; with none, the service has no public network access at all."""

    allowed_ip_ranges: _Ranges = ()
    """Public addresses or CIDR ranges that are let in; left out, none."""
    allowed_subnet_ids: Sequence[SubnetId] = ()
    """Subnets (with the service's endpoint) that are let in; left out, none."""

    @property
    def public_network_access(self) -> str:
        """`Enabled` where some public network is let in; a private endpoint needs none."""
        return "Enabled" if self.allowed_ip_ranges or self.allowed_subnet_ids else "Disabled"


class KeyVaultNetwork(NetworkRules):
    """Who reaches a vault.

    Source: Microsoft Learn, "Configure Azure Key Vault networking settings" (limits).
    """

    allowed_ip_ranges: Annotated[_Ranges, Field(max_length=1000)] = ()
    """Public addresses or CIDR ranges that are let in, at most 1000; left out, none."""
    allowed_subnet_ids: Annotated[Sequence[SubnetId], Field(max_length=200)] = ()
    """Subnets with the service endpoint `Microsoft.KeyVault` that are let in, at most 200; left out, none."""
    private_endpoint: PrivateEndpoint | None = None
    """A private address of the vault in one of your subnets; left out, none."""


class StorageNetwork(NetworkRules):
    """Who reaches a storage account.

    Source: Microsoft Learn, "Scalability and performance targets for standard storage accounts" (limits);
    "Guidelines and limitations for the Azure Storage firewall".
    """

    allowed_ip_ranges: Annotated[_Ranges, Field(max_length=400)] = ()
    """Public addresses or CIDR ranges that are let in, at most 400; they let in nobody of the account's own region;
    left out, none."""
    allowed_subnet_ids: Annotated[Sequence[SubnetId], Field(max_length=400)] = ()
    """Subnets with the service endpoint `Microsoft.Storage` that are let in, at most 400; left out, none."""
    private_endpoints: Mapping[Literal["blob", "queue"], PrivateEndpoint] = {}
    """Private addresses in your subnets, one for `blob` and one for `queue`; left out, none."""


class CognitiveServicesNetwork(NetworkRules):
    """Who reaches an AI account.

    Source: Microsoft Learn, "Configure Azure AI services virtual networks".
    """

    allowed_ip_ranges: Annotated[_Ranges, Field(max_length=100)] = ()
    """Public addresses or CIDR ranges that are let in, at most 100; left out, none."""
    allowed_subnet_ids: Annotated[Sequence[SubnetId], Field(max_length=100)] = ()
    """Subnets with the service endpoint `Microsoft.CognitiveServices` that are let in, at most 100; left out, none."""
    private_endpoint: PrivateEndpoint | None = None
    """A private address of the account in one of your subnets; left out, none."""
