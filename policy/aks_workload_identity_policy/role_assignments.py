"""Rules about role assignments: what a service principal may do, and on what."""

import re
import uuid
from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.roles import MANAGED_IDENTITY_OPERATOR, ROLES, Verdict
from aks_workload_identity_policy.rule import rule

ASSIGNMENT = "authorization:RoleAssignment"

# azure-rest-api-specs: authorization 2022-04-01, PrincipalType
# azure-native writes "User" when principalType is left out, so that value says nothing about the principal.
GROUPS = frozenset(("group", "foreigngroup"))
PRINCIPAL_TYPES = GROUPS | {"serviceprincipal"}

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ROLE_ID = re.compile(rf"(?:/[^/\s]+)*/providers/microsoft\.authorization/roledefinitions/({_GUID})")

# Microsoft Learn: role-based-access-control/scope-overview. A segment is never empty, dotted or encoded.
_NAME = r"(?!\.\.?(?:/|$))[^/?#%\\\s]+"
_GROUP = rf"/subscriptions/{_NAME}/resourcegroups/{_NAME}"
_RESOURCE = re.compile(rf"{_GROUP}/providers/{_NAME}(?:/{_NAME}/{_NAME})+")
_IDENTITY = re.compile(rf"{_GROUP}/providers/microsoft\.managedidentity/userassignedidentities/{_NAME}")
_WIDER_SCOPES = (
    ("a resource group", re.compile(rf"{_GROUP}/?")),
    ("a subscription", re.compile(rf"/subscriptions/{_NAME}/?")),
    ("a management group", re.compile(rf"/providers/microsoft\.management/managementgroups/{_NAME}/?")),
    ("the whole tenant", re.compile(r"/?")),
)


@rule(
    "role-gives-no-administration",
    ASSIGNMENT,
    why="A pod with a role that manages access, reads keys or changes resources can take what it was not given.",
    severity=Severity.CRITICAL,
)
def role_gives_no_administration(assignment: Resource) -> Iterator[str]:
    """Source: see `roles.py`; Microsoft Learn, role-based-access-control/role-definitions (forms of the id)."""
    if _is_for_people(assignment):
        return
    given = assignment.text("roleDefinitionId")
    guid = _role_guid(given)
    if guid is None:
        yield (
            f"roleDefinitionId is {given!r}, which names no role; "
            "write /subscriptions/<id>/providers/Microsoft.Authorization/roleDefinitions/<guid>"
        )
        return
    role = ROLES.get(guid)
    if role is None or role.verdict is not Verdict.REFUSED:
        return
    # The control plane of a cluster must be able to attach the kubelet's identity, and only that.
    # Microsoft Learn: aks/use-managed-identity (bring your own kubelet identity)
    if guid == MANAGED_IDENTITY_OPERATOR and _IDENTITY.fullmatch((assignment.text("scope") or "").lower()):
        return
    yield f"{role.name} on {assignment.shown('scope')}: {role.why}; grant {role.instead} instead"


@rule(
    "wider-role-has-a-reason",
    ASSIGNMENT,
    why="A role outside the narrow list may give more than its name says, so somebody must have written why.",
    severity=Severity.MEDIUM,
)
def wider_role_has_a_reason(assignment: Resource) -> Iterator[str]:
    """Source: see `roles.py`."""
    guid = _role_guid(assignment.text("roleDefinitionId"))
    if _is_for_people(assignment) or guid is None:
        return
    role = ROLES.get(guid)
    if role and role.verdict is not Verdict.WIDE:
        return
    if not (assignment.text("description") or "").strip():
        seen = f"{role.name}: {role.why}; grant {role.instead} instead" if role else f"role {guid} is not a known one"
        yield f"{seen}, or set description to the reason why this workload needs it"


@rule(
    "assignment-scope-is-one-resource",
    ASSIGNMENT,
    why="A role on a group of resources covers everything that is ever put there.",
    severity=Severity.HIGH,
)
def scope_is_one_resource(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/scope-overview."""
    if _is_for_people(assignment):
        return
    scope = assignment.text("scope")
    if scope and _RESOURCE.fullmatch(scope.lower()):
        return
    what = next((words for words, form in _WIDER_SCOPES if scope and form.fullmatch(scope.lower())), "not a resource")
    yield (
        f"scope is {scope!r}, {what}; grant the role on the one resource that the workload uses, for example "
        "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<vault>"
    )


@rule(
    "assignment-names-its-principal-type",
    ASSIGNMENT,
    why="Without it Azure looks a new identity up before the directory knows it, and the update fails now and then.",
    severity=Severity.MEDIUM,
)
def principal_type_is_named(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/troubleshooting (PrincipalNotFound)."""
    given = assignment.text("principalType")
    if given is None or given.lower() not in PRINCIPAL_TYPES:
        seen = "not set" if given is None else repr(given)
        if given == "User":
            seen += ", which is also what azure-native writes when it is left out"
        yield (
            f"principalType is {seen}; set it to 'ServicePrincipal' for a managed identity, "
            "or to 'Group' for the people of a group"
        )


@rule(
    "assignment-name-is-a-guid",
    ASSIGNMENT,
    why="Azure takes nothing but a GUID as the name of a role assignment, and says so only at the update.",
    severity=Severity.LOW,
)
def assignment_name_is_a_guid(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/role-assignments-template."""
    name = assignment.text("roleAssignmentName")
    if name is not None and not re.fullmatch(_GUID, name.lower()):
        example = uuid.uuid5(uuid.NAMESPACE_URL, name)
        yield f"roleAssignmentName is {name!r}; leave it out, or make a GUID of it, for example {example}"


@rule(
    "assignment-condition-is-version-2",
    ASSIGNMENT,
    why="A condition only narrows a role when Azure reads it, and it reads version 2.0 alone.",
    severity=Severity.HIGH,
)
def condition_is_version_2(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/conditions-format."""
    condition, version = assignment.text("condition"), assignment.text("conditionVersion")
    if condition is not None and not condition.strip():
        yield "condition is empty; write the condition, or leave condition and conditionVersion out"
    elif condition is not None and version != "2.0":
        yield f"conditionVersion is {'not set' if version is None else repr(version)}; set it to '2.0'"
    elif condition is None and version is not None:
        yield "conditionVersion is set without a condition; write the condition, or leave both out"


def _is_for_people(assignment: Resource) -> bool:
    """People are granted roles by other rules than workloads; an assignment that does not say is a workload's."""
    return (assignment.text("principalType") or "").lower() in GROUPS


def _role_guid(role_definition_id: str | None) -> str | None:
    match = _ROLE_ID.fullmatch((role_definition_id or "").lower())
    return match[1] if match else None
