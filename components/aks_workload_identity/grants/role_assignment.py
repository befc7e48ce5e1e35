"""Role assignments: one role on one scope for one identity, under a name that every preview knows."""

from collections.abc import Callable

import pulumi
from pulumi_azure_native import authorization

from ..arguments import checked
from ..component import late_child
from ..derived_names import role_assignment_name
from ..errors import InvalidArgumentError, Problem
from ..program import remember
from .conditions import CONDITION_VERSION
from .grant import is_resource_id
from .roles import Role


def one_resource(scope: str) -> str:
    """A scope that became known: one that is wider than a resource stops the assignment."""
    if not is_resource_id(scope):
        text = f"must be the id of one resource; got {scope!r}"
        raise InvalidArgumentError("RoleAssignment", [Problem(("scope",), text)])
    return scope


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
    that may not know it yet and answers PrincipalNotFound.

    Source: Microsoft Learn, "Troubleshoot Azure RBAC" and "Assign Azure roles using templates".
    """
    assignment = authorization.RoleAssignment(
        name,
        role_assignment_name=role_assignment_name(name, opts.parent, identity=identity_name, role_guid=role.guid),
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
    return remember(assignment)
