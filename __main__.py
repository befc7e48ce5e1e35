"""The program: configuration in, components, outputs out."""

from typing import Any

import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization, resources

from settings import Settings

settings = Settings.load()
group = resources.ResourceGroup(
    "shop", resource_group_name=settings.resource_group_name, location=settings.location, tags=settings.tags
)
where: dict[str, Any] = {"resource_group_name": group.name, "location": settings.location, "tags": settings.tags}
# Globally unique names are derived from plain text, so that the very first preview knows them.
names = wi.UniqueNames(authorization.get_client_config().subscription_id, settings.resource_group_name)

registry = wi.ContainerRegistry("shop", wi.ContainerRegistryArgs(**where, registry_name=names.registry("shop")))
logs = settings.audit.workspace_id or wi.LogAnalyticsWorkspace("shop", {**where, **settings.audit.workspace}).id
vault = wi.KeyVault(
    "shop", wi.KeyVaultArgs(**where, vault_name=names.vault("shop"), workspace_id=logs, **dict(settings.key_vault))
)
storage = open_ai = None
if settings.storage.containers or settings.storage.queues:
    account = names.storage_account("shop")
    storage = wi.StorageAccount("shop", wi.StorageAccountArgs(**where, account_name=account, **dict(settings.storage)))
if settings.open_ai.deployments:
    account = names.account("shop")
    open_ai = wi.CognitiveServicesAccount(
        "shop", wi.CognitiveServicesAccountArgs(**where, account_name=account, **dict(settings.open_ai))
    )
registries = {"shop": wi.RegistryAttachment(registry_id=registry.id)}
cluster = wi.WorkloadIdentityCluster(
    "shop", wi.WorkloadIdentityClusterArgs(**where, registries=registries, **dict(settings.cluster))
)
wi.ClusterAudit("shop", {"cluster_id": cluster.id, "workspace_id": logs, "categories": settings.audit.categories})

readers: dict[str, pulumi.Input[str]] = {}
access: dict[str, pulumi.Output[dict[str, object]]] = {}
for name, each in settings.workloads.items():
    accounts, grants = {"app": each.service_account}, each.grants(storage, open_ai)
    workload = wi.FederatedWorkload(
        name,
        wi.FederatedWorkloadArgs(**where, clusters={"dev": cluster.trust}, service_accounts=accounts, grants=grants),
    )
    mounts: list[wi.KeyVaultMount] = []
    if each.vault_objects:
        args = wi.KeyVaultMountArgs(
            workload=workload, vault=vault, objects=each.vault_objects, only_secret_names=each.only_secret_names
        )
        mounts.append(wi.KeyVaultMount(name, args))
    kubernetes.apps.v1.Deployment(
        name,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=name,
            namespace=each.service_account.namespace,
            # Pods start once the vault's values have been written, which is not this program's business.
            annotations={"pulumi.com/skipAwait": "true"},
        ),
        spec=workload.pod_spec(each.deployment_spec(name, open_ai), mounts=mounts),
        opts=cluster.trust.in_cluster(None, depends_on=[workload, *mounts]),
    )
    access[name], readers[name] = workload.access, workload.principal_id

pulumi.export("clusterName", cluster.name)
pulumi.export("issuerUrl", cluster.issuer_url)
pulumi.export("registry", registry.login_server)
pulumi.export("vaultUri", vault.vault_uri)
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("workloads", access)
pulumi.export("secretReads", wi.secret_reads(readers, [vault.reference.id]))
pulumi.export("accessMap", wi.registered_access_map())
