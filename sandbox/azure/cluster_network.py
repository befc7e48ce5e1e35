"""The network a cluster is in: its ranges, its way out, its subnets.

Sources: Microsoft Learn, aks/concepts-network-cni-overview (reserved ranges), aks/egress-outboundtype and
aks/node-pool-unique-subnet. None gives a code, which is then `InvalidParameter`.
"""

import ipaddress
from typing import Any

from .errors import ArmError
from .resource_type import Write

_RESERVED = [ipaddress.ip_network(each) for each in ("169.254.0.0/16", "172.30.0.0/15", "192.0.2.0/24")]


def _invalid(message: str) -> ArmError:
    return ArmError(400, "InvalidParameter", message)


def check_network(write: Write) -> None:
    profile: dict[str, Any] = write.get("properties.networkProfile") or {}
    for name in ("podCidr", "serviceCidr"):
        if profile.get(name):
            _check_range(name, profile[name])
    pools: list[dict[str, Any]] = write.get("properties.agentPoolProfiles") or []
    networks = {str(pool.get("vnetSubnetID") or "").lower().rpartition("/subnets/")[0] for pool in pools}
    if len(networks) > 1:
        raise _invalid("All subnets of node pools must belong to the same virtual network.")
    outbound, own = profile.get("outboundType"), bool(networks - {""})
    if pools and outbound in ("userDefinedRouting", "userAssignedNATGateway") and not own:
        raise _invalid(f"The outboundType '{outbound}' needs a subnet in an existing virtual network.")
    if outbound == "managedNATGateway" and own:
        raise _invalid(f"The outboundType '{outbound}' needs a virtual network that AKS manages.")


def _check_range(name: str, given: str) -> None:
    try:
        network = ipaddress.ip_network(given)
    except ValueError as error:
        raise _invalid(f"The {name} '{given}' is invalid: {error}.") from None
    taken = next((each for each in _RESERVED if network.version == 4 and network.overlaps(each)), None)
    if taken:
        raise _invalid(f"The {name} '{given}' overlaps with the reserved range '{taken}'.")
