"""The resources of `many`, the workloads by hand, as many programs have them: one thing after the other."""

import os
from typing import Any

import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization, managedidentity, resources

ROLE = "4633458b-17de-408a-b874-0445c86b69e6"  # Key Vault Secrets User

subscription = authorization.get_client_config().subscription_id
group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
place: dict[str, Any] = {"resource_group_name": group.name, "location": "westeurope"}
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
registry = wi.ContainerRegistry("shop", wi.ContainerRegistryArgs(**place, registry_name="crshopofthebench"))
cluster = wi.WorkloadIdentityCluster(
    "shop",
    wi.WorkloadIdentityClusterArgs(
        **place,
        admin_group_object_ids=admins,
        registries={"shop": wi.RegistryAttachment(registry_id=registry.id)},
    ),
    pulumi.ResourceOptions(depends_on=[registry]),
)
after_cluster = pulumi.ResourceOptions(depends_on=[cluster])
vault = wi.KeyVault("shop", wi.KeyVaultArgs(**place, vault_name="kv-shop-of-the-bench"), after_cluster)
in_cluster = pulumi.ResourceOptions(provider=cluster.kubernetes_provider)
namespace = kubernetes.core.v1.Namespace("shop", metadata={"name": "shop"}, opts=in_cluster)

for number in range(int(os.environ["BENCH_WORKLOADS"])):
    name = f"app-{number}"
    identity = managedidentity.UserAssignedIdentity(name, resource_name_=name, **place, opts=after_cluster)
    assignment = authorization.RoleAssignment(
        f"{name}-vault",
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
        scope=vault.reference.id,
    )
    account = kubernetes.core.v1.ServiceAccount(
        name,
        metadata={
            "name": name,
            "namespace": "shop",
            "annotations": {"azure.workload.identity/client-id": identity.client_id},
        },
        opts=pulumi.ResourceOptions(provider=cluster.kubernetes_provider, depends_on=[namespace, assignment]),
    )
    managedidentity.FederatedIdentityCredential(
        name,
        resource_group_name=group.name,
        resource_name_=identity.name,
        federated_identity_credential_resource_name=name,
        issuer=cluster.issuer_url,
        subject=f"system:serviceaccount:shop:{name}",
        audiences=["api://AzureADTokenExchange"],
        opts=pulumi.ResourceOptions(depends_on=[account]),
    )
