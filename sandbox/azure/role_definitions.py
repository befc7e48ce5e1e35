"""Azure's built-in roles, as data."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .cloud import Cloud
from .errors import ArmError
from .resource_type import Answer, Endpoint, Request
from .store import Json

VERSIONS = ("2022-04-01", "2022-05-01-preview", "2018-01-01-preview", "2015-07-01")
_AT = "/providers/Microsoft.Authorization/roleDefinitions"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
PRIVATE_DNS_ZONE_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
# The one copy in the repository, read as a file: the policies ship it, and the sandbox knows nothing else of them.
_DATA = Path(__file__).parents[2] / "policy" / "aks_workload_identity_policy" / "data" / "built_in_roles.json"


@cache
def built_in_roles() -> Mapping[str, Json]:
    """Name and permissions by GUID in lower case; the file names its source."""
    data: Any = json.loads(_DATA.read_text(encoding="utf-8"))
    return {role["id"].lower(): role for role in data["roles"]}


def permissions_of(role: Json) -> list[Json]:
    """A role's permissions with every list written out, as Azure answers them."""
    lists = ("actions", "notActions", "dataActions", "notDataActions")
    return [{name: part.get(name, []) for name in lists} for part in role["permissions"]]


def _definition(cloud: Cloud, role: Json) -> Json:
    return {
        "id": f"/subscriptions/{cloud.store.subscription_id}{_AT}/{role['id']}",
        "name": role["id"],
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role["name"],
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "permissions": permissions_of(role),
        },
    }


def _list(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """Source: REST reference, Role Definitions - List (`$filter=roleName eq '…'`)."""
    wanted = request.query.get("$filter", "")
    name = wanted.partition("'")[2].rpartition("'")[0] if wanted.lower().startswith("rolename eq '") else None
    roles = [role for role in built_in_roles().values() if name is None or role["name"].lower() == name.lower()]
    return Answer(200, {"value": [_definition(cloud, role) for role in roles]})


def _get(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    role = built_in_roles().get(found["role"].lower())
    if role is None:
        raise ArmError(
            404,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{found['role'].replace('-', '')}' does not exist.",
        )
    return Answer(200, _definition(cloud, role))


# At every scope, as role assignments have every scope: `az role assignment create` asks at the scope of the new one.
ENDPOINTS = (
    Endpoint("GET", f"{{scope}}{_AT}", VERSIONS, _list),
    Endpoint("GET", f"{{scope}}{_AT}/{{role}}", VERSIONS, _get),
)
