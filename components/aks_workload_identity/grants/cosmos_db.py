"""Items of one Cosmos DB for NoSQL container, database or account."""

from .grant import COSMOS_DB_SCOPES, Grant, ResourceId, Verb
from .roles import COSMOS_DB_BUILT_IN_DATA_CONTRIBUTOR, COSMOS_DB_BUILT_IN_DATA_READER

READ_ITEMS = Verb("cosmos_db.read_items", COSMOS_DB_BUILT_IN_DATA_READER, COSMOS_DB_SCOPES)
WRITE_ITEMS = Verb("cosmos_db.write_items", COSMOS_DB_BUILT_IN_DATA_CONTRIBUTOR, COSMOS_DB_SCOPES)


def read_items(scope: ResourceId) -> Grant:
    """Read and query the items of one container, database or account, and its change feed.

    These are roles of Cosmos DB's own, no Azure RBAC: they are not among the role assignments of the portal
    or of `az role assignment list`; `az cosmosdb sql role assignment list` shows them.

    Args:
        scope: the resource id of a container (best), a database or an account.

    Source: Microsoft Learn, "Azure Cosmos DB for NoSQL data plane security reference": Cosmos DB Built-in Data
    Reader.
    """
    return READ_ITEMS.on(scope)


def write_items(scope: ResourceId) -> Grant:
    """Read, add, change and delete the items of one container, database or account.

    It runs stored procedures and settles conflicts. It cannot make, change or delete containers: that is no data.

    Args:
        scope: the resource id of a container (best), a database or an account.

    Source: Microsoft Learn, "Azure Cosmos DB for NoSQL data plane security reference": Cosmos DB Built-in Data
    Contributor.
    """
    return WRITE_ITEMS.on(scope)
