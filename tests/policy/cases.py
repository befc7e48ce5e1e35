"""For each rule the smallest program that it refuses, and the one beside it that passes; the documents show both."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_azure_native import (
    authorization,
    containerservice,
    cosmosdb,
    dbforpostgresql,
    keyvault,
    kubernetesconfiguration,
    resources,
)

from tests.azure_mocks import SUBSCRIPTION, TENANT, guid
from tests.policy.builders import (
    ACR_PULL,
    AKS_WRITER,
    CERTIFICATE_USER,
    CLUSTER_ID,
    COSMOS_ID,
    GROUP,
    ISSUER,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    OWNER,
    PEOPLE,
    SECRETS_OFFICER,
    SUBNET_ID,
    ai_account,
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
    provider_class,
    registry,
    security_profile,
    service_account,
    vault,
)
from tests.policy.judging import Config

aks = containerservice
MONITORING_CONTRIBUTOR = "749f88d5-cbae-40b8-bcfc-e573ddc772fa"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A rule's example.

    Args:
        rule: The rule's name.
        refused: Registers what the rule is against, and nothing that another mandatory rule is against.
        passed: The same, mended.
        config: What is configured for both.
    """

    rule: str
    refused: Callable[[], Any]
    passed: Callable[[], Any]
    config: Config = field(default_factory=dict)


KNOWN_ISSUER: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}


def an_attached_cluster(name: str, kubelet_role: str, *, operator: str = "control") -> None:
    """A cluster with identities of its own; its kubelet gets a role, and one of the two may attach the kubelet's."""
    control, kubelet = identity(f"{name}-control"), identity(f"{name}-kubelet")
    holder = {"control": control, "kubelet": kubelet}[operator]
    cluster(
        name,
        identity=aks.ManagedClusterIdentityArgs(type="UserAssigned", user_assigned_identities=[control.id]),
        identity_profile={"kubeletidentity": aks.UserAssignedIdentityArgs(resource_id=kubelet.id)},
    )
    assignment(f"{name}-operator", OPERATOR, principal_id=holder.principal_id, scope=kubelet.id)
    registry_id = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/shop"
    if operator == "control":
        assignment(f"{name}-pull", kubelet_role, principal_id=kubelet.principal_id, scope=registry_id, description=WHY)


def a_control_plane(name: str) -> Any:
    """A cluster whose own identity joins its nodes to a subnet."""
    control = identity(f"{name}-control")
    cluster(name, identity=aks.ManagedClusterIdentityArgs(type="UserAssigned", user_assigned_identities=[control.id]))
    assignment(
        f"{name}-joins", NETWORK_CONTRIBUTOR, principal_id=control.principal_id, scope=SUBNET_ID, description=WHY
    )
    return control


def operator_among_twins(group: str) -> None:
    """Two identities of one name, of which the one in the group `here` is the nodes'; one may be attached."""
    control, ids = identity("control"), dict[str, str]()
    for each in ("here", "elsewhere"):
        identity(f"nodes-{each}", resource_group_name=each, resource_name_="nodes")
        ids[each] = IDENTITY_ID.format(each)
    cluster(
        "aks",
        identity=aks.ManagedClusterIdentityArgs(type="UserAssigned", user_assigned_identities=[control.id]),
        identity_profile={"kubeletidentity": aks.UserAssignedIdentityArgs(resource_id=ids["here"])},
    )
    assignment("operator", OPERATOR, principal_id=control.principal_id, scope=ids[group])


def a_workload(name: str, role: str = "4633458b-17de-408a-b874-0445c86b69e6", **changes: Any) -> None:
    """An identity that one service account signs in as, and its role."""
    own = identity(name)
    trust = {key: changes.pop(key) for key in ("issuer", "audiences") if key in changes}
    credential(f"{name}-trust", own.name, **trust)
    assignment(f"{name}-role", role, principal_id=own.principal_id, **changes)


def an_addon_role(name: str, holder: Callable[[Any], pulumi.Output[str]]) -> None:
    made = cluster(name)
    assignment(f"{name}-secrets", principal_id=holder(made))


def credentials(name: str, count: int, *, chained: bool = True, namespaces: bool = False) -> None:
    """Some credentials of one identity, each after the one before it."""
    own, before = identity(name), []
    assignment(f"{name}-role", principal_id=own.principal_id)
    for number in range(count):
        namespace = f"team-{number}" if namespaces else "shop"
        made = credential(
            f"{name}-{number}",
            own.name,
            subject=f"system:serviceaccount:{namespace}:app-{number}",
            opts=pulumi.ResourceOptions(depends_on=before) if chained else None,
        )
        before = [made]


def twins(name: str, *subjects: str) -> None:
    own = identity(name)
    assignment(f"{name}-role", principal_id=own.principal_id)
    first = credential(f"{name}-a", own.name, subject=f"system:serviceaccount:shop:{subjects[0]}")
    credential(
        f"{name}-b",
        own.name,
        subject=f"system:serviceaccount:shop:{subjects[-1]}",
        opts=pulumi.ResourceOptions(depends_on=[first]),
    )


def a_federated_pod(name: str, **pod: Any) -> None:
    own = identity(name)
    assignment(f"{name}-role", principal_id=own.principal_id)
    credential(f"{name}-trust", own.name, subject=f"system:serviceaccount:shop:{name}")
    deployment(name, serviceAccountName=name, **pod)


def a_template(name: str, *types: str) -> None:
    resources.Deployment(
        name,
        resource_group_name="rg",
        properties=resources.DeploymentPropertiesArgs(
            mode="Incremental", template={"resources": [{"type": type_, "name": name} for type_ in types]}
        ),
    )


def secret_reader_binding(name: str, *resources_: str) -> None:
    cluster_role(f"{name}-role", ["get", "list"], list(resources_))
    cluster_binding(name, f"{name}-role")


IDENTITY_ID = GROUP.removesuffix("rg") + "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
WHY = "Signs the invoices of the night's run."
USE = {"azure.workload.identity/use": "true"}
WRITES = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write"
READS = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
KEY = "Zm9vYmFy" * 10 + "Zm9vYg=="
CONNECTION = f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={KEY};EndpointSuffix=core.windows.net"
CONDITION = f"(!(ActionMatches{{'{READS}'}}) OR (@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'a'))"
OVERRIDING = {"secretProviderClass": "orders", "keyvaultName": "kv-other"}
SYNCED = [{"secretName": "db", "type": "Opaque", "data": [{"objectName": "db-password", "key": "password"}]}]

CASES: tuple[Case, ...] = (
    # --- role assignments
    Case(
        rule="role-gives-no-administration",
        refused=lambda: assignment("owner", OWNER),
        passed=lambda: assignment("secrets"),
    ),
    Case(
        rule="wider-role-has-a-reason",
        refused=lambda: assignment("certificates", CERTIFICATE_USER),
        passed=lambda: assignment("certificates-why", CERTIFICATE_USER, description=WHY),
    ),
    Case(
        rule="assignment-scope-is-one-resource",
        refused=lambda: assignment("group-wide", scope=GROUP),
        passed=lambda: assignment("one-secret", scope=f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv/secrets/db"),
    ),
    Case(
        rule="assignment-scope-is-below-the-subscription",
        refused=lambda: assignment("subscription-wide", scope=f"/subscriptions/{SUBSCRIPTION}"),
        passed=lambda: assignment("one-vault"),
    ),
    Case(
        rule="assignment-names-its-principal-type",
        refused=lambda: assignment("untyped", principal_type=None),
        passed=lambda: assignment("typed", principal_type="ServicePrincipal"),
    ),
    Case(
        rule="assignment-name-is-a-guid",
        refused=lambda: assignment("worded", role_assignment_name="orders-secrets"),
        passed=lambda: assignment("numbered", role_assignment_name=guid("orders")),
    ),
    Case(
        rule="assignment-condition-is-version-2",
        refused=lambda: assignment("unversioned", condition=CONDITION),
        passed=lambda: assignment("versioned", condition=CONDITION, condition_version="2.0"),
    ),
    Case(
        rule="assignment-condition-is-well-formed",
        refused=lambda: assignment(
            "every-secret", condition=CONDITION.replace("Equals 'a'", "Like '*'"), condition_version="2.0"
        ),
        passed=lambda: assignment("closed", condition=CONDITION, condition_version="2.0"),
    ),
    Case(
        rule="people-get-no-right-to-give-rights",
        refused=lambda: assignment("group-owner", OWNER, principal_type="Group"),
        passed=lambda: assignment("group-writer", AKS_WRITER, principal_type="Group", scope=CLUSTER_ID),
    ),
    Case(
        rule="wide-role-of-people-has-a-reason",
        refused=lambda: assignment("officers", SECRETS_OFFICER, principal_type="Group"),
        passed=lambda: assignment("known-officers", SECRETS_OFFICER, principal_type="Group", principal_id=PEOPLE),
        config={"wide-role-of-people-has-a-reason": {"groups": [PEOPLE.upper()]}},
    ),
    # --- roles of one's own, Cosmos DB
    Case(
        rule="custom-role-gives-no-administration",
        refused=lambda: definition("helper", "Microsoft.Storage/storageAccounts/listKeys/action"),
        passed=lambda: definition("reader", data_actions=[READS]),
    ),
    Case(
        rule="wider-custom-role-has-a-reason",
        refused=lambda: definition("writer", data_actions=[WRITES]),
        passed=lambda: definition(
            "writer-why",
            data_actions=[WRITES],
            description=WHY,
        ),
    ),
    Case(
        rule="assigned-role-is-known",
        refused=lambda: assignment("unseen", guid("defined elsewhere"), description=WHY),
        passed=lambda: [
            definition("seen", role_definition_id=guid("defined here")),
            assignment("of-the-stack", guid("defined here"), description=WHY),
        ],
    ),
    Case(
        rule="cosmos-role-is-narrow",
        refused=lambda: cosmos_assignment("whole-account", scope=COSMOS_ID),
        passed=lambda: cosmos_assignment("one-container"),
    ),
    Case(
        rule="cosmos-custom-role-names-its-actions",
        refused=lambda: cosmos_definition("anything", "Microsoft.DocumentDB/databaseAccounts/*"),
        passed=lambda: cosmos_definition(
            "reads-items", "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read"
        ),
    ),
    # --- identities
    Case(
        rule="kubelet-identity-only-pulls",
        refused=lambda: an_attached_cluster("aks-kubelet-wide", "4633458b-17de-408a-b874-0445c86b69e6"),
        passed=lambda: an_attached_cluster("aks-kubelet", ACR_PULL),
    ),
    Case(
        rule="operator-role-is-the-control-planes",
        refused=lambda: assignment(
            "operator", OPERATOR, scope=f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-other"
        ),
        passed=lambda: an_attached_cluster("aks-operator", ACR_PULL),
    ),
    Case(
        rule="network-role-is-the-control-planes",
        refused=lambda: assignment("joins", NETWORK_CONTRIBUTOR, scope=SUBNET_ID, description=WHY),
        passed=lambda: a_control_plane("aks-joins"),
    ),
    Case(
        rule="managed-identity-is-no-group",
        refused=lambda: assignment("as-group", principal_id=identity("no-group").principal_id, principal_type="Group"),
        passed=lambda: a_workload("as-itself"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="addon-identities-hold-nothing",
        refused=lambda: an_addon_role("aks-addon", addon_object_id),
        passed=lambda: a_workload("addon-workload"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="federated-identity-holds-only-workload-roles",
        refused=lambda: credential("pod-too", a_control_plane("aks-and-pods").name),
        passed=lambda: a_workload("reads-secrets"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-with-roles-is-used",
        refused=lambda: assignment("left-over", principal_id=identity("unused").principal_id),
        passed=lambda: a_workload("used"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="federated-identity-has-roles",
        refused=lambda: credential("to-nowhere", identity("roleless").name),
        passed=lambda: a_workload("with-role"),
        config=KNOWN_ISSUER,
    ),
    # --- federated credentials
    Case(
        rule="credential-subject-is-one-service-account",
        refused=lambda: credential("wildcard", subject="system:serviceaccount:shop:*"),
        passed=lambda: credential("one-account", subject="system:serviceaccount:shop:orders"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-namespace-is-not-a-system-one",
        refused=lambda: credential("system", subject="system:serviceaccount:kube-system:orders"),
        passed=lambda: credential("own-namespace", subject="system:serviceaccount:shop:orders"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-account-is-not-default",
        refused=lambda: credential("default-account", subject="system:serviceaccount:shop:default"),
        passed=lambda: credential("own-account", subject="system:serviceaccount:shop:orders"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-audience-is-the-clouds",
        refused=lambda: credential("other-audience", audiences=["https://vault.azure.net"]),
        passed=lambda: credential("own-audience", audiences=["api://AzureADTokenExchange"]),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-issuer-is-exact",
        refused=lambda: credential("no-slash", issuer=ISSUER.rstrip("/")),
        passed=lambda: credential("slash", issuer=ISSUER),
        config={"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER, ISSUER.rstrip("/")]}},
    ),
    Case(
        rule="credential-issuer-is-a-known-cluster",
        refused=lambda: credential(
            "foreign", issuer=f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('foreign')}/"
        ),
        passed=lambda: credential("own", issuer=cluster("aks-own").oidc_issuer_profile.issuer_url),
    ),
    Case(
        rule="credential-is-unique-on-its-identity",
        refused=lambda: twins("twins", "orders"),
        passed=lambda: twins("siblings", "orders", "stock"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-has-at-most-20-credentials",
        refused=lambda: credentials("too-many", 21),
        passed=lambda: credentials("some", 15),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-has-room-for-credentials",
        refused=lambda: credentials("nearly-too-many", 16),
        passed=lambda: credentials("few", 3),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credentials-of-an-identity-are-chained",
        refused=lambda: credentials("at-once", 2, chained=False),
        passed=lambda: credentials("in-turn", 2),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-serves-one-namespace",
        refused=lambda: credentials("shared", 2, namespaces=True),
        passed=lambda: credentials("own-team", 2),
        config=KNOWN_ISSUER,
    ),
    # --- clusters
    Case(
        rule="cluster-oidc-issuer-is-on",
        refused=lambda: cluster("aks-no-issuer", oidc_issuer_profile=None),
        passed=lambda: cluster("aks-issuer"),
    ),
    Case(
        rule="cluster-workload-identity-is-on",
        refused=lambda: cluster("aks-no-webhook", security_profile=security_profile(workload_identity=None)),
        passed=lambda: cluster("aks-webhook"),
    ),
    Case(
        rule="cluster-local-accounts-are-off",
        refused=lambda: cluster("aks-local", disable_local_accounts=None),
        passed=lambda: cluster("aks-no-local"),
    ),
    Case(
        rule="cluster-access-is-decided-by-entra-and-azure-rbac",
        refused=lambda: cluster("aks-no-rbac", aad_profile=aks.ManagedClusterAADProfileArgs(managed=True)),
        passed=lambda: cluster("aks-rbac"),
    ),
    Case(
        rule="cluster-run-command-is-off",
        refused=lambda: cluster(
            "aks-run-command",
            api_server_access_profile=aks.ManagedClusterAPIServerAccessProfileArgs(enable_private_cluster=True),
        ),
        passed=lambda: cluster("aks-no-run-command"),
    ),
    Case(
        rule="cluster-has-no-pod-identity",
        refused=lambda: cluster(
            "aks-pod-id", pod_identity_profile=aks.ManagedClusterPodIdentityProfileArgs(enabled=True)
        ),
        passed=lambda: cluster("aks-no-pod-id"),
    ),
    Case(
        rule="cluster-has-no-service-principal",
        refused=lambda: cluster(
            "aks-sp",
            service_principal_profile=aks.ManagedClusterServicePrincipalProfileArgs(client_id=guid("sp")),
        ),
        passed=lambda: cluster("aks-no-sp"),
    ),
    Case(
        rule="cluster-api-server-is-restricted",
        refused=lambda: cluster(
            "aks-open",
            api_server_access_profile=aks.ManagedClusterAPIServerAccessProfileArgs(disable_run_command=True),
        ),
        passed=lambda: cluster("aks-closed"),
    ),
    Case(
        rule="cluster-key-vault-addon-rotates",
        refused=lambda: cluster("aks-stale", addon_profiles=addons(rotation="false")),
        passed=lambda: cluster("aks-fresh", addon_profiles=addons(rotation="true")),
    ),
    Case(
        rule="cluster-has-defender",
        refused=lambda: cluster("aks-unseen", security_profile=security_profile(defender=None)),
        passed=lambda: cluster("aks-seen"),
    ),
    Case(
        rule="cluster-has-the-azure-policy-addon",
        refused=lambda: cluster("aks-no-policy", addon_profiles=addons(policy=False)),
        passed=lambda: cluster("aks-policy", addon_profiles=addons()),
    ),
    Case(
        rule="cluster-keeps-audit-logs",
        refused=lambda: cluster("aks-silent"),
        passed=lambda: audit("aks-audit", cluster("aks-audited").id, "kube-audit-admin"),
    ),
    # --- vaults and services
    Case(
        rule="vault-uses-azure-rbac",
        refused=lambda: vault("kv-policies", enable_rbac_authorization=None),
        passed=lambda: vault("kv-rbac"),
    ),
    Case(
        rule="vault-has-no-access-policies",
        refused=lambda: keyvault.AccessPolicy(
            "policy",
            resource_group_name="rg",
            vault_name="kv",
            policy=keyvault.AccessPolicyEntryArgs(
                object_id=guid("somebody"), tenant_id=TENANT, permissions=keyvault.PermissionsArgs(secrets=["get"])
            ),
        ),
        passed=lambda: assignment("instead-of-policy"),
    ),
    Case(
        rule="vault-has-purge-protection",
        refused=lambda: vault("kv-purge", enable_purge_protection=None),
        passed=lambda: vault("kv-kept"),
    ),
    Case(
        rule="vault-network-is-closed",
        refused=lambda: vault("kv-open", public_network_access="Enabled"),
        passed=lambda: vault("kv-closed"),
    ),
    Case(
        rule="vault-audit-events-go-somewhere",
        refused=lambda: vault("kv-silent", audited=False),
        passed=lambda: vault("kv-audited"),
    ),
    Case(
        rule="program-writes-no-secret-value",
        refused=lambda: keyvault.Secret(
            "password", resource_group_name="rg", vault_name="kv", properties=keyvault.SecretPropertiesArgs(value="x")
        ),
        passed=lambda: provider_class("names-it-only"),
    ),
    Case(
        rule="registry-has-no-admin-user",
        refused=lambda: registry("cr-admin", admin_user_enabled=True),
        passed=lambda: registry("cr-no-admin"),
    ),
    Case(
        rule="registry-refuses-anonymous-pull",
        refused=lambda: registry("cr-anonymous", anonymous_pull_enabled=True),
        passed=lambda: registry("cr-named", anonymous_pull_enabled=False),
    ),
    Case(
        rule="ai-account-takes-no-keys",
        refused=lambda: ai_account("ai-keys", disable_local_auth=None),
        passed=lambda: ai_account("ai-no-keys"),
    ),
    # --- objects in the cluster
    Case(
        rule="pod-holds-no-azure-credential",
        refused=lambda: deployment("stored", container={"env": [{"name": "STORAGE", "value": CONNECTION}]}),
        passed=lambda: deployment(
            "signs-in", container={"env": [{"name": "STORAGE", "value": "https://shop.blob.core.windows.net"}]}
        ),
    ),
    Case(
        rule="object-holds-no-azure-credential",
        refused=lambda: config_map("stored-config", AZURE_CLIENT_SECRET="abc"),
        passed=lambda: config_map("config", AZURE_CLIENT_ID=guid("client")),
    ),
    Case(
        rule="pod-of-a-federated-account-carries-the-label",
        refused=lambda: a_federated_pod("unlabelled"),
        passed=lambda: a_federated_pod("labelled", labels=USE),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="label-is-on-the-pod",
        refused=lambda: service_account("misplaced", labels=USE),
        passed=lambda: service_account("plain"),
    ),
    Case(
        rule="pod-volume-names-only-its-class",
        refused=lambda: deployment("overrides", volumes=[mounted(volumeAttributes=OVERRIDING)]),
        passed=lambda: deployment("mounts", volumes=[mounted()]),
    ),
    Case(
        rule="pod-has-no-proxy-sidecar",
        refused=lambda: deployment("proxied", annotations={"azure.workload.identity/inject-proxy-sidecar": "false"}),
        passed=lambda: deployment("direct"),
    ),
    Case(
        rule="images-are-pulled-without-a-password",
        refused=lambda: deployment("pulls-by-password", imagePullSecrets=[{"name": "registry"}]),
        passed=lambda: deployment("pulls-by-identity"),
    ),
    Case(
        rule="pod-is-not-bound-by-pod-identity",
        refused=lambda: deployment("bound", labels={"aadpodidbinding": "orders"}),
        passed=lambda: deployment("federated", labels=USE),
    ),
    Case(
        rule="vault-class-uses-workload-identity",
        refused=lambda: provider_class("by-node", useVMManagedIdentity="true"),
        passed=lambda: provider_class("by-workload"),
    ),
    Case(
        rule="vault-class-names-valid-objects",
        refused=lambda: provider_class("no-array", objects="objectName: db-password\n"),
        passed=lambda: provider_class("array"),
    ),
    Case(
        rule="secret-in-etcd-has-a-reason",
        refused=lambda: provider_class("synced", secret_objects=SYNCED),
        passed=lambda: provider_class(
            "synced-why", secret_objects=SYNCED, annotations={"kubernetes.io/description": WHY}
        ),
    ),
    Case(
        rule="kubernetes-role-has-no-wildcard",
        refused=lambda: cluster_role("everything", ["get"], ["*"]),
        passed=lambda: cluster_role("something", ["get"], ["pods"]),
    ),
    Case(
        rule="cluster-admin-is-for-named-groups",
        refused=lambda: cluster_binding("strangers", "cluster-admin", kind="Group", name="everybody"),
        passed=lambda: cluster_binding("operators", "cluster-admin", kind="Group", name=PEOPLE),
        config={"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Case(
        rule="service-account-reads-no-secrets-of-the-cluster",
        refused=lambda: secret_reader_binding("reads-secrets-everywhere", "pods", "secrets"),
        passed=lambda: secret_reader_binding("reads-pods-everywhere", "pods"),
    ),
    # --- other ways in
    Case(
        rule="access-is-registered-where-it-is-judged",
        refused=lambda: a_template("template", "Microsoft.Authorization/roleAssignments"),
        passed=lambda: a_template("dashboard", "Microsoft.Portal/dashboards"),
    ),
    Case(
        rule="policy-deploys-no-access",
        refused=lambda: a_policy("policy", "Microsoft.Authorization/roleAssignments"),
        passed=lambda: a_policy("audits", "Microsoft.Insights/diagnosticSettings"),
    ),
    Case(
        rule="rights-within-a-service-are-for-named-people",
        refused=lambda: a_database("database", guid("workload")),
        passed=lambda: a_database("peoples", PEOPLE),
        config={"rights-within-a-service-are-for-named-people": {"people": [PEOPLE]}},
    ),
    Case(
        rule="program-runs-nothing-unseen",
        refused=lambda: Foreign("command:local:Command", "grants", create="./grant.sh"),
        passed=lambda: assignment("instead-of-command"),
    ),
    Case(
        rule="service-runs-nothing-unseen",
        refused=lambda: an_extension("installs"),
        passed=lambda: assignment("instead-of-extension"),
    ),
    Case(
        rule="credential-is-no-secret",
        refused=lambda: Foreign("azuread:index/applicationPassword:ApplicationPassword", "password", applicationId="x"),
        passed=lambda: credential("instead-of-password"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-is-in-no-group",
        refused=lambda: Foreign("azuread:index/groupMember:GroupMember", "member", groupObjectId="x"),
        passed=lambda: assignment("instead-of-group"),
    ),
)


class Foreign(pulumi.CustomResource):
    """A resource of a provider whose SDK is not installed here."""

    def __init__(self, token: str, name: str, **inputs: Any) -> None:
        super().__init__(token, name, inputs)


def a_policy(name: str, deploys: str) -> authorization.PolicyDefinition:
    """A policy of Azure that deploys one resource where it is missing."""
    template = {"resources": [{"type": deploys, "apiVersion": "2022-04-01", "name": "x", "properties": {}}]}
    details = {
        "type": deploys,
        "roleDefinitionIds": [f"/providers/Microsoft.Authorization/roleDefinitions/{MONITORING_CONTRIBUTOR}"],
        "deployment": {"properties": {"mode": "incremental", "template": template}},
    }
    return authorization.PolicyDefinition(
        name,
        policy_definition_name=name,
        policy_rule={
            "if": {"field": "type", "equals": "Microsoft.KeyVault/vaults"},
            "then": {"effect": "deployIfNotExists", "details": details},
        },
    )


def a_database(name: str, administrator: str) -> dbforpostgresql.Administrator:
    return dbforpostgresql.Administrator(
        name,
        resource_group_name="rg",
        server_name="shop",
        object_id=administrator,
        principal_name=name,
        principal_type="Group",
        tenant_id=TENANT,
    )


def an_extension(name: str) -> kubernetesconfiguration.Extension:
    return kubernetesconfiguration.Extension(
        name,
        resource_group_name="rg",
        cluster_rp="Microsoft.ContainerService",
        cluster_resource_name="managedClusters",
        cluster_name="aks",
        extension_name=name,
        extension_type="microsoft.flux",
    )


def cosmos_definition(name: str, *data_actions: str) -> cosmosdb.SqlResourceSqlRoleDefinition:
    return cosmosdb.SqlResourceSqlRoleDefinition(
        name,
        resource_group_name="rg",
        account_name="shop",
        role_name=name,
        assignable_scopes=[COSMOS_ID],
        permissions=[cosmosdb.PermissionArgs(data_actions=list(data_actions))],
    )


def addon_object_id(made: containerservice.ManagedCluster) -> pulumi.Output[str]:
    return made.addon_profiles.apply(
        lambda profiles: (profiles or {})["azureKeyvaultSecretsProvider"].identity.object_id
    )


def administered_by(*groups: str) -> containerservice.ManagedClusterAADProfileArgs:
    return aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True, admin_group_object_ids=list(groups))


def addons(*, rotation: str = "true", policy: bool = True) -> dict[str, aks.ManagedClusterAddonProfileArgs]:
    return {
        "azureKeyvaultSecretsProvider": aks.ManagedClusterAddonProfileArgs(
            enabled=True, config={"enableSecretRotation": rotation}
        ),
        "azurepolicy": aks.ManagedClusterAddonProfileArgs(enabled=policy),
    }
