"""Scopes and roles for the tests of grants."""

import re
from collections.abc import Mapping
from typing import Any

from aks_workload_identity import Role

from sandbox.azure.cosmos_db_roles import BUILT_IN_SQL_ROLES
from sandbox.azure.role_definitions import built_in_roles
from tests.components.builders import GROUP

PROVIDERS = f"{GROUP}/providers"
COSMOS = f"{PROVIDERS}/Microsoft.DocumentDB/databaseAccounts/cosmos-shop"
DATABASE = f"{COSMOS}/sqlDatabases/shop"
ITEMS = f"{DATABASE}/containers/orders"
ESCALATION = (
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    # A pod becomes what its service account may become.
    "Microsoft.ContainerService/managedClusters/pods/write",
    "Microsoft.ContainerService/managedClusters/runCommand/action",
    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    # So Managed Identity Operator spells it.
    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
)

SQL_ROLES: Mapping[str, Any] = {role["id"]: role for role in BUILT_IN_SQL_ROLES}


def role_of(guid: str) -> Any:
    return SQL_ROLES.get(guid) or built_in_roles()[guid]


def allows(guid: str, action: str) -> bool:
    """Whether a role has a control or data action."""
    return any(
        any(_matches(each, action) for each in part.get(kind, []))
        and not any(_matches(each, action) for each in part.get(f"not{kind[:1].upper()}{kind[1:]}", []))
        for part in role_of(guid)["permissions"]
        for kind in ("actions", "dataActions")
    )


def _matches(pattern: str, action: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE))


CRYPTO_USER = Role(name="Key Vault Crypto User", guid="12338af0-0e69-4776-bea7-57ae8d297424")
WHY = "signs invoices with a key that only it holds"
