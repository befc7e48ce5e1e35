"""Blobs of one container, messages of one queue."""

from .grant import Grant, ResourceId, on
from .roles import (
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR,
    STORAGE_QUEUE_DATA_MESSAGE_SENDER,
)

_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"
_QUEUE = "Microsoft.Storage/storageAccounts/queueServices/queues"


def read_blobs(container_id: ResourceId) -> Grant:
    """Read and list the blobs of one container.

    The role can also mint user delegation SAS links, which live up to seven days.

    Args:
        container_id: the container's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Blob Data Reader.
    """
    return on(_CONTAINER, STORAGE_BLOB_DATA_READER, container_id)


def write_blobs(container_id: ResourceId) -> Grant:
    """Read, write and delete the blobs of one container.

    Args:
        container_id: the container's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Blob Data Contributor.
    """
    return on(_CONTAINER, STORAGE_BLOB_DATA_CONTRIBUTOR, container_id)


def process_messages(queue_id: ResourceId) -> Grant:
    """Peek, receive and delete the messages of one queue; it cannot send.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Message Processor.
    """
    return on(_QUEUE, STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR, queue_id)


def send_messages(queue_id: ResourceId) -> Grant:
    """Add messages to one queue; it cannot read them.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Message Sender.
    """
    return on(_QUEUE, STORAGE_QUEUE_DATA_MESSAGE_SENDER, queue_id)
