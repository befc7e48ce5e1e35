"""The platform team's stack: a cluster and a vault, and the outputs that workload stacks build on."""

import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")
group = resources.ResourceGroup("platform", resource_group_name="rg-platform", location=location)

cluster = wi.WorkloadIdentityCluster(
    "platform",
    wi.WorkloadIdentityClusterArgs(
        resource_group_name=group.name,
        location=location,
        cluster_name="aks-platform",
        admin_group_object_ids=config.require_object("adminGroupObjectIds"),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
    ),
)
logs = wi.LogAnalyticsWorkspace(
    "platform", wi.LogAnalyticsWorkspaceArgs(resource_group_name=group.name, location=location)
)
vault = wi.KeyVault(
    "platform", wi.KeyVaultArgs(resource_group_name=group.name, location=location, workspace_id=logs.id)
)

# Plain names where another stack must know them in its preview, outputs for the rest; the kubeconfig is a secret.
pulumi.export("clusterKey", "aks-platform")
pulumi.export("clusterId", cluster.id)
pulumi.export("issuerUrl", cluster.issuer_url)
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("vaultName", vault.name)
pulumi.export("vaultId", vault.id)
