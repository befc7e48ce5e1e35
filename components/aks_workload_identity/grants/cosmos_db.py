"""Items of one Cosmos DB for NoSQL container, database or account."""

from .grant import Grant, ResourceId, catalogued


def read_items(scope: ResourceId) -> Grant:
    """Read and query the items of one container, database or account, and its change feed.

    These are roles of Cosmos DB's own, no Azure RBAC: they are not among the role assignments of the portal
    or of `az role assignment list`; `az cosmosdb sql role assignment list` shows them.

    Args:
        scope: the resource id of a container (best), a database or an account.

    Source: Microsoft Learn, "Azure Cosmos DB for NoSQL data plane security reference": Cosmos DB Built-in Data
    Reader.
    """
    return catalogued("cosmos_db.read_items", scope)


def write_items(scope: ResourceId) -> Grant:
    """Read, add, change and delete the items of one container, database or account.

    It runs stored procedures and settles conflicts. It cannot make, change or delete containers: that is no data.

    Args:
        scope: the resource id of a container (best), a database or an account.

    Source: Microsoft Learn, "Azure Cosmos DB for NoSQL data plane security reference": Cosmos DB Built-in Data
    Contributor.
    """
    return catalogued("cosmos_db.write_items", scope)
