"""Rules about roles that a stack defines itself, in Azure RBAC and in Cosmos DB, and about Cosmos DB's assignments."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pulumi_policy import Severity

from aks_workload_identity_policy.holders import goes_to_people
from aks_workload_identity_policy.permissions import Verdict, judge
from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.role_assignments import ASSIGNMENT, SCHEDULED, role_guid
from aks_workload_identity_policy.roles import role
from aks_workload_identity_policy.rule import rule, stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

DEFINITION = "authorization:RoleDefinition"
COSMOS_ASSIGNMENT = "cosmosdb:SqlResourceSqlRoleAssignment"
COSMOS_DEFINITION = "cosmosdb:SqlResourceSqlRoleDefinition"
_LISTS = ("actions", "notActions", "dataActions", "notDataActions")

# Microsoft Learn: cosmos-db/how-to-connect-role-based-access-control (built-in definitions)
COSMOS_READER = "00000000-0000-0000-0000-000000000001"
COSMOS_BUILT_IN = {COSMOS_READER, "00000000-0000-0000-0000-000000000002"}
_COSMOS_ROLE = re.compile(r"(?:.*/sqlroledefinitions/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_COSMOS_PART = re.compile(r"(?:/subscriptions/.+/databaseaccounts/[^/]+)?/dbs/[^/]+(?:/colls/[^/]+)?")


@rule(
    "custom-role-gives-no-administration",
    DEFINITION,
    why="A custom role with administration in it is Owner under a harmless name.",
    severity=Severity.CRITICAL,
)
def custom_role_gives_no_administration(definition: Resource) -> Iterator[str]:
    """Judged as built-in roles are, without the reviewed table: a custom role can leave out what is not needed.

    Source: Microsoft Learn, role-based-access-control/custom-roles.
    """
    judgement = judge(_permissions(definition))
    if judgement.verdict is Verdict.REFUSED:
        yield (
            f"{definition.shown('roleName')}: {judgement}; leave that out, list data actions one by one, or grant a "
            "built-in data role instead"
        )


@rule(
    "wider-custom-role-has-a-reason",
    DEFINITION,
    why="A custom role that is wider than reading needs a word on what it is for.",
    severity=Severity.MEDIUM,
)
def wider_custom_role_has_a_reason(definition: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/custom-roles."""
    judgement = judge(_permissions(definition))
    if judgement.verdict is Verdict.WIDE and not definition.reason(definition.text("description"), str(judgement)):
        otherwise = definition.or_reason("set description to the reason")
        yield f"{definition.shown('roleName')}: {judgement}; narrow it{otherwise}"


@stack_rule(
    "assigned-role-is-known",
    ASSIGNMENT,
    SCHEDULED,
    DEFINITION,
    COSMOS_ASSIGNMENT,
    COSMOS_DEFINITION,
    why="A role that is neither built in nor defined here may give anything, and whoever wrote it can change it.",
    severity=Severity.HIGH,
    settings={
        "roles": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "GUIDs of roles that are defined outside the stack, and were reviewed there.",
        }
    },
)
def assigned_role_is_known(stack: Stack) -> Iterator[Finding]:
    """A role that the preview does not know is judged at the update.

    Source: Microsoft Learn, role-based-access-control/custom-roles;
    cosmos-db/how-to-connect-role-based-access-control (built-in and custom definitions).
    """
    known = {one.lower() for one in stack.settings.texts("roles") or ()} | COSMOS_BUILT_IN
    for definition in stack.of(DEFINITION, COSMOS_DEFINITION):
        named = (definition.known("roleDefinitionId"), definition.made_text("id"), definition.made_text("name"))
        known |= {one.lower().rpartition("/")[2] for one in named if one}
    for assignment in stack.of(ASSIGNMENT, SCHEDULED, COSMOS_ASSIGNMENT):
        given, is_cosmos = assignment.known("roleDefinitionId"), assignment.given.kind == COSMOS_ASSIGNMENT.lower()
        guid = _cosmos_guid(given) if is_cosmos else role_guid(given)
        if guid is None or guid in known or (not is_cosmos and (role(guid) or goes_to_people(assignment))):
            continue
        yield Finding(
            assignment,
            f"role {guid} is neither built in nor defined in this stack; define it here, where it is judged, or list "
            "it in this rule's configuration (roles)",
        )


@rule(
    "cosmos-role-is-narrow",
    COSMOS_ASSIGNMENT,
    why="Cosmos DB keeps its own role assignments, which nobody sees among those of Azure.",
    severity=Severity.HIGH,
)
def cosmos_role_is_narrow(assignment: Resource) -> Iterator[str]:
    """A custom definition is judged where it is defined; one from elsewhere is not known.

    Source: Microsoft Learn, cosmos-db/how-to-connect-role-based-access-control (scopes).
    """
    given, scope = assignment.text("roleDefinitionId"), (assignment.text("scope") or "").lower().rstrip("/")
    guid = _cosmos_guid(given)
    if guid is None:
        yield f"roleDefinitionId is {given!r}, which names no SQL role; end it in /sqlRoleDefinitions/<guid>"
    elif guid != COSMOS_READER and not _COSMOS_PART.fullmatch(scope):
        yield (
            f"scope is {assignment.shown('scope')}, the whole account, for a role that writes; grant it on one "
            "container, <account>/dbs/<database>/colls/<container>, or one database, <account>/dbs/<database>"
        )


@rule(
    "cosmos-custom-role-names-its-actions",
    COSMOS_DEFINITION,
    why="A wildcard in a SQL role covers what Cosmos DB will add to it.",
    severity=Severity.HIGH,
)
def cosmos_custom_role_names_its_actions(definition: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, cosmos-db/nosql/reference-data-plane-security."""
    for permission in definition.parts("permissions"):
        for action in permission.texts("dataActions") or ():
            if "*" in action and not action.lower().endswith(("/containers/*", "/items/*")):
                yield f"dataActions contains {action}; name the actions one by one"


def _cosmos_guid(role_definition_id: str | None) -> str | None:
    match = _COSMOS_ROLE.fullmatch((role_definition_id or "").lower())
    return match[1] if match else None


def _permissions(definition: Resource) -> list[Mapping[str, Sequence[str]]]:
    return [{name: part.texts(name) or [] for name in _LISTS} for part in definition.parts("permissions")]
