"""Rules about role assignments: what a service principal may do, and on what; and what people may."""

import re
import uuid
from collections.abc import Iterator

from pulumi_policy import Severity
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.roles import MANAGED_IDENTITY_OPERATOR, Verdict, gives_access, role
from aks_workload_identity_policy.rule import rule

ASSIGNMENT = "authorization:RoleAssignment"
ELIGIBILITIES = (
    "authorization:PimRoleEligibilitySchedule",
    "authorization:RoleEligibilityScheduleRequest",
    "authorization:RoleAssignmentScheduleRequest",
)
SCHEDULED = ELIGIBILITIES[2]

# azure-rest-api-specs: authorization 2022-04-01, PrincipalType
# azure-native writes "User" when principalType is left out, so that value says nothing about the principal.
GROUPS = frozenset(("group", "foreigngroup"))
_ACTIVATIONS = frozenset(("selfactivate", "selfdeactivate", "selfextend", "selfrenew"))
PRINCIPAL_TYPES = GROUPS | {"serviceprincipal"}

NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
# How people use a cluster. Microsoft Learn: aks/manage-azure-rbac, aks/control-kubeconfig-access
ROLES_FOR_PEOPLE = frozenset(
    (
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",  # Azure Kubernetes Service Cluster User Role
        "7f6c6a51-bcf8-42ba-9220-52d62157d7db",  # Azure Kubernetes Service RBAC Reader
        "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb",  # Azure Kubernetes Service RBAC Writer
        "3498e952-d568-435e-9b2c-8d77e338d7f7",  # Azure Kubernetes Service RBAC Admin
        "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",  # Azure Kubernetes Service RBAC Cluster Admin
    )
)

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ROLE_ID = re.compile(rf"(?:/[^/\s]+)*/providers/microsoft\.authorization/roledefinitions/({_GUID})")

# Microsoft Learn: role-based-access-control/scope-overview. A segment is never empty, dotted or encoded.
_NAME = r"(?!\.\.?(?:/|$))[^/?#%\\\s]+"
_GROUP = rf"/subscriptions/{_NAME}/resourcegroups/{_NAME}"
_RESOURCE = re.compile(rf"{_GROUP}/providers/{_NAME}(?:/{_NAME}/{_NAME})+")
_IDENTITY = re.compile(rf"{_GROUP}/providers/microsoft\.managedidentity/userassignedidentities/{_NAME}")
_NETWORK = re.compile(
    rf"{_GROUP}/providers/microsoft\.network/(?:virtualnetworks/{_NAME}(?:/subnets/{_NAME})?|routetables/{_NAME})"
)
_CLUSTER = re.compile(rf"{_GROUP}/providers/microsoft\.containerservice(?:/{_NAME}/{_NAME})+")
_RESOURCE_GROUP = re.compile(rf"{_GROUP}/?")
_WIDER_SCOPES = (
    ("a subscription", re.compile(rf"/subscriptions/{_NAME}/?")),
    ("a management group", re.compile(rf"/providers/microsoft\.management/managementgroups/{_NAME}/?")),
    ("the whole tenant", re.compile(r"/?")),
)
_INSTEAD_OF_SCOPE = (
    "grant the role on the one resource that the workload uses, for example "
    "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<vault>"
)


@rule(
    "role-gives-no-administration",
    ASSIGNMENT,
    SCHEDULED,
    why="A pod with a role that manages access, reads keys or changes resources can take what it was not given.",
    severity=Severity.CRITICAL,
)
def role_gives_no_administration(assignment: Resource) -> Iterator[str]:
    """The verdict on every built-in role is in docs/role-verdicts.txt.

    Source: see `roles.py`; Microsoft Learn, role-based-access-control/role-definitions (forms of the id).
    """
    if is_for_people(assignment):
        return
    given = assignment.text("roleDefinitionId")
    guid = role_guid(given)
    if guid is None:
        yield (
            f"roleDefinitionId is {given!r}, which names no role; "
            "write /subscriptions/<id>/providers/Microsoft.Authorization/roleDefinitions/<guid>"
        )
        return
    known = role(guid)
    if known is None or known.verdict is not Verdict.REFUSED:
        return
    # The control plane of a cluster must be able to attach the kubelet's identity, and only that; and to join networks
    # that are not its own. Rules about the stack see to it that nobody else gets these two.
    # Microsoft Learn: aks/use-managed-identity (bring your own kubelet identity; subnets and route tables)
    of_clusters = {MANAGED_IDENTITY_OPERATOR: _IDENTITY, NETWORK_CONTRIBUTOR: _NETWORK}.get(guid)
    if of_clusters and assignment.kind == ASSIGNMENT.lower() and of_clusters.fullmatch(_scope(assignment)):
        return
    yield f"{known.name} on {assignment.shown('scope')}: {known.why}; grant {known.instead} instead"


@rule(
    "wider-role-has-a-reason",
    ASSIGNMENT,
    SCHEDULED,
    why="A role outside the narrow list may give more than its name says, so somebody must have written why.",
    severity=Severity.MEDIUM,
)
def wider_role_has_a_reason(assignment: Resource) -> Iterator[str]:
    """A custom role is one of these: what it gives is judged where it is defined.

    Source: see `roles.py`.
    """
    guid = role_guid(assignment.text("roleDefinitionId"))
    if is_for_people(assignment) or guid is None:
        return
    known = role(guid)
    if known and known.verdict is not Verdict.WIDE and guid != NETWORK_CONTRIBUTOR:
        return
    seen = f"{known.name}: {known.why}" if known else f"role {guid} is not a known one"
    if assignment.reason(_reason(assignment), f"{known.name if known else f'role {guid}'}"):
        return
    instead = f"; grant {known.instead} instead" if known else ""
    yield f"{seen}{instead}{assignment.or_reason('set description to the reason why this workload needs it')}"


@rule(
    "assignment-scope-is-one-resource",
    ASSIGNMENT,
    SCHEDULED,
    why="A role on a group of resources covers everything that is ever put there.",
    severity=Severity.HIGH,
)
def scope_is_one_resource(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/scope-overview."""
    if is_for_people(assignment):
        return
    scope = assignment.text("scope")
    if scope and (_RESOURCE.fullmatch(scope.lower()) or _wider(scope)):
        return  # what is wider than a resource group has a rule of its own, without exceptions
    what = "a resource group" if scope and _RESOURCE_GROUP.fullmatch(scope.lower()) else "not a resource"
    yield f"scope is {scope!r}, {what}; {_INSTEAD_OF_SCOPE}"


@rule(
    "assignment-scope-is-below-the-subscription",
    ASSIGNMENT,
    SCHEDULED,
    why="A role on a subscription or above reaches teams that never agreed to it; no exception is taken.",
    severity=Severity.CRITICAL,
    final=True,
)
def scope_is_below_the_subscription(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/scope-overview."""
    try:
        scope = assignment.text("scope")
    except UnknownValueError:
        return  # the rule before this one says that it is not known
    what = None if is_for_people(assignment) or not scope else _wider(scope)
    if what:
        yield f"scope is {scope!r}, {what}; {_INSTEAD_OF_SCOPE}"


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
    "people-get-no-right-to-give-rights",
    ASSIGNMENT,
    *ELIGIBILITIES,
    why="Whoever is in a group that may write role assignments has every role, and any identity can be put in a group.",
    severity=Severity.CRITICAL,
)
def people_get_no_right_to_give_rights(assignment: Resource) -> Iterator[str]:
    """Source: see `roles.py`; Microsoft Learn, role-based-access-control/built-in-roles/privileged."""
    if not is_for_people(assignment):
        return
    given = assignment.text("roleDefinitionId")
    guid = role_guid(given)
    if guid is None:
        yield (
            f"roleDefinitionId is {given!r}, which names no role; "
            "write /subscriptions/<id>/providers/Microsoft.Authorization/roleDefinitions/<guid>"
        )
        return
    known = role(guid)
    if known and gives_access(guid):
        yield (
            f"{known.name} on {assignment.shown('scope')} for {assignment.shown('principalType')}: its holders give "
            "themselves any role; have rights written by the pipeline alone, and give people a role without "
            "roleAssignments/write"
        )


@rule(
    "wide-role-of-people-has-a-reason",
    ASSIGNMENT,
    *ELIGIBILITIES,
    why="A group can hold identities too, so a role that no workload may have needs a word on who is meant.",
    severity=Severity.HIGH,
    settings={
        "groups": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Object ids of groups that hold people alone: they need no reason.",
        }
    },
)
def wide_role_of_people_has_a_reason(assignment: Resource) -> Iterator[str]:
    """On a subscription or above every role is wide: it covers what other teams put there.

    Source: Microsoft Learn, role-based-access-control/best-practices (assign roles to groups; limit the scope).
    """
    if not is_for_people(assignment):
        return
    guid = role_guid(assignment.text("roleDefinitionId"))
    known = role(guid) if guid else None
    if guid is None or (known and gives_access(guid)):
        return
    where = _wider(_scope(assignment))
    if known and known.verdict is not Verdict.REFUSED and not where:
        return
    if guid in ROLES_FOR_PEOPLE and _CLUSTER.fullmatch(_scope(assignment)):
        return
    groups = {group.lower() for group in assignment.settings.texts("groups") or ()}
    if groups and (assignment.text("principalId") or "").lower() in groups:
        return
    name = known.name if known else f"role {guid}"
    if assignment.reason(_reason(assignment), f"{name} for people"):
        return
    otherwise = assignment.or_reason("set description to who they are and why")
    yield (
        f"{name} on {where or assignment.shown('scope')} goes to a group; list the group's object id in this rule's "
        f"configuration (groups){otherwise}"
    )


def is_for_people(assignment: Resource) -> bool:
    """People are granted roles by other rules than workloads; an assignment that does not say is a workload's.

    A request for an active role cannot say: Azure alone writes its principal type. Only people activate what they
    are eligible for, and only people and groups are eligible.

    Source: Microsoft Learn, templates/microsoft.authorization/roleassignmentschedulerequests;
    entra/id-governance/privileged-identity-management.
    """
    if assignment.kind == SCHEDULED.lower():
        return (assignment.text("requestType") or "").lower() in _ACTIVATIONS
    return assignment.kind != ASSIGNMENT.lower() or (assignment.text("principalType") or "").lower() in GROUPS


def _reason(assignment: Resource) -> str | None:
    return assignment.text("description") or assignment.text("justification")


def role_guid(role_definition_id: str | None) -> str | None:
    """The GUID of the role that an id names, in lower case; None if it names none."""
    match = _ROLE_ID.fullmatch((role_definition_id or "").lower())
    return match[1] if match else None


def _scope(assignment: Resource) -> str:
    return (assignment.text("scope") or "").lower()


def _wider(scope: str) -> str | None:
    return next((words for words, form in _WIDER_SCOPES if form.fullmatch(scope.lower())), None) if scope else None
