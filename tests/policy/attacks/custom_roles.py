"""Administration in roles of one's own, and in those of Cosmos DB."""

from pulumi_azure_native import cosmosdb

from tests.azure_mocks import guid
from tests.policy.attacks.attack import Attack, raw
from tests.policy.builders import COSMOS_ID, READER, cosmos_assignment, definition

CUSTOM = "custom-role-gives-no-administration"


READS = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


ATTACKS = (
    Attack(
        "a data action of a word of its own",
        "wider-custom-role-has-a-reason",
        lambda: definition("x", data_actions=["Microsoft.ProgrammableConnectivity/Gateways/NetworkAPIAccess"]),
    ),
    Attack("a custom role with */action", CUSTOM, lambda: definition("x", "*/action")),
    Attack(
        "a custom role with * but a few",
        CUSTOM,
        lambda: definition("x", "*", permissions=[{"actions": ["*"], "notActions": ["Microsoft.Authorization/*"]}]),
    ),
    Attack(
        "the operator's odd spelling",
        CUSTOM,
        lambda: definition("x", "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"),
    ),
    Attack(
        "a custom role that federates",
        CUSTOM,
        lambda: definition("x", "Microsoft.ManagedIdentity/*/federatedIdentityCredentials/write"),
    ),
    Attack(
        "a custom role that lists keys in capitals",
        CUSTOM,
        lambda: definition("x", "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION"),
    ),
    Attack(
        "a custom role that lists something",
        CUSTOM,
        lambda: definition("x", "Microsoft.CognitiveServices/accounts/list*"),
    ),
    Attack(
        "administration behind harmless permissions",
        CUSTOM,
        lambda: definition(
            "x",
            permissions=[
                {"dataActions": ["a.b/c/read"]},
                {"actions": ["Microsoft.Authorization/roleAssignments/write"]},
            ],
        ),
    ),
    Attack("all data of a vault", CUSTOM, lambda: definition("x", data_actions=["Microsoft.KeyVault/vaults/*"])),
    Attack(
        "pods of the cluster as data",
        CUSTOM,
        lambda: definition("x", data_actions=["Microsoft.ContainerService/managedClusters/pods/write"]),
    ),
    Attack(
        "permissions that are no list",
        CUSTOM,
        lambda: raw("azure-native:authorization:RoleDefinition", permissions={"actions": ["*"]}),
    ),
    Attack(
        "a custom role by an older API version",
        CUSTOM,
        lambda: raw("azure-native:authorization/v20180101preview:RoleDefinition", permissions=[{"actions": ["*"]}]),
    ),
    Attack("a Cosmos DB role on the account", "cosmos-role-is-narrow", lambda: cosmos_assignment("x", scope=COSMOS_ID)),
    Attack("a Cosmos DB role on a slash", "cosmos-role-is-narrow", lambda: cosmos_assignment("x", scope="/")),
    Attack(
        "a Cosmos DB role by name",
        "cosmos-role-is-narrow",
        lambda: cosmos_assignment("x", role_definition_id="Cosmos DB Built-in Data Contributor"),
    ),
    Attack(
        "a Cosmos DB role from elsewhere on a database",
        "assigned-role-is-known",
        lambda: cosmos_assignment(
            "x",
            role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/{guid('defined elsewhere')}",
            scope=f"{COSMOS_ID}/dbs/orders",
        ),
    ),
    Attack(
        "a role of Azure under the GUID of one of Cosmos DB's",
        "assigned-role-is-known",
        lambda: cosmos_assignment("x", role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/{READER}"),
    ),
    Attack(
        "a Cosmos DB role with a wildcard",
        "cosmos-custom-role-names-its-actions",
        lambda: cosmosdb.SqlResourceSqlRoleDefinition(
            "x", resource_group_name="rg", account_name="shop", permissions=[{"dataActions": ["*"]}]
        ),
    ),
    Attack(
        "a Cosmos DB role under the module's former name",
        "cosmos-role-is-narrow",
        lambda: raw(
            "azure-native:documentdb:SqlResourceSqlRoleAssignment",
            roleDefinitionId=f"{COSMOS_ID}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002",
            scope=COSMOS_ID,
        ),
    ),
    Attack(
        "a Cosmos DB role's definition under the module's former name",
        "cosmos-custom-role-names-its-actions",
        lambda: raw(
            "azure-native:documentdb/v20241115:SqlResourceSqlRoleDefinition", permissions=[{"dataActions": ["*"]}]
        ),
    ),
    Attack("data of every service", CUSTOM, lambda: definition("x", data_actions=["*/getSecret/action"])),
    Attack("reads of every service's data", CUSTOM, lambda: definition("x", data_actions=["*/read"])),
    Attack("all data behind two wildcards", CUSTOM, lambda: definition("x", data_actions=["Microsoft.KeyVault/*/*"])),
    Attack(
        "read-only keys behind a wildcard",
        CUSTOM,
        lambda: definition("x", "Microsoft.DocumentDB/databaseAccounts/*/read"),
    ),
    Attack(
        "a workspace's keys behind a wildcard",
        CUSTOM,
        lambda: definition("x", "Microsoft.OperationalInsights/workspaces/*/read"),
    ),
    Attack(
        "new keys for a storage account",
        CUSTOM,
        lambda: definition("x", data_actions=["Microsoft.KeyVault/vaults/storageaccounts/regeneratekey/action"]),
    ),
    Attack(
        "a wildcard within a provider's name",
        CUSTOM,
        lambda: definition(
            "x", data_actions=["Microsoft.ContainerServic*/managedClusters/pods/write"], description="needed now"
        ),
    ),
    Attack(
        "a wildcard within a type's name",
        CUSTOM,
        lambda: definition("x", data_actions=["Microsoft.KeyVault/v*s/*"], description="needed now"),
    ),
    Attack(
        "an action that nobody has reviewed",
        "wider-custom-role-has-a-reason",
        lambda: definition("x", data_actions=["Microsoft.Example/shops/frobnicate/action"]),
    ),
    Attack(
        "the master key of functions beside a data action",
        CUSTOM,
        lambda: definition("x", "Microsoft.Web/sites/functions/masterkey/read", data_actions=[READS]),
    ),
)
