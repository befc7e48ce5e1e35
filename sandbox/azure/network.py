"""Microsoft.Network: virtual networks and their subnets.

Sources: Microsoft Learn, resource-name-rules, virtual-network/virtual-network-troubleshoot-cannot-delete-vnet;
azure-rest-api-specs network. Codes without a documented spelling are `BadRequest`.
"""

import ipaddress
from collections.abc import Iterable
from typing import Any

from sandbox.plain import part

from .cloud import Cloud
from .errors import ArmError, bad_request
from .ids import Address
from .resource_type import Endpoint, LongRunning, NameRule, ResourceType, Write
from .store import Json

VERSIONS = ("2024-05-01", "2025-07-01", "2026-01-01", "2026-03-01")
NETWORKS = "Microsoft.Network/virtualNetworks"
SUBNETS = f"{NETWORKS}/subnets"
PRIVATE_ENDPOINTS = "Microsoft.Network/privateEndpoints"
Prefix = ipaddress.IPv4Network | ipaddress.IPv6Network


def invalid_reference(missing: str, by: str) -> ArmError:
    return ArmError(
        400,
        "InvalidResourceReference",
        f"Resource {missing} referenced by resource {by} was not found. Please make sure that the referenced resource "
        "exists, and that both resources are in the same region.",
    )


def _prefixes(properties: Json) -> list[Prefix]:
    stated: list[Any] = [*(properties.get("addressPrefixes") or []), properties.get("addressPrefix")]
    try:
        return [ipaddress.ip_network(str(prefix)) for prefix in stated if prefix]
    except ValueError as problem:
        raise ArmError(400, "InvalidAddressPrefixFormat", f"Address prefix has invalid format: {problem}.") from None


def _overlap(some: Iterable[Prefix], others: list[Prefix]) -> bool:
    return any(one.version == other.version and one.overlaps(other) for one in some for other in others)


def _contained(prefix: Prefix, spaces: list[Prefix]) -> bool:
    return any(isinstance(prefix, type(space)) and prefix.subnet_of(space) for space in spaces)  # pyright: ignore[reportArgumentType]


def _space(network: Json) -> list[Prefix]:
    return _prefixes(network["properties"].get("addressSpace") or {})


def _check_subnet_in(network: Json, name: str, properties: Json, siblings: Iterable[Json]) -> None:
    prefixes = _prefixes(properties)
    if not prefixes or not all(_contained(prefix, _space(network)) for prefix in prefixes):
        raise ArmError(
            400, "NetcfgInvalidSubnet", f"Subnet '{name}' is not valid in virtual network '{network['name']}'."
        )
    for other in siblings:
        if other["name"].lower() != name.lower() and _overlap(prefixes, _prefixes(other["properties"])):
            raise ArmError(
                400, "NetcfgSubnetRangesOverlap", f"Subnet '{name}' is not valid because its IP address range overlaps "
                f"with that of an existing subnet in virtual network '{network['name']}'.",
            )  # fmt: skip


def _check_network(write: Write) -> None:
    """Subnets may be written with the network; those that are left out of the list go."""
    if not _space(write.body):
        raise bad_request("The virtual network must have at least one address prefix.")
    listed: list[Json] = list(write.get("properties.subnets") or [])
    for subnet in listed:
        others = [each for each in listed if each is not subnet]
        _check_subnet_in(write.body, str(subnet.get("name")), part(subnet, "properties"), others)
    names = {str(subnet.get("name")).lower() for subnet in listed}
    for subnet in write.cloud.store.of_type(SUBNETS, under=str(write.address)):
        if subnet["name"].lower() not in names:
            _check_unused(write.cloud, subnet)


def _complete_network(write: Write) -> None:
    listed: list[Json] = list(write.get("properties.subnets") or [])
    write.drop("properties.subnets")
    write.set("properties.resourceGuid", write.was("properties.resourceGuid") or write.guid("network"))
    names = {str(subnet["name"]).lower() for subnet in listed}
    for subnet in write.cloud.store.of_type(SUBNETS, under=str(write.address)):
        if subnet["name"].lower() not in names:
            write.cloud.remove(subnet["id"])
    for subnet in listed:
        name = str(subnet["name"])
        address = Address(write.address.scope, SUBNETS, (*write.address.names, name))
        body: Json = {"id": str(address), "name": name, "type": SUBNETS, "properties": dict(subnet["properties"])}
        body["properties"] = {**SUBNET_DEFAULTS, **body["properties"], "provisioningState": "Succeeded"}
        write.cloud.put(body)


def _network_view(cloud: Cloud, body: Json) -> Json:
    subnets = cloud.store.of_type(SUBNETS, under=body["id"])
    return {**body, "properties": {**body["properties"], "subnets": subnets}}


def _removing_network(cloud: Cloud, body: Json) -> None:
    for subnet in cloud.store.of_type(SUBNETS, under=body["id"]):
        _check_unused(cloud, subnet)


def _check_subnet(write: Write) -> None:
    parent = write.address.parent
    network = write.cloud.store.get(str(parent)) or {}
    _check_subnet_in(
        network, write.address.name, write.body["properties"], write.cloud.store.of_type(SUBNETS, under=str(parent))
    )


def _check_unused(cloud: Cloud, subnet: Json) -> None:
    for endpoint in cloud.store.of_type(PRIVATE_ENDPOINTS):
        if str(endpoint["properties"]["subnet"]["id"]).lower() == subnet["id"].lower():
            raise ArmError(
                400,
                "InUseSubnetCannotBeDeleted",
                f"Subnet {subnet['name']} is in use by {endpoint['id']} and cannot be deleted. In order to delete the "
                "subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.",
            )


def network_type(name: str, pattern: str, **rules: Any) -> ResourceType:
    """What the types of Microsoft.Network have in common; the codes of refused names are not documented."""
    what = name.rpartition("/")[2]
    return ResourceType(
        name=name,
        api_versions=VERSIONS,
        name_rule=NameRule(pattern, "InvalidResourceName", f"Resource name {{name}} is invalid for {what}."),
        **rules,
    )


NAME = r"[A-Za-z0-9]([\w.-]{0,%d}\w)?"
SUBNET_DEFAULTS: Json = {
    "delegations": [],
    "privateEndpointNetworkPolicies": "Disabled",
    "privateLinkServiceNetworkPolicies": "Enabled",
}

NETWORK = network_type(
    NETWORKS,
    r"[A-Za-z0-9][\w.-]{0,62}\w",
    required=("properties.addressSpace.addressPrefixes",),
    read_only=("properties.provisioningState", "properties.resourceGuid"),
    defaults={"properties.enableDdosProtection": False},
    check=_check_network,
    complete=_complete_network,
    view=_network_view,
    removing=_removing_network,
    long_running=LongRunning(creating="Updating"),
    long_delete=True,
)
SUBNET = network_type(
    SUBNETS,
    NAME % 78,
    located=False,
    read_only=("properties.provisioningState",),
    defaults={f"properties.{name}": value for name, value in SUBNET_DEFAULTS.items()},
    patchable=(),
    check=_check_subnet,
    removing=_check_unused,
    long_running=LongRunning(creating="Updating"),
    long_delete=True,
)
TYPES = (NETWORK, SUBNET)
ENDPOINTS: tuple[Endpoint, ...] = ()
