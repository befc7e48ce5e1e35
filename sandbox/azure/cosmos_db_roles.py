"""The built-in roles of Cosmos DB for NoSQL, the same in every account.

Source: Microsoft Learn, cosmos-db/nosql/reference-data-plane-security.
"""

from typing import Any

_ACCOUNT = "Microsoft.DocumentDB/databaseAccounts"
_CONTAINERS = f"{_ACCOUNT}/sqlDatabases/containers"

BUILT_IN_SQL_ROLES: tuple[dict[str, Any], ...] = (
    {
        "id": "00000000-0000-0000-0000-000000000001",
        "name": "Cosmos DB Built-in Data Reader",
        "permissions": [
            {
                "dataActions": [
                    f"{_ACCOUNT}/readMetadata",
                    f"{_CONTAINERS}/executeQuery",
                    f"{_CONTAINERS}/readChangeFeed",
                    f"{_CONTAINERS}/items/read",
                ]
            }
        ],
    },
    {
        "id": "00000000-0000-0000-0000-000000000002",
        "name": "Cosmos DB Built-in Data Contributor",
        "permissions": [{"dataActions": [f"{_ACCOUNT}/readMetadata", f"{_CONTAINERS}/*", f"{_CONTAINERS}/items/*"]}],
    },
)
