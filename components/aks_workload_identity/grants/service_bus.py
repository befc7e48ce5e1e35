"""Messages of one Service Bus queue, topic or subscription."""

from .grant import Grant, ResourceId, catalogued


def send(entity_id: ResourceId) -> Grant:
    """Put messages into one queue or topic; it cannot read them.

    It sees how the queue or topic is set up.

    Args:
        entity_id: the resource id of a queue or a topic; a namespace is refused, it holds all of them.

    Source: Microsoft Learn, "Azure built-in roles for Integration": Azure Service Bus Data Sender;
    "Authenticate and authorize an application with Microsoft Entra ID to access Azure Service Bus entities".
    """
    return catalogued("service_bus.send", entity_id)


def receive(entity_id: ResourceId) -> Grant:
    """Take messages from one queue or one subscription of a topic, dead letters included; it cannot send.

    To receive is to delete, when the message is completed. It sees how the queue or subscription is set up.

    Args:
        entity_id: the resource id of a queue or of a topic's subscription; a topic is refused, it holds all of them.

    Source: Microsoft Learn, "Azure built-in roles for Integration": Azure Service Bus Data Receiver;
    "Authenticate and authorize an application with Microsoft Entra ID to access Azure Service Bus entities".
    """
    return catalogued("service_bus.receive", entity_id)
