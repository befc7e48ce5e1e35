"""A cluster, a vault, a registry and N workloads that read the vault, by components."""

import os
from typing import Any

import aks_workload_identity as wi
from pulumi_azure_native import resources

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
place: dict[str, Any] = {"resource_group_name": group.name, "location": "westeurope"}
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
vault = wi.KeyVault("shop", wi.KeyVaultArgs(**place, vault_name="kv-shop-of-the-bench"))
registry = wi.ContainerRegistry("shop", wi.ContainerRegistryArgs(**place, registry_name="crshopofthebench"))
cluster = wi.WorkloadIdentityCluster(
    "shop",
    wi.WorkloadIdentityClusterArgs(
        **place,
        admin_group_object_ids=admins,
        registries={"shop": wi.RegistryAttachment(registry_id=registry.id)},
    ),
)
for number in range(int(os.environ["BENCH_WORKLOADS"])):
    name = f"app-{number}"
    wi.FederatedWorkload(
        name,
        wi.FederatedWorkloadArgs(
            **place,
            clusters={"dev": cluster.trust},
            service_accounts={"app": wi.ServiceAccount(namespace="shop", name=name)},
            grants={"vault": wi.grants.key_vault.read_secrets(vault.reference.id)},
        ),
    )
