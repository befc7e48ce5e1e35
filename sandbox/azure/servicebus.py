"""Microsoft.ServiceBus: namespaces, queues, topics and their subscriptions.

Sources: Microsoft Learn, resource-name-rules, rest/api/servicebus/create-namespace, service-bus-messaging/
service-bus-quotas and service-bus-premium-messaging; azure-rest-api-specs servicebus. What cannot be changed is refused
as callers have reported (Azure/azure-cli#24741). No other code of this provider is documented: they are `BadRequest`.
"""

from .errors import ArmError, bad_request
from .resource_type import LongRunning, NameRule, ResourceType, Write

VERSIONS = ("2026-01-01", "2025-05-01-preview", "2024-01-01", "2022-10-01-preview", "2021-11-01")
NAMESPACES = "Microsoft.ServiceBus/namespaces"
QUEUES = f"{NAMESPACES}/queues"
TOPICS = f"{NAMESPACES}/topics"
SUBSCRIPTIONS = f"{TOPICS}/subscriptions"
TIERS = ("Basic", "Standard", "Premium")

# Shared with Event Hubs, whose namespaces live under the same host name.
NAMESPACE_NAME = NameRule(
    r"(?!.*(-sb|-mgmt)$)[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]",
    "BadRequest",
    "The namespace name '{name}' must be 6 to 50 letters, digits and hyphens, start with a letter, end with a letter "
    "or digit and not with -sb or -mgmt.",
)


def entity_name(what: str, length: int) -> NameRule:
    """A queue, hub or the like: slashes of a name are written `~` in a resource id."""
    return NameRule(
        rf"(?=.{{1,{length}}}$)[a-zA-Z0-9]([a-zA-Z0-9._~-]*[a-zA-Z0-9])?",
        "BadRequest",
        f"The {what} name '{{name}}' must be 1 to {length} letters, digits, '.', '-' or '_', with a letter or digit at "
        "both ends.",
    )


def check_namespace(write: Write) -> None:
    """A name is one host in all of Azure; the sandbox has one subscription, so a taken name is one of its own."""
    tier = write.get("sku.name")
    if tier not in TIERS:
        raise bad_request(f"The SKU name '{tier}' must be one of {', '.join(TIERS)}.")
    before = write.was("sku.name")
    if before and ("Premium" in (tier, before)) and tier != before:
        raise bad_request(f"The SKU of a namespace cannot be changed from {before} to {tier}.")
    for kind in (NAMESPACES, "Microsoft.EventHub/namespaces"):
        if any(body["id"].lower() != write.address.key for body in write.cloud.store.named(kind, write.address.name)):
            raise ArmError(400, "BadRequest", f"Namespace already exists: '{write.address.name}'.")


def complete_namespace(write: Write) -> None:
    name = write.address.name
    write.set("sku.tier", write.get("sku.name"))
    write.set("properties.status", "Active")
    write.set("properties.serviceBusEndpoint", f"https://{name}.servicebus.windows.net:443/")
    write.set("properties.metricId", f"{write.cloud.store.subscription_id}:{name}")


NAMESPACE_DEFAULTS = {
    "sku.name": "Standard",
    "properties.disableLocalAuth": False,
    "properties.minimumTlsVersion": "1.2",
    "properties.publicNetworkAccess": "Enabled",
}
NAMESPACE_READ_ONLY = ("properties.provisioningState", "properties.status", "properties.serviceBusEndpoint")

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


def _check_topic(write: Write) -> None:
    namespace = write.cloud.store.get(str(write.address.parent)) or {}
    if namespace["sku"]["name"] == "Basic":
        raise bad_request("Topics need a namespace of the Standard or Premium tier; Basic has queues only.")


def _active(write: Write) -> None:
    write.set("properties.status", write.get("properties.status") or "Active")


def _nothing(write: Write) -> None:
    pass


def _entity(name: str, rule: NameRule, *, stays: tuple[str, ...], topic: bool = False) -> ResourceType:
    return ResourceType(
        name=name,
        api_versions=VERSIONS,
        name_rule=rule,
        located=False,
        immutable=tuple(f"properties.{each}" for each in stays),
        changed=("MessagingGatewayBadRequest", "SubCode=40000. {path} cannot be changed."),
        patchable=(),
        check=_check_topic if topic else _nothing,
        complete=_active,
        created=200,
    )


# What stays: Microsoft Learn, service-bus-messaging/{message-sessions, duplicate-detection, service-bus-partitioning}.
QUEUE = _entity(
    QUEUES, entity_name("queue", 260), stays=("requiresSession", "requiresDuplicateDetection", "enablePartitioning")
)
TOPIC = _entity(
    TOPICS, entity_name("topic", 260), stays=("requiresDuplicateDetection", "enablePartitioning"), topic=True
)
SUBSCRIPTION = _entity(SUBSCRIPTIONS, entity_name("subscription", 50), stays=("requiresSession",))

TYPES = (NAMESPACE, QUEUE, TOPIC, SUBSCRIPTION)
ENDPOINTS = ()
