"""Rights, access and secrets by the own means of a service, each by the property that hands it out."""

import functools
from typing import Any

from tests.azure_mocks import TENANT, guid
from tests.policy.attacks.attack import Attack, laundered, raw
from tests.policy.builders import (
    OWNER,
    PEOPLE,
    identity,
)
from tests.policy.programs import Foreign


def an_azure_native(token: str, **inputs: Any) -> Foreign:
    return raw(f"azure-native:{token}", **inputs)


SOMEBODY = guid("somebody")
RIGHTS = "rights-within-a-service-are-for-named-people"
ELSEWHERE = "access-is-registered-where-it-is-judged"
SECRET = "credential-is-no-secret"

# What an administrator of each service looks like among the inputs of its class.
ADMINISTRATORS: dict[str, dict[str, Any]] = {
    "sql:Server": {"administrators": {"sid": SOMEBODY, "principalType": "Group", "login": "x"}},
    "sql/v20211101:ManagedInstance": {"administrators": {"sid": SOMEBODY, "principalType": "Application"}},
    "sql:ServerAzureADAdministrator": {"sid": SOMEBODY, "login": "x"},
    "sql:ManagedInstanceAdministrator": {"sid": SOMEBODY, "login": "x"},
    "dbformysql:AzureADAdministrator": {"sid": SOMEBODY, "login": "x"},
    "dbforpostgresql/v20221201:Administrator": {"objectId": SOMEBODY, "principalType": "ServicePrincipal"},
    "dbforpostgresql:ServerGroupRole": {"objectId": SOMEBODY, "roleType": "admin"},
    "mongocluster:User": {"userName": SOMEBODY, "properties": {"roles": [{"db": "admin", "role": "root"}]}},
    "synapse:WorkspaceAadAdmin": {"sid": SOMEBODY},
    "synapse:WorkspaceSqlAadAdmin": {"sid": SOMEBODY},
    "synapse:DatabasePrincipalAssignment": {"principalId": SOMEBODY, "role": "Admin"},
    "kusto:ClusterPrincipalAssignment": {"principalId": SOMEBODY, "role": "AllDatabasesAdmin"},
    "kusto/v20230815:DatabasePrincipalAssignment": {"principalId": SOMEBODY, "role": "Viewer"},
    "keyvault:ManagedHsm": {"properties": {"initialAdminObjectIds": [PEOPLE, SOMEBODY]}},
    "confidentialledger:Ledger": {
        "properties": {"aadBasedSecurityPrincipals": [{"principalId": SOMEBODY, "ledgerRoleName": "Administrator"}]}
    },
    "analysisservices:ServerDetails": {"asAdministrators": {"members": [f"app:{SOMEBODY}@{TENANT}"]}},
    "fabric:FabricCapacity": {"administration": {"members": [SOMEBODY]}},
    "healthcareapis:Service": {"properties": {"accessPolicies": [{"objectId": SOMEBODY}]}},
    "kubernetes:ConnectedCluster": {"aadProfile": {"adminGroupObjectIDs": [SOMEBODY]}},
}
GIVING: dict[str, dict[str, Any]] = {
    "apimanagement:AuthorizationAccessPolicy": {"objectId": SOMEBODY},
    "billing:BillingRoleAssignmentByBillingAccount": {"properties": {"principalId": SOMEBODY}},
    "databricks:Workspace": {"authorizations": [{"principalId": SOMEBODY, "roleDefinitionId": OWNER}]},
    "datashare:Invitation": {"targetObjectId": SOMEBODY},
    "devcenter:ProjectEnvironmentType": {"userRoleAssignments": {SOMEBODY: {"roles": {OWNER: {}}}}},
    "machinelearningservices:Registry": {
        "managedResourceGroupSettings": {"assignedIdentities": [{"principalId": SOMEBODY}]}
    },
    "mission:Community": {"communityRoleAssignments": [{"roleDefinitionId": OWNER, "principals": [{"id": SOMEBODY}]}]},
    "servicelinker:Linker": {"authInfo": {"authType": "userAssignedIdentity", "roles": [OWNER]}},
    "servicelinker/v20240401:Connector": {"authInfo": {"authType": "secret"}},
    "solutions:ApplicationDefinition": {"authorizations": [{"principalId": SOMEBODY, "roleDefinitionId": OWNER}]},
    "solutions:Application": {"kind": "ServiceCatalog"},
    "solutions:JitRequest": {"jitAuthorizationPolicies": [{"principalId": SOMEBODY}]},
    "storage:DataShare": {"properties": {"accessPolicies": [{"principalId": SOMEBODY, "permission": "Read"}]}},
}
KEEPING: dict[str, dict[str, Any]] = {
    "automation:Webhook": {"runbook": {"name": "x"}},
    "automation:Credential": {"userName": "x", "password": "x"},
    "automation:Certificate": {"base64Value": "x"},
    "cognitiveservices:AccountConnection": {"properties": {"authType": "ApiKey", "credentials": {"key": "x"}}},
    "dbforpostgresql:ServerGroupRole": {"password": "x"},
    "devices:IotHubResource": {"properties": {"authorizationPolicies": [{"keyName": "x", "rights": "ServiceConnect"}]}},
    "logic:WorkflowAccessKey": {},
    "redhatopenshift:OpenShiftCluster": {"servicePrincipalProfile": {"clientId": "x", "clientSecret": "x"}},
}
CLASSIC = (
    "azure:postgresql/flexibleServerActiveDirectoryAdministrator:FlexibleServerActiveDirectoryAdministrator",
    "azure:mysql/flexibleServerActiveDirectoryAdministrator:FlexibleServerActiveDirectoryAdministrator",
    "azure:mssql/managedInstanceActiveDirectoryAdministrator:ManagedInstanceActiveDirectoryAdministrator",
    "azure:synapse/workspaceAadAdmin:WorkspaceAadAdmin",
    "azure:keyvault/managedHardwareSecurityModule:ManagedHardwareSecurityModule",
    "azure:confidentialledger/ledger:Ledger",
    "azure:managedapplication/definition:Definition",
    "azurerm:index/postgresqlFlexibleServerActiveDirectoryAdministrator:PostgresqlFlexibleServerActiveDirectoryAdministrator",
)

ATTACKS: tuple[Attack, ...] = (
    *(
        Attack(f"an administrator by {token}", RIGHTS, functools.partial(an_azure_native, token, **inputs))
        for token, inputs in ADMINISTRATORS.items()
    ),
    *(
        Attack(f"rights by {token}", ELSEWHERE, functools.partial(an_azure_native, token, **inputs))
        for token, inputs in GIVING.items()
    ),
    *(
        Attack(f"a secret by {token}", SECRET, functools.partial(an_azure_native, token, **inputs))
        for token, inputs in KEEPING.items()
    ),
    *(Attack(f"by other means: {token}", ELSEWHERE, functools.partial(raw, token)) for token in CLASSIC),
    Attack(
        "an administrator of a SQL server of another provider",
        ELSEWHERE,
        lambda: raw("azure:mssql/server:Server", azureadAdministrator={"objectId": SOMEBODY}),
    ),
    Attack(
        "an administrator whom the preview does not know",
        RIGHTS,
        lambda: an_azure_native("sql:Server", administrators={"sid": laundered(SOMEBODY)}),
    ),
    Attack(
        "administrators of another shape",
        RIGHTS,
        lambda: an_azure_native("sql:Server", administrators=SOMEBODY),
    ),
    Attack(
        "a workload that is called a group",
        RIGHTS,
        lambda: an_azure_native(
            "dbforpostgresql:Administrator", objectId=identity("orders").principal_id, principalType="Group"
        ),
        {RIGHTS: {"people": [PEOPLE]}},
    ),
)
