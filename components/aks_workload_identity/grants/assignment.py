"""Giving a grant to an identity, as the kind of assignment that the role's service has."""

import pulumi

from .grant import Grant, subscription_of
from .role_assignment import assign_role
from .roles import SqlRole
from .sql_role_assignment import assign_sql_role


def assign(
    name: str,
    grant: Grant,
    *,
    identity_name: str,
    key: str,
    principal_id: pulumi.Input[str],
    subscription_id: str,
    delegated_managed_identity_resource_id: pulumi.Input[str] | None = None,
    opts: pulumi.ResourceOptions,
) -> pulumi.CustomResource:
    """Register the assignment of a grant.

    Args:
        name: the logical name.
        grant: what, where and why.
        identity_name: the identity's plain name, part of the assignment's deterministic GUID.
        key: what the caller calls this grant, part of the GUID too.
        principal_id: the identity's principal (object) id, not its client id.
        subscription_id: the deployment's subscription.
        delegated_managed_identity_resource_id: the identity's resource id, in a subscription of another tenant
            that is delegated by Azure Lighthouse; left out, the subscription is of the deployment's tenant.
        opts: options of the child.

    Returns:
        A `RoleAssignment` of Azure RBAC, or a `SqlResourceSqlRoleAssignment` of Cosmos DB. No annotation names the
        second: Pulumi evaluates those of components, which would load a large module into every program.
    """
    if isinstance(grant.role, SqlRole):
        return assign_sql_role(
            name,
            identity_name=identity_name,
            role=grant.role,
            grant=grant,
            principal_id=principal_id,
            opts=opts,
        )
    return assign_role(
        name,
        identity_name=identity_name,
        key=key,
        role=grant.role,
        scope=grant.scope,
        why=grant.why,
        principal_id=principal_id,
        subscription_id=subscription_of(grant.scope, subscription_id),
        condition=grant.condition,
        check_scope=grant.checked_scope,
        delegated_managed_identity_resource_id=delegated_managed_identity_resource_id,
        opts=opts,
    )
