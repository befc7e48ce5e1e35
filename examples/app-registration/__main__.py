"""Pods that become an app registration: for permissions of Microsoft Graph, which an administrator consents to.

A managed identity does the rest of the same without rights in the directory; take it wherever it will do. There is no
client secret here either: the registration trusts one service account.
"""

import aks_workload_identity as wi
import pulumi
import pulumi_azuread as azuread
import pulumi_kubernetes as kubernetes
from aks_workload_identity.azuread import FederatedApplication, FederatedApplicationArgs
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")
group = resources.ResourceGroup("directory", resource_group_name="rg-app-registration", location=location)
cluster = wi.WorkloadIdentityCluster(
    "directory",
    wi.WorkloadIdentityClusterArgs(
        resource_group_name=group.name,
        location=location,
        cluster_name="aks-app-registration",
        admin_group_object_ids=config.require_object("adminGroupObjectIds"),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
    ),
)
exports = wi.StorageAccount(
    "directory", wi.StorageAccountArgs(resource_group_name=group.name, location=location, containers=["exports"])
)
sync = FederatedApplication(
    "directory-sync",
    FederatedApplicationArgs(
        clusters={"directory": cluster.trust},
        service_accounts={"sync": wi.ServiceAccount(namespace="directory", name="sync")},
        grants={"exports": wi.grants.storage.write_blobs(exports.containers["exports"].id)},
        # An owner may add a client secret in Entra ID. Whoever deploys with Application.ReadWrite.OwnedBy must be one.
        owners=[azuread.get_client_config().object_id],
    ),
)
kubernetes.apps.v1.Deployment(
    "directory-sync",
    metadata={"name": "sync", "namespace": "directory", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec=sync.pod_spec(
        {
            "selector": {"match_labels": {"app": "sync"}},
            "template": {
                "metadata": {"labels": {"app": "sync"}},
                "spec": {"containers": [{"name": "sync", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}]},
            },
        },
        service_account="sync",
    ),
    opts=cluster.trust.in_cluster(None, depends_on=[sync]),
)
pulumi.export("clientId", sync.client_id)
pulumi.export("accessMap", wi.registered_access_map())
