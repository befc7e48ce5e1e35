"""Service accounts that Helm or GitOps owns: this stack makes the trust, the outputs say what the others write.

`helmValues` goes into the chart's values and `annotations` into the manifests of a GitOps repository. Neither holds a
secret: a client id is a name. The subject is fixed here, so that no change of a chart widens who may log in. An account
that is there already and whose owner writes no annotations, such as an operator's, is patched: this stack applies the
annotations alone and takes nothing else with it.
"""

import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
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
    "gitops",
    wi.StorageAccountArgs(resource_group_name=group.name, location=location, containers=["reports", "backups"]),
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

# In place of what an operator's manifests have brought to your cluster; leave these two out in a copy.
metadata = {"name": "backup-operator", "namespace": "backup"}
there = kubernetes.core.v1.Namespace("backup", metadata={"name": "backup"}, opts=cluster.trust.in_cluster(None))
operator = kubernetes.core.v1.ServiceAccount(
    "backup", metadata=metadata, opts=cluster.trust.in_cluster(None, depends_on=[there])
)
backup = wi.FederatedWorkload(
    "backup",
    wi.FederatedWorkloadArgs(
        resource_group_name=group.name,
        location=location,
        clusters={"gitops": cluster.trust},
        service_accounts={"operator": wi.ServiceAccount(**metadata, ownership="patch")},
        grants={"backups": wi.grants.storage.write_blobs(account.containers["backups"].id)},
    ),
    pulumi.ResourceOptions(depends_on=[operator]),
)
pulumi.export("helmValues", reports.helm_values())
pulumi.export("annotations", reports.annotations)
pulumi.export("workloads", {"reports": reports.access, "backup": backup.access})
