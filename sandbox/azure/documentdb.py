"""Microsoft.DocumentDB: accounts for NoSQL, databases, containers, and the roles of their data.

Sources: Microsoft Learn, resource-name-rules, cosmos-db/concepts-limits, cosmos-db/nosql/{
reference-data-plane-security, how-to-connect-role-based-access-control}; azure-rest-api-specs cosmos-db;
hashicorp/terraform-provider-azurerm#15842 (one write of an account's roles at a time);
pulumi/pulumi-azure-native#562 (a partition key that changes).
"""

import re
from collections.abc import Mapping

from .authorization import GUID
from .cloud import Cloud
from .cosmos_db_roles import BUILT_IN_SQL_ROLES
from .errors import ArmError, bad_request, resource_not_found
from .ids import Address
from .resource_type import Answer, Endpoint, LongRunning, NameRule, Request, ResourceType, Write
from .store import Json

VERSIONS = (
    *("2025-10-15", "2026-03-15", "2025-11-01-preview", "2025-05-01-preview", "2025-04-15", "2024-11-15"),
    *("2024-08-15", "2024-05-15", "2023-04-15", "2021-10-15"),
)
ACCOUNTS = "Microsoft.DocumentDB/databaseAccounts"
DATABASES = f"{ACCOUNTS}/sqlDatabases"
CONTAINERS = f"{DATABASES}/containers"
ROLE_ASSIGNMENTS = f"{ACCOUNTS}/sqlRoleAssignments"
ROLE_DEFINITIONS = f"{ACCOUNTS}/sqlRoleDefinitions"
_DEFINITIONS = (
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DocumentDB/databaseAccounts/{account}"
    "/sqlRoleDefinitions"
)


def _check_account(write: Write) -> None:
    if write.get("properties.databaseAccountOfferType") != "Standard":
        raise bad_request("The databaseAccountOfferType must be Standard.")
    for place in write.get("properties.locations"):
        if not place.get("locationName"):
            raise bad_request("Each of the locations needs a locationName.")
    if any(body["id"].lower() != write.address.key for body in write.cloud.store.named(ACCOUNTS, write.address.name)):
        raise bad_request(f"Dns record for {write.address.name} under zone Document is already taken.")


def _complete_account(write: Write) -> None:
    name = write.address.name
    write.set("properties.documentEndpoint", f"https://{name}.documents.azure.com:443/")
    places = [
        {
            "id": f"{name}-{place['locationName'].replace(' ', '').lower()}",
            "locationName": place["locationName"],
            "failoverPriority": place.get("failoverPriority", 0),
            "isZoneRedundant": place.get("isZoneRedundant", False),
        }
        for place in write.get("properties.locations")
    ]
    write.set("properties.locations", places)
    for name in ("readLocations", "writeLocations"):
        write.set(f"properties.{name}", places if name == "readLocations" else places[:1])
    write.set("properties.instanceId", write.was("properties.instanceId") or write.guid("instance"))


def _check_named(write: Write) -> None:
    if write.get("properties.resource.id") != write.address.name:
        raise bad_request("The resource's id in the body must be its name in the path.")


def _check_container(write: Write) -> None:
    _check_named(write)
    if write.new and not write.get("properties.resource.partitionKey.paths"):
        raise bad_request("The partition key definition is missing: specify partitionKey.paths.")


def _complete_resource(write: Write) -> None:
    for name in ("_rid", "_etag"):
        write.set(f"properties.resource.{name}", write.was(f"properties.resource.{name}") or write.guid(name)[:8])
    write.set("properties.resource._ts", write.cloud.timing.now())
    write.drop("properties.options")


def _check_role_assignment(write: Write) -> None:
    account = str(write.address.parent)
    definition = str(write.get("properties.roleDefinitionId"))
    built_in = [f"{account}/sqlRoleDefinitions/{role['id']}".lower() for role in BUILT_IN_SQL_ROLES]
    if definition.lower() not in built_in:
        raise ArmError(404, "NotFound", f"The role definition '{definition}' does not exist in this account.")
    scope = str(write.get("properties.scope"))
    inside = rf"{re.escape(account)}(/dbs/[^/]+(/colls/[^/]+)?)?/?"
    if not re.fullmatch(inside, scope, re.IGNORECASE):
        raise bad_request(
            f"The scope '{scope}' must be the account, or below it a database or container (/dbs/…/colls/…)."
        )
    if not re.fullmatch(GUID, str(write.get("properties.principalId"))):
        raise bad_request("The principalId must be a GUID.")


def _without_state(cloud: Cloud, body: Json) -> Json:
    """What is inside an account shows no provisioning state."""
    return {**body, "properties": {k: v for k, v in body["properties"].items() if k != "provisioningState"}}


_ACCOUNT_NAME = "must be 3 to 44 lower-case letters, digits and hyphens and start with a letter or digit."
_DATA_NAME = NameRule(r"[^/\\?#]{1,254}[^/\\?# ]", "BadRequest", "The name '{name}' must be 1 to 255 characters.")

ACCOUNT = ResourceType(
    name=ACCOUNTS,
    api_versions=VERSIONS,
    name_rule=NameRule(r"[a-z0-9][a-z0-9-]{2,43}", "BadRequest", f"The account name '{{name}}' {_ACCOUNT_NAME}"),
    required=("properties.databaseAccountOfferType", "properties.locations"),
    read_only=("properties.provisioningState", "properties.documentEndpoint", "properties.instanceId"),
    defaults={
        "kind": "GlobalDocumentDB",
        "properties.disableLocalAuth": False,
        "properties.publicNetworkAccess": "Enabled",
        "properties.consistencyPolicy": {
            "defaultConsistencyLevel": "Session",
            "maxIntervalInSeconds": 5,
            "maxStalenessPrefix": 100,
        },
    },
    patchable=("tags", "properties", "identity"),
    check=_check_account,
    complete=_complete_account,
    created=200,
    long_running=LongRunning(),
    long_delete=True,
)
DATABASE = ResourceType(
    name=DATABASES,
    api_versions=VERSIONS,
    name_rule=_DATA_NAME,
    located=False,
    required=("properties.resource.id",),
    patchable=(),
    check=_check_named,
    complete=_complete_resource,
    created=200,
    long_running=LongRunning(),
    view=_without_state,
    deleted=204,
)
CONTAINER = ResourceType(
    name=CONTAINERS,
    api_versions=VERSIONS,
    name_rule=_DATA_NAME,
    located=False,
    required=("properties.resource.id",),
    immutable=("properties.resource.partitionKey",),
    changed=("BadRequest", "Document collection partition key cannot be changed"),
    patchable=(),
    check=_check_container,
    complete=_complete_resource,
    created=200,
    long_running=LongRunning(),
    view=_without_state,
    deleted=204,
)
ROLE_ASSIGNMENT = ResourceType(
    name=ROLE_ASSIGNMENTS,
    api_versions=VERSIONS,
    name_rule=NameRule(GUID, "BadRequest", "The role assignment id '{name}' must be a GUID."),
    located=False,
    required=("properties.roleDefinitionId", "properties.scope", "properties.principalId"),
    patchable=(),
    check=_check_role_assignment,
    created=200,
    long_running=LongRunning(),
    view=_without_state,
    deleted=204,
    one_writer=ArmError(
        412,
        "PreconditionFailed",
        "There is another user operation in progress which requires an exclusive lock on {parent}. "
        "Please retry after sometime.",
    ),
)


def _definition(account: str, role: Json) -> Json:
    return {
        "id": f"{account}/sqlRoleDefinitions/{role['id']}",
        "name": role["id"],
        "type": ROLE_DEFINITIONS,
        "properties": {
            "roleName": role["name"],
            "type": "BuiltInRole",
            "assignableScopes": [account],
            "permissions": [{**part, "notDataActions": []} for part in role["permissions"]],
        },
    }


def _account(cloud: Cloud, found: Mapping[str, str]) -> str:
    scope = f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}"
    address = Address(scope, ACCOUNTS, (found["account"],))
    body = cloud.store.get(str(address))
    if body is None:
        raise resource_not_found(ACCOUNTS, address.names, found["group"])
    return str(body["id"])


def _list_definitions(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    account = _account(cloud, found)
    return Answer(200, {"value": [_definition(account, role) for role in BUILT_IN_SQL_ROLES]})


def _get_definition(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    account = _account(cloud, found)
    for role in BUILT_IN_SQL_ROLES:
        if role["id"] == found["role"].lower():
            return Answer(200, _definition(account, role))
    raise resource_not_found(ROLE_DEFINITIONS, (found["account"], found["role"]), found["group"])


TYPES = (ACCOUNT, DATABASE, CONTAINER, ROLE_ASSIGNMENT)
ENDPOINTS = (
    Endpoint("GET", _DEFINITIONS, VERSIONS, _list_definitions),
    Endpoint("GET", f"{_DEFINITIONS}/{{role}}", VERSIONS, _get_definition),
)
