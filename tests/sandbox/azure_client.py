"""Talks to the sandbox's Azure over HTTP as any ARM client does, and knows what a minimal resource looks like."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.store import Store

LOCATION = "westeurope"
ISSUER = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"
ROLES = {
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
    "Storage Blob Data Reader": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
}
VERSIONS = {
    "resourcegroups": "2024-11-01",
    "microsoft.managedidentity": "2023-01-31",
    "microsoft.containerservice": "2025-09-01",
    "microsoft.authorization": "2022-04-01",
    "microsoft.keyvault": "2024-11-01",
    "microsoft.containerregistry": "2023-01-01-preview",
    "microsoft.insights": "2021-05-01-preview",
    "microsoft.network": "2024-05-01",
    "microsoft.operationalinsights": "2023-09-01",
    "microsoft.resources": "2024-03-01",
    "microsoft.security": "2024-01-01",
    "microsoft.storage": "2024-01-01",
    "microsoft.cognitiveservices": "2025-06-01",
}
DNS_VERSION = "2024-06-01"
POLICY_VERSION = "2025-01-01"
Body = dict[str, Any]


@dataclass
class Reply:
    status: int
    body: Any
    headers: Body

    @property
    def code(self) -> str:
        return self.body["error"]["code"]

    @property
    def message(self) -> str:
        return self.body["error"]["message"]

    @property
    def refusal(self) -> tuple[int, str]:
        return (self.status, self.code)


@dataclass
class AzureClient:
    """Paths are relative to the resource group `rg`, or absolute when they start with a slash."""

    url: str
    store: Store
    headers: Body = field(default_factory=lambda: {"Authorization": "Bearer any", "Host": "management.azure.com"})

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.store.subscription_id}"

    @property
    def group(self) -> str:
        return f"{self.subscription}/resourceGroups/rg"

    def id(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.group}/providers/{path}"

    def send(self, method: str, path: str, body: Any = None, *, version: str | None = None, query: str = "") -> Reply:
        full = self.id(path)
        if version is None:
            lowered = full.lower()
            namespace = lowered.rpartition("/providers/")[2].split("/")[0] if "/providers/" in lowered else ""
            version = VERSIONS.get(namespace, VERSIONS["resourcegroups"])
            if "/providers/microsoft.network/privatednszones/" in lowered and namespace == "microsoft.network":
                version = DNS_VERSION
            if "/policyassignments" in lowered:
                version = POLICY_VERSION
        parts = [part for part in (version and f"api-version={version}", query) if part]
        answer = requests.request(
            method, f"{self.url}{full}?{'&'.join(parts)}", json=body, headers=self.headers, timeout=20
        )
        return Reply(answer.status_code, answer.json() if answer.content else None, dict(answer.headers))

    def put(self, path: str, body: Any, **options: Any) -> Reply:
        return self.send("PUT", path, body, **options)

    def get(self, path: str, **options: Any) -> Reply:
        return self.send("GET", path, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Reply:
        return self.send("PATCH", path, body, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.send("DELETE", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        return self.send("POST", path, body, **options)

    # What tests start from

    def make(self, path: str, body: Body) -> Body:
        """The resource as it stands after a PUT that must be accepted."""
        reply = self.put(path, body)
        assert reply.status in (200, 201, 202), reply.body
        return self.get(path).body

    def make_group(self, name: str = "rg") -> Body:
        return self.make(f"{self.subscription}/resourceGroups/{name}", {"location": LOCATION})

    def make_identity(self, name: str = "id-orders") -> Body:
        return self.make(identity(name), {"location": LOCATION})

    def assign(self, scope: str, principal_id: str, role: str = "Key Vault Secrets User", **properties: Any) -> Reply:
        name = properties.pop("name", None) or str(uuid.uuid4())
        role_id = f"{self.subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"
        stated = {"principalId": principal_id, "roleDefinitionId": role_id, **properties}
        return self.put(f"{self.id(scope)}/providers/{ASSIGNMENTS}/{name}", {"properties": stated})


def identity(name: str) -> str:
    return f"Microsoft.ManagedIdentity/userAssignedIdentities/{name}"


def credential(identity_name: str, name: str) -> str:
    return f"{identity(identity_name)}/federatedIdentityCredentials/{name}"


def a_credential(subject: str = "system:serviceaccount:shop:orders", **properties: Any) -> Body:
    stated = {"issuer": ISSUER, "subject": subject, "audiences": ["api://AzureADTokenExchange"], **properties}
    return {"properties": stated}


def vault(name: str) -> str:
    return f"Microsoft.KeyVault/vaults/{name}"


def a_vault(**properties: Any) -> Body:
    stated = {
        "tenantId": "00000000-0000-4000-8000-000000000001",
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        **properties,
    }
    return {"location": LOCATION, "properties": stated}


def registry(name: str) -> str:
    return f"Microsoft.ContainerRegistry/registries/{name}"


def a_registry(sku: str = "Standard", **properties: Any) -> Body:
    return {"location": LOCATION, "sku": {"name": sku}, "properties": properties}


def storage_account(name: str) -> str:
    return f"Microsoft.Storage/storageAccounts/{name}"


def container(account_name: str, name: str) -> str:
    return f"{storage_account(account_name)}/blobServices/default/containers/{name}"


def queue(account_name: str, name: str) -> str:
    return f"{storage_account(account_name)}/queueServices/default/queues/{name}"


def a_storage_account(kind: str = "StorageV2", sku: str = "Standard_LRS", **properties: Any) -> Body:
    return {"location": LOCATION, "kind": kind, "sku": {"name": sku}, "properties": properties}


def workspace(name: str = "log-shop") -> str:
    return f"Microsoft.OperationalInsights/workspaces/{name}"


def a_workspace(**properties: Any) -> Body:
    return {"location": LOCATION, "properties": {"sku": {"name": "PerGB2018"}, "retentionInDays": 90, **properties}}


def setting(of: str, name: str = "audit") -> str:
    return f"{of}/providers/Microsoft.Insights/diagnosticSettings/{name}"


def a_network(prefix: str = "10.1.0.0/16", **subnets: str) -> Body:
    inside = [{"name": name, "properties": {"addressPrefix": where}} for name, where in subnets.items()]
    return {"location": LOCATION, "properties": {"addressSpace": {"addressPrefixes": [prefix]}, "subnets": inside}}


def network(name: str = "vnet") -> str:
    return f"Microsoft.Network/virtualNetworks/{name}"


def private_endpoint(name: str = "kv-shop") -> str:
    return f"Microsoft.Network/privateEndpoints/{name}"


def zone(name: str = "privatelink.vaultcore.azure.net") -> str:
    return f"Microsoft.Network/privateDnsZones/{name}"


def ai_account(name: str) -> str:
    return f"Microsoft.CognitiveServices/accounts/{name}"


def an_ai_account(kind: str = "OpenAI", **properties: Any) -> Body:
    return {"location": LOCATION, "kind": kind, "sku": {"name": "S0"}, "properties": properties}


def deployment(account_name: str, name: str) -> str:
    return f"{ai_account(account_name)}/deployments/{name}"


def a_deployment(model: str = "gpt-4o-mini") -> Body:
    named = {"format": "OpenAI", "name": model, "version": "2024-07-18"}
    return {"sku": {"name": "GlobalStandard", "capacity": 10}, "properties": {"model": named}}


def cluster(name: str = "dev") -> str:
    return f"Microsoft.ContainerService/managedClusters/{name}"


def a_cluster(**properties: Any) -> Body:
    stated = {
        "dnsPrefix": "dev",
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
        **properties,
    }
    kept = {name: value for name, value in stated.items() if value is not None}
    return {"location": LOCATION, "identity": {"type": "SystemAssigned"}, "properties": kept}
