"""Programs that each try to smuggle more through than a pod may have: every one is refused."""

import base64
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi_azure_native import authorization, cosmosdb, keyvault, resources

from tests.azure_mocks import SUBSCRIPTION, TENANT, guid
from tests.policy.builders import (
    CONTRIBUTOR,
    COSMOS_ID,
    GROUP,
    ISSUER,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    OWNER,
    PEOPLE,
    READER,
    SECRETS_OFFICER,
    SUBNET_ID,
    VAULT_ID,
    assignment,
    audit,
    cluster,
    cluster_binding,
    cluster_role,
    config_map,
    cosmos_assignment,
    credential,
    definition,
    deployment,
    identity,
    mounted,
    pods,
    provider_class,
    role_id,
    service_account,
    vault,
)
from tests.policy.cases import (
    CONDITION,
    CONNECTION,
    KEY,
    USE,
    Foreign,
    a_federated_pod,
    a_workload,
    addon_object_id,
    administered_by,
    operator_among_twins,
)
from tests.policy.judging import AnyAzure, Config, judge
from tests.recorder import run

ADMIN = "role-gives-no-administration"
CUSTOM = "custom-role-gives-no-administration"
POD = "pod-holds-no-azure-credential"
OBJECT = "object-holds-no-azure-credential"
SUBJECT = "credential-subject-is-one-service-account"
SCOPE = "assignment-scope-is-one-resource"
NETWORK = "network-role-is-the-control-planes"
SCHEDULE = "azure-native:authorization:RoleAssignmentScheduleRequest"
NAMESAKE = (
    f"/subscriptions/{guid('prod')}/resourceGroups/prod/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
    "id-kubelet"
)
READS = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
AS_IDENTITY = ("Microsoft.KeyVault/vaults", "Microsoft.ManagedIdentity/userAssignedIdentities")
KNOWN: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}


@dataclass(frozen=True)
class Attack:
    """What is tried, and the rule that must stop it."""

    name: str
    rule: str
    program: Callable[[], Any]
    config: Config = field(default_factory=dict)


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def raw_assignment(token: str, **changes: Any) -> Foreign:
    """A role assignment by any token, as a program in any language may send it."""
    inputs = {
        "principalId": guid("somebody"),
        "principalType": "ServicePrincipal",
        "roleDefinitionId": role_id(OWNER),
        "scope": VAULT_ID,
        **changes,
    }
    return Foreign(token, "smuggled", **inputs)


def raw(token: str, **inputs: Any) -> Foreign:
    return Foreign(token, "smuggled", **inputs)


def env(name: str, value: Any) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value}]}


def laundered(text: str) -> pulumi.Output[str]:
    """A value that no preview knows, though it is plain."""
    return identity("laundry").principal_id.apply(lambda _: text)


def template_with(type_: str) -> dict[str, Any]:
    inner = {"type": type_, "apiVersion": "2022-04-01", "name": "x"}
    nested = {"type": "Microsoft.Resources/deployments", "properties": {"template": {"resources": [inner]}}}
    return {"resources": [nested]}


def template(resource: dict[str, Any]) -> Foreign:
    return raw("azure-native:resources:Deployment", properties={"template": {"resources": [resource]}})


def a_kubelet(name: str) -> Any:
    kubelet = identity(f"{name}-kubelet")
    cluster(name, identity_profile={"kubeletidentity": {"resource_id": kubelet.id}})
    return kubelet


def shared_operator() -> None:
    """The workload's identity may attach the kubelet's identity."""
    own, kubelet = identity("orders"), identity("kubelet")
    cluster("aks", identity_profile={"kubeletidentity": {"resource_id": kubelet.id}})
    assignment("operator", OPERATOR, principal_id=own.principal_id, scope=kubelet.id)


def operator_on_a_workload() -> None:
    """The control plane may attach the identity of a workload."""
    control, orders = identity("control"), identity("orders")
    cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [control.id]})
    assignment("operator", OPERATOR, principal_id=control.principal_id, scope=orders.id)


def operator_on_a_namesake() -> None:
    """The control plane may attach somebody else's identity, which is called as the cluster's kubelet identity is."""
    control, kubelet = identity("control"), identity("id-kubelet")
    cluster(
        "aks",
        identity={"type": "UserAssigned", "user_assigned_identities": [control.id]},
        identity_profile={"kubeletidentity": {"resource_id": kubelet.id}},
    )
    assignment("operator", OPERATOR, principal_id=control.principal_id, scope=NAMESAKE)


def workload_on_the_control_plane() -> None:
    """A pod signs in as the identity that runs the cluster."""
    control = identity("control")
    made = cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [control.id]})
    credential("trust", control.name, issuer=made.oidc_issuer_profile.issuer_url)


def kubelet_by_object_id() -> None:
    """Secrets User for the nodes of a cluster that brings no identity of its own, through its output."""
    made = cluster("aks")
    kubelet = made.identity_profile.apply(lambda profile: (profile or {})["kubeletidentity"].object_id)
    assignment("nodes", principal_id=kubelet)


def kubelet_on_the_network() -> None:
    assignment(
        "x", NETWORK_CONTRIBUTOR, principal_id=a_kubelet("x").principal_id, scope=SUBNET_ID, description="joins nodes"
    )


def credential_by_second_identity_name() -> None:
    own = identity("orders")
    assignment("role", principal_id=own.principal_id)
    for number in range(21):
        # Half by output, half by plain name: still one identity.
        credential(
            f"trust-{number}",
            own.name if number % 2 else "orders",
            subject=f"system:serviceaccount:shop:app-{number}",
        )


def twins_by_case() -> None:
    own = identity("orders")
    first = credential("a", own.name, subject="system:serviceaccount:shop:orders")
    credential(
        "b", "ORDERS", subject="system:serviceaccount:shop:orders", opts=pulumi.ResourceOptions(depends_on=[first])
    )


def role_then_binding() -> None:
    kubernetes.rbac.v1.ClusterRole(
        "harmless",
        metadata={"name": "harmless"},
        rules=[
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["watch"]},
        ],
    )
    cluster_binding("bound", "harmless")


def runs_in_pods(resource: str) -> None:
    cluster_role("runs", ["create"], [resource])
    cluster_binding("bound", "runs")


def secret_of(**data: Any) -> kubernetes.core.v1.Secret:
    return kubernetes.core.v1.Secret("stored", metadata={"name": "stored", "namespace": "shop"}, **data)


def custom(**spec: Any) -> kubernetes.apiextensions.CustomResource:
    return kubernetes.apiextensions.CustomResource(
        "x", api_version="shop.example/v1", kind="Shop", metadata={"name": "x"}, spec=spec
    )


def cron(container: dict[str, Any]) -> kubernetes.batch.v1.CronJob:
    spec = {"schedule": "0 0 * * *", "job_template": {"spec": pods("nightly", container=container)}}
    return kubernetes.batch.v1.CronJob("nightly", metadata={"name": "nightly", "namespace": "shop"}, spec=spec)


SAS = (
    "https://shop.blob.core.windows.net/invoices?sv=2024-11-04&se=2027-01-01&sr=c&sp=rl&sig=abcdefghijklmnopqrstuvwx%3D"
)
BUS = f"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={KEY[:43]}="
PRIVATE = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n"
ISSUED = "Endpoint=sb://shop.servicebus.windows.net/;SharedSecretIssuer=owner"
EMULATOR = "UseDevelopmentStorage=true"
RELEASE = "kubernetes:helm.sh/v3:Release"
ENTRA = "abc8Q~abcdefghijklmnopqrstuvwxyz0123456789"[:40]
FOREIGN = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('attacker')}/"

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
    # --- the same role under another spelling
    Attack(
        "an older API version",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization/v20180901preview:RoleAssignment"),
    ),
    Attack(
        "a package made locally",
        ADMIN,
        lambda: raw_assignment("azure-native_authorization_v20220401:authorization:RoleAssignment"),
    ),
    Attack(
        "a package made locally, versioned module",
        ADMIN,
        lambda: raw_assignment("azure-native_authorization_v20220401:authorization/v20220401:RoleAssignment"),
    ),
    Attack(
        "the package's first name", ADMIN, lambda: raw_assignment("azure-nextgen:authorization/latest:RoleAssignment")
    ),
    Attack("a GUID in upper case", ADMIN, lambda: assignment("x", OWNER.upper())),
    Attack(
        "a role id without its subscription",
        ADMIN,
        lambda: assignment("x", role_definition_id=f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"),
    ),
    Attack(
        "a role id of a management group",
        ADMIN,
        lambda: assignment(
            "x",
            role_definition_id=f"/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
        ),
    ),
    Attack("a role id in capitals", ADMIN, lambda: assignment("x", role_definition_id=role_id(OWNER).upper())),
    Attack("a bare GUID", ADMIN, lambda: assignment("x", role_definition_id=OWNER)),
    Attack("a GUID in braces", ADMIN, lambda: assignment("x", role_definition_id=role_id(f"{{{OWNER}}}"))),
    Attack("a slash behind the GUID", ADMIN, lambda: assignment("x", role_definition_id=role_id(OWNER) + "/")),
    Attack(
        "an encoded slash",
        ADMIN,
        lambda: assignment("x", role_definition_id=role_id(OWNER).replace("ions/", "ions%2F")),
    ),
    Attack("a line break behind the GUID", ADMIN, lambda: assignment("x", role_definition_id=role_id(OWNER) + "\n")),
    Attack(
        "a role that the preview does not know",
        ADMIN,
        lambda: assignment("x", role_definition_id=laundered(role_id(OWNER))),
    ),
    Attack(
        "a role marked as secret",
        ADMIN,
        lambda: assignment("x", role_definition_id=pulumi.Output.secret(role_id(OWNER))),
    ),
    Attack(
        "a role in a list",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignment", roleDefinitionId=[role_id(OWNER)]),
    ),
    Attack(
        "no role at all",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignment", roleDefinitionId=None),
    ),
    Attack(
        "a reason in place of a narrower role",
        ADMIN,
        lambda: assignment("x", CONTRIBUTOR, description="The team is sure."),
    ),
    Attack(
        "a condition in place of a narrower role",
        ADMIN,
        lambda: assignment("x", OWNER, condition=CONDITION, condition_version="2.0"),
    ),
    # --- another principal
    Attack(
        "a group in place of the identity",
        "people-get-no-right-to-give-rights",
        lambda: assignment("x", OWNER, principal_type="Group"),
    ),
    Attack(
        "a group of another tenant",
        "people-get-no-right-to-give-rights",
        lambda: assignment("x", OWNER, principal_type="ForeignGroup"),
    ),
    Attack(
        "a group that keeps secrets",
        "wide-role-of-people-has-a-reason",
        lambda: assignment("x", SECRETS_OFFICER, principal_type="Group"),
    ),
    Attack(
        "a group that is found in no list",
        "wide-role-of-people-has-a-reason",
        lambda: assignment("x", SECRETS_OFFICER, principal_type="Group"),
        {"wide-role-of-people-has-a-reason": {"groups": [guid("others")]}},
    ),
    Attack(
        "an administrator's role of clusters on a group of resources",
        "wide-role-of-people-has-a-reason",
        lambda: assignment("x", "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b", principal_type="Group", scope=GROUP),
    ),
    Attack("a user in place of the identity", ADMIN, lambda: assignment("x", OWNER, principal_type="User")),
    Attack(
        "a principal type in other letters",
        "people-get-no-right-to-give-rights",
        lambda: assignment("x", OWNER, principal_type="GROUP"),
    ),
    Attack("a principal type that does not exist", ADMIN, lambda: assignment("x", OWNER, principal_type="Device")),
    Attack(
        "a principal type that is no text",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignment", principalType={"kind": "Group"}),
    ),
    Attack(
        "an eligibility in place of an assignment",
        "people-get-no-right-to-give-rights",
        lambda: authorization.PimRoleEligibilitySchedule(
            "x", principal_id=guid("x"), role_definition_id=role_id(OWNER), scope=VAULT_ID
        ),
    ),
    Attack(
        "a request for an active role",
        ADMIN,
        lambda: raw_assignment("azure-native:authorization:RoleAssignmentScheduleRequest"),
    ),
    *(
        Attack(
            f"a request for an active role of {type_ or 'nobody named'}",
            ADMIN,
            functools.partial(
                raw_assignment,
                SCHEDULE,
                roleDefinitionId=role_id(CONTRIBUTOR),
                principalType=type_,
                requestType="AdminAssign",
                justification="The team is sure of it.",
            ),
        )
        for type_ in (None, "User", "Group")
    ),
    Attack(
        "an activation that gives rights",
        "people-get-no-right-to-give-rights",
        lambda: raw_assignment(SCHEDULE, requestType="SelfActivate"),
    ),
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
    Attack(
        "the identity in a group",
        "identity-is-in-no-group",
        lambda: raw("azuread:index/groupMember:GroupMember", groupObjectId=guid("g"), memberObjectId=guid("m")),
    ),
    # --- another scope
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
    # --- a role of one's own
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
    # --- identities that are not the workload's
    Attack(
        "the nodes read a Cosmos DB container",
        "kubelet-identity-only-pulls",
        lambda: cosmos_assignment("x", principal_id=a_kubelet("x").principal_id),
    ),
    Attack(
        "an add-on reads a Cosmos DB container",
        "addon-identities-hold-nothing",
        lambda: cosmos_assignment("x", principal_id=addon_object_id(cluster("aks"))),
    ),
    Attack(
        "the control plane attaches an identity of the same name elsewhere",
        "operator-role-is-the-control-planes",
        lambda: operator_among_twins("elsewhere"),
    ),
    Attack("the workload attaches the nodes' identity", "operator-role-is-the-control-planes", shared_operator),
    Attack(
        "the control plane attaches a workload's identity",
        "operator-role-is-the-control-planes",
        operator_on_a_workload,
    ),
    Attack("the operator's role on a vault", ADMIN, lambda: assignment("x", OPERATOR, scope=VAULT_ID)),
    Attack(
        "a pod signs in as the control plane",
        "federated-identity-holds-only-workload-roles",
        workload_on_the_control_plane,
    ),
    Attack(
        "a request for the operator's role",
        ADMIN,
        lambda: raw_assignment(SCHEDULE, roleDefinitionId=role_id(OPERATOR), scope=VAULT_ID.replace(*AS_IDENTITY)),
    ),
    Attack(
        "a request to change a network",
        ADMIN,
        lambda: raw_assignment(SCHEDULE, roleDefinitionId=role_id(NETWORK_CONTRIBUTOR), scope=SUBNET_ID),
    ),
    Attack(
        "a public address in place of a subnet",
        ADMIN,
        lambda: assignment(
            "x",
            NETWORK_CONTRIBUTOR,
            scope=f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/ingress",
            description="joins the nodes",
        ),
    ),
    Attack(
        "an unknown principal changes the network",
        NETWORK,
        lambda: assignment("x", NETWORK_CONTRIBUTOR, scope=SUBNET_ID, description="joins the nodes"),
    ),
    Attack("the nodes change the network", NETWORK, kubelet_on_the_network),
    Attack("the nodes read secrets", "kubelet-identity-only-pulls", kubelet_by_object_id),
    Attack(
        "the workload changes the network",
        NETWORK,
        lambda: a_workload("x", "4d97b98b-1d4f-4787-a291-c67834d212e7", scope=SUBNET_ID, description="joins the nodes"),
        KNOWN,
    ),
    Attack(
        "the workload as a group that keeps secrets",
        "managed-identity-is-no-group",
        lambda: assignment(
            "x", SECRETS_OFFICER, principal_id=identity("x").principal_id, principal_type="Group", description="people"
        ),
    ),
    Attack(
        "a list whose items are an object",
        OBJECT,
        lambda: raw("kubernetes:core/v1:SecretList", items={"stringData": {"AZURE_CLIENT_SECRET": "x"}}),
    ),
    Attack(
        "a list that the preview does not know",
        OBJECT,
        lambda: raw(
            "kubernetes:core/v1:SecretList",
            items=laundered("x").apply(lambda x: [{"stringData": {"AZURE_CLIENT_SECRET": x}}]),
        ),
    ),
    # --- a second door
    Attack(
        "a foreign cluster's issuer",
        "credential-issuer-is-a-known-cluster",
        lambda: credential("x", issuer=FOREIGN),
        KNOWN,
    ),
    Attack(
        "an issuer in other letters",
        "credential-issuer-is-a-known-cluster",
        lambda: credential("x", issuer=ISSUER.replace("westeurope", "WestEurope")),
        KNOWN,
    ),
    Attack(
        "an issuer that looks alike",
        "credential-issuer-is-a-known-cluster",
        lambda: credential("x", issuer=ISSUER.replace(".com/", ".com.example.org/")),
        KNOWN,
    ),
    Attack(
        "a wildcard as the subject", SUBJECT, lambda: credential("x", subject="system:serviceaccount:shop:*"), KNOWN
    ),
    Attack(
        "a pipeline as the subject",
        SUBJECT,
        lambda: credential("x", subject="repo:contoso/shop:ref:refs/heads/main"),
        KNOWN,
    ),
    Attack(
        "a whole namespace as the subject",
        SUBJECT,
        lambda: credential("x", subject="system:serviceaccounts:shop"),
        KNOWN,
    ),
    Attack(
        "an expression in place of the subject",
        SUBJECT,
        lambda: raw(
            "azure-native:managedidentity/v20250131preview:FederatedIdentityCredential",
            issuer=ISSUER,
            audiences=["api://AzureADTokenExchange"],
            claimsMatchingExpression={"value": "claims['sub'] matches '*'", "languageVersion": 1},
        ),
        KNOWN,
    ),
    Attack(
        "an expression beside the subject",
        SUBJECT,
        lambda: raw(
            "azure-native:managedidentity/v20250131preview:FederatedIdentityCredential",
            issuer=ISSUER,
            subject="system:serviceaccount:shop:orders",
            audiences=["api://AzureADTokenExchange"],
            claimsMatchingExpression={"value": "claims['sub'] matches '*'", "languageVersion": 1},
        ),
        KNOWN,
    ),
    Attack(
        "an expression on an application",
        SUBJECT,
        lambda: raw(
            "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential",
            issuer=ISSUER,
            audience="api://AzureADTokenExchange",
            claimsMatchingExpression="claims['sub'] matches 'system:serviceaccount:*'",
        ),
        KNOWN,
    ),
    Attack(
        "a subject that the preview does not know",
        SUBJECT,
        lambda: credential("x", subject=laundered("system:serviceaccount:shop:*")),
        KNOWN,
    ),
    Attack(
        "audiences as one text",
        "credential-audience-is-the-clouds",
        lambda: raw(
            "azure-native:managedidentity:FederatedIdentityCredential",
            issuer=ISSUER,
            subject="system:serviceaccount:a:b",
            audiences="api://AzureADTokenExchange",
        ),
        KNOWN,
    ),
    Attack(
        "a second audience",
        "credential-audience-is-the-clouds",
        lambda: credential("x", audiences=["api://AzureADTokenExchange", "https://vault.azure.net"]),
        KNOWN,
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
        "the credential of an application",
        SUBJECT,
        lambda: raw(
            "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            issuer=ISSUER,
            subject="system:serviceaccount:shop:*",
            audiences=["api://AzureADTokenExchange"],
        ),
        KNOWN,
    ),
    Attack(
        "a password of an application",
        "credential-is-no-secret",
        lambda: raw("azuread:index/servicePrincipalPassword:ServicePrincipalPassword", servicePrincipalId="x"),
    ),
    Attack(
        "21 credentials under two names of one identity",
        "identity-has-at-most-20-credentials",
        credential_by_second_identity_name,
        KNOWN,
    ),
    Attack(
        "the same credential under another case of the name",
        "credential-is-unique-on-its-identity",
        twins_by_case,
        KNOWN,
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
    # --- vaults and clusters
    Attack(
        "an access policy",
        "vault-has-no-access-policies",
        lambda: keyvault.AccessPolicy(
            "x",
            resource_group_name="rg",
            vault_name="kv",
            policy={"objectId": guid("x"), "tenantId": TENANT, "permissions": {"secrets": ["get"]}},
        ),
    ),
    Attack(
        "access policies within the vault",
        "vault-has-no-access-policies",
        lambda: vault("kv", access_policies=[{"objectId": guid("x"), "tenantId": TENANT, "permissions": {}}]),
    ),
    Attack(
        "a vault mode that the preview does not know",
        "vault-uses-azure-rbac",
        lambda: vault("kv", enable_rbac_authorization=laundered("x").apply(lambda _: False)),
    ),
    Attack(
        "a vault open to half of the internet",
        "vault-network-is-closed",
        lambda: vault(
            "kv",
            public_network_access="Enabled",
            network_acls={"defaultAction": "Deny", "ipRules": [{"value": "0.0.0.0/1"}]},
        ),
    ),
    Attack(
        "a secret's value by an older API version",
        "program-writes-no-secret-value",
        lambda: raw("azure-native:keyvault/v20230701:Secret", properties={"value": "x"}),
    ),
    Attack(
        "an API server open to everybody in two halves",
        "cluster-api-server-is-restricted",
        lambda: cluster(
            "aks",
            api_server_access_profile={"disableRunCommand": True, "authorizedIPRanges": ["0.0.0.0/1", "128.0.0.0/1"]},
        ),
    ),
    *(
        Attack(
            f"an API server open to {words}",
            "cluster-api-server-is-restricted",
            functools.partial(
                cluster, "aks", api_server_access_profile={"disableRunCommand": True, "authorizedIPRanges": ranges}
            ),
        )
        for words, ranges in {
            "everybody in four quarters": ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"],
            "a quarter of the internet": ["203.0.113.0/24", "64.0.0.0/2"],
            "everybody in many parts": [f"{number}.0.0.0/9" for number in range(0, 256, 2)],
            "everybody by a mask": ["0.0.0.0/0.0.0.0"],
            "everybody by the newer protocol": ["2000::/3"],
            "two of the widest that one owner has": ["8.0.0.0/7"],
            "a range that is none": ["AzureCloud"],
        }.items()
    ),
    Attack(
        "a vault open to everybody in four quarters",
        "vault-network-is-closed",
        lambda: vault(
            "kv",
            public_network_access="Enabled",
            network_acls={"defaultAction": "Deny", "ipRules": [{"value": f"{n}.0.0.0/2"} for n in (0, 64, 128, 192)]},
        ),
    ),
    Attack(
        "a cluster of unknown administrators",
        "cluster-admin-is-for-named-groups",
        lambda: cluster("aks", aad_profile=administered_by(PEOPLE, guid("strangers"))),
        {"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Attack(
        "a profile of the cluster in a list",
        "cluster-workload-identity-is-on",
        lambda: raw(
            "azure-native:containerservice:ManagedCluster", securityProfile=[{"workloadIdentity": {"enabled": True}}]
        ),
    ),
    # --- stored credentials
    Attack("a connection string in the environment", POD, lambda: deployment("x", container=env("STORE", CONNECTION))),
    Attack("a signed link in the environment", POD, lambda: deployment("x", container=env("LINK", SAS))),
    Attack("a client secret under another name", POD, lambda: deployment("x", container=env("GREETING", ENTRA))),
    Attack(
        "a credential from a Secret",
        POD,
        lambda: deployment(
            "x",
            container={
                "env": [{"name": "AZURE_CLIENT_SECRET", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
            },
        ),
    ),
    Attack(
        "a credential in the arguments", POD, lambda: deployment("x", container={"args": [f"--store={CONNECTION}"]})
    ),
    Attack(
        "a credential in an init container",
        POD,
        lambda: deployment("x", initContainers=[{"name": "init", "image": "i", **env("BUS", BUS)}]),
    ),
    Attack("a credential in an annotation", POD, lambda: deployment("x", annotations={"note": SAS})),
    Attack("a credential in a cron job", POD, lambda: cron(env("AZURE_CLIENT_SECRET", "x"))),
    Attack("a credential in base64", POD, lambda: deployment("x", container=env("BLOB", packed(CONNECTION)))),
    Attack("base64 in a ConfigMap", OBJECT, lambda: config_map("x", settings=packed(BUS))),
    Attack("base64 of base64 in a Secret", OBJECT, lambda: secret_of(data={"a": packed(packed(BUS))})),
    Attack("a secret by its key alone", OBJECT, lambda: secret_of(string_data={"azureClientSecret": "x"})),
    Attack(
        "a patch of a Secret",
        OBJECT,
        lambda: raw("kubernetes:core/v1:SecretPatch", metadata={"name": "s"}, stringData={"AZURE_CLIENT_SECRET": "x"}),
    ),
    Attack(
        "a list of Secrets",
        OBJECT,
        lambda: raw("kubernetes:core/v1:SecretList", items=[{"stringData": {"AZURE_CLIENT_SECRET": "x"}}]),
    ),
    Attack(
        "the values of a chart",
        OBJECT,
        lambda: raw("kubernetes:helm.sh/v3:Release", chart="c", values={"app": {"env": {"STORE": CONNECTION}}}),
    ),
    Attack(
        "a chart's values in a list of names and values",
        OBJECT,
        lambda: raw(RELEASE, values={"extraEnv": [{"name": "AZURE_CLIENT_SECRET", "value": "hunter2"}]}),
    ),
    Attack(
        "a chart's value under a path",
        OBJECT,
        lambda: raw(RELEASE, values={"oidc.clientSecret": "hunter2"}),
    ),
    Attack(
        "a chart's values as a file",
        OBJECT,
        lambda: raw(RELEASE, valueYamlFiles=[pulumi.StringAsset("azure:\n  AZURE_CLIENT_SECRET: hunter2\n")]),
    ),
    Attack(
        "a chart's values, newer",
        OBJECT,
        lambda: raw("kubernetes:helm.sh/v4:Chart", chart="c", values={"store": {"connectionString": CONNECTION}}),
    ),
    Attack("a custom resource", OBJECT, lambda: custom(store={"url": SAS})),
    Attack(
        "a custom resource's variable", OBJECT, lambda: custom(env=[{"name": "AZURE_OPENAI_KEY", "value": "0A1b" * 8}])
    ),
    Attack("a custom resource's client secret", OBJECT, lambda: custom(auth={"clientSecret": "Hunter2!"})),
    Attack(
        "a custom resource's client secret that the preview does not know",
        OBJECT,
        lambda: custom(auth={"clientSecret": laundered("Hunter2!")}),
    ),
    Attack("a service account's annotation", OBJECT, lambda: service_account("x", annotations={"note": SAS})),
    Attack(
        "a namespace's annotation",
        OBJECT,
        lambda: kubernetes.core.v1.Namespace("x", metadata={"name": "x", "annotations": {"note": CONNECTION}}),
    ),
    Attack(
        "a probe's headers",
        POD,
        lambda: deployment(
            "x",
            container={
                "livenessProbe": {"httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "Link", "value": SAS}]}}
            },
        ),
    ),
    Attack(
        "a bus's secret of another form", OBJECT, lambda: config_map("x", a=f"{ISSUED};SharedSecretValue={KEY[:43]}=")
    ),
    Attack(
        "a hub's key of another form",
        OBJECT,
        lambda: config_map("x", a=f"Endpoint=https://s.signalr.net;AccessKey={KEY[:43]}="),
    ),
    Attack(
        "an argument that the preview does not know", POD, lambda: deployment("x", container={"args": [laundered(SAS)]})
    ),
    Attack("a .env file in base64", OBJECT, lambda: secret_of(data={".env": packed("AZURE_CLIENT_SECRET=hunter2\n")})),
    Attack(
        "a .env file in base64 in a ConfigMap",
        OBJECT,
        lambda: config_map("x", settings=packed("LOG=info\nAZURE_CLIENT_SECRET=hunter2\n")),
    ),
    Attack("a YAML file", OBJECT, lambda: config_map("x", **{"app.yaml": "azure:\n  client-secret: hunter2\n"})),
    Attack("a JSON file", OBJECT, lambda: config_map("x", **{"app.json": '{\n  "AZURE_CLIENT_SECRET": "hunter2",\n}'})),
    Attack("JSON on one line", OBJECT, lambda: config_map("x", a='{"app":{"AZURE_CLIENT_SECRET":"hunter2"}}')),
    Attack("a key beside an emulator's", OBJECT, lambda: config_map("x", a=f"{EMULATOR};{CONNECTION}")),
    Attack("a key that follows a digest", OBJECT, lambda: config_map("x", a=f"sha512-{KEY[:-2]}== {KEY}")),
    Attack("a bus key under a digest's name", OBJECT, lambda: config_map("x", checksum=BUS)),
    Attack(
        "a private key without a reason",
        OBJECT,
        lambda: secret_of(type="kubernetes.io/tls", string_data={"tls.crt": "x", "tls.key": PRIVATE}),
    ),
    Attack(
        "a private key with a reason, in a Secret of another type",
        OBJECT,
        lambda: kubernetes.core.v1.Secret(
            "x",
            metadata={"name": "x", "annotations": {"kubernetes.io/description": "The ingress reads it."}},
            string_data={"tls.key": PRIVATE},
        ),
    ),
    Attack("a setting that the preview does not know", OBJECT, lambda: config_map("x", a=laundered(CONNECTION))),
    Attack(
        "a private key with a reason, in another place",
        OBJECT,
        lambda: kubernetes.core.v1.Secret(
            "x",
            metadata={"name": "x", "annotations": {"kubernetes.io/description": "The ingress reads it."}},
            type="kubernetes.io/tls",
            string_data={"client.pem": PRIVATE},
        ),
    ),
    Attack(
        "a registry password as a Secret",
        OBJECT,
        lambda: secret_of(type="kubernetes.io/dockerconfigjson", string_data={".dockerconfigjson": "{}"}),
    ),
    Attack(
        "a credential that the preview does not know",
        POD,
        lambda: deployment("x", container=env("STORE", laundered(CONNECTION))),
    ),
    # --- the way of a pod to its identity
    Attack(
        "the label on the deployment",
        "pod-of-a-federated-account-carries-the-label",
        lambda: labelled_deployment(),
        KNOWN,
    ),
    Attack(
        "the label with another value",
        "pod-of-a-federated-account-carries-the-label",
        lambda: a_federated_pod("x", labels={"azure.workload.identity/use": "yes"}),
        KNOWN,
    ),
    Attack(
        "the label on the service account alone",
        "pod-of-a-federated-account-carries-the-label",
        lambda: (service_account("x", labels=USE), a_federated_pod("x")),
        KNOWN,
    ),
    Attack(
        "another vault in the pod's volume",
        "pod-volume-names-only-its-class",
        lambda: deployment(
            "x", volumes=[mounted(volumeAttributes={"secretProviderClass": "a", "clientID": guid("other")})]
        ),
    ),
    Attack(
        "a mount that never rotates",
        "pod-volume-names-only-its-class",
        lambda: deployment(
            "x",
            container={"volumeMounts": [{"name": "secrets", "mountPath": "/a", "subPath": "a"}]},
            volumes=[mounted()],
        ),
    ),
    *(
        Attack(
            f"the vault opened by {mode}",
            "vault-class-uses-workload-identity",
            functools.partial(provider_class, "x", **{mode: "true"}),
        )
        for mode in ("usePodIdentity", "useVMManagedIdentity", "useAzureTokenProxy")
    ),
    Attack(
        "an identity by name beside the workload's",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", userAssignedIdentityID=guid("other")),
    ),
    Attack(
        "the node's identity by another spelling",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", useVMManagedIdentity="T"),
    ),
    Attack(
        "a class without an identity", "vault-class-uses-workload-identity", lambda: provider_class("x", clientID=None)
    ),
    Attack(
        "a class with a flag that is no text",
        "vault-class-uses-workload-identity",
        lambda: provider_class("x", useVMManagedIdentity=True),
    ),
    Attack(
        "secrets in etcd for an empty reason",
        "secret-in-etcd-has-a-reason",
        lambda: provider_class(
            "x", secret_objects=[{"secretName": "s"}], annotations={"kubernetes.io/description": " "}
        ),
    ),
    Attack(
        "a file outside the volume",
        "vault-class-names-valid-objects",
        lambda: provider_class(
            "x", objects="array:\n- |\n  objectName: a\n  objectType: secret\n  objectAlias: ../../etc/passwd\n"
        ),
    ),
    *(
        Attack(
            f"a file that has the permission {permission}",
            "vault-class-names-valid-objects",
            functools.partial(
                provider_class,
                "x",
                objects=f"array:\n- |\n  objectName: a\n  objectType: secret\n  filePermission: {permission}\n",
            ),
        )
        for permission in ("0999", "384", "'rw'", "1777", "[0600]")
    ),
    Attack(
        "pod identity beside workload identity",
        "pod-is-not-bound-by-pod-identity",
        lambda: deployment("x", labels={**USE, "aadpodidbinding": "orders"}),
    ),
    Attack(
        "a vault's password in the pod's volume",
        "pod-volume-names-only-its-class",
        lambda: deployment("x", volumes=[mounted(nodePublishSecretRef={"name": "vault-login"})]),
    ),
    Attack(
        "a mount by an expression",
        "pod-volume-names-only-its-class",
        lambda: deployment(
            "x",
            container={"volumeMounts": [{"name": "secrets", "mountPath": "/a", "subPathExpr": "$(POD)"}]},
            volumes=[mounted()],
        ),
    ),
    Attack("a key in hexadecimal", POD, lambda: deployment("x", container=env("AZURE_OPENAI_KEY", "0a1b" * 8))),
    Attack("a key in hexadecimal in a ConfigMap", OBJECT, lambda: config_map("x", COSMOS_KEY="0a1b" * 8)),
    Attack(
        "a .env file",
        OBJECT,
        lambda: config_map("x", **{".env": "LOG=info\nexport AZURE_CLIENT_SECRET='hunter2'\n"}),
    ),
    Attack(
        "a credential in the deployment's own annotation",
        POD,
        lambda: kubernetes.apps.v1.Deployment(
            "x", metadata={"name": "x", "namespace": "shop", "annotations": {"note": SAS}}, spec=pods("x")
        ),
    ),
    Attack(
        "a credential in an ephemeral container",
        POD,
        lambda: deployment("x", ephemeralContainers=[{"name": "debug", **env("AZURE_CLIENT_SECRET", "x")}]),
    ),
    Attack(
        "a pull secret on the service account",
        "images-are-pulled-without-a-password",
        lambda: service_account("x", image_pull_secrets=[{"name": "registry"}]),
    ),
    Attack(
        "a foreign issuer on an application",
        "credential-issuer-is-a-known-cluster",
        lambda: raw(
            "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            issuer=FOREIGN,
            subject="system:serviceaccount:shop:x",
            audiences=["api://AzureADTokenExchange"],
        ),
        KNOWN,
    ),
    Attack(
        "a dot as the reason",
        "wider-role-has-a-reason",
        lambda: assignment("x", READER, description="."),
    ),
    Attack(
        "audit logs that are turned off",
        "vault-audit-events-go-somewhere",
        lambda: audit(
            "off", vault("x", audited=False).id, "AuditEvent", logs=[{"category": "AuditEvent", "enabled": False}]
        ),
    ),
    # --- rights within the cluster
    Attack(
        "secrets of all namespaces for whoever logs in",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "admin", kind="Group", name="system:authenticated"),
    ),
    Attack(
        "secrets of all namespaces through an aggregated role",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: (
            kubernetes.rbac.v1.ClusterRole(
                "sum",
                metadata={"name": "sum"},
                aggregation_rule={"clusterRoleSelectors": [{"matchLabels": {"to": "sum"}}]},
            ),
            cluster_binding("x", "sum"),
        ),
    ),
    Attack(
        "secrets added to view",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "x",
            metadata={"name": "x", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
            rules=[{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}],
        ),
    ),
    Attack(
        "a role that binds any role",
        "kubernetes-role-has-no-wildcard",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "x",
            metadata={"name": "x"},
            rules=[{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"]}],
        ),
    ),
    Attack(
        "secrets of all namespaces through two rules",
        "service-account-reads-no-secrets-of-the-cluster",
        role_then_binding,
    ),
    Attack(
        "secrets of all namespaces through edit",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "edit"),
    ),
    Attack(
        "a service account under its user name",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "admin", kind="User", name="system:serviceaccount:shop:orders"),
    ),
    Attack(
        "all service accounts as a group",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "admin", kind="Group", name="system:serviceaccounts"),
    ),
    Attack(
        "cluster-admin for whoever logs in",
        "cluster-admin-is-for-named-groups",
        lambda: cluster_binding("x", "cluster-admin", kind="Group", name="system:authenticated"),
    ),
    Attack(
        "tokens of other accounts",
        "kubernetes-role-has-no-wildcard",
        lambda: kubernetes.rbac.v1.Role(
            "x",
            metadata={"name": "x"},
            rules=[{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}],
        ),
    ),
    Attack(
        "a role that impersonates",
        "kubernetes-role-has-no-wildcard",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "x", metadata={"name": "x"}, rules=[{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}]
        ),
    ),
    *(
        Attack(
            f"secrets of all namespaces for the {kind} {name}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(cluster_binding, "x", "admin", kind=kind, name=name),
        )
        for kind, name in (
            ("Group", "system:unauthenticated"),
            ("User", "system:anonymous"),
            ("Group", "system:nodes"),
            ("Group", "system:masters"),
        )
    ),
    *(
        Attack(
            f"a service account with the role {role}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(cluster_binding, "x", role),
        )
        for role in (
            "system:kube-controller-manager",
            "system:node",
            "system:controller:generic-garbage-collector",
            "of-another-stack",
        )
    ),
    *(
        Attack(
            f"a service account that creates {resource}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(runs_in_pods, resource),
        )
        for resource in ("pods/exec", "nodes/proxy")
    ),
    # --- what only looks like something known
    Attack(
        "the secret of an application that signs people in",
        "cluster-has-no-service-principal",
        lambda: cluster(
            "aks",
            aad_profile={"managed": True, "enableAzureRBAC": True, "serverAppSecret": laundered("x")},
        ),
    ),
    Attack(
        "pod identities that wait for their switch",
        "cluster-has-no-pod-identity",
        lambda: cluster(
            "aks",
            pod_identity_profile={
                "allow_network_plugin_kubenet": True,
                "user_assigned_identities": [{"name": "a", "namespace": "b", "identity": {"resource_id": "x"}}],
            },
        ),
    ),
    Attack(
        "an issuer that the program writes on its own cluster",
        "credential-issuer-is-a-known-cluster",
        lambda: (
            cluster("aks", oidc_issuer_profile={"enabled": True, "issuerURL": FOREIGN}),
            a_workload("orders", issuer=FOREIGN),
        ),
    ),
    Attack(
        "a pod as a custom resource",
        POD,
        lambda: kubernetes.apiextensions.CustomResource(
            "x",
            api_version="v1",
            kind="Pod",
            metadata={"name": "x", "namespace": "shop"},
            spec={"containers": [{"name": "x", "image": "x", **env("AZURE_CLIENT_SECRET", ENTRA)}]},
        ),
    ),
    Attack(
        "a pod in a list of anything",
        POD,
        lambda: raw(
            "kubernetes:core/v1:List",
            items=[
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}},
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": "x"},
                    "spec": {"containers": [{"name": "x", "image": "x", **env("AZURE_CLIENT_SECRET", ENTRA)}]},
                },
            ],
        ),
    ),
    Attack(
        "a connection string with a password",
        POD,
        lambda: deployment(
            "x", container=env("AZURE_REDIS_CONNECTION_STRING", "cache.example:6380,ssl=True,password=Winter2026")
        ),
    ),
    Attack(
        "an identity of the kubelet's name in another subscription",
        "operator-role-is-the-control-planes",
        operator_on_a_namesake,
    ),
    Attack("files past their permissions", ADMIN, lambda: assignment("x", "b8eda974-7b85-4f76-af95-65846b26df6d")),
    Attack("a shell in a running app", ADMIN, lambda: assignment("x", "80558df3-64f9-4c0f-b32d-e5094b036b0b")),
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


def labelled_deployment() -> None:
    credential("trust", subject="system:serviceaccount:shop:x")
    kubernetes.apps.v1.Deployment(
        "x",
        metadata={"name": "x", "namespace": "shop", "labels": USE},
        spec=pods("x", spec={"serviceAccountName": "x"}),
    )


def test_there_are_enough_of_them():
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_is_refused(attack: Attack):
    violations = judge(run(attack.program, mocks=AnyAzure()), config=attack.config)

    assert attack.rule in {v.rule for v in violations if v.level == "MANDATORY"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_it_does_not_pass_a_strict_preview(attack: Attack):
    config: Config = {"pack-settings": {"unknown": "report"}, **attack.config}

    violations = judge(run(attack.program, preview=True, mocks=AnyAzure()), config=config)

    assert attack.rule in {v.rule for v in violations if v.level == "MANDATORY"}
