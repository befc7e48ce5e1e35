"""Access by types of resources that no rule reads."""

import functools
import json
from typing import Any

from pulumi_azure_native import resources

from tests.azure_mocks import guid
from tests.policy.attacks.attack import Attack, raw
from tests.policy.programs import Foreign


def template_with(type_: str) -> dict[str, Any]:
    inner = {"type": type_, "apiVersion": "2022-04-01", "name": "x"}
    nested = {"type": "Microsoft.Resources/deployments", "properties": {"template": {"resources": [inner]}}}
    return {"resources": [nested]}


def template(resource: dict[str, Any]) -> Foreign:
    return raw("azure-native:resources:Deployment", properties={"template": {"resources": [resource]}})


ELSEWHERE = "access-is-registered-where-it-is-judged"


UNSEEN = "program-runs-nothing-unseen"


DEPLOYMENTS = "Microsoft.Resources/deployments"


OTHER_MEANS = {
    ELSEWHERE: (
        "azure:authorization/assignment:Assignment",
        "azure:authorization/roleDefinition:RoleDefinition",
        "azure:role/assignment:Assignment",
        "azure:armmsi/federatedIdentityCredential:FederatedIdentityCredential",
        "azure:containerservice/kubernetesCluster:KubernetesCluster",
        "azure:containerservice/registry:Registry",
        "azure:core/resourceGroupTemplateDeployment:ResourceGroupTemplateDeployment",
        "azure:core/resourceDeploymentScriptAzureCli:ResourceDeploymentScriptAzureCli",
        "azure:cosmosdb/sqlRoleAssignment:SqlRoleAssignment",
        "azure:keyvault/keyVault:KeyVault",
        "azure:lighthouse/assignment:Assignment",
        "azure:pim/eligibleRoleAssignment:EligibleRoleAssignment",
        "azurerm:index/federatedIdentityCredential:FederatedIdentityCredential",
        "azurerm:index/keyVaultAccessPolicy:KeyVaultAccessPolicy",
        "azurerm:index/lighthouseAssignment:LighthouseAssignment",
        "azurerm:index/roleAssignment:RoleAssignment",
        "azuread:index/appRoleAssignment:AppRoleAssignment",
        "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment",
        "msgraph:index/resource:Resource",
        "azure-native:managedservices:RegistrationAssignment",
        "azure-native:managedservices/v20221001:RegistrationDefinition",
        "azure-native:containerservice:JWTAuthenticator",
        "azure-native:containerservice/v20250602preview:IdentityBinding",
        "azure-native:containerservice:TrustedAccessRoleBinding",
        "azure-native:blueprint:RoleAssignmentArtifact",
        "azure-native:cosmosdb:TableResourceTableRoleAssignment",
        "azure-native:redis:AccessPolicyAssignment",
        "kubernetes:authorization.azure.com/v1api20220401:RoleAssignment",
        "kubernetes:authorization.azure.upbound.io/v1beta1:RoleAssignment",
        "kubernetes:managedidentity.azure.com/v1api20230131:FederatedIdentityCredential",
    ),
    "vault-has-no-access-policies": ("azure:keyvault/accessPolicy:AccessPolicy",),
    "program-writes-no-secret-value": ("azure:keyvault/secret:Secret",),
    "credential-is-no-secret": (
        "azuread:index/applicationCertificate:ApplicationCertificate",
        "azuread:index/applicationPassword:ApplicationPassword",
        "azuread:index/servicePrincipalCertificate:ServicePrincipalCertificate",
        "azure:servicebus/namespaceAuthorizationRule:NamespaceAuthorizationRule",
        "azurerm:index/keyVaultSecret:KeyVaultSecret",
        "azure-native:containerregistry:Token",
        "azure-native:cosmosdb:MongoDBResourceMongoUserDefinition",
        "azure-native:eventhub:EventHubAuthorizationRule",
        "azure-native:servicebus/v20221001preview:QueueAuthorizationRule",
        "azure-native:storage:LocalUser",
    ),
    "identity-is-in-no-group": (
        "azuread:index/privilegedAccessGroupAssignmentSchedule:PrivilegedAccessGroupAssignmentSchedule",
    ),
}


ATTACKS = (
    Attack(
        "the identity in a group",
        "identity-is-in-no-group",
        lambda: raw("azuread:index/groupMember:GroupMember", groupObjectId=guid("g"), memberObjectId=guid("m")),
    ),
    Attack(
        "a credential by another provider",
        ELSEWHERE,
        lambda: raw("azure:armmsi/federatedIdentityCredential:FederatedIdentityCredential", subject="*"),
    ),
    Attack(
        "a role assignment by another provider",
        ELSEWHERE,
        lambda: raw("azure:authorization/assignment:Assignment", roleDefinitionName="Owner"),
    ),
    Attack(
        "a password of an application",
        "credential-is-no-secret",
        lambda: raw("azuread:index/servicePrincipalPassword:ServicePrincipalPassword", servicePrincipalId="x"),
    ),
    Attack(
        "a role assignment in a nested template",
        ELSEWHERE,
        lambda: resources.Deployment(
            "x",
            resource_group_name="rg",
            properties={"mode": "Incremental", "template": template_with("microsoft.AUTHORIZATION/roleassignments")},
        ),
    ),
    Attack(
        "a template from elsewhere",
        ELSEWHERE,
        lambda: resources.Deployment(
            "x",
            resource_group_name="rg",
            properties={"mode": "Incremental", "templateLink": {"uri": "https://example.com/t.json"}},
        ),
    ),
    Attack(
        "a flattened template from elsewhere",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:DeploymentStackAtResourceGroup", templateLink={"id": "/subscriptions/x/ts/1.0"}
        ),
    ),
    Attack(
        "a nested template from elsewhere",
        ELSEWHERE,
        lambda: template({"type": DEPLOYMENTS, "properties": {"templateLink": {"uri": "https://example.com/t.json"}}}),
    ),
    Attack(
        "a nested template that is an expression",
        ELSEWHERE,
        lambda: template({"type": DEPLOYMENTS, "properties": {"template": "[base64ToJson(parameters('t'))]"}}),
    ),
    Attack(
        "resources that are an expression",
        ELSEWHERE,
        lambda: raw("azure-native:resources:Deployment", properties={"template": {"resources": "[variables('r')]"}}),
    ),
    Attack(
        "a template as text",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:Deployment",
            properties={"template": json.dumps(template_with("Microsoft.Authorization/roleAssignments"))},
        ),
    ),
    Attack(
        "a template as a parameter's text",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:Deployment",
            properties={
                "parameters": {"t": {"value": json.dumps(template_with("Microsoft.Authorization/roleAssignments"))}}
            },
        ),
    ),
    Attack(
        "a role assignment as an extension in a template",
        ELSEWHERE,
        lambda: template({"type": "Microsoft.Storage/storageAccounts/providers/roleAssignments"}),
    ),
    Attack(
        "a credential as a child in a template",
        ELSEWHERE,
        lambda: template(
            {
                "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
                "resources": [{"type": "federatedIdentityCredentials"}],
            }
        ),
    ),
    Attack(
        "resources of a template by name",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:TemplateSpecVersion",
            mainTemplate={"resources": {"grant": {"type": "Microsoft.Authorization/roleAssignments@2022-04-01"}}},
        ),
    ),
    Attack(
        "a template spec that is an expression",
        ELSEWHERE,
        lambda: raw("azure-native:resources:TemplateSpecVersion", mainTemplate="[json(parameters('t'))]"),
    ),
    Attack(
        "a template spec's linked template",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:TemplateSpecVersion",
            linkedTemplates=[{"path": "a", "template": template_with("Microsoft.Resources/deploymentScripts")}],
        ),
    ),
    Attack(
        "a resource without a type of its own, below another",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:Resource",
            resourceProviderNamespace="Microsoft.ManagedIdentity",
            parentResourcePath="userAssignedIdentities/orders",
            resourceType="federatedIdentityCredentials",
        ),
    ),
    Attack(
        "a vault's secret without a type of its own",
        ELSEWHERE,
        lambda: raw(
            "azure-native:resources:Resource",
            resourceProviderNamespace="Microsoft.KeyVault",
            parentResourcePath="vaults/kv-shop",
            resourceType="secrets",
        ),
    ),
    Attack(
        "a resource by azapi",
        ELSEWHERE,
        lambda: raw("azapi:index/resource:Resource", type="Microsoft.Authorization/roleAssignments@2022-04-01"),
    ),
    Attack(
        "a template by azapi",
        ELSEWHERE,
        lambda: raw(
            "azapi:index/resource:Resource",
            type=f"{DEPLOYMENTS}@2024-03-01",
            body=json.dumps({"properties": {"template": template_with("Microsoft.Authorization/roleAssignments")}}),
        ),
    ),
    Attack(
        "a script",
        UNSEEN,
        lambda: raw("azure-native:resources:AzureCliScript", scriptContent="az role assignment create"),
    ),
    Attack("a command", UNSEEN, lambda: raw("command:local:Command", create="./setup.sh")),
    Attack("a command elsewhere", UNSEEN, lambda: raw("command:remote:Command", create="./setup.sh")),
    Attack("a provider of the program's own", UNSEEN, lambda: raw("pulumi-python:dynamic:Resource")),
    Attack(
        "a provider of the program's own, named",
        UNSEEN,
        lambda: raw("pulumi-nodejs:dynamic/shop:Grant"),
    ),
    *(
        Attack(f"by other means: {token}", rule, functools.partial(raw, token))
        for rule, tokens in OTHER_MEANS.items()
        for token in tokens
    ),
    Attack(
        "a password within an application",
        "credential-is-no-secret",
        lambda: raw("azuread:index/application:Application", password={"displayName": "x"}),
    ),
    Attack(
        "identities within a group",
        "identity-is-in-no-group",
        lambda: raw("azuread:index/group:Group", members=[guid("m")]),
    ),
)
