"""The program: configuration in, components, outputs out."""

from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from aks_workload_identity import (
    ApiServerAccess,
    ContainerRegistry,
    ContainerRegistryArgs,
    FederatedWorkload,
    FederatedWorkloadArgs,
    KeyVault,
    KeyVaultArgs,
    KeyVaultMount,
    KeyVaultMountArgs,
    RegistryAttachment,
    WorkloadIdentityCluster,
    WorkloadIdentityClusterArgs,
    registry_name,
    vault_name,
)
from pulumi_azure_native import authorization, resources

from settings import Settings

settings = Settings.load()
group = resources.ResourceGroup(
    "shop", resource_group_name=settings.resource_group_name, location=settings.location, tags=settings.tags
)
where: dict[str, Any] = {"resource_group_name": group.name, "location": settings.location, "tags": settings.tags}

# Derived from plain text, so that the very first preview knows these names.
unique: dict[str, str] = {
    "subscription_id": authorization.get_client_config().subscription_id,
    "resource_group_name": settings.resource_group_name,
}
registry = ContainerRegistry("shop", ContainerRegistryArgs(**where, registry_name=registry_name("shop", **unique)))
vault = KeyVault(
    "shop",
    KeyVaultArgs(
        **where,
        vault_name=vault_name("shop", **unique),
        allowed_ip_ranges=settings.key_vault.allowed_ip_ranges,
        recover=settings.key_vault.recover,
    ),
)
cluster = WorkloadIdentityCluster(
    "shop",
    WorkloadIdentityClusterArgs(
        **where,
        cluster_name=settings.cluster.name,
        admin_group_object_ids=settings.cluster.admin_group_object_ids,
        api_server=ApiServerAccess(authorized_ip_ranges=settings.cluster.authorized_ip_ranges),
        system_pool=settings.cluster.system_pool,
        kubelogin_mode=settings.cluster.kubelogin_mode,
        registries={"shop": RegistryAttachment(registry_id=registry.id)},
    ),
)

access: dict[str, pulumi.Output[dict[str, object]]] = {}
for name, each in settings.workloads.items():
    workload = FederatedWorkload(
        name,
        FederatedWorkloadArgs(**where, clusters={"dev": cluster.trust}, service_accounts={"app": each.service_account}),
    )
    mounts: list[KeyVaultMount] = []
    if each.vault_objects:
        mounts.append(
            KeyVaultMount(name, KeyVaultMountArgs(workload=workload, vault=vault, objects=each.vault_objects))
        )
    kubernetes.apps.v1.Deployment(
        name,
        metadata={
            "name": name,
            "namespace": each.service_account.namespace,
            # Pods start once the vault's values have been written, which is not this program's business.
            "annotations": {"pulumi.com/skipAwait": "true"},
        },
        spec=workload.pod_spec(each.deployment_spec(name), mounts=mounts),
        opts=cluster.trust.in_cluster(None, depends_on=[workload, *mounts]),
    )
    access[name] = workload.access

pulumi.export("clusterName", cluster.name)
pulumi.export("issuerUrl", cluster.issuer_url)
pulumi.export("registry", registry.login_server)
pulumi.export("vaultUri", vault.vault_uri)
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("workloads", access)
