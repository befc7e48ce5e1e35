"""Events of one event hub."""

from .grant import Grant, ResourceId, catalogued


def send(event_hub_id: ResourceId) -> Grant:
    """Send events to one hub; it cannot read them.

    Args:
        event_hub_id: the hub's resource id; a namespace is refused, it holds all hubs.

    Source: Microsoft Learn, "Azure built-in roles for Analytics": Azure Event Hubs Data Sender.
    """
    return catalogued("event_hubs.send", event_hub_id)


def receive(scope: ResourceId) -> Grant:
    """Read the events of one hub, or of one of its consumer groups; reading removes nothing.

    An event processor keeps its place in a blob container: grant it `storage.write_blobs` on that container.

    Args:
        scope: the resource id of a hub or of a consumer group; a namespace is refused, it holds all hubs.

    Source: Microsoft Learn, "Azure built-in roles for Analytics": Azure Event Hubs Data Receiver; "Authorize
    access to Event Hubs resources using Microsoft Entra ID".
    """
    return catalogued("event_hubs.receive", scope)
