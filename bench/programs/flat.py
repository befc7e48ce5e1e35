"""The resources of N workloads, written out by hand, and nothing else."""

import hashlib
import os
import uuid

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization, managedidentity

SUBSCRIPTION = authorization.get_client_config().subscription_id
VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop"
ISSUER = (
    "https://westeurope.oic.prod-aks.azure.com"
    "/72f988bf-86f1-41af-91ab-2d7cd011db47/0a1b2c3d-0000-4000-8000-123456789abc/"
)
ROLE = "4633458b-17de-408a-b874-0445c86b69e6"  # Key Vault Secrets User
NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/aks-workload-identity/role-assignments")

provider = kubernetes.Provider("dev", kubeconfig="{}", cluster_identifier="dev")

for number in range(int(os.environ["BENCH_WORKLOADS"])):
    name = f"app-{number}"
    subject = f"system:serviceaccount:shop:{name}"
    identity = managedidentity.UserAssignedIdentity(
        name, resource_group_name="rg", resource_name_=name, location="westeurope", tags={}
    )
    credential = hashlib.sha256(f"dev\0{subject}".encode()).hexdigest()[:10]
    managedidentity.FederatedIdentityCredential(
        f"{name}-dev-app",
        resource_group_name="rg",
        resource_name_=name,
        federated_identity_credential_resource_name=f"dev-shop-{name}-{credential}",
        issuer=ISSUER,
        subject=subject,
        audiences=["api://AzureADTokenExchange"],
        opts=pulumi.ResourceOptions(depends_on=[identity]),
    )
    # The same GUID as the component's, so that both programs register the same.
    component = "aks-workload-identity:index:FederatedWorkload"
    seed = (pulumi.get_project(), pulumi.get_stack(), component, f"{name}-vault", name, ROLE)
    authorization.RoleAssignment(
        f"{name}-vault",
        role_assignment_name=str(uuid.uuid5(NAMES, "/".join(seed))),
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
        scope=VAULT,
        description=f"key_vault.read_secrets [vault of {name}, stack {pulumi.get_project()}/{pulumi.get_stack()}]",
    )
    kubernetes.core.v1.ServiceAccount(
        f"{name}-dev-app",
        metadata={
            "name": name,
            "namespace": "shop",
            "annotations": {"azure.workload.identity/client-id": identity.client_id},
        },
        opts=pulumi.ResourceOptions(provider=provider),
    )
