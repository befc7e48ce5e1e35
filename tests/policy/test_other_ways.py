"""Access that is handed out by other means than a role assignment: refused, and let pass where it is harmless."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from tests.azure_mocks import SUBSCRIPTION, TENANT, guid
from tests.policy.attacks.attack import Attack, laundered, raw, raw_assignment
from tests.policy.attacks.identities import a_kubelet
from tests.policy.builders import (
    CONTRIBUTOR,
    GROUP,
    ISSUER,
    OWNER,
    PEOPLE,
    READER,
    SECRETS_USER,
    assignment,
    cluster,
    credential,
    identity,
    role_id,
)
from tests.policy.judging import AnyAzure, Config, judge
from tests.policy.programs import Foreign
from tests.recorder import run

KNOWN: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}
ADDON = "addon-identities-hold-nothing"
KUBELET = "kubelet-identity-only-pulls"
WORKLOAD = "federated-identity-holds-only-workload-roles"
NO_GROUP = "managed-identity-is-no-group"
PEOPLE_WIDE = "wide-role-of-people-has-a-reason"
SUBSCRIPTION_ID = f"/subscriptions/{SUBSCRIPTION}"
ROOT_GROUP = "/providers/Microsoft.Management/managementGroups/root"

REQUESTS = {
    "a request for an active role": "azure-native:authorization/v20220401preview:RoleAssignmentScheduleRequest",
    "a request for an eligibility": "azure-native:authorization/v20220401preview:RoleEligibilityScheduleRequest",
    "an eligibility": "azure-native:authorization:PimRoleEligibilitySchedule",
}


def requested(token: str, **changes: Any) -> Foreign:
    return raw_assignment(token, roleDefinitionId=role_id(SECRETS_USER), **changes)


def routing_cluster() -> Any:
    """A cluster whose application routing add-on has an identity, as Azure makes one."""
    return cluster("aks", ingress_profile={"web_app_routing": {"enabled": True}})


def routing_identity(made: Any) -> Any:
    return made.ingress_profile.apply(lambda profile: profile.web_app_routing.identity.object_id)


def a_federated_request(token: str) -> None:
    orders = identity("orders")
    credential("trust", orders.name)
    raw_assignment(token, principalId=orders.principal_id, roleDefinitionId=role_id(CONTRIBUTOR))


ROLES = (
    Attack(
        "the identity of application routing reads secrets",
        ADDON,
        lambda: assignment("x", principal_id=routing_identity(routing_cluster())),
    ),
    *(
        Attack(
            f"{name} for a kubelet identity",
            KUBELET,
            lambda token=token: requested(token, principalId=a_kubelet("x").principal_id),
        )
        for name, token in REQUESTS.items()
    ),
    *(
        Attack(
            f"{name} for an add-on's identity",
            ADDON,
            lambda token=token: requested(token, principalId=routing_identity(routing_cluster())),
        )
        for name, token in REQUESTS.items()
    ),
    *(
        Attack(f"{name} for what pods sign in as", WORKLOAD, functools.partial(a_federated_request, token), KNOWN)
        for name, token in REQUESTS.items()
    ),
    Attack(
        "an eligibility of a managed identity",
        NO_GROUP,
        lambda: requested(REQUESTS["an eligibility"], principalId=identity("orders").principal_id),
    ),
    Attack(
        "a managed identity that activates a role",
        NO_GROUP,
        lambda: requested(
            REQUESTS["a request for an active role"],
            principalId=identity("orders").principal_id,
            requestType="SelfActivate",
        ),
    ),
    *(
        Attack(
            f"{words} for a group without a reason",
            PEOPLE_WIDE,
            functools.partial(assignment, "x", READER, principal_type="Group", scope=scope),
        )
        for words, scope in (
            ("a subscription", SUBSCRIPTION_ID),
            ("a management group", ROOT_GROUP),
            ("the tenant", "/"),
        )
    ),
)


def an_azure_native(token: str, **inputs: Any) -> Foreign:
    return raw(f"azure-native:{token}", **inputs)


def of_policy(details: Any) -> Foreign:
    return an_azure_native(
        "authorization/v20230401:PolicyDefinition",
        policyRule={
            "if": {"field": "type", "equals": "x"},
            "then": {"effect": "[parameters('e')]", "details": details},
        },
    )


def deployed(*made: Any, **more: Any) -> Foreign:
    return an_azure_native("resources:Deployment", properties={"template": {"resources": list(made), **more}})


def acted(type_: str, action: Any, method: str = "POST") -> Foreign:
    return raw(
        "azapi:index/resourceAction:ResourceAction",
        type=f"{type_}@2024-01-01",
        resourceId=f"{GROUP}/providers/{type_}/shop",
        action=action,
        method=method,
    )


SOMEBODY = guid("somebody")
RIGHTS = "rights-within-a-service-are-for-named-people"
ELSEWHERE = "access-is-registered-where-it-is-judged"
SECRET = "credential-is-no-secret"
POLICY = "policy-deploys-no-access"
UAA = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"

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

SERVICES = (
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

DEPLOYED = (
    Attack(
        "a policy that deploys a role assignment",
        POLICY,
        lambda: of_policy({"deployment": {"properties": {"template": {"resources": [{"type": "x/roleAssignments"}]}}}}),
    ),
    Attack(
        "a policy that deploys what is computed",
        POLICY,
        lambda: of_policy({"deployment": {"properties": {"template": "[parameters('t')]"}}}),
    ),
    Attack(
        "a policy whose identity gives roles",
        POLICY,
        lambda: of_policy({"roleDefinitionIds": [f"/providers/Microsoft.Authorization/roleDefinitions/{UAA}"]}),
    ),
    Attack(
        "a policy whose role is computed", POLICY, lambda: of_policy({"roleDefinitionIds": ["[parameters('role')]"]})
    ),
    Attack(
        "a policy that the preview does not know",
        POLICY,
        lambda: of_policy(laundered(UAA).apply(lambda it: {"roleDefinitionIds": [it]})),
    ),
    Attack(
        "a rule of a policy as text",
        POLICY,
        lambda: an_azure_native("authorization:PolicyDefinitionAtManagementGroup", policyRule="{}"),
    ),
    *(
        Attack(f"a computed type in a template: {words}", ELSEWHERE, functools.partial(deployed, resource))
        for words, resource in {
            "of two words": {"type": "[concat('Microsoft.Authorization/', 'roleAssignments')]", "name": "x"},
            "of a parameter": {"type": "[parameters('type')]", "name": "x"},
            "below another": {"type": "Microsoft.Storage/storageAccounts", "resources": [{"type": "[variables('t')]"}]},
        }.items()
    ),
    Attack(
        "a computed type in a template with names",
        ELSEWHERE,
        lambda: an_azure_native(
            "resources:TemplateSpecVersion", mainTemplate={"resources": {"x": {"type": "[format('{0}', 'x')]"}}}
        ),
    ),
    *(
        Attack(f"{type_} in a template", ELSEWHERE, functools.partial(deployed, {"type": type_, "name": "x"}))
        for type_ in (
            "Microsoft.Sql/servers/administrators",
            "Microsoft.DBforPostgreSQL/flexibleServers/administrators",
            "Microsoft.Synapse/workspaces/sqlAdministrators",
            "Microsoft.KeyVault/managedHSMs",
            "Microsoft.ConfidentialLedger/ledgers",
            "Microsoft.ServiceLinker/linkers",
            "Microsoft.Solutions/applications",
            "Microsoft.Graph/appRoleAssignedTo@v1.0",
        )
    ),
    Attack(
        "an administrator within a server of a template",
        ELSEWHERE,
        lambda: deployed({"type": "Microsoft.Sql/servers", "properties": {"administrators": {"sid": SOMEBODY}}}),
    ),
    Attack(
        "a computed administrator of a template",
        ELSEWHERE,
        lambda: deployed({"type": "Microsoft.Sql/servers", "properties": {"administrators": "[parameters('a')]"}}),
    ),
    Attack(
        "keys as an output of a template",
        ELSEWHERE,
        lambda: deployed(outputs={"k": {"value": "[listKeys(parameters('id'), '2023-01-01').keys[0].value]"}}),
    ),
    Attack(
        "a managed application's template from elsewhere",
        ELSEWHERE,
        lambda: an_azure_native("solutions:ApplicationDefinition", packageFileUri="https://example.com/app.zip"),
    ),
    *(
        Attack(f"{action} of {type_} by azapi", ELSEWHERE, functools.partial(acted, type_, action))
        for type_, action in (
            ("Microsoft.Storage/storageAccounts", "listKeys"),
            ("Microsoft.Storage/storageAccounts", "ListServiceSas"),
            ("Microsoft.CognitiveServices/accounts", "regenerateKey"),
            ("Microsoft.ContainerService/managedClusters", "listClusterAdminCredential"),
            ("Microsoft.ContainerService/managedClusters", "runCommand"),
            ("Microsoft.Compute/virtualMachines", "runCommand"),
            ("Microsoft.Purview/accounts", "addRootCollectionAdmin"),
            ("Microsoft.Web/sites/config", "list"),
        )
    ),
    *(
        Attack(f"a role assignment as an action by azapi: {words}", ELSEWHERE, functools.partial(acted, type_, action))
        for words, type_, action in (
            ("by its type", "Microsoft.Authorization/roleAssignments", ""),
            ("below a vault", "Microsoft.KeyVault/vaults", "providers/Microsoft.Authorization/roleAssignments/x"),
        )
    ),
    Attack(
        "a cluster that an action of azapi writes",
        ELSEWHERE,
        lambda: acted("Microsoft.ContainerService/managedClusters", "stop", method="PUT"),
    ),
    Attack(
        "an action that the preview does not know",
        ELSEWHERE,
        lambda: acted("Microsoft.Storage/storageAccounts", laundered("listKeys")),
    ),
)

ATTACKS = (*ROLES, *SERVICES, *DEPLOYED)
RUNNING = (
    "azure-native:automation:Runbook",
    "azure-native:compute:VirtualMachineExtension",
    "azure-native:compute:VirtualMachineRunCommandByVirtualMachine",
    "azure-native:compute:VirtualMachineScaleSetExtension",
    "azure-native:containerregistry:Task",
    "azure-native:containerregistry:TaskRun",
    "azure-native:hybridcompute:MachineRunCommand",
    "azure-native:kubernetesconfiguration:FluxConfiguration",
    "azure-native:kusto:Script",
    "azure:automation/runBook:RunBook",
    "azure:compute/extension:Extension",
    "azure:containerservice/fluxConfiguration:FluxConfiguration",
    "azure:containerservice/registryTask:RegistryTask",
)

HARMLESS: dict[str, tuple[Callable[[], Any], Config]] = {
    **{
        f"people who administer {token}": (
            functools.partial(an_azure_native, token, **inputs),
            {RIGHTS: {"people": [PEOPLE, SOMEBODY.upper(), f"app:{SOMEBODY}@{TENANT}"]}},
        )
        for token, inputs in ADMINISTRATORS.items()
    },
    **{
        f"{token} without an administrator": (functools.partial(an_azure_native, token, location="westeurope"), {})
        for token, inputs in (*ADMINISTRATORS.items(), *GIVING.items(), *KEEPING.items())
        if any(isinstance(one, dict) and token not in KEEPING for one in inputs.values())
        and not token.startswith(("billing", "solutions:Application", "solutions:Jit"))
    },
    "an environment of an AI account by its identity": (
        lambda: an_azure_native(
            "cognitiveservices:AccountConnection",
            properties={"authType": "ManagedIdentity", "credentials": {"clientId": "x", "resourceId": "x"}},
        ),
        {},
    ),
    "a SQL server of another provider": (lambda: raw("azure:mssql/server:Server", version="12.0"), {}),
    "a managed application that nobody administers": (
        lambda: an_azure_native(
            "solutions:ApplicationDefinition",
            lockLevel="ReadOnly",
            mainTemplate={"resources": [{"type": "Microsoft.Portal/dashboards", "name": "x"}]},
        ),
        {},
    ),
    "a policy that deploys diagnostics": (
        lambda: of_policy(
            {
                "type": "Microsoft.Insights/diagnosticSettings",
                "roleDefinitionIds": [f"/providers/microsoft.authorization/roleDefinitions/{CONTRIBUTOR}"],
                "deployment": {"properties": {"template": {"resources": [{"type": "Microsoft.Insights/x"}]}}},
            }
        ),
        {},
    ),
    "a policy that audits role assignments": (
        lambda: of_policy({"type": "Microsoft.Authorization/roleAssignments", "existenceCondition": {}}),
        {},
    ),
    "a policy that changes a property": (
        lambda: of_policy({"operations": [{"operation": "addOrReplace", "field": "tags.team", "value": "shop"}]}),
        {},
    ),
    "a policy that denies": (
        lambda: an_azure_native("authorization:PolicyDefinition", policyRule={"then": {"effect": "deny"}}),
        {},
    ),
    "a policy's assignment with an identity": (
        lambda: an_azure_native("authorization:PolicyAssignment", identity={"type": "SystemAssigned"}),
        {},
    ),
    "a template with computed properties": (
        lambda: deployed(
            {
                "type": "Microsoft.Storage/storageAccounts",
                "identity": {"type": "[parameters('identityType')]"},
                "properties": {"x": "[resourceId('Microsoft.Portal/dashboards', 'x')]"},
            },
            parameters={"identityType": {"type": "string"}},
            outputs={"name": {"type": "string", "value": "[list('x')]"}},
        ),
        {},
    ),
    "a text in brackets in a template": (
        lambda: deployed({"type": "Microsoft.Portal/dashboards", "tags": {"note": "[[listKeys(x)]"}}),
        {},
    ),
    **{
        f"{action} of {type_} by azapi": (functools.partial(acted, type_, action), {})
        for type_, action in (
            ("Microsoft.Compute/virtualMachines", "start"),
            ("Microsoft.ContainerService/managedClusters", "stop"),
        )
    },
    "application routing without a role": (routing_cluster, {}),
    "a group that reads a subscription for a reason": (
        lambda: assignment(
            "x", READER, principal_type="Group", scope=SUBSCRIPTION_ID, description="The on-call team of the shop."
        ),
        {},
    ),
    "a listed group that reads a management group": (
        lambda: assignment("x", READER, principal_id=PEOPLE, principal_type="Group", scope=ROOT_GROUP),
        {PEOPLE_WIDE: {"groups": [PEOPLE]}},
    ),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_refused(attack: Attack):
    violations = judge(run(attack.program, mocks=AnyAzure()), config=attack.config)

    assert attack.rule in {v.rule for v in violations if v.level == "MANDATORY"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_does_not_pass_a_strict_preview(attack: Attack):
    config: Config = {"pack-settings": {"unknown": "report"}, **attack.config}

    violations = judge(run(attack.program, preview=True, mocks=AnyAzure()), config=config)

    assert attack.rule in {v.rule for v in violations if v.level == "MANDATORY"}


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_said_against_what_is_harmless(name: str, preview: bool):
    program, config = HARMLESS[name]

    found = judge(run(program, mocks=AnyAzure(), preview=preview), config=config)

    assert {v.rule: v.message for v in found if v.level == "MANDATORY"} == {}


@pytest.mark.parametrize("token", RUNNING)
def test_what_runs_unseen_is_pointed_out_and_stops_nothing(token: str):
    found = judge(run(lambda: raw(token), mocks=AnyAzure()))

    assert {(v.rule, v.level) for v in found} == {("service-runs-nothing-unseen", "ADVISORY")}


def test_names_are_told_apart():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
