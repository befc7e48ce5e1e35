"""The network rules of vaults, storage accounts and AI accounts: what their firewalls refuse to be told.

Sources: Microsoft Learn, key-vault/general/network-security, storage/common/{storage-network-security-limitations,
scalability-targets-standard-account}, ai-services/cognitive-services-virtual-networks. The codes are not documented.
"""

import ipaddress

from .errors import bad_request
from .resource_type import Write
from .store import Json

_PRIVATE = [ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def check_network_acls(write: Write, *, most_addresses: int, most_subnets: int) -> None:
    """Refuse too many rules, and addresses that are not public or not IPv4.

    Args:
        write: the write of an account or vault.
        most_addresses: how many `ipRules` it takes.
        most_subnets: how many `virtualNetworkRules` it takes.
    """
    addresses: list[Json] = write.get("properties.networkAcls.ipRules") or []
    subnets: list[Json] = write.get("properties.networkAcls.virtualNetworkRules") or []
    for kind, rules, most in (("ipRules", addresses, most_addresses), ("virtualNetworkRules", subnets, most_subnets)):
        if len(rules) > most:
            raise bad_request(f"The parameter networkAcls.{kind} has {len(rules)} rules; at most {most} are allowed.")
    for rule in addresses:
        _check_address(str(rule.get("value")))


def _check_address(value: str) -> None:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise bad_request(f"The address '{value}' of an IP rule is not valid: {error}.") from error
    if any(network.overlaps(private) for private in _PRIVATE):
        raise bad_request(f"The address '{value}' of an IP rule is not valid: private addresses are not allowed.")
    if "/" in value and network.prefixlen > 30:
        raise bad_request(f"The address '{value}' of an IP rule is not valid: write a small range as single addresses.")
