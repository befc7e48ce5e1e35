"""Role assignments: one role on one scope for one identity, under a name that every preview knows."""

import pulumi
from pulumi_azure_native import authorization

from ..arguments import checked
from ..component import late_child
from ..errors import InvalidArgumentError, Problem
from ..names import role_assignment_name
from ..program import remember
from .conditions import CONDITION_VERSION
from .grant import is_resource_id
from .roles import Role


def _one_resource(scope: str) -> str:
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
    principal_id: pulumi.Input[str],
    subscription_id: str,
    condition: str | None = None,
    description: str | None = None,
    principal_type: authorization.PrincipalType = authorization.PrincipalType.SERVICE_PRINCIPAL,
    opts: pulumi.ResourceOptions,
) -> authorization.RoleAssignment:
    """Register a role assignment.

    Args:
        name: the logical name.
        identity_name: the identity's plain name, part of the assignment's deterministic GUID.
        key: what the caller calls this grant, part of the GUID too.
        role: the built-in role.
        scope: id of the one resource.
        principal_id: the identity's principal (object) id, not its client id.
        subscription_id: the subscription that prefixes the role definition's id.
        condition: narrows the role to what it names, see `conditions`; left out, the role reaches all of the scope.
        description: why; left out, none.
        principal_type: what the principal is; left out, a service principal, as which identities count.
        opts: options of the child.

    `principal_type` is always set: without it Azure looks a brand-new identity up in a directory replica
    that may not know it yet and answers PrincipalNotFound.

    Source: Microsoft Learn, "Troubleshoot Azure RBAC" and "Assign Azure roles using templates".
    """
    assignment = authorization.RoleAssignment(
        name,
        role_assignment_name=role_assignment_name(identity_name, role.guid, key),
        principal_id=principal_id,
        principal_type=principal_type,
        role_definition_id=role.definition_id(subscription_id),
        scope=checked(scope, _one_resource),
        condition=condition,
        condition_version=CONDITION_VERSION if condition else None,
        description=description,
        opts=late_child(opts),
    )
    return remember(assignment)
