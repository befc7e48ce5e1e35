"""Microsoft.EventHub: namespaces, event hubs and their consumer groups.

Sources: Microsoft Learn, resource-name-rules, event-hubs/{event-hubs-quotas, compare-tiers, event-hubs-faq};
azure-rest-api-specs eventhub. No code of this provider is documented, so they are all `BadRequest`.
"""

from .errors import bad_request
from .ids import Address
from .resource_type import LongRunning, ResourceType, Write
from .servicebus import (
    NAMESPACE_DEFAULTS,
    NAMESPACE_NAME,
    NAMESPACE_READ_ONLY,
    check_namespace,
    complete_namespace,
    entity_name,
)
from .store import Json

VERSIONS = ("2024-01-01", "2026-01-01", "2025-05-01-preview", "2023-01-01-preview", "2022-10-01-preview", "2021-11-01")
NAMESPACES = "Microsoft.EventHub/namespaces"
HUBS = f"{NAMESPACES}/eventhubs"
CONSUMER_GROUPS = f"{HUBS}/consumergroups"
DEFAULT_GROUP = "$Default"
# Days that events are kept at most, by tier.
RETENTION = {"Basic": 1, "Standard": 7, "Premium": 90}


def _tier(write: Write) -> str:
    address = Address(write.address.scope, NAMESPACES, write.address.names[:1])
    return str((write.cloud.store.get(str(address)) or {})["sku"]["name"])


def _check_hub(write: Write) -> None:
    """The number of partitions stays below Premium; it is 1 to 32 there."""
    tier = _tier(write)
    partitions, before = write.get("properties.partitionCount"), write.was("properties.partitionCount")
    if tier != "Premium" and not 1 <= partitions <= 32:
        raise bad_request(f"The partitionCount {partitions} must be 1 to 32 in the {tier} tier.")
    if tier != "Premium" and before is not None and partitions != before:
        raise bad_request("The partitionCount of an event hub cannot be changed after its creation.")
    days = write.get("properties.messageRetentionInDays")
    if days is not None and not 1 <= days <= RETENTION[tier]:
        raise bad_request(f"The messageRetentionInDays {days} must be 1 to {RETENTION[tier]} in the {tier} tier.")


def _complete_hub(write: Write) -> None:
    write.set("properties.status", write.get("properties.status") or "Active")
    write.set("properties.partitionIds", [str(index) for index in range(int(write.get("properties.partitionCount")))])
    if write.new:
        address = Address(write.address.scope, CONSUMER_GROUPS, (*write.address.names, DEFAULT_GROUP))
        body: Json = {"id": str(address), "name": DEFAULT_GROUP, "type": CONSUMER_GROUPS, "properties": {}}
        write.cloud.put(body)


def _check_group(write: Write) -> None:
    if write.new and _tier(write) == "Basic":
        raise bad_request("The Basic tier has the consumer group $Default and no other.")


NAMESPACE = ResourceType(
    name=NAMESPACES,
    api_versions=VERSIONS,
    name_rule=NAMESPACE_NAME,
    read_only=NAMESPACE_READ_ONLY,
    defaults=NAMESPACE_DEFAULTS,
    patchable=("tags", "sku", "properties", "identity"),
    check=check_namespace,
    complete=complete_namespace,
    long_running=LongRunning(),
    long_delete=True,
)
HUB = ResourceType(
    name=HUBS,
    api_versions=VERSIONS,
    name_rule=entity_name("event hub", 256),
    located=False,
    read_only=("properties.partitionIds",),
    # azure-rest-api-specs names no default of the partitions; the portal and the Azure CLI send theirs.
    defaults={"properties.partitionCount": 4},
    patchable=(),
    check=_check_hub,
    complete=_complete_hub,
    created=200,
)
CONSUMER_GROUP = ResourceType(
    name=CONSUMER_GROUPS,
    api_versions=VERSIONS,
    name_rule=entity_name("consumer group", 50),
    located=False,
    patchable=(),
    check=_check_group,
    created=200,
)

TYPES = (NAMESPACE, HUB, CONSUMER_GROUP)
ENDPOINTS = ()
