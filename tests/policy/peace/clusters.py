"""Clusters and their pools."""

from typing import Any

from pulumi_azure_native import containerservice

from tests.policy.builders import PEOPLE, cluster
from tests.policy.peace.good import Good
from tests.policy.programs import administered_by


def private_cluster() -> Any:
    return cluster("aks", api_server_access_profile={"enablePrivateCluster": True, "disableRunCommand": True})


GOODS = (
    Good(
        "a cluster of known administrators",
        lambda: cluster("aks", aad_profile=administered_by(PEOPLE.upper())),
        {"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Good(
        "an API server for a company's ranges, one within another",
        lambda: cluster(
            "aks",
            api_server_access_profile={
                "disableRunCommand": True,
                "authorizedIPRanges": ["9.0.0.0/8", "9.0.0.0/9", "9.128.0.0/9", "0.0.0.0/32"],
            },
        ),
    ),
    Good("a private cluster", private_cluster),
    Good(
        "a node pool",
        lambda: containerservice.AgentPool(
            "pool",
            resource_group_name="rg",
            resource_name_="aks",
            agent_pool_name="user",
            mode="User",
            count=1,
            vm_size="Standard_D4s_v5",
        ),
    ),
)
