"""Blobs of one container, messages of one queue, entities of one table."""

from .grant import Grant, ResourceId, Verb
from .roles import (
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR,
    STORAGE_QUEUE_DATA_MESSAGE_SENDER,
    STORAGE_QUEUE_DATA_READER,
    STORAGE_TABLE_DATA_CONTRIBUTOR,
    STORAGE_TABLE_DATA_READER,
)

_CONTAINER = ("Microsoft.Storage/storageAccounts/blobServices/containers",)
_QUEUE = ("Microsoft.Storage/storageAccounts/queueServices/queues",)
_TABLE = ("Microsoft.Storage/storageAccounts/tableServices/tables",)

READ_BLOBS = Verb("storage.read_blobs", STORAGE_BLOB_DATA_READER, _CONTAINER)
WRITE_BLOBS = Verb("storage.write_blobs", STORAGE_BLOB_DATA_CONTRIBUTOR, _CONTAINER)
PEEK_MESSAGES = Verb("storage.peek_messages", STORAGE_QUEUE_DATA_READER, _QUEUE)
PROCESS_MESSAGES = Verb("storage.process_messages", STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR, _QUEUE)
SEND_MESSAGES = Verb("storage.send_messages", STORAGE_QUEUE_DATA_MESSAGE_SENDER, _QUEUE)
READ_ENTITIES = Verb("storage.read_entities", STORAGE_TABLE_DATA_READER, _TABLE)
WRITE_ENTITIES = Verb("storage.write_entities", STORAGE_TABLE_DATA_CONTRIBUTOR, _TABLE)


def read_blobs(container_id: ResourceId) -> Grant:
    """Read and list the blobs of one container.

    The role names the user delegation key too, with which links are signed that live up to seven days; the
    account gives that key only to who holds the role on the account, so not by this grant.

    Args:
        container_id: the container's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Blob Data Reader; "Create a user
    delegation SAS".
    """
    return READ_BLOBS.on(container_id)


def write_blobs(container_id: ResourceId) -> Grant:
    """Read, write, move and delete the blobs of one container.

    It may set up the container anew and delete the container itself. The role names the user delegation key too,
    which the account gives only to who holds the role on the account, so not by this grant.

    Args:
        container_id: the container's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Blob Data Contributor; "Create a user
    delegation SAS".
    """
    return WRITE_BLOBS.on(container_id)


def peek_messages(queue_id: ResourceId) -> Grant:
    """Look at the messages of one queue and leave them there; it cannot send, hide or delete them.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Reader.
    """
    return PEEK_MESSAGES.on(queue_id)


def process_messages(queue_id: ResourceId) -> Grant:
    """Peek, receive and delete the messages of one queue; it cannot send.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Message Processor.
    """
    return PROCESS_MESSAGES.on(queue_id)


def send_messages(queue_id: ResourceId) -> Grant:
    """Add messages to one queue; it cannot read them.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Message Sender.
    """
    return SEND_MESSAGES.on(queue_id)


def read_entities(table_id: ResourceId) -> Grant:
    """Read and query the entities of one table.

    Args:
        table_id: the table's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Table Data Reader.
    """
    return READ_ENTITIES.on(table_id)


def write_entities(table_id: ResourceId) -> Grant:
    """Read, add, change and delete the entities of one table.

    It may set up the table anew and delete the table itself; Azure has no role that only adds entities.

    Args:
        table_id: the table's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Table Data Contributor.
    """
    return WRITE_ENTITIES.on(table_id)
