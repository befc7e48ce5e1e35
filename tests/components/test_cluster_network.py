"""The network of a cluster: subnets and zones, the control plane's roles on them, and who reaches the API server."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import (
    ApiServerAccess,
    InvalidArgumentError,
    NetworkProfile,
    NodePool,
    registered_access_map,
)

from tests.azure_mocks import identity_ids
from tests.components.builders import cluster
from tests.components.clusters import NETWORK_ID, SUBNET_ID, ZONE_ID, identity_id, registered, role_of
from tests.recorder import Recording, attempt, run

pytestmark = pytest.mark.capability("A1")


def scopes_of(recording: Recording, role: str) -> dict[str, str]:
    roles = {"network": "4d97b98b-1d4f-4787-a291-c67834d212e7", "zone": "b12aa53e-6015-4669-85d0-8515ebb3ae7f"}
    return {
        each.name: each.inputs["scope"]
        for each in recording.of_type("RoleAssignment")
        if role_of(each) == roles[role]
        and each.inputs["principalId"] == identity_ids(identity_id("aks-control-plane"))["principalId"]
        and each.urn in recording.one("ManagedCluster").dependencies
    }


@pytest.mark.parametrize("deferred", [False, True])
def test_the_control_plane_may_change_exactly_the_subnets_of_the_pools_before_the_cluster_is_made(deferred: bool):
    def given(value: str) -> Any:
        return pulumi.Output.from_input(value) if deferred else value

    def program() -> None:
        nodes = NodePool(subnet_id=given(SUBNET_ID))
        cluster(system_pool=nodes, node_pools={"apps": nodes, "gpu": NodePool(subnet_id=given(f"{SUBNET_ID}-2"))})

    recording = run(program)

    assert scopes_of(recording, "network") == {"aks-subnet-system": SUBNET_ID, "aks-subnet-gpu": f"{SUBNET_ID}-2"}
    assert len(recording.of_type("RoleAssignment")) == 3


def test_a_network_that_aks_makes_needs_no_role():
    assert [each.name for each in run(cluster).of_type("RoleAssignment")] == ["aks-kubelet-operator"]


def test_pools_of_one_subnet_in_other_letters_need_one_role():
    pools = {"apps": NodePool(subnet_id=SUBNET_ID.upper())}
    recording = run(lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID), node_pools=pools))

    assert scopes_of(recording, "network") == {"aks-subnet-system": SUBNET_ID}


@pytest.mark.parametrize("deferred", [False, True])
def test_the_role_on_a_subnet_stays_the_same_whichever_of_its_pools_goes(deferred: bool):
    def assigned(*names: str) -> list[tuple[str, dict[str, Any]]]:
        def program() -> None:
            system, apps = (
                pulumi.Output.from_input(each) if deferred else each for each in (SUBNET_ID, f"{SUBNET_ID}-2")
            )
            pool = NodePool(subnet_id=apps, subnet_key="apps")
            cluster(system_pool=NodePool(subnet_id=system), node_pools=dict.fromkeys(names, pool))

        assignments = run(program).of_type("RoleAssignment")
        return sorted((each.name, each.inputs) for each in assignments if each.name.startswith("aks-subnet-"))

    both = assigned("apps", "gpu")

    assert [name for name, _ in both] == ["aks-subnet-apps", "aks-subnet-system"]
    assert assigned("gpu") == both
    assert assigned("apps") == both


def test_pools_beside_the_system_pool_in_its_subnet_need_no_key():
    pools = {"apps": NodePool(subnet_id=SUBNET_ID), "gpu": NodePool(subnet_id=SUBNET_ID, subnet_key="nodes")}
    recording = run(
        lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID, subnet_key="nodes"), node_pools=pools),
    )

    assert scopes_of(recording, "network") == {"aks-subnet-nodes": SUBNET_ID}


@pytest.mark.parametrize(
    "changes",
    [
        {"assign_control_plane_roles": False, "control_plane_identity": identity_id("control")},
        {"control_plane_identity": identity_id("control")},
        {"api_server": ApiServerAccess(private=True, private_dns_zone=ZONE_ID)},
    ],
)
def test_a_role_that_is_not_called_after_a_pool_needs_no_key(changes: Any):
    shared = NodePool(subnet_id=f"{SUBNET_ID}-2")
    pools = {"system_pool": NodePool(subnet_id=SUBNET_ID), "node_pools": {"apps": shared, "gpu": shared}}

    names = [each.name for each in run(lambda: cluster(**pools, **changes)).of_type("RoleAssignment")]

    assert not [name for name in names if "subnet" in name]


def test_one_subnet_in_two_outputs_is_told_instead_of_refused_by_azure():
    def program() -> None:
        first, second = (pulumi.Output.from_input(each) for each in (SUBNET_ID, SUBNET_ID.lower()))
        cluster(system_pool=NodePool(subnet_id=first), node_pools={"apps": NodePool(subnet_id=second)})

    recording = attempt(program)

    assert type(recording.error) is pulumi.RunError
    assert "subnet_id must be one value or Output for all pools in a subnet" in str(recording.error)
    assert "aks-subnet-apps" not in [each.name for each in recording.of_type("RoleAssignment")]


@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize("sku", ["Base", "Automatic"])
def test_a_zone_of_ones_own_is_kept_by_the_control_plane_which_links_it_to_the_network(deferred: bool, sku: str):
    def program() -> None:
        zone, subnet = (pulumi.Output.from_input(each) if deferred else each for each in (ZONE_ID, SUBNET_ID))
        pool = {"system_pool": NodePool(subnet_id=subnet)} if sku == "Base" else {}
        cluster(sku=sku, api_server=ApiServerAccess(private=True, private_dns_zone=zone), **pool)

    recording = run(program)

    assert scopes_of(recording, "zone") == {"aks-private-dns-zone": ZONE_ID}
    assert scopes_of(recording, "network") == ({"aks-network": NETWORK_ID} if sku == "Base" else {})


def test_without_a_zone_of_ones_own_the_role_on_the_subnet_is_enough():
    access = ApiServerAccess(private=True, private_dns_zone="none")
    recording = run(lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID), api_server=access))

    assert scopes_of(recording, "network") == {"aks-subnet-system": SUBNET_ID}


def test_clusters_that_are_given_one_identity_share_its_role_on_their_subnet():
    def program() -> None:
        plane = {"control_plane_identity": identity_id("control")}
        for name in ("blue", "green"):
            cluster(name, system_pool=NodePool(subnet_id=SUBNET_ID), **plane)
        cluster("red", system_pool=NodePool(subnet_id=f"{SUBNET_ID}-2"), **plane)

    recording = run(program)

    joins = [each for each in recording.of_type("RoleAssignment") if "Microsoft.Network" in each.inputs["scope"]]
    assert {each.name: each.inputs["scope"] for each in joins} == {
        "control-vnet-nodes": SUBNET_ID,
        "control-vnet-nodes-2": f"{SUBNET_ID}-2",
    }
    for name in ("blue", "green"):
        assert joins[0].urn in recording.one("ManagedCluster", name).dependencies


def test_the_access_map_shows_what_the_control_plane_may_change():
    def program() -> None:
        cluster(system_pool=NodePool(subnet_id=SUBNET_ID))
        pulumi.export("map", registered_access_map())

    shown = str(run(program).outputs["map"])

    assert "Network Contributor" in shown
    assert SUBNET_ID in shown


def test_ranges_apart_from_the_network_pass():
    network = NetworkProfile(vnet_cidrs=["10.1.0.0/16", "fd00::/8"])

    assert "vnetCidrs" not in registered(network=network)["networkProfile"]


def test_a_network_at_the_limits_of_its_ranges_passes():
    network = NetworkProfile(pod_cidr="10.244.0.0/24", service_cidr="10.0.0.0/30", dns_service_ip="10.0.0.2")

    assert registered(network=network)["networkProfile"]["serviceCidr"] == "10.0.0.0/30"


@pytest.mark.parametrize("outbound_type", ["loadBalancer", "userAssignedNATGateway", "userDefinedRouting"])
def test_pools_in_a_subnet_reach_the_internet_in_every_way_that_fits(outbound_type: Any):
    network, pool = NetworkProfile(outbound_type=outbound_type), NodePool(subnet_id=SUBNET_ID)

    inputs = registered(network=network, system_pool=pool, node_pools={"apps": pool})

    assert inputs["networkProfile"]["outboundType"] == outbound_type


@pytest.mark.parametrize("zone", ["none", ZONE_ID, ZONE_ID.replace("privatelink", "shop.privatelink")])
def test_a_private_api_server_takes_a_zone_that_aks_takes(zone: str):
    access = ApiServerAccess(private=True, private_dns_zone=zone)

    assert registered(api_server=access)["apiServerAccessProfile"]["privateDNSZone"] == zone


def test_zones_taints_labels_subnet_and_tags_reach_the_pool():
    pool = NodePool(
        availability_zones=["1", "3"], taints=["sku=gpu:NoSchedule"], labels={"tier": "gpu"}, subnet_id=SUBNET_ID
    )
    system, pools = NodePool(subnet_id=SUBNET_ID), {"gpu": pool}
    inputs = run(lambda: cluster(system_pool=system, node_pools=pools, tags={"owner": "a"})).one("AgentPool").inputs

    assert inputs["availabilityZones"] == ["1", "3"]
    assert inputs["nodeTaints"] == ["sku=gpu:NoSchedule"]
    assert inputs["nodeLabels"] == {"tier": "gpu"}
    assert inputs["vnetSubnetID"] == SUBNET_ID
    assert inputs["tags"] == {"owner": "a"}


def test_a_private_api_server_has_no_public_ranges():
    inputs = registered(api_server=ApiServerAccess(private=True))

    assert inputs["apiServerAccessProfile"]["enablePrivateCluster"] is True
    assert inputs["apiServerAccessProfile"]["privateDNSZone"] == "system"
    with pytest.raises(InvalidArgumentError, match="authorized_ip_ranges must be left out"):
        ApiServerAccess(private=True, authorized_ip_ranges=["203.0.113.0/24"])


def test_authorized_ranges_reach_the_cluster():
    ranges = ["203.0.113.7/32", "203.0.113.9", "0.0.0.0/32"]

    access = ApiServerAccess(authorized_ip_ranges=ranges)

    assert registered(api_server=access)["apiServerAccessProfile"]["authorizedIPRanges"] == ranges
