"""Components with the least arguments they work with, for tests to change one thing at a time."""

from typing import Any

import pulumi_kubernetes as kubernetes
from aks_workload_identity import (
    ClusterTrust,
    FederatedWorkload,
    FederatedWorkloadArgs,
    KeyVaultMount,
    KeyVaultMountArgs,
    Secret,
    ServiceAccount,
    VaultReference,
    WorkloadIdentityCluster,
    WorkloadIdentityClusterArgs,
)

from tests.azure_mocks import SUBSCRIPTION, TENANT

ADMINS = "3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/11111111-2222-3333-4444-555555555555/"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VAULT_ID = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"
WORKSPACE_ID = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log-shop"
REGISTRY_ID = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/crshop"


def trust(key: str = "blue", **changes: Any) -> ClusterTrust:
    provider = kubernetes.Provider(f"provider-{key}", kubeconfig="{}", cluster_identifier=key)
    issuer = ISSUER if key == "blue" else f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{key}/"
    return ClusterTrust(**{"key": key, "issuer_url": issuer, "kubernetes_provider": provider, **changes})


def accounts(*names: str, namespace: str = "shop") -> dict[str, ServiceAccount]:
    return {name: ServiceAccount(namespace=namespace, name=name) for name in names}


def workload_args(**changes: Any) -> FederatedWorkloadArgs:
    least: dict[str, Any] = {
        "resource_group_name": "rg",
        "location": "westeurope",
        "service_accounts": accounts("orders"),
    }
    if "clusters" not in changes:
        least["clusters"] = {"blue": trust()}
    return FederatedWorkloadArgs(**{**least, **changes})


def workload(name: str = "orders", **changes: Any) -> FederatedWorkload:
    return FederatedWorkload(name, workload_args(**changes))


def vault(**changes: Any) -> VaultReference:
    return VaultReference(**{"key": "shop", "name": "kv-shop", "id": VAULT_ID, **changes})


def mount(of: FederatedWorkload, name: str = "orders", **changes: Any) -> KeyVaultMount:
    least: dict[str, Any] = {"workload": of, "vault": vault(), "objects": {"db-password": Secret()}}
    return KeyVaultMount(name, KeyVaultMountArgs(**{**least, **changes}))


def cluster(name: str = "aks", **changes: Any) -> WorkloadIdentityCluster:
    least: dict[str, Any] = {
        "resource_group_name": "rg",
        "location": "westeurope",
        "admin_group_object_ids": [ADMINS],
    }
    return WorkloadIdentityCluster(name, WorkloadIdentityClusterArgs(**{**least, **changes}))
