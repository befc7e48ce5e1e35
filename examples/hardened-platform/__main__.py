"""A payment service on a hardened cluster: watched, guarded, and with a written reason for every exception.

The reasons are no comments: Azure shows them beside the roles, and the access map shows them to whoever reviews it.
"""

import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
from aks_workload_identity import grants
from pulumi_azure_native import cosmosdb, resources

config = pulumi.Config()
location = config.require("location")
group = resources.ResourceGroup("payments", resource_group_name="rg-payments", location=location)

# Watched: Defender's sensor on the nodes, the audit logs of cluster and vault.
logs = wi.LogAnalyticsWorkspace(
    "payments", wi.LogAnalyticsWorkspaceArgs(resource_group_name=group.name, location=location)
)
cluster = wi.WorkloadIdentityCluster(
    "payments",
    wi.WorkloadIdentityClusterArgs(
        resource_group_name=group.name,
        location=location,
        cluster_name="aks-payments",
        admin_group_object_ids=config.require_object("adminGroupObjectIds"),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
        defender=wi.Defender(workspace_id=logs.id),
    ),
)
wi.ClusterAudit("payments", wi.ClusterAuditArgs(cluster_id=cluster.id, workspace_id=logs.id))
if config.require_bool("defenderPlan"):  # of the whole subscription, and billed: see docs/cluster.md
    wi.DefenderForContainersPlan("defender", wi.DefenderForContainersPlanArgs(location=location))
vault = wi.KeyVault(
    "payments", wi.KeyVaultArgs(resource_group_name=group.name, location=location, workspace_id=logs.id)
)

# Guarded: every policy starts as Audit. When its report is empty it is moved to Deny, one at a time.
wi.ClusterPolicies(
    "payments",
    wi.ClusterPoliciesArgs(
        cluster=cluster,
        privileged_containers=wi.PrivilegedContainers(effect="Deny"),
        allowed_images=wi.AllowedImages(allowed_container_images_regex=r"^mcr\.microsoft\.com/.+$"),
        resource_limits=wi.ResourceLimits(cpu_limit="2", memory_limit="4Gi"),
        host_paths=wi.HostPaths(),
        workload_identity=wi.WorkloadIdentityOn(),
    ),
)

# Cosmos DB keeps the roles of its data itself; with its keys off they are the only way in.
account = cosmosdb.DatabaseAccount(
    "payments",
    resource_group_name=group.name,
    location=location,
    database_account_offer_type="Standard",
    locations=[{"location_name": location}],
    disable_local_auth=True,
)
inside = {"resource_group_name": group.name, "account_name": account.name}
database = cosmosdb.SqlResourceSqlDatabase("shop", database_name="shop", resource={"id": "shop"}, **inside)
payments = cosmosdb.SqlResourceSqlContainer(
    "payments",
    container_name="payments",
    database_name=database.name,
    resource={"id": "payments", "partition_key": {"paths": ["/customer"], "kind": "Hash"}},
    **inside,
)

checkout = wi.FederatedWorkload(
    "checkout",
    wi.FederatedWorkloadArgs(
        resource_group_name=group.name,
        location=location,
        clusters={"payments": cluster.trust},
        service_accounts={"app": wi.ServiceAccount(namespace="payments", name="checkout")},
        grants={
            "payments": grants.cosmos_db.write_items(payments.id),
            "signing": grants.wider(
                wi.Role(name="Key Vault Crypto User", guid="12338af0-0e69-4776-bea7-57ae8d297424"),
                vault.id,
                because="signs receipts with a key that never leaves the vault",
            ),
        },
    ),
)
files = wi.KeyVaultMount(
    "checkout",
    wi.KeyVaultMountArgs(
        workload=checkout,
        vault=vault,
        objects={"psp-token": wi.Secret(), "broker-password": wi.Secret()},
        # Of all secrets in the vault, the only ones whose values it reads: a condition on its role.
        only_secret_names=["psp-token", "broker-password"],
        sync={
            "broker": wi.SyncedSecret(
                because="the broker's client takes its password from the environment only",
                data={"BROKER_PASSWORD": "broker-password"},
            )
        },
    ),
)
container = {
    "name": "checkout",
    "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9",
    "env_from": [{"secret_ref": {"name": "broker"}}],
    "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}},
}
kubernetes.apps.v1.Deployment(
    "checkout",
    metadata={"name": "checkout", "namespace": "payments", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec=checkout.pod_spec(
        {
            "selector": {"match_labels": {"app": "checkout"}},
            "template": {"metadata": {"labels": {"app": "checkout"}}, "spec": {"containers": [container]}},
        },
        mounts=[files],
    ),
    opts=cluster.trust.in_cluster(None, depends_on=[checkout, files]),
)

pulumi.export("workloads", {"checkout": checkout.access})
pulumi.export("accessMap", wi.registered_access_map())
