"""N workloads, each one component."""

import os

import pulumi_kubernetes as kubernetes
from aks_workload_identity import ClusterTrust, FederatedWorkload, FederatedWorkloadArgs, ServiceAccount
from aks_workload_identity.grants import key_vault

SUBSCRIPTION = os.environ["ARM_SUBSCRIPTION_ID"]
VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop"
ISSUER = (
    "https://westeurope.oic.prod-aks.azure.com"
    "/72f988bf-86f1-41af-91ab-2d7cd011db47/0a1b2c3d-0000-4000-8000-123456789abc/"
)

provider = kubernetes.Provider("dev", kubeconfig="{}", cluster_identifier="dev")
trust = ClusterTrust(key="dev", issuer_url=ISSUER, kubernetes_provider=provider)

for number in range(int(os.environ["BENCH_WORKLOADS"])):
    name = f"app-{number}"
    FederatedWorkload(
        name,
        FederatedWorkloadArgs(
            resource_group_name="rg",
            location="westeurope",
            clusters={"dev": trust},
            service_accounts={"app": ServiceAccount(namespace="shop", name=name)},
            grants={"vault": key_vault.read_secrets(VAULT)},
            create_namespaces=False,
        ),
    )
