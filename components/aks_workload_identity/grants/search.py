"""Documents of one Azure AI Search service, or of one index in it."""

from .grant import Grant, ResourceId, Verb
from .roles import SEARCH_INDEX_DATA_CONTRIBUTOR, SEARCH_INDEX_DATA_READER

# An index is no resource of Resource Manager, but it is a scope.
_SERVICE_OR_INDEX = ("Microsoft.Search/searchServices", "Microsoft.Search/searchServices/indexes")

READ_DOCUMENTS = Verb("search.read_documents", SEARCH_INDEX_DATA_READER, _SERVICE_OR_INDEX)
WRITE_DOCUMENTS = Verb("search.write_documents", SEARCH_INDEX_DATA_CONTRIBUTOR, _SERVICE_OR_INDEX)


def read_documents(scope: ResourceId) -> Grant:
    """Query the documents of one index, or of every index of a service; it sees no index definition.

    Args:
        scope: the resource id of a service, better with `/indexes/<name>` behind it.

    Source: Microsoft Learn, "Connect to Azure AI Search using roles": Search Index Data Reader; grant access to
    a single index.
    """
    return READ_DOCUMENTS.on(scope)


def write_documents(scope: ResourceId) -> Grant:
    """Query, add, change and delete the documents of one index, or of every index of a service.

    It may read past the permission filters that documents carry (elevated read). It cannot make or change an
    index.

    Args:
        scope: the resource id of a service, better with `/indexes/<name>` behind it.

    Source: Microsoft Learn, "Connect to Azure AI Search using roles": Search Index Data Contributor.
    """
    return WRITE_DOCUMENTS.on(scope)
