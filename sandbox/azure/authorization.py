"""Microsoft.Authorization: who holds which role where.

Sources: Microsoft Learn, role-based-access-control/troubleshooting, role-assignments-template, conditions-format;
azure-rest-api-specs authorization 2022-04-01. Codes without a documented spelling are `BadRequest`.
"""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.directory import SERVICE_PRINCIPALS

from .cloud import Cloud
from .errors import ArmError, bad_request, resource_group_not_found, resource_not_found
from .ids import RESOURCE_GROUPS, SUBSCRIPTIONS, Address, parse
from .managedidentity import IDENTITIES
from .permissions import assignments_of_caller
from .resource_type import Answer, Endpoint, NameRule, Request, ResourceType, Write
from .role_definitions import ENDPOINTS as ROLE_DEFINITION_ENDPOINTS
from .role_definitions import built_in_roles
from .store import Json

VERSIONS = ("2022-04-01",)
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")


def role_guid(assignment: Json) -> str:
    return str(assignment["properties"]["roleDefinitionId"]).rpartition("/")[2].lower()


def covers(scope: str, resource_id: str) -> bool:
    """Whether an assignment at this scope reaches the resource: it is the scope itself or lies below it."""
    return f"{resource_id.lower()}/".startswith(f"{scope.lower().rstrip('/')}/")


def assignments_of(cloud: Cloud, principal_id: str) -> list[Json]:
    return cloud.store.of_principal(ASSIGNMENTS, principal_id)


def effective_assignments_of(cloud: Cloud, principal_id: str) -> list[Json]:
    """Those that have spread. Source: Microsoft Learn, role-based-access-control/troubleshooting (up to 10 minutes)."""
    newest = cloud.timing.now() - cloud.timing.role_assignment_replication_seconds
    return [each for each in assignments_of(cloud, principal_id) if cloud.store.created(each["id"]) <= newest]


def _check(write: Write) -> None:
    check_scope(write.cloud, write.address.scope)
    write.set("properties.scope", write.address.scope)
    write.set("properties.roleDefinitionId", _role_definition_id(write))
    _check_condition(write)
    _check_same_name(write)
    write.set("properties.principalType", _principal_type(write))
    _check_same_triple(write)


def check_scope(cloud: Cloud, scope: str) -> None:
    """The scope, or for what the sandbox has no type of its own (a secret of a vault) the resource it lies in."""
    address = parse(scope)
    if address is None:
        raise ArmError(404, "ResourceNotFound", f"The scope '{scope}' was not found.")
    if address.type == SUBSCRIPTIONS:
        if not cloud.exists(scope):
            raise ArmError(404, "SubscriptionNotFound", f"The subscription '{address.name}' could not be found.")
        return
    if address.resource_group and not cloud.exists("/".join(scope.split("/")[:5])):
        raise resource_group_not_found(address.resource_group)
    inner: Address | None = address
    while inner and inner.type != RESOURCE_GROUPS and cloud.type_of(inner.type) is None:
        inner = inner.parent
    if inner is None or not cloud.exists(str(inner)):
        raise resource_not_found(address.type, address.names, address.resource_group)


def _role_definition_id(write: Write) -> str:
    sent = str(write.get("properties.roleDefinitionId"))
    subscription = write.cloud.store.subscription_id
    allowed = rf"(/subscriptions/{subscription})?/providers/Microsoft\.Authorization/roleDefinitions/({GUID})"
    found = re.fullmatch(allowed, sent, re.IGNORECASE)
    role = built_in_roles().get(found[2].lower()) if found else None
    if role is None:
        raise ArmError(
            400,
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{sent.rpartition('/')[2].replace('-', '')}' does not exist.",
        )
    return f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role['id']}"


def _check_condition(write: Write) -> None:
    if write.get("properties.condition") and write.get("properties.conditionVersion") != "2.0":
        raise bad_request("A role assignment with a condition must have the condition version '2.0'.")


def _check_same_name(write: Write) -> None:
    """The name is unique in the tenant, and what it stands for cannot change."""
    fixed = ("principalId", "roleDefinitionId", "scope")
    for other in write.cloud.store.named(ASSIGNMENTS, write.address.name):
        if any(
            str(other["properties"][name]).lower() != str(write.get(f"properties.{name}")).lower() for name in fixed
        ):
            raise ArmError(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            )


def _check_same_triple(write: Write) -> None:
    for other in assignments_of(write.cloud, write.get("properties.principalId")):
        same_role = role_guid(other) == role_guid(write.body)
        same_scope = other["properties"]["scope"].lower() == write.address.scope.lower()
        if same_role and same_scope and other["id"].lower() != write.address.key:
            raise ArmError(409, "RoleAssignmentExists", "The role assignment already exists.")


def _principal_type(write: Write) -> str:
    """A named type skips the look-up; a principal that the directory does know must be of that type.

    Microsoft names ServicePrincipal as the type that skips it for a new identity. What it answers for an
    identity that is new and wrongly called a User is not documented; the sandbox answers as for no type.
    """
    if not write.new:
        return str(write.was("properties.principalType"))
    principal_id = str(write.get("properties.principalId"))
    if not re.fullmatch(GUID, principal_id):
        raise bad_request(f"The principal ID '{principal_id}' is not valid. Principal ID must be a GUID.")
    stated: Any = write.get("properties.principalType")
    if stated is not None and stated not in PRINCIPAL_TYPES:
        raise bad_request(
            f"The PrincipalType property '{stated}' is not valid. It must be one of {', '.join(PRINCIPAL_TYPES)}."
        )
    known = _directory_type(write.cloud, principal_id)
    new_identity = known is None and bool(_new_ones(write.cloud, principal_id))
    if known is None and (stated is None or (new_identity and stated != "ServicePrincipal")):
        raise ArmError(
            400,
            "PrincipalNotFound",
            f"Principal {principal_id.replace('-', '')} does not exist in the directory {write.cloud.store.tenant_id}. "
            "Check that you have the correct principal ID. If you are creating this principal and then immediately "
            "assigning a role, this error might be related to a replication delay. In this case, set the role "
            "assignment principalType property to a value, such as ServicePrincipal, User, or Group. "
            "See https://aka.ms/docs-principaltype",
        )
    if known and stated and known != stated:
        raise ArmError(
            400,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal_id.replace('-', '')}' has type '{known}' , "
            f"which is different from specified PrinciaplType '{stated}'.",
        )
    return str(stated or known)


def _directory_type(cloud: Cloud, principal_id: str) -> str | None:
    """What the directory's replica says: a new identity reaches it after a while. It knows no groups of people."""
    if principal_id.lower() == cloud.store.caller_object_id:
        return "ServicePrincipal"
    for identity in _new_ones(cloud, principal_id):
        age = cloud.timing.now() - cloud.store.created(identity["id"])
        if age >= cloud.timing.principal_replication_seconds:
            return "ServicePrincipal"
    return None


def _new_ones(cloud: Cloud, principal_id: str) -> list[Json]:
    """The managed identity or the service principal of this id, which the directory's replica may not have yet."""
    return [row for kind in (IDENTITIES, SERVICE_PRINCIPALS) for row in cloud.store.of_principal(kind, principal_id)]


def _list(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """Source: Microsoft Learn, role-based-access-control/role-assignments-list-rest."""
    scope = found.get("scope", "")
    if scope:
        check_scope(cloud, scope)
    wanted = request.query.get("$filter", "")
    clauses = [clause.strip() for clause in re.split(r"\s+and\s+", wanted) if clause.strip()]
    principals: list[str] = []
    above_only = False
    for clause in clauses:
        principal = re.fullmatch(r"(?:principalId eq|assignedTo)\s*\(?\s*'([^']*)'\s*\)?", clause, re.IGNORECASE)
        if principal:
            principals.append(principal[1])
        elif clause.lower() == "atscope()":
            above_only = True
        else:
            raise ArmError(400, "UnsupportedQuery", f"The filter '{wanted}' is not supported.")
    rows = assignments_of(cloud, principals[0]) if principals else cloud.store.of_type(ASSIGNMENTS)
    if principals and principals[0].lower() == cloud.store.caller_object_id:
        rows = [*assignments_of_caller(cloud), *rows]
    shown = [
        row
        for row in rows
        if covers(row["properties"]["scope"], scope) or (not above_only and covers(scope, row["properties"]["scope"]))
    ]
    return Answer(200, {"value": shown})


ASSIGNMENT = ResourceType(
    name=ASSIGNMENTS,
    api_versions=VERSIONS,
    name_rule=NameRule(
        GUID,
        "InvalidRoleAssignmentId",
        "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
    ),
    located=False,
    required=("properties.roleDefinitionId", "properties.principalId"),
    patchable=(),
    read_only=("properties.scope", "properties.createdOn", "properties.updatedOn", "properties.createdBy"),
    check=_check,
    answers_deleted=True,
)

TYPES = (ASSIGNMENT,)
ENDPOINTS = (
    *ROLE_DEFINITION_ENDPOINTS,
    Endpoint("GET", "{scope}/providers/Microsoft.Authorization/roleAssignments", VERSIONS, _list),
)
