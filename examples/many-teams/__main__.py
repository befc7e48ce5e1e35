"""Teams that share a cluster, and nothing else: each has a namespace, a vault, and identities of its own.

Developers see everything in their namespace but secrets; who is on call may change it, and with that act as any of its
workloads. No team reaches another's namespace or vault.
"""

from typing import Any

import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

config = pulumi.Config()
location = config.require("location")
teams: dict[str, dict[str, Any]] = config.require_object("teams")

group = resources.ResourceGroup("platform", resource_group_name="rg-many-teams", location=location)
cluster = wi.WorkloadIdentityCluster(
    "platform",
    wi.WorkloadIdentityClusterArgs(
        resource_group_name=group.name,
        location=location,
        cluster_name="aks-many-teams",
        admin_group_object_ids=config.require_object("adminGroupObjectIds"),
        api_server=wi.ApiServerAccess(authorized_ip_ranges=config.require_object("authorizedIpRanges")),
    ),
)
logs = wi.LogAnalyticsWorkspace(
    "platform", wi.LogAnalyticsWorkspaceArgs(resource_group_name=group.name, location=location)
)
for team, members in teams.items():
    own = resources.ResourceGroup(team, resource_group_name=f"rg-team-{team}", location=location)
    wi.TeamNamespace(
        team,
        wi.TeamNamespaceArgs(
            cluster=cluster.trust,
            namespace=team,
            groups={
                "developers": wi.TeamGroup(group_object_id=members["developers"], access="view"),
                "on-call": wi.TeamGroup(group_object_id=members["onCall"], access="edit"),
            },
        ),
    )
    vault = wi.KeyVault(team, wi.KeyVaultArgs(resource_group_name=own.name, location=location, workspace_id=logs.id))
    for name in members["workloads"]:
        workload = wi.FederatedWorkload(
            f"{team}-{name}",
            wi.FederatedWorkloadArgs(
                resource_group_name=own.name,
                location=location,
                clusters={"platform": cluster.trust},
                service_accounts={"app": wi.ServiceAccount(namespace=team, name=name)},
            ),
        )
        objects = {f"{name}-password": wi.Secret()}
        wi.KeyVaultMount(f"{team}-{name}", wi.KeyVaultMountArgs(workload=workload, vault=vault, objects=objects))

pulumi.export("accessMap", wi.registered_access_map())
