"""Rules about the conditions of role assignments: Azure reads them, and they narrow the role."""

from collections.abc import Iterator

from aks_workload_identity.abac import fault_of
from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.role_assignments import ASSIGNMENT, ELIGIBILITIES, role_guid
from aks_workload_identity_policy.roles import built_in_roles
from aks_workload_identity_policy.rule import rule


@rule(
    "assignment-condition-is-version-2",
    ASSIGNMENT,
    *ELIGIBILITIES,
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


@rule(
    "assignment-condition-is-well-formed",
    ASSIGNMENT,
    *ELIGIBILITIES,
    why="A condition that Azure cannot read is refused at the update, and one that is always true narrows nothing.",
    severity=Severity.HIGH,
)
def condition_is_well_formed(assignment: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, role-based-access-control/conditions-format (attributes, actions, operators)."""
    condition = assignment.text("condition")
    if not condition or not condition.strip():
        return
    if fault := fault_of(condition, role_actions=_actions(role_guid(assignment.text("roleDefinitionId")))):
        yield (
            f"condition {fault}; write it as (!(ActionMatches{{'<data action of the role>'}}) OR "
            "(@Resource[<provider>/<type>:<attribute>] StringEquals '<value>'))"
        )


def _actions(guid: str | None) -> list[str] | None:
    """What a built-in role gives; None of any other, whose permissions are not seen here."""
    known = built_in_roles().get(guid or "")
    if known is None:
        return None
    return [one for part in known["permissions"] for name in ("actions", "dataActions") for one in part.get(name, ())]
