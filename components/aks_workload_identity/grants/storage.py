"""Blobs of one container, messages of one queue, entities of one table."""

from .grant import Grant, ResourceId, catalogued


def read_blobs(container_id: ResourceId) -> Grant:
    """Read and list the blobs of one container.

    The role names the user delegation key too, with which links are signed that live up to seven days; the
    account gives that key only to who holds the role on the account, so not by this grant.

    Args:
        container_id: the container's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Blob Data Reader; "Create a user
    delegation SAS".
    """
    return catalogued("storage.read_blobs", container_id)


def write_blobs(container_id: ResourceId) -> Grant:
    """Read, write, move and delete the blobs of one container.

    It may set up the container anew and delete the container itself. The role names the user delegation key too,
    which the account gives only to who holds the role on the account, so not by this grant.

    Args:
        container_id: the container's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Blob Data Contributor; "Create a user
    delegation SAS".
    """
    return catalogued("storage.write_blobs", container_id)


def peek_messages(queue_id: ResourceId) -> Grant:
    """Look at the messages of one queue and leave them there; it cannot send, hide or delete them.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Reader.
    """
    return catalogued("storage.peek_messages", queue_id)


def process_messages(queue_id: ResourceId) -> Grant:
    """Peek, receive and delete the messages of one queue; it cannot send.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Message Processor.
    """
    return catalogued("storage.process_messages", queue_id)


def send_messages(queue_id: ResourceId) -> Grant:
    """Add messages to one queue; it cannot read them.

    Args:
        queue_id: the queue's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Queue Data Message Sender.
    """
    return catalogued("storage.send_messages", queue_id)


def read_entities(table_id: ResourceId) -> Grant:
    """Read and query the entities of one table.

    Args:
        table_id: the table's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Table Data Reader.
    """
    return catalogued("storage.read_entities", table_id)


def write_entities(table_id: ResourceId) -> Grant:
    """Read, add, change and delete the entities of one table.

    It may set up the table anew and delete the table itself; Azure has no role that only adds entities.

    Args:
        table_id: the table's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Storage": Storage Table Data Contributor.
    """
    return catalogued("storage.write_entities", table_id)
