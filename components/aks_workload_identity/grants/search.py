"""Documents of one Azure AI Search service, or of one index in it."""

from .grant import Grant, ResourceId, catalogued


def read_documents(scope: ResourceId) -> Grant:
    """Query the documents of one index, or of every index of a service; it sees no index definition.

    Args:
        scope: the resource id of a service, better with `/indexes/<name>` behind it.

    Source: Microsoft Learn, "Connect to Azure AI Search using roles": Search Index Data Reader; grant access to
    a single index.
    """
    return catalogued("search.read_documents", scope)


def write_documents(scope: ResourceId) -> Grant:
    """Query, add, change and delete the documents of one index, or of every index of a service.

    It may read past the permission filters that documents carry (elevated read). It cannot make or change an
    index.

    Args:
        scope: the resource id of a service, better with `/indexes/<name>` behind it.

    Source: Microsoft Learn, "Connect to Azure AI Search using roles": Search Index Data Contributor.
    """
    return catalogued("search.write_documents", scope)
