"""Role assignments: one role on one scope for one identity, under a name that every preview knows."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import authorization

from ..arguments import checked
from ..component import late_child
from ..derived_names import role_assignment_name
from ..errors import InvalidArgumentError, Problem
from ..program import remember, shared
from .conditions import CONDITION_VERSION
from .grant import is_resource_id
from .roles import Role


def one_resource(scope: str) -> str:
    """A scope that became known: one that is wider than a resource stops the assignment."""
    if not is_resource_id(scope):
        text = f"must be the id of one resource; got {scope!r}"
        raise InvalidArgumentError("RoleAssignment", [Problem(("scope",), text)])
    return scope


@dataclass
class _Assigned:
    """The role assignments of one program. Azure takes a role once for a principal and a scope, and each name once."""

    held: dict[tuple[object, str, object], "_Held"] = field(default_factory=dict[tuple[object, str, object], "_Held"])
    names: set[str] = field(default_factory=set[str])


@dataclass(frozen=True)
class _Held:
    guid: str
    condition: str | None
    assignment: authorization.RoleAssignment


def _assigned() -> _Assigned:
    return shared((_Assigned, None), _Assigned)


def _as_azure_compares(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def claim_assignment_name(name: str, guid: str) -> None:
    """Enter the name that an assignment has in Azure.

    Args:
        name: the logical name.
        guid: the name in Azure, made of it.

    Raises:
        InvalidArgumentError: when another assignment of the program has it.
    """
    if guid in _assigned().names:
        text = (
            f"must be unique for identities of one name in one kind of component; got {name!r} a second time; give one "
            "of them another name or key"
        )
        raise InvalidArgumentError("RoleAssignment", [Problem(("name",), text)])
    _assigned().names.add(guid)


def assign_role(
    name: str,
    *,
    identity_name: str,
    key: str,
    role: Role,
    scope: pulumi.Input[str],
    why: str,
    principal_id: pulumi.Input[str],
    subscription_id: str,
    condition: str | None = None,
    principal_type: authorization.PrincipalType = authorization.PrincipalType.SERVICE_PRINCIPAL,
    check_scope: Callable[[str], str] = one_resource,
    delegated_managed_identity_resource_id: pulumi.Input[str] | None = None,
    opts: pulumi.ResourceOptions,
) -> authorization.RoleAssignment:
    """Register a role assignment.

    Args:
        name: the logical name, part of the assignment's deterministic GUID.
        identity_name: the identity's plain name, part of the GUID too.
        key: what the caller calls this grant; Azure shows it.
        role: the role.
        scope: id of the one resource.
        why: what the role is there for; Azure shows it beside the assignment, with who asked for it.
        principal_id: the identity's principal (object) id, not its client id.
        subscription_id: the subscription that prefixes the role definition's id.
        condition: narrows the role to what it names, see `conditions`; left out, the role reaches all of the scope.
        principal_type: what the principal is; left out, a service principal, as which identities count.
        check_scope: refuses a scope as soon as it is known; left out, anything wider than a resource.
        delegated_managed_identity_resource_id: see `assign`.
        opts: options of the child.

    `principal_type` is always set: without it Azure looks a brand-new identity up in a directory replica
    that may not know it yet and answers PrincipalNotFound. What is assigned under this name already, by another
    component for the same identity, is returned.

    Raises:
        InvalidArgumentError: when the identity has the role on the scope under another name, which Azure refuses
            (`RoleAssignmentExists`), or the name is taken.

    Source: Microsoft Learn, "Troubleshoot Azure RBAC" and "Assign Azure roles using templates".
    """
    grant = (_as_azure_compares(principal_id), role.guid, _as_azure_compares(scope))
    held = _assigned().held.get(grant)
    guid = role_assignment_name(name, opts.parent, identity=identity_name, role_guid=role.guid)
    if held and (held.guid, held.condition) == (guid, condition):
        return held.assignment
    if held:
        text = (
            f"must be assigned once on one resource; got {role.name} for {identity_name!r} as {name!r} beside "
            f"{held.assignment.pulumi_resource_name!r}; with one key and condition for both, they are one assignment"
        )
        raise InvalidArgumentError("RoleAssignment", [Problem(("role",), text)])
    claim_assignment_name(name, guid)
    assignment = authorization.RoleAssignment(
        name,
        role_assignment_name=guid,
        principal_id=principal_id,
        principal_type=principal_type,
        role_definition_id=role.definition_id(subscription_id),
        scope=checked(scope, check_scope),
        condition=condition,
        condition_version=CONDITION_VERSION if condition else None,
        delegated_managed_identity_resource_id=delegated_managed_identity_resource_id,
        description=f"{why} [{key} of {identity_name}, stack {pulumi.get_project()}/{pulumi.get_stack()}]",
        opts=late_child(opts),
    )
    _assigned().held[grant] = _Held(guid, condition, assignment)
    return remember(assignment)
