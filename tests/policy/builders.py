"""Resources as a careful program registers them by hand; a test changes the one thing it is about."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import (
    authorization,
    cognitiveservices,
    containerregistry,
    containerservice,
    cosmosdb,
    keyvault,
    managedidentity,
    monitor,
)

from tests.azure_mocks import SUBSCRIPTION, TENANT, guid

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VAULT_ID = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"
SUBNET_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"
WORKSPACE_ID = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
COSMOS_ID = f"{GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/shop"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('cluster')}/"
CLIENT_ID = guid("client")
PEOPLE = guid("people")

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
CERTIFICATE_USER = "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
AKS_WRITER = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"


def _given(changes: Mapping[str, Any], **defaults: Any) -> dict[str, Any]:
    """The arguments with the changes in them; None leaves one out."""
    return {key: value for key, value in {**defaults, **changes}.items() if value is not None}


def role_id(role: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"


def assignment(name: str, role: str = SECRETS_USER, **changes: Any) -> authorization.RoleAssignment:
    """Secrets User on one vault for an identity elsewhere."""
    return authorization.RoleAssignment(
        name,
        **_given(
            changes,
            principal_id=guid("principal", name),
            principal_type="ServicePrincipal",
            role_definition_id=role_id(role),
            scope=VAULT_ID,
        ),
    )


def definition(name: str, *actions: str, data_actions: list[str] | None = None, **changes: Any) -> Any:
    """A custom role that reads secrets, or does what is said."""
    chosen = data_actions if data_actions is not None or actions else [_READ_SECRET]
    return authorization.RoleDefinition(
        name,
        **_given(
            changes,
            role_name=name,
            scope=f"/subscriptions/{SUBSCRIPTION}",
            assignable_scopes=[f"/subscriptions/{SUBSCRIPTION}"],
            permissions=[authorization.PermissionArgs(actions=list(actions), data_actions=chosen or [])],
        ),
    )


_READ_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


def identity(name: str, **changes: Any) -> managedidentity.UserAssignedIdentity:
    return managedidentity.UserAssignedIdentity(
        name, **_given(changes, resource_group_name="rg", location="westeurope", resource_name_=name)
    )


def credential(name: str, of: str = "id-elsewhere", **changes: Any) -> managedidentity.FederatedIdentityCredential:
    """One service account of a cluster elsewhere, on an identity elsewhere."""
    opts = changes.pop("opts", None)
    return managedidentity.FederatedIdentityCredential(
        name,
        **_given(
            changes,
            resource_group_name="rg",
            resource_name_=of,
            federated_identity_credential_resource_name=name,
            issuer=ISSUER,
            subject=f"system:serviceaccount:shop:{name}",
            audiences=["api://AzureADTokenExchange"],
        ),
        opts=opts,
    )


def cluster(name: str, **changes: Any) -> containerservice.ManagedCluster:
    """A cluster with everything on that should be, and nothing that should not."""
    aks = containerservice
    return aks.ManagedCluster(
        name,
        **_given(
            changes,
            resource_group_name="rg",
            location="westeurope",
            resource_name_=name,
            dns_prefix=name,
            identity=aks.ManagedClusterIdentityArgs(type="SystemAssigned"),
            agent_pool_profiles=[
                aks.ManagedClusterAgentPoolProfileArgs(
                    name="system", mode="System", count=3, vm_size="Standard_D4ds_v5"
                )
            ],
            oidc_issuer_profile=aks.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            security_profile=security_profile(),
            disable_local_accounts=True,
            aad_profile=aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True),
            api_server_access_profile=aks.ManagedClusterAPIServerAccessProfileArgs(
                disable_run_command=True, authorized_ip_ranges=["203.0.113.0/24"]
            ),
            addon_profiles={
                "azureKeyvaultSecretsProvider": aks.ManagedClusterAddonProfileArgs(
                    enabled=True, config={"enableSecretRotation": "true"}
                ),
                "azurepolicy": aks.ManagedClusterAddonProfileArgs(enabled=True),
            },
        ),
    )


def security_profile(*, workload_identity: bool | None = True, defender: bool | None = True) -> Any:
    aks = containerservice
    return aks.ManagedClusterSecurityProfileArgs(
        workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=workload_identity)
        if workload_identity is not None
        else None,
        defender=aks.ManagedClusterSecurityProfileDefenderArgs(
            log_analytics_workspace_resource_id=WORKSPACE_ID,
            security_monitoring=aks.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs(enabled=defender),
        )
        if defender is not None
        else None,
    )


def audit(name: str, of: pulumi.Input[str], category: str, **changes: Any) -> monitor.DiagnosticSetting:
    return monitor.DiagnosticSetting(
        name,
        **_given(
            changes,
            resource_uri=of,
            workspace_id=WORKSPACE_ID,
            logs=[{"category": category, "enabled": True}],
        ),
    )


def vault(name: str, *, audited: bool = True, **changes: Any) -> keyvault.Vault:
    """A vault that only RBAC opens, and whose reads are logged."""
    made = keyvault.Vault(
        name,
        resource_group_name="rg",
        location="westeurope",
        vault_name=name,
        properties=keyvault.VaultPropertiesArgs(
            **_given(
                changes,
                tenant_id=TENANT,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
                enable_rbac_authorization=True,
                enable_purge_protection=True,
                public_network_access="Disabled",
            )
        ),
    )
    if audited:
        audit(f"{name}-audit", made.id, "AuditEvent")
    return made


def registry(name: str, **changes: Any) -> containerregistry.Registry:
    return containerregistry.Registry(
        name,
        **_given(
            changes,
            resource_group_name="rg",
            location="westeurope",
            registry_name=name.replace("-", ""),
            sku=containerregistry.SkuArgs(name="Standard"),
            admin_user_enabled=False,
        ),
    )


def ai_account(name: str, **changes: Any) -> cognitiveservices.Account:
    return cognitiveservices.Account(
        name,
        resource_group_name="rg",
        location="westeurope",
        account_name=name,
        kind="OpenAI",
        sku=cognitiveservices.SkuArgs(name="S0"),
        properties=cognitiveservices.AccountPropertiesArgs(
            **_given(changes, custom_sub_domain_name=name, disable_local_auth=True)
        ),
    )


def cosmos_assignment(name: str, **changes: Any) -> cosmosdb.SqlResourceSqlRoleAssignment:
    return cosmosdb.SqlResourceSqlRoleAssignment(
        name,
        **_given(
            changes,
            resource_group_name="rg",
            account_name="shop",
            principal_id=guid("principal", name),
            role_assignment_id=guid(name),
            role_definition_id=f"{COSMOS_ID}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002",
            scope=f"{COSMOS_ID}/dbs/orders/colls/orders",
        ),
    )


def service_account(name: str, **metadata: Any) -> kubernetes.core.v1.ServiceAccount:
    top = {key: metadata.pop(key) for key in ("image_pull_secrets",) if key in metadata}
    return kubernetes.core.v1.ServiceAccount(name, metadata={"name": name, "namespace": "shop", **metadata}, **top)


def deployment(
    name: str,
    *,
    labels: Mapping[str, Any] | None = None,
    annotations: Mapping[str, Any] | None = None,
    container: Mapping[str, Any] | None = None,
    **spec: Any,
) -> kubernetes.apps.v1.Deployment:
    """A deployment of one container in the namespace shop."""
    return kubernetes.apps.v1.Deployment(
        name, metadata={"name": name, "namespace": "shop"}, spec=pods(name, labels, annotations, container, spec)
    )


def pods(
    name: str,
    labels: Mapping[str, Any] | None = None,
    annotations: Mapping[str, Any] | None = None,
    container: Mapping[str, Any] | None = None,
    spec: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name, **(labels or {})}, "annotations": dict(annotations or {})},
            "spec": {
                "containers": [{"name": name, "image": "example.azurecr.io/app:1", **(container or {})}],
                **(spec or {}),
            },
        },
    }


def mounted(name: str = "secrets", **changes: Any) -> dict[str, Any]:
    """The volume of a SecretProviderClass."""
    csi = {
        "driver": "secrets-store.csi.k8s.io",
        "readOnly": True,
        "volumeAttributes": {"secretProviderClass": "orders"},
        **changes,
    }
    return {"name": name, "csi": csi}


def provider_class(
    name: str,
    *,
    provider: str = "azure",
    objects: str | None = None,
    annotations: Any = None,
    secret_objects: Any = None,
    **parameters: Any,
) -> kubernetes.apiextensions.CustomResource:
    """A class that reads one secret as a workload's identity."""
    text = "array:\n- |\n  objectName: db-password\n  objectType: secret\n" if objects is None else objects
    given = {
        "usePodIdentity": "false",
        "useVMManagedIdentity": "false",
        "clientID": CLIENT_ID,
        "keyvaultName": "kv-shop",
        "tenantID": TENANT,
        "objects": text,
        **parameters,
    }
    return kubernetes.apiextensions.CustomResource(
        name,
        api_version="secrets-store.csi.x-k8s.io/v1",
        kind="SecretProviderClass",
        metadata={"name": name, "namespace": "shop", "annotations": annotations or {}},
        spec={
            "provider": provider,
            "parameters": {key: value for key, value in given.items() if value is not None},
            **({"secretObjects": secret_objects} if secret_objects else {}),
        },
    )


def config_map(name: str, **data: str) -> kubernetes.core.v1.ConfigMap:
    return kubernetes.core.v1.ConfigMap(name, metadata={"name": name, "namespace": "shop"}, data=data)


def cluster_role(name: str, verbs: list[str], resources: list[str]) -> kubernetes.rbac.v1.ClusterRole:
    rules = [{"apiGroups": [""], "verbs": verbs, "resources": resources}]
    return kubernetes.rbac.v1.ClusterRole(name, metadata={"name": name}, rules=rules)


def cluster_binding(logical_name: str, role: str, **subject: str) -> kubernetes.rbac.v1.ClusterRoleBinding:
    return kubernetes.rbac.v1.ClusterRoleBinding(
        logical_name,
        metadata={"name": logical_name},
        role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        subjects=[subject or {"kind": "ServiceAccount", "name": "orders", "namespace": "shop"}],
    )
