"""Role assignments of Cosmos DB for NoSQL: its own resource in the account, no Azure RBAC."""

import re

import pulumi
from pulumi_azure_native import cosmosdb

from ..arguments import as_output, checked
from ..component import late_child
from ..derived_names import role_assignment_name
from ..program import shared
from .grant import Grant
from .role_assignment import claim_assignment_name
from .roles import SqlRole

_SCOPE = re.compile(
    r"(?P<account>/subscriptions/[^/]+/resourceGroups/(?P<group>[^/]+)/providers/Microsoft\.DocumentDB"
    r"/databaseAccounts/(?P<name>[^/]+))(/sqlDatabases/(?P<database>[^/]+)(/containers/(?P<container>[^/]+))?)?",
    re.IGNORECASE,
)


class _Assignments(list["cosmosdb.SqlResourceSqlRoleAssignment"]):
    """All assignments of the program."""


def sql_role_assignments() -> "list[cosmosdb.SqlResourceSqlRoleAssignment]":
    """The program's assignments so far, in the order in which they were made."""
    return shared((_Assignments, None), _Assignments)


class _Writes(dict[str | None, list[pulumi.Resource]]):
    """The assignments of each account, by its id in lower case; of accounts that are not known yet, by None."""

    def before(self, account: str | None) -> list[pulumi.Resource]:
        """All that may be of this account: one that is not known yet may be any."""
        if account is None:
            return [each for of_one in self.values() for each in of_one]
        return [*self.get(account, ()), *self.get(None, ())]


def assign_sql_role(
    name: str,
    *,
    identity_name: str,
    role: SqlRole,
    grant: Grant,
    principal_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> "cosmosdb.SqlResourceSqlRoleAssignment":
    """Register an assignment of a Cosmos DB role.

    An account refuses a write while another one is under way (412, exclusive lock), so the assignments of one
    account are made one after another. An account that is known only later may be any: its assignments wait for all
    earlier ones, and all later ones wait for them. Each waits for all before it, not only for the last: when several
    are deleted at once, those between them may stay, and Pulumi orders the deletion of two resources only where one
    depends on the other directly. This resource has no description and no principal type.

    Args:
        name: the logical name.
        identity_name: the identity's plain name, part of the assignment's deterministic GUID.
        role: the role.
        grant: where.
        principal_id: the identity's principal (object) id, not its client id.
        opts: options of the child; `depends_on` is added to them.

    Source: Microsoft.DocumentDB REST, "Sql Resources - Create Update Sql Role Assignment";
    hashicorp/terraform-provider-azurerm#15842 (the lock).
    """
    writes = shared((_Writes, None), _Writes)
    account = _parts(grant.scope)["account"].lower() if isinstance(grant.scope, str) else None
    scope = as_output(checked(as_output(grant.scope), grant.checked_scope))
    guid = role_assignment_name(name, opts.parent, identity=identity_name, role_guid=role.guid)
    claim_assignment_name(name, guid)
    assignment = cosmosdb.SqlResourceSqlRoleAssignment(
        name,
        resource_group_name=scope.apply(lambda known: _parts(known)["group"]),
        account_name=scope.apply(lambda known: _parts(known)["name"]),
        role_assignment_id=guid,
        principal_id=principal_id,
        role_definition_id=scope.apply(lambda known: role.definition_id_in(_parts(known)["account"])),
        scope=scope.apply(data_scope),
        opts=pulumi.ResourceOptions.merge(late_child(opts), pulumi.ResourceOptions(depends_on=writes.before(account))),
    )
    writes.setdefault(account, []).append(assignment)
    sql_role_assignments().append(assignment)
    return assignment


def data_scope(resource_id: str) -> str:
    """The data plane's path of an account, a database or a container, which differs from its resource id."""
    parts = _parts(resource_id)
    path = parts["account"]
    if parts["database"]:
        path += f"/dbs/{parts['database']}"
    if parts["container"]:
        path += f"/colls/{parts['container']}"
    return path


def _parts(resource_id: str) -> dict[str, str]:
    match = _SCOPE.fullmatch(resource_id)
    return {name: value or "" for name, value in match.groupdict().items()} if match else {}
