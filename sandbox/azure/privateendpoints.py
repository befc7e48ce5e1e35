"""Microsoft.Network: private endpoints in subnets, and the DNS zone groups that name them.

Sources: Microsoft Learn, private-link/{private-endpoint-overview, private-endpoint-dns}; azure-rest-api-specs network.
A missing group id is refused in the words that callers have reported (Azure/azure-cli#15136). Codes without a
documented spelling are `BadRequest`.
"""

from sandbox.plain import part

from .cloud import Cloud
from .errors import ArmError, bad_request
from .ids import parse
from .network import NAME, PRIVATE_ENDPOINTS, invalid_reference, network_type
from .resource_type import Endpoint, LongRunning, Write
from .store import Json

ZONE_GROUPS = f"{PRIVATE_ENDPOINTS}/privateDnsZoneGroups"
ZONES = "Microsoft.Network/privateDnsZones"
# What is reached through an endpoint, by the service's type. Source: private-endpoint-overview, "Private-link
# resource".
GROUP_IDS = {
    "microsoft.keyvault/vaults": ("vault",),
    "microsoft.storage/storageaccounts": ("blob", "table", "queue", "file", "web", "dfs"),
    "microsoft.containerregistry/registries": ("registry",),
    "microsoft.cognitiveservices/accounts": ("account",),
    "microsoft.containerservice/managedclusters": ("management",),
}
ZONE_GROUP_LIMIT = 5


def _check_endpoint(write: Write) -> None:
    subnet = str(write.get("properties.subnet.id"))
    network = parse(subnet)
    parent = write.cloud.store.get(str(network.parent)) if network and network.parent else None
    if parent is None or not write.cloud.exists(subnet) or parent["location"] != write.get("location"):
        raise invalid_reference(subnet, str(write.address))
    if not write.new and subnet.lower() != str(write.was("properties.subnet.id")).lower():
        raise bad_request(f"The subnet of the private endpoint '{write.address.name}' cannot be changed.")
    for connection in _connections(write):
        _check_connection(write, connection)


def _connections(write: Write) -> list[Json]:
    automatic: list[Json] = list(write.get("properties.privateLinkServiceConnections") or [])
    manual: list[Json] = list(write.get("properties.manualPrivateLinkServiceConnections") or [])
    return [*automatic, *manual]


def _check_connection(write: Write, connection: Json) -> None:
    service = str(part(connection, "properties").get("privateLinkServiceId"))
    address = parse(service)
    if address is None or not write.cloud.exists(service):
        raise invalid_reference(service, str(write.address))
    _check_service(write, service)
    known = GROUP_IDS.get(address.type.lower())
    groups: list[str] = list(connection["properties"].get("groupIds") or [])
    if known and not groups:
        raise ArmError(
            400,
            "MissingParameterOnPrivateLinkServiceConnection",
            f"Private link service connection {write.address}/privateLinkServiceConnections/{connection.get('name')} "
            "is missing required parameter 'group Id'.",
        )
    for group in groups:
        if known and group.lower() not in known:
            raise bad_request(f"The group id '{group}' is not valid for '{address.type}'; it has {', '.join(known)}.")


def _check_service(write: Write, service: str) -> None:
    """Registries below Premium have none (container-registry-private-link; the code is not documented), and AI accounts
    none while they are made or changed (as callers have reported it, hashicorp/terraform-provider-azurerm#31712).
    """
    store = write.cloud.store
    body = store.get(service) or {}
    kind = str(body.get("type", "")).lower()
    if kind == "microsoft.containerregistry/registries" and part(body, "sku").get("name") != "Premium":
        raise bad_request(
            f"The registry '{service}' has no private endpoints; they are available in the Premium SKU only."
        )
    if kind == "microsoft.cognitiveservices/accounts" and store.unfinished(service):
        raise ArmError(
            400,
            "AccountProvisioningStateInvalid",
            f"Call to Microsoft.CognitiveServices/accounts failed. Error message: Account {service} in state Accepted",
        )


def _complete_endpoint(write: Write) -> None:
    nic = f"{write.address.scope}/providers/Microsoft.Network/networkInterfaces/{write.address.name}.nic."
    write.set("properties.networkInterfaces", [{"id": nic + write.guid("nic") if write.new else _nic(write)}])
    for connection in _connections(write):
        connection["id"] = f"{write.address}/privateLinkServiceConnections/{connection.get('name')}"
        state = {"status": "Approved", "description": "", "actionsRequired": "None"}
        connection["properties"] = {
            **connection["properties"],
            "privateLinkServiceConnectionState": state,
            "provisioningState": "Succeeded",
        }
    write.set("properties.customDnsConfigs", write.get("properties.customDnsConfigs") or [])


def _nic(write: Write) -> str:
    return str(write.was("properties.networkInterfaces")[0]["id"])


def _check_zone_group(write: Write) -> None:
    """An endpoint has one group, which has at most five zones. Source: private-endpoint-dns, "DNS zone group"."""
    others = write.cloud.store.of_type(ZONE_GROUPS, under=str(write.address.parent))
    if any(other["id"].lower() != write.address.key for other in others):
        raise bad_request(f"The private endpoint '{write.address.names[0]}' already has a DNS zone group.")
    configs: list[Json] = list(write.get("properties.privateDnsZoneConfigs") or [])
    if not 1 <= len(configs) <= ZONE_GROUP_LIMIT:
        raise bad_request(f"A DNS zone group must have 1 to {ZONE_GROUP_LIMIT} private DNS zones; got {len(configs)}.")
    for config in configs:
        zone = str(part(config, "properties").get("privateDnsZoneId"))
        address = parse(zone)
        if address is None or address.type.lower() != ZONES.lower() or not write.cloud.exists(zone):
            raise invalid_reference(zone, str(write.address))


def _group_view(cloud: Cloud, body: Json) -> Json:
    """Azure's models of a DNS zone group have no type."""
    return {name: value for name, value in body.items() if name != "type"}


PRIVATE_ENDPOINT = network_type(
    PRIVATE_ENDPOINTS,
    NAME % 62,
    required=("properties.subnet.id",),
    read_only=("properties.provisioningState", "properties.networkInterfaces"),
    check=_check_endpoint,
    complete=_complete_endpoint,
    long_running=LongRunning(creating="Updating"),
    long_delete=True,
)
ZONE_GROUP = network_type(
    ZONE_GROUPS,
    NAME % 78,
    located=False,
    read_only=("properties.provisioningState",),
    patchable=(),
    check=_check_zone_group,
    view=_group_view,
    long_running=LongRunning(creating="Updating"),
    long_delete=True,
)

TYPES = (PRIVATE_ENDPOINT, ZONE_GROUP)
ENDPOINTS: tuple[Endpoint, ...] = ()
