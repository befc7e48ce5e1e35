"""Messages of one Service Bus queue, topic or subscription."""

from .grant import Grant, ResourceId, Verb
from .roles import AZURE_SERVICE_BUS_DATA_RECEIVER, AZURE_SERVICE_BUS_DATA_SENDER

_QUEUE = "Microsoft.ServiceBus/namespaces/queues"
_TOPIC = "Microsoft.ServiceBus/namespaces/topics"
_SUBSCRIPTION = "Microsoft.ServiceBus/namespaces/topics/subscriptions"

SEND = Verb("service_bus.send", AZURE_SERVICE_BUS_DATA_SENDER, (_QUEUE, _TOPIC))
RECEIVE = Verb("service_bus.receive", AZURE_SERVICE_BUS_DATA_RECEIVER, (_QUEUE, _SUBSCRIPTION))


def send(entity_id: ResourceId) -> Grant:
    """Put messages into one queue or topic; it cannot read them.

    It sees how the queue or topic is set up.

    Args:
        entity_id: the resource id of a queue or a topic; a namespace is refused, it holds all of them.

    Source: Microsoft Learn, "Azure built-in roles for Integration": Azure Service Bus Data Sender;
    "Authenticate and authorize an application with Microsoft Entra ID to access Azure Service Bus entities".
    """
    return SEND.on(entity_id)


def receive(entity_id: ResourceId) -> Grant:
    """Take messages from one queue or one subscription of a topic, dead letters included; it cannot send.

    To receive is to delete, when the message is completed. It sees how the queue or subscription is set up.

    Args:
        entity_id: the resource id of a queue or of a topic's subscription; a topic is refused, it holds all of them.

    Source: Microsoft Learn, "Azure built-in roles for Integration": Azure Service Bus Data Receiver;
    "Authenticate and authorize an application with Microsoft Entra ID to access Azure Service Bus entities".
    """
    return RECEIVE.on(entity_id)
