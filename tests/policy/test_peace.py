"""Programs as careful people write them: nothing is said against them."""

import base64
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from pulumi_azure_native import authorization, containerservice, keyvault, resources, storage

from tests.azure_mocks import TENANT, guid
from tests.components.test_program import dev_stack
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
    PEOPLE,
    READER,
    SECRETS_OFFICER,
    SECRETS_USER,
    SUBNET_ID,
    VAULT_ID,
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
    pods,
    provider_class,
    registry,
    role_id,
    service_account,
    vault,
)
from tests.policy.cases import (
    CONDITION,
    IDENTITY_ID,
    KEY,
    USE,
    WHY,
    Foreign,
    a_control_plane,
    a_federated_pod,
    a_template,
    a_workload,
    administered_by,
    an_attached_cluster,
    credentials,
    operator_among_twins,
    secret_reader_binding,
)
from tests.policy.judging import AnyAzure, Config, judge
from tests.recorder import run

KNOWN: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}
RECOMMENDED = {"cluster-keeps-audit-logs"}
BLOBS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/shop/blobServices/default/containers/invoices"
QUEUE = f"{GROUP}/providers/Microsoft.ServiceBus/namespaces/shop/queues/orders"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
DNS_ZONE = f"{GROUP}/providers/Microsoft.Network/dnsZones/example.com"


@dataclass(frozen=True)
class Good:
    """What somebody does, and how."""

    name: str
    program: Callable[[], Any]
    config: Config = field(default_factory=dict)


def a_whole_stack() -> None:
    """Everything by hand: cluster, vault, identity, trust, role, service account, class and pods."""
    group = resources.ResourceGroup("shop", resource_group_name="rg", location="westeurope")
    made = cluster("aks", resource_group_name=group.name)
    audit("aks-audit", made.id, "kube-audit")
    secrets = vault("kv-shop")
    orders = identity("orders", resource_group_name=group.name)
    credential(
        "orders-trust",
        orders.name,
        issuer=made.oidc_issuer_profile.issuer_url,
        subject="system:serviceaccount:shop:orders",
    )
    assignment("orders-secrets", principal_id=orders.principal_id, scope=secrets.id)
    service_account("orders", annotations={"azure.workload.identity/client-id": orders.client_id})
    provider_class("orders-class", clientID=orders.client_id)
    deployment("orders-app", labels=USE, serviceAccountName="orders", volumes=[mounted()])


def two_clusters_one_identity() -> None:
    own = identity("orders")
    assignment("role", principal_id=own.principal_id)
    blue = credential("blue", own.name, issuer=cluster("aks-blue").oidc_issuer_profile.issuer_url)
    credential(
        "green",
        own.name,
        issuer=cluster("aks-green").oidc_issuer_profile.issuer_url,
        subject="system:serviceaccount:shop:blue",
        opts=pulumi.ResourceOptions(depends_on=[blue]),
    )


def chained_through_something_else() -> None:
    own = identity("orders")
    assignment("role", principal_id=own.principal_id)
    first = credential("first", own.name)
    between = resources.ResourceGroup(
        "between", resource_group_name="b", opts=pulumi.ResourceOptions(depends_on=[first])
    )
    credential("second", own.name, opts=pulumi.ResourceOptions(depends_on=[between]))


def control_plane_of_its_own_joins_a_subnet() -> None:
    made = cluster("aks")
    control = made.identity.apply(lambda one: one.principal_id if one else "")
    assignment("joins", NETWORK_CONTRIBUTOR, principal_id=control, scope=SUBNET_ID, description=WHY)


def nodes_pull_by_output() -> None:
    made = cluster("aks")
    kubelet = made.identity_profile.apply(lambda profile: (profile or {})["kubeletidentity"].object_id)
    assignment(
        "pull", ACR_PULL, principal_id=kubelet, scope=f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/shop"
    )


def private_cluster() -> Any:
    return cluster("aks", api_server_access_profile={"enablePrivateCluster": True, "disableRunCommand": True})


def a_namespace_for_a_team() -> None:
    kubernetes.core.v1.Namespace("team", metadata={"name": "team"})
    kubernetes.rbac.v1.RoleBinding(
        "team-edit",
        metadata={"name": "edit", "namespace": "team"},
        role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        subjects=[{"kind": "Group", "name": PEOPLE}],
    )


def a_controller() -> None:
    cluster_role("ingress", ["get", "list", "watch"], ["pods", "services", "endpoints"])
    cluster_binding("ingress-bound", "ingress")


def a_tls_secret_in_the_class() -> Any:
    objects = (
        "array:\n- |\n  objectName: shop-tls\n  objectType: secret\n  objectAlias: tls.pem\n"
        "- |\n  objectName: shop-key\n  objectType: key\n  filePermission: '0444'\n"
        "- |\n  objectName: shop-other\n  objectType: key\n  filePermission: 0644\n"
    )
    return provider_class("tls", objects=objects)


def custom_resources_that_refer() -> None:
    """Who reads a Secret that somebody else makes: each names one by a plain name, or holds it encrypted."""
    for name, kind, version, spec in (
        ("issuer", "ClusterIssuer", "cert-manager.io/v1", {"clientSecretSecretRef": {"name": "dns", "key": "secret"}}),
        ("tls", "Certificate", "cert-manager.io/v1", {"secretName": "shop-tls", "privateKey": {"algorithm": "ECDSA"}}),
        (
            "sealed",
            "SealedSecret",
            "bitnami.com/v1alpha1",
            {"encryptedData": {"AZURE_CLIENT_SECRET": "AgBy3i4OJSWK+P"}},
        ),
        ("opened", "SopsSecret", "isindir.github.com/v1", {"data": {"AZURE_CLIENT_SECRET": "ENC[AES256_GCM,data:x]"}}),
        ("login", "Middleware", "traefik.io/v1alpha1", {"oidc": {"clientSecret": "oidc-login"}}),
        (
            "pulled",
            "ExternalSecret",
            "external-secrets.io/v1",
            {"target": {"template": {"data": {"AZURE_CLIENT_SECRET": "{{ .password }}"}}}},
        ),
    ):
        kubernetes.apiextensions.CustomResource(
            name, api_version=version, kind=kind, metadata={"name": name, "namespace": "shop"}, spec=spec
        )


COSMOS_EMULATOR = "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEjLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=="


def a_template_that_tells_of_a_role() -> None:
    """Its parameter and output speak of a role; it makes a dashboard."""
    role = "[resourceId('Microsoft.Authorization/roleDefinitions', parameters('role'))]"
    resources.Deployment(
        "speaks",
        resource_group_name="rg",
        properties={
            "mode": "Incremental",
            "parameters": {"role": {"value": SECRETS_USER}},
            "template": {
                "parameters": {"role": {"type": "string", "defaultValue": role_id(SECRETS_USER)}},
                "resources": [{"type": "Microsoft.Portal/dashboards", "name": "shop", "properties": {"text": role}}],
                "outputs": {"role": {"type": "string", "value": role}},
            },
        },
    )


def a_storage_account_by_azapi() -> None:
    Foreign(
        "azapi:index/resource:Resource",
        "st",
        type="Microsoft.Storage/storageAccounts@2024-01-01",
        body={"kind": "StorageV2", "identity": {"type": "SystemAssigned"}},
    )


def a_namesake_elsewhere() -> None:
    """The nodes run as an identity of another group that is called as the workload's is."""
    a_workload("orders")
    elsewhere = f"/subscriptions/{guid('prod')}/resourceGroups/prod/providers/Microsoft.ManagedIdentity"
    control = identity("control")
    cluster(
        "aks",
        identity={"type": "UserAssigned", "user_assigned_identities": [control.id]},
        identity_profile={"kubeletidentity": {"resource_id": f"{elsewhere}/userAssignedIdentities/orders"}},
    )


GOODS = (
    Good(
        "a role of another stack that was reviewed there",
        lambda: assignment("listed", guid("defined elsewhere"), description=WHY),
        {"assigned-role-is-known": {"roles": [guid("defined elsewhere").upper()]}},
    ),
    *(
        Good(f"a service account with the role {role}", functools.partial(cluster_binding, "bound", role))
        for role in ("view", "system:auth-delegator")
    ),
    Good(
        "connection strings without a credential",
        lambda: deployment(
            "passwordless",
            container={
                "env": [
                    {"name": name, "value": value}
                    for name, value in {
                        "AZURE_SQL_CONNECTION_STRING": "Server=tcp:x.database.windows.net;"
                        "Authentication=Active Directory Default;Database=a",
                        "AZURE_SQL_CONNECTIONSTRING": "Server=tcp:x.database.windows.net,1433;Database=shop;"
                        "Authentication=Active Directory Workload Identity;User Id=0f",
                        "AZURE_SERVICEBUS_CONNECTION_STRING": "Endpoint=sb://x.servicebus.windows.net/;"
                        "Authentication=ManagedIdentity",
                        "STORAGE_CONNECTION_STRING": "BlobEndpoint=https://a.blob.core.windows.net",
                    }.items()
                ]
            },
        ),
    ),
    Good("an identity elsewhere of a workload's name", a_namesake_elsewhere, KNOWN),
    Good(
        "the account of a chart that reads secrets on purpose",
        lambda: secret_reader_binding("chart", "secrets"),
        {"service-account-reads-no-secrets-of-the-cluster": {"accounts": ["shop/orders"]}},
    ),
    Good(
        "a control plane of another stack that attaches the nodes' identity of a third",
        lambda: assignment("operator", OPERATOR, principal_id=guid("control"), scope=IDENTITY_ID.format("nodes")),
        {"operator-role-is-the-control-planes": {"principals": [guid("control").upper()]}},
    ),
    Good(
        "the audience of the configured cloud",
        lambda: a_workload("orders", audiences=["api://AzureADTokenExchangeUSGov"]),
        {**KNOWN, "credential-audience-is-the-clouds": {"cloud": "AzureUSGovernmentCloud"}},
    ),
    Good(
        "a scaler that reads metrics",
        lambda: assignment("keda", "43d0d8ad-25c7-4714-9337-8ba259a9fe05", scope=QUEUE, description=WHY),
    ),
    Good(
        "a custom role that reads its vault too",
        lambda: definition(
            "reader",
            "Microsoft.KeyVault/vaults/read",
            data_actions=["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
        ),
    ),
    Good("a whole stack", a_whole_stack),
    Good("one identity on two clusters, credentials in turn", two_clusters_one_identity),
    Good("credentials in turn through something else", chained_through_something_else, KNOWN),
    Good("fifteen credentials of one identity", lambda: credentials("many", 15), KNOWN),
    Good(
        "an identity for each of three workloads",
        lambda: [a_workload(name) for name in ("a-one", "b-two", "c-three")],
        KNOWN,
    ),
    Good("a cluster that brings its own kubelet identity", lambda: an_attached_cluster("aks", ACR_PULL)),
    Good("two identities of one name, one of them the nodes'", lambda: operator_among_twins("here")),
    Good("Repository Reader for the nodes", lambda: an_attached_cluster("aks", "b93aa761-3e63-49ed-ac28-beffa264f7ac")),
    Good("the control plane joins a subnet", lambda: a_control_plane("aks")),
    Good("a control plane that Azure makes joins a subnet", control_plane_of_its_own_joins_a_subnet),
    Good(
        "the control plane of a cluster elsewhere joins a route table",
        lambda: assignment(
            "joins",
            NETWORK_CONTRIBUTOR,
            principal_id=PEOPLE.upper(),
            scope=f"{GROUP}/providers/Microsoft.Network/routeTables/nodes",
            description=WHY,
        ),
        {"network-role-is-the-control-planes": {"principals": [PEOPLE.upper()]}},
    ),
    Good(
        "a vault behind a network security perimeter",
        lambda: vault("kv", public_network_access="SecuredByPerimeter"),
    ),
    Good(
        "a cluster of known administrators",
        lambda: cluster("aks", aad_profile=administered_by(PEOPLE.upper())),
        {"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Good(
        "an API server for a company's ranges, one within another",
        lambda: cluster(
            "aks",
            api_server_access_profile={
                "disableRunCommand": True,
                "authorizedIPRanges": ["9.0.0.0/8", "9.0.0.0/9", "9.128.0.0/9", "0.0.0.0/32"],
            },
        ),
    ),
    Good("the nodes pull through the cluster's output", nodes_pull_by_output),
    Good("a private cluster", private_cluster),
    Good(
        "a vault with a firewall",
        lambda: vault(
            "kv",
            public_network_access="Enabled",
            network_acls={"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]},
        ),
    ),
    Good(
        "blobs of one container",
        lambda: a_workload("invoices", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", scope=BLOBS),
        KNOWN,
    ),
    Good(
        "messages of one queue",
        lambda: a_workload("consumer", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", scope=QUEUE),
        KNOWN,
    ),
    Good(
        "an agent and its account",
        lambda: (
            ai_account("ai"),
            a_workload("agent", OPENAI_USER, scope=f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/ai"),
        ),
        KNOWN,
    ),
    Good(
        "a DNS zone for external-dns, with its reason",
        lambda: a_workload(
            "external-dns",
            "befefa01-2a29-4197-83a8-272ff33ce314",
            scope=DNS_ZONE,
            description="Writes the records of ingresses.",
        ),
        KNOWN,
    ),
    Good("a wider role with its reason", lambda: assignment("certificates", CERTIFICATE_USER, description=WHY)),
    Good("one secret by condition", lambda: assignment("one", condition=CONDITION, condition_version="2.0")),
    Good("one secret by scope", lambda: assignment("one", scope=f"{VAULT_ID}/secrets/db")),
    Good("a group that reads", lambda: assignment("auditors", READER, principal_type="Group", scope=GROUP)),
    Good(
        "a team on its cluster",
        lambda: assignment("team", AKS_WRITER, principal_type="Group", scope=f"{CLUSTER_ID}/namespaces/shop"),
    ),
    Good(
        "people who keep secrets, with their reason",
        lambda: assignment(
            "keepers", SECRETS_OFFICER, principal_type="Group", description="The on-call people of the shop."
        ),
    ),
    Good(
        "an eligibility to read",
        lambda: authorization.PimRoleEligibilitySchedule(
            "eligible", principal_id=PEOPLE, role_definition_id=role_id(READER), scope=GROUP
        ),
    ),
    Good(
        "a person's request for a role",
        lambda: Foreign(
            "azure-native:authorization:RoleAssignmentScheduleRequest",
            "active",
            principalId=PEOPLE,
            requestType="SelfActivate",
            roleDefinitionId=role_id(READER),
            scope=GROUP,
        ),
    ),
    Good(
        "a request for a wider role with its justification",
        lambda: Foreign(
            "azure-native:authorization:RoleAssignmentScheduleRequest",
            "wider",
            principalId=guid("workload"),
            requestType="AdminAssign",
            roleDefinitionId=role_id(CERTIFICATE_USER),
            scope=VAULT_ID,
            justification=WHY,
        ),
    ),
    Good(
        "a custom role of one data action",
        lambda: definition("reader", data_actions=["Microsoft.KeyVault/vaults/secrets/getSecret/action"]),
    ),
    Good(
        "a custom role that reads set-up beside data",
        lambda: definition(
            "reader",
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            data_actions=["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
        ),
    ),
    Good("a Cosmos DB container", lambda: cosmos_assignment("items")),
    Good(
        "a Cosmos DB account to read",
        lambda: cosmos_assignment(
            "items",
            scope=COSMOS_ID,
            role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001",
        ),
    ),
    Good("a registry", lambda: registry("cr")),
    Good(
        "a storage account without keys",
        lambda: storage.StorageAccount(
            "st",
            resource_group_name="rg",
            account_name="stshop",
            kind="StorageV2",
            sku={"name": "Standard_ZRS"},
            allow_shared_key_access=False,
        ),
    ),
    Good("a federated pod with its label", lambda: a_federated_pod("app", labels=USE), KNOWN),
    Good("a federated pod that only mounts", lambda: a_federated_pod("app", volumes=[mounted()]), KNOWN),
    Good("a pod of an account without any identity", lambda: deployment("web", serviceAccountName="web")),
    Good(
        "a pod of another namespace with the same account name",
        lambda: (
            credential("trust", identity("own").name, subject="system:serviceaccount:other:web"),
            assignment("role", principal_id=identity("spare").principal_id),
            deployment("web", serviceAccountName="web"),
        ),
        KNOWN,
    ),
    Good(
        "endpoints and ids in the environment",
        lambda: deployment(
            "app",
            container={
                "env": [
                    {"name": "AZURE_CLIENT_ID", "value": guid("client")},
                    {"name": "AZURE_TENANT_ID", "value": TENANT},
                    {"name": "AZURE_OPENAI_ENDPOINT", "value": "https://ai.openai.azure.com/"},
                    {"name": "KEY_VAULT_URL", "value": "https://kv-shop.vault.azure.net/"},
                    {
                        "name": "AZURE_FEDERATED_TOKEN_FILE",
                        "value": "/var/run/secrets/azure/tokens/azure-identity-token",
                    },
                ]
            },
        ),
    ),
    Good(
        "a password of something that is not Azure's, from a Secret",
        lambda: deployment(
            "app",
            container={
                "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]
            },
        ),
    ),
    Good(
        "a file name under a credential's name",
        lambda: deployment(
            "app", container={"env": [{"name": "AZURE_CLIENT_CERTIFICATE_PASSWORD", "value": "/mnt/secrets/password"}]}
        ),
    ),
    Good(
        "a ConfigMap of settings",
        lambda: config_map(
            "settings",
            **{
                "app.yaml": "vault: kv-shop\nmodel: gpt-4o-mini\ntokens: 1000\n",
                "cache_key": "orders",
                "digest": "c2hhMjU2OmU3YjIx" * 4,
            },
        ),
    ),
    Good(
        "a logo in a ConfigMap",
        lambda: kubernetes.core.v1.ConfigMap(
            "logo",
            metadata={"name": "logo", "namespace": "shop"},
            binary_data={"logo.png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"},
        ),
    ),
    Good("a class of a certificate and a key", a_tls_secret_in_the_class),
    Good(
        "secrets in etcd with a reason",
        lambda: provider_class(
            "synced",
            secret_objects=[{"secretName": "tls", "type": "kubernetes.io/tls", "data": []}],
            annotations={"kubernetes.io/description": "The ingress reads TLS from Secrets alone."},
        ),
    ),
    Good(
        "a class of another provider",
        lambda: kubernetes.apiextensions.CustomResource(
            "aws",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata={"name": "aws"},
            spec={"provider": "aws", "parameters": {"objects": "x"}},
        ),
    ),
    Good(
        "a volume of another driver",
        lambda: deployment(
            "app",
            volumes=[{"name": "disk", "csi": {"driver": "disk.csi.azure.com", "volumeAttributes": {"size": "1Gi"}}}],
            container={"volumeMounts": [{"name": "disk", "mountPath": "/a", "subPath": "a"}]},
        ),
    ),
    Good("a team's namespace", a_namespace_for_a_team),
    Good("a controller that reads no secrets", a_controller),
    Good(
        "named administrators",
        lambda: cluster_binding("admins", "cluster-admin", kind="Group", name=PEOPLE),
        {"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Good("a template of a dashboard", lambda: a_template("dashboard", "Microsoft.Portal/dashboards")),
    Good("a template that tells of a role", a_template_that_tells_of_a_role),
    Good("a storage account by azapi", a_storage_account_by_azapi),
    Good(
        "a resource without a type of its own",
        lambda: resources.Resource(
            "dashboard",
            resource_group_name="rg",
            resource_provider_namespace="Microsoft.Portal",
            parent_resource_path="",
            resource_type="dashboards",
            resource_name_="shop",
            api_version="2020-09-01-preview",
        ),
    ),
    Good(
        "a network by another provider",
        lambda: Foreign("azure:network/virtualNetwork:VirtualNetwork", "vnet", addressSpaces=["10.0.0.0/8"]),
    ),
    Good("people's own group", lambda: Foreign("azuread:index/group:Group", "team", displayName="shop")),
    Good(
        "an application that signs people in",
        lambda: Foreign("azuread:index/application:Application", "web", displayName="shop"),
    ),
    Good(
        "a nightly job",
        lambda: kubernetes.batch.v1.CronJob(
            "nightly",
            metadata={"name": "nightly", "namespace": "shop"},
            spec={"schedule": "0 0 * * *", "job_template": {"spec": pods("nightly", labels=USE)}},
        ),
    ),
    Good(
        "a key of a vault",
        lambda: keyvault.Key(
            "key", resource_group_name="rg", vault_name="kv", properties=keyvault.KeyPropertiesArgs(kty="RSA")
        ),
    ),
    Good("an existing cluster's issuer that is listed", lambda: a_workload("app"), KNOWN),
    Good(
        "a user's role on something of one's own",
        lambda: assignment("mine", SECRETS_USER, principal_type="ServicePrincipal"),
    ),
    Good(
        "a wide scope that is excepted",
        lambda: assignment("wide", scope=GROUP),
        {
            "pack-settings": {
                "exceptions": [
                    {
                        "rule": "assignment-scope-is-one-resource",
                        "resource": "urn:*::wide",
                        "reason": "Reads the vaults of all shops.",
                        "expires": "2027-01-31",
                    }
                ]
            }
        },
    ),
    Good(
        "settings that speak of keys",
        lambda: config_map(
            "settings",
            COSMOS_PARTITION_KEY="tenantId",
            **{".env": "AZURE_CLIENT_ID=0a1b\nSEARCH_SORT_KEY=name\nAZURE_CLIENT_SECRET=$(FROM_ELSEWHERE)\n"},
        ),
    ),
    Good(
        "digests of images, files and settings",
        lambda: config_map(
            "digests",
            integrity=f"sha512-{KEY}",
            packages=f"left-pad sha512-{KEY}",
            image=f"shop.azurecr.io/app@sha256:{'0a1b' * 16}",
            checksum=KEY,
            REDIS_CACHE_KEY="0a1b" * 16,
        ),
    ),
    Good(
        "an emulator's storage and database",
        lambda: config_map(
            "emulators",
            AZURE_STORAGE_CONNECTION_STRING="UseDevelopmentStorage=true",
            COSMOS_CONNECTION_STRING=f"AccountEndpoint=https://localhost:8081/;AccountKey={COSMOS_EMULATOR}",
        ),
    ),
    Good(
        "client secrets that are none",
        lambda: config_map(
            "oidc",
            **{
                "client-secret": "changeme",
                "clientSecret": "$oidc.azure.clientSecret",
                "AZURE_CLIENT_SECRET": "https://kv-shop.vault.azure.net/secrets/oidc",
                "account-key": "account-key",
                "app.yaml": "oidc:\n  client_secret: <from the vault>\n  clientSecret: {{secret}}\nsas-token: false\n",
            },
        ),
    ),
    Good(
        "the values of a chart that refers to a Secret",
        lambda: Foreign(
            "kubernetes:helm.sh/v3:Release",
            "chart",
            chart="c",
            values={
                "existingSecret": "oidc",
                "clientSecret": {"name": "oidc", "key": "client-secret"},
                "env": [{"name": "AZURE_CLIENT_ID", "value": guid("client")}],
            },
        ),
    ),
    Good(
        "an annotation that names a client secret",
        lambda: service_account("web", annotations={"client-secret": "Login/Web"}),
    ),
    Good(
        "a kind of object whose description has an example",
        lambda: kubernetes.apiextensions.v1.CustomResourceDefinition(
            "kind",
            metadata={"name": "shops.shop.example"},
            spec={
                "group": "shop.example",
                "scope": "Namespaced",
                "names": {"kind": "Shop", "plural": "shops"},
                "versions": [
                    {
                        "name": "v1",
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": {"description": "For example\n  clientSecret: Hunter2!\n"}},
                    }
                ],
            },
        ),
    ),
    Good("custom resources that refer to secrets", custom_resources_that_refer),
    Good(
        "a TLS Secret with its reason",
        lambda: kubernetes.core.v1.Secret(
            "tls",
            metadata={
                "name": "tls",
                "namespace": "shop",
                "annotations": {"kubernetes.io/description": "The ingress reads TLS from Secrets alone."},
            },
            type="kubernetes.io/tls",
            string_data={"tls.crt": "-----BEGIN CERTIFICATE-----", "tls.key": "-----BEGIN RSA PRIVATE KEY-----"},
        ),
    ),
    Good(
        "authorities that are trusted",
        lambda: kubernetes.core.v1.Secret(
            "ca", metadata={"name": "ca", "namespace": "shop"}, string_data={"ca.crt": "-----BEGIN CERTIFICATE-----"}
        ),
    ),
    Good(
        "command lines that only refer to credentials",
        lambda: deployment(
            "refers",
            container={
                "command": [
                    "sh",
                    "-c",
                    'AZURE_CLIENT_SECRET=$(cat /mnt/s/a) CLIENT_SECRET="$B" ./run --client-secret `cat c`',
                ],
                "args": [
                    "--client-secret=$(OIDC)",
                    "--client-secret-file=/mnt/secrets/oidc",
                    "--account-key",
                    "--sas-token=${SAS}",
                    "--client-secret",
                    "/mnt/secrets/oidc",
                    "--partition-key=country",
                ],
            },
        ),
    ),
    Good(
        "certificates, images and digests in base64 within texts",
        lambda: config_map(
            "packed",
            bundle="ca: " + base64.b64encode(b"-----BEGIN CERTIFICATE-----\n" + b"A" * 600).decode(),
            icon="url(data:image/png;base64," + base64.b64encode(bytes(range(256))).decode() + ")",
            lock="integrity sha512-" + base64.b64encode(bytes(64)).decode(),
            notes="store: " + base64.b64encode(b"AZURE_CLIENT_ID=0f3c and a path /var/run/secrets").decode(),
        ),
    ),
    Good(
        "volumes of storage without a key",
        lambda: deployment(
            "volumes",
            volumes=[
                {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                {"name": "disk", "azureDisk": {"diskName": "d", "diskURI": "/subscriptions/x/disks/d"}},
                {"name": "nfs", "csi": {"driver": "file.csi.azure.com", "volumeAttributes": {"shareName": "a"}}},
            ],
        ),
    ),
    Good(
        "a probe with a header",
        lambda: deployment(
            "web",
            container={
                "livenessProbe": {
                    "httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "Host", "value": "shop.example"}]}
                }
            },
        ),
    ),
    Good(
        "a role added to view that reads no secrets",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "widgets",
            metadata={"name": "widgets", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
            rules=[{"apiGroups": ["example.org"], "resources": ["widgets"], "verbs": ["get"]}],
        ),
    ),
    Good(
        "a node pool",
        lambda: containerservice.AgentPool(
            "pool",
            resource_group_name="rg",
            resource_name_="aks",
            agent_pool_name="user",
            mode="User",
            count=1,
            vm_size="Standard_D4s_v5",
        ),
    ),
)


def test_there_are_enough_of_them():
    assert len(GOODS) >= 30
    assert len({good.name for good in GOODS}) == len(GOODS)


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_nothing_is_said_against_it(good: Good):
    found = judge(run(good.program, mocks=AnyAzure()), config=good.config)

    against = {v.rule: v.message for v in found if "accepted for the reason" not in v.message}
    excepted = {name for name, message in against.items() if "excepted until" in message}
    assert against.keys() - excepted - RECOMMENDED - HALF_MADE.get(good.name, set()) == set(), against


@pytest.mark.parametrize("good", GOODS, ids=lambda good: good.name)
def test_nothing_stops_its_preview(good: Good):
    found = judge(run(good.program, preview=True, mocks=AnyAzure()), config=good.config)

    assert {v.rule: v.message for v in found if v.level == "MANDATORY"} == {}


@pytest.mark.parametrize("preview", [False, True])
def test_nothing_stops_the_dev_stack(preview: bool):
    assert {v.rule: v.message for v in judge(dev_stack(preview=preview)) if v.level == "MANDATORY"} == {}


# Snippets that are about one thing, and leave an identity without its other half.
HALF_MADE = {
    "a pod of another namespace with the same account name": {
        "federated-identity-has-roles",
        "identity-with-roles-is-used",
    },
}
