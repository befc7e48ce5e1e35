"""Roles on more than one resource."""

import functools

from tests.azure_mocks import SUBSCRIPTION
from tests.policy.attacks.attack import Attack, laundered, raw_assignment
from tests.policy.builders import GROUP, READER, VAULT_ID, assignment, role_id

SCOPE = "assignment-scope-is-one-resource"


ATTACKS = (
    *(
        Attack(
            f"a scope that goes elsewhere by {mark!r}",
            SCOPE,
            functools.partial(assignment, "x", scope=f"{VAULT_ID}{mark}a"),
        )
        for mark in ("%2F", "?", "#", "\\", " ", "\n", "//")
    ),
    Attack(
        "a request on a resource group",
        SCOPE,
        lambda: raw_assignment("azure-native:authorization:RoleAssignmentScheduleRequest", scope=GROUP),
    ),
    Attack("a resource group as the scope", SCOPE, lambda: assignment("x", scope=GROUP)),
    Attack("a resource that goes up again", SCOPE, lambda: assignment("x", scope=f"{VAULT_ID}/../..")),
    Attack("a slash behind a resource group", SCOPE, lambda: assignment("x", scope=f"{GROUP}/")),
    Attack(
        "a provider without a resource", SCOPE, lambda: assignment("x", scope=f"{GROUP}/providers/Microsoft.KeyVault")
    ),
    Attack(
        "a resource with an empty name",
        SCOPE,
        lambda: assignment("x", scope=f"{GROUP}/providers/Microsoft.KeyVault/vaults/"),
    ),
    Attack("a query behind a resource group", SCOPE, lambda: assignment("x", scope=f"{GROUP}?/providers/a/b/c")),
    Attack("a scope that the preview does not know", SCOPE, lambda: assignment("x", scope=laundered(GROUP))),
    Attack(
        "a scope in a list",
        SCOPE,
        lambda: raw_assignment(
            "azure-native:authorization:RoleAssignment", scope=[GROUP], roleDefinitionId=role_id(READER)
        ),
    ),
    Attack(
        "a subscription",
        "assignment-scope-is-below-the-subscription",
        lambda: assignment("x", scope=f"/subscriptions/{SUBSCRIPTION}"),
    ),
    Attack(
        "a management group",
        "assignment-scope-is-below-the-subscription",
        lambda: assignment("x", scope="/providers/Microsoft.Management/managementGroups/mg"),
    ),
    Attack("the whole tenant", "assignment-scope-is-below-the-subscription", lambda: assignment("x", scope="/")),
)
