"""A workload on a cluster that somebody else made: looked up, used, never changed."""

import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")

cluster = wi.ExistingCluster(
    "platform",
    wi.ExistingClusterArgs(
        resource_group_name=config.require("clusterResourceGroup"), cluster_name=config.require("clusterName")
    ),
)
group = resources.ResourceGroup("billing", resource_group_name="rg-billing", location=location)
account = wi.StorageAccount(
    "billing",
    wi.StorageAccountArgs(resource_group_name=group.name, location=location, queues=["invoices-due"]),
)
worker = wi.FederatedWorkload(
    "billing",
    wi.FederatedWorkloadArgs(
        resource_group_name=group.name,
        location=location,
        clusters={"platform": cluster.trust},
        service_accounts={"worker": wi.ServiceAccount(namespace="billing", name="worker")},
        grants={"invoices": wi.grants.storage.process_messages(account.queues["invoices-due"].id)},
    ),
)
pulumi.export("workloads", {"billing": worker.access})
