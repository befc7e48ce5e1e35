"""Microsoft.Network: private DNS zones and their links to virtual networks; record sets are not kept.

Sources: Microsoft Learn, resource-name-rules, dns/{private-dns-privatednszone, private-dns-virtual-network-links};
azure-rest-api-specs privatedns. The refusals are in the words that callers have reported
(MicrosoftDocs/azure-aks-docs#212). Codes without a documented spelling are `BadRequest`.
"""

from .cloud import Cloud
from .errors import ArmError, bad_request
from .ids import parse
from .network import NETWORKS, invalid_reference
from .privateendpoints import ZONES
from .resource_type import Endpoint, LongRunning, NameRule, ResourceType, Write
from .store import Json

VERSIONS = ("2024-06-01", "2020-06-01", "2018-09-01")
LINKS = f"{ZONES}/virtualNetworkLinks"


def _check_location(write: Write) -> None:
    """Source: Microsoft Learn, troubleshooting/error-sku-not-available and common-deployment-errors."""
    location = write.get("location")
    if location != "global":
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type '{write.body['type']}'. List of "
            "available regions for the resource type is 'global'.",
        )


def _check_link(write: Write) -> None:
    _check_location(write)
    network = str(write.get("properties.virtualNetwork.id"))
    address = parse(network)
    if address is None or address.type.lower() != NETWORKS.lower() or not write.cloud.exists(network):
        raise invalid_reference(network, str(write.address))
    if not write.new and network.lower() != str(write.was("properties.virtualNetwork.id")).lower():
        raise bad_request(f"The virtual network of the link '{write.address.name}' cannot be changed.")
    zone = write.address.names[0].lower()
    for other in write.cloud.store.of_type(LINKS):
        linked = parse(other["id"])
        same = str(other["properties"]["virtualNetwork"]["id"]).lower() == network.lower()
        if linked and same and other["id"].lower() != write.address.key and linked.names[0].lower() == zone:
            raise bad_request(
                "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
                f"virtual network with '{zone}' and '{zone}' zones."
            )


def _complete_link(write: Write) -> None:
    write.set("properties.virtualNetworkLinkState", "Completed")


def _complete_zone(write: Write) -> None:
    write.set("properties.maxNumberOfRecordSets", 25000)
    write.set("properties.maxNumberOfVirtualNetworkLinks", 1000)
    write.set("properties.maxNumberOfVirtualNetworkLinksWithRegistration", 100)


def _removing_zone(cloud: Cloud, body: Json) -> None:
    if cloud.store.of_type(LINKS, under=body["id"]):
        raise ArmError(
            409, "CannotDeleteResource", "Can not delete resource before nested resources are deleted."
        )  # fmt: skip


ZONE = ResourceType(
    name=ZONES,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.){1,33}[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?",
        "BadRequest",
        "The zone name '{name}' must be 2 to 34 labels of 1 to 63 letters, digits, hyphens or underscores.",
    ),
    read_only=("properties.provisioningState",),
    check=_check_location,
    complete=_complete_zone,
    removing=_removing_zone,
    long_running=LongRunning(),
    long_delete=True,
)
LINK = ResourceType(
    name=LINKS,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[A-Za-z0-9]([\w.-]{0,78}\w)?", "BadRequest", "The virtual network link name '{name}' is not valid."
    ),
    required=("properties.virtualNetwork.id",),
    read_only=("properties.provisioningState", "properties.virtualNetworkLinkState"),
    defaults={"properties.registrationEnabled": False},
    patchable=("tags", "properties"),
    check=_check_link,
    complete=_complete_link,
    long_running=LongRunning(),
    long_delete=True,
)

TYPES = (ZONE, LINK)
ENDPOINTS: tuple[Endpoint, ...] = ()
