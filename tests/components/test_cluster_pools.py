"""The node pools of a cluster."""

import pytest
from aks_workload_identity import (
    Autoscaling,
    NodePool,
)

from tests.components.builders import cluster
from tests.components.clusters import registered
from tests.recorder import run

pytestmark = pytest.mark.capability("A1")


def test_more_node_pools_are_resources_that_go_with_the_cluster():
    recording = run(lambda: cluster(node_pools={"apps": NodePool(vm_size="Standard_D8ds_v5", count=5)}))

    pool = recording.one("AgentPool", "aks-apps")
    assert pool.inputs["mode"] == "User"
    assert pool.inputs["count"] == 5
    assert pool.options.deleted_with == recording.one("ManagedCluster").urn


def test_a_pool_that_scales_itself_is_not_scaled_back_by_the_next_update():
    bounds = Autoscaling(min_count=2, max_count=9)
    recording = run(
        lambda: cluster(system_pool=NodePool(autoscaling=bounds), node_pools={"apps": NodePool(autoscaling=bounds)})
    )

    assert recording.one("AgentPool").options.ignore_changes == ("count",)
    assert recording.one("ManagedCluster").options.ignore_changes == ("agentPoolProfiles[0].count",)
    profile = recording.one("ManagedCluster").inputs["agentPoolProfiles"][0]
    assert (profile["minCount"], profile["maxCount"], profile["enableAutoScaling"]) == (2, 9, True)


@pytest.mark.parametrize(("count", "start"), [(1, 2), (5, 5), (50, 9)])
def test_a_pool_that_scales_itself_starts_within_its_bounds(count: int, start: int):
    pool = NodePool(count=count, autoscaling=Autoscaling(min_count=2, max_count=9))
    recording = run(lambda: cluster(system_pool=pool, node_pools={"apps": pool}))

    assert recording.one("AgentPool").inputs["count"] == start
    assert recording.one("ManagedCluster").inputs["agentPoolProfiles"][0]["count"] == start


@pytest.mark.parametrize("taint", ["sku=gpu:NoSchedule", "spot:NoExecute", "example.com/a=:PreferNoSchedule"])
def test_every_form_of_taint_that_kubernetes_knows_passes(taint: str):
    assert NodePool(taints=[taint]).taints == [taint]


def test_labels_of_the_whole_syntax_pass():
    labels = {"example.com/Tier_1.a": "x" * 63, "team": ""}

    assert NodePool(labels=labels).labels == labels


def test_a_system_pool_keeps_other_pods_out_as_aks_allows():
    taints = ["CriticalAddonsOnly=true:NoSchedule", "spot=yes:PreferNoSchedule"]
    pool = NodePool(taints=taints, vm_size="Standard_DS2_v2", count=1)

    assert registered(system_pool=pool)["agentPoolProfiles"][0]["nodeTaints"] == taints


def test_a_pool_beside_the_system_pool_may_be_empty():
    pools = {"none": NodePool(count=0), "spare": NodePool(autoscaling=Autoscaling(min_count=0, max_count=3), count=0)}
    recording = run(lambda: cluster(node_pools=pools))

    assert recording.one("AgentPool", "aks-none").inputs["count"] == 0
    assert recording.one("AgentPool", "aks-spare").inputs["minCount"] == 0
