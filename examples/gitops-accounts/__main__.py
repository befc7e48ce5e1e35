"""Service accounts that Helm or GitOps owns: this stack makes the trust, the outputs say what the others write.

`helmValues` goes into the chart's values and `annotations` into the manifests of a GitOps repository. Neither holds a
secret: a client id is a name. The subject is fixed here, so that no change of a chart widens who may log in.
"""

import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")
group = resources.ResourceGroup("gitops", resource_group_name="rg-gitops", location=location)
cluster = wi.WorkloadIdentityCluster(
    "gitops",
    wi.WorkloadIdentityClusterArgs(
        resource_group_name=group.name,
        location=location,
        cluster_name="aks-gitops",
        admin_group_object_ids=config.require_object("adminGroupObjectIds"),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
    ),
)
account = wi.StorageAccount(
    "gitops", wi.StorageAccountArgs(resource_group_name=group.name, location=location, containers=["reports"])
)
reports = wi.FederatedWorkload(
    "reports",
    wi.FederatedWorkloadArgs(
        resource_group_name=group.name,
        location=location,
        clusters={"gitops": cluster.trust},
        service_accounts={
            "chart": wi.ServiceAccount(namespace="reports", name="reports", ownership="external"),
        },
        grants={"reports": wi.grants.storage.write_blobs(account.containers["reports"].id)},
    ),
)
pulumi.export("helmValues", reports.helm_values())
pulumi.export("annotations", reports.annotations)
pulumi.export("workloads", {"reports": reports.access})
