"""Which addresses a resource's own firewall lets in, for the resources whose data the sandbox has."""

from ipaddress import ip_address, ip_network

from sandbox.azure.store import Json

# Where every request of the sandbox comes from, as far as firewalls are concerned: an address for documentation.
CLIENT_ADDRESS = "203.0.113.10"


def is_public(properties: Json) -> bool:
    """Whether anybody comes in from the internet at all; no private endpoint is ever used."""
    return str(properties.get("publicNetworkAccess", "Enabled")).lower() != "disabled"


def lets_in(network_acls: Json) -> bool:
    """Whether network rules let the sandbox's requests in; no subnet is ever used."""
    if str(network_acls.get("defaultAction", "Allow")).lower() == "allow":
        return True
    rules: list[dict[str, str]] = network_acls.get("ipRules") or []
    return any(ip_address(CLIENT_ADDRESS) in ip_network(rule["value"], strict=False) for rule in rules)
