"""What whoever asks may do: the permissions of the sandbox's caller.

Sources: REST reference, Permissions - List For Resource Group; Microsoft Learn,
role-based-access-control/role-assignments-list-rest (`assignedTo`).
"""

import uuid
from collections.abc import Mapping

from .cloud import Cloud
from .errors import resource_group_not_found
from .resource_type import Answer, Endpoint, Request
from .role_definitions import built_in_roles, permissions_of
from .store import Json

VERSIONS = ("2022-04-01",)
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"


def assignments_of_caller(cloud: Cloud) -> list[Json]:
    """What the caller holds on the subscription before anything is made; nothing of it is kept in the store."""
    subscription = f"/subscriptions/{cloud.store.subscription_id}"
    roles = [role for role in built_in_roles().values() if role["name"] in cloud.circumstances.caller_roles]
    return [_assignment(cloud, subscription, role) for role in roles]


def _assignment(cloud: Cloud, subscription: str, role: Json) -> Json:
    name = str(uuid.uuid5(uuid.UUID(cloud.store.caller_object_id), role["id"]))
    return {
        "id": f"{subscription}/providers/{ASSIGNMENTS}/{name}",
        "name": name,
        "type": ASSIGNMENTS,
        "properties": {
            "roleDefinitionId": f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role['id']}",
            "principalId": cloud.store.caller_object_id,
            "principalType": "ServicePrincipal",
            "scope": subscription,
        },
    }


def _of_group(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """Each role that reaches the resource group is one entry of the list; the caller holds them on the subscription."""
    group = f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}"
    if not cloud.exists(group):
        raise resource_group_not_found(found["group"])
    held = {row["properties"]["roleDefinitionId"].rpartition("/")[2] for row in assignments_of_caller(cloud)}
    return Answer(200, {"value": [entry for role in sorted(held) for entry in permissions_of(built_in_roles()[role])]})


TYPES = ()
ENDPOINTS = (
    Endpoint(
        "GET",
        "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Authorization/permissions",
        VERSIONS,
        _of_group,
    ),
)
