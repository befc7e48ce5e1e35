"""One workload on two clusters: its identity and roles outlive both, each cluster has credentials of its own.

A cluster is an entry of `clusters`. Adding one adds its credentials beside the others, taking one away removes only
its own: the identity, its roles and the remaining cluster's credentials stay as they are.
"""

import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")
group = resources.ResourceGroup("shop", resource_group_name="rg-blue-green", location=location)

clusters = {
    colour: wi.WorkloadIdentityCluster(
        colour,
        wi.WorkloadIdentityClusterArgs(
            resource_group_name=group.name,
            location=location,
            cluster_name=f"aks-{colour}",
            admin_group_object_ids=config.require_object("adminGroupObjectIds"),
            api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
        ),
    )
    for colour in config.require_object("clusters")
}
logs = wi.LogAnalyticsWorkspace("shop", wi.LogAnalyticsWorkspaceArgs(resource_group_name=group.name, location=location))
vault = wi.KeyVault("shop", wi.KeyVaultArgs(resource_group_name=group.name, location=location, workspace_id=logs.id))
orders = wi.FederatedWorkload(
    "orders",
    wi.FederatedWorkloadArgs(
        resource_group_name=group.name,
        location=location,
        clusters={colour: cluster.trust for colour, cluster in clusters.items()},
        service_accounts={"app": wi.ServiceAccount(namespace="shop", name="orders")},
    ),
)
wi.KeyVaultMount("orders", wi.KeyVaultMountArgs(workload=orders, vault=vault, objects={"db-password": wi.Secret()}))
pulumi.export("issuers", {colour: cluster.issuer_url for colour, cluster in clusters.items()})
pulumi.export("workloads", {"orders": orders.access})
