"""What a cluster is refused for, and what is just within the rules."""

from typing import Any

import pytest
from aks_workload_identity import (
    InvalidArgumentError,
    NetworkProfile,
    NodePool,
)

from tests.components.builders import GROUP, WORKSPACE_ID, cluster
from tests.components.clusters import SUBNET_ID, ZONE_ID, identity_id, registered
from tests.recorder import attempt

pytestmark = pytest.mark.capability("A1")
SUBNET, SHARED = {"subnet_id": SUBNET_ID}, {"subnet_id": f"{SUBNET_ID}-2"}


def test_fifty_tags_of_the_longest_names_and_values_pass():
    tags = {f"{number:->512}": "v" * 256 for number in range(50)}

    assert registered(tags=tags)["tags"] == tags


@pytest.mark.parametrize(("tier", "plan"), [("Standard", "KubernetesOfficial"), ("Premium", "AKSLongTermSupport")])
def test_the_premium_tier_is_the_one_with_long_term_support(tier: str, plan: str):
    assert registered(tier=tier)["supportPlan"] == plan


@pytest.mark.parametrize(
    "owned",
    [
        {"azure_policy": False},
        {"network": NetworkProfile()},
        {"node_pools": {"apps": NodePool()}},
        {"upgrade_channel": "rapid"},
    ],
)
def test_automatic_refuses_arguments_it_would_ignore(owned: dict[str, Any]):
    with pytest.raises(InvalidArgumentError, match=f"{next(iter(owned))} must be left out when sku is 'Automatic'"):
        registered(sku="Automatic", **owned)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"admin_group_object_ids": []}, "admin_group_object_ids must"),
        ({"admin_group_object_ids": ["admins"]}, "admin_group_object_ids.0 must be a GUID"),
        ({"location": "West Europe"}, "location must be an Azure region's short name"),
        ({"cluster_name": "-aks"}, "cluster_name must be a cluster name"),
        ({"node_pools": {"My-Pool": NodePool()}}, "must be a node pool name"),
        ({"kubernetes_version": "latest"}, "kubernetes_version must be a Kubernetes version"),
        ({"image_cleaner_interval_hours": 1}, "image_cleaner_interval_hours must be 24 hours"),
        ({"secret_rotation_interval": "2 minutes"}, "secret_rotation_interval must be a duration"),
        ({"kubelogin_mode": "devicecode"}, "kubelogin_mode must be 'azurecli'"),
        ({"network": {"dns_service_ip": "10.1.0.10"}}, "network.dns_service_ip must be inside service_cidr"),
        ({"network": {"pod_cidr": "10.244.0.1/16"}}, "(10.244.0.1/16 has host bits set)"),
        ({"system_pool": {"autoscaling": {"min_count": 3, "max_count": 2}}}, "max_count must be at least min_count"),
        (
            {"registries": {"apps": {"registry_id": GROUP}}},
            "registries.apps.registry_id must be the resource id of a registry",
        ),
        ({"resource_group_name": "rg."}, "resource_group_name must be a resource group name"),
        ({"secret_rotation_interval": "0m"}, "secret_rotation_interval must be a duration"),
        ({"secret_rotation_interval": "2"}, "secret_rotation_interval must be a duration"),
        ({"image_cleaner_interval_hours": "168"}, "image_cleaner_interval_hours must be 24 hours"),
        (
            {"assign_control_plane_roles": False},
            "assign_control_plane_roles must be left out without control_plane_identity",
        ),
        ({"system_pool": {"count": True}}, "system_pool.count must be 0-1000 nodes"),
        ({"system_pool": {"count": "3"}}, "system_pool.count must be 0-1000 nodes"),
        ({"system_pool": {"vm_size": ""}}, "system_pool.vm_size must be a virtual machine size"),
        ({"system_pool": {"vm_size": "Standard_D4ds v5"}}, "system_pool.vm_size must be a virtual machine size"),
        ({"system_pool": {"taints": ["gpu"]}}, "system_pool.taints.0 must be a Kubernetes taint"),
        ({"system_pool": {"taints": ["sku=gpu:Never"]}}, "(the effect 'Never')"),
        ({"system_pool": {"taints": ["-sku=gpu:NoSchedule"]}}, "(the name '-sku')"),
        ({"system_pool": {"labels": {"a b": "c"}}}, "system_pool.labels must be Kubernetes labels"),
        ({"system_pool": {"labels": {"a": "b c"}}}, "(the value 'b c')"),
        ({"system_pool": {"labels": {"a\n/b": "c"}}}, "(the prefix of 'a\\n/b' is no DNS name)"),
        ({"system_pool": {"labels": {"A_/b": "c"}}}, "(the prefix of 'A_/b' is no DNS name)"),
        ({"system_pool": {"labels": {"kubernetes.azure.com/mode": "user"}}}, "has a prefix that only AKS may use"),
        ({"node_pools": {"system": NodePool()}}, "node_pools must not have 'system'"),
        ({"tags": {str(number): "" for number in range(51)}}, "tags must be at most 50 tags"),
        ({"tags": {"a?": "b"}}, "(the tag 'a?')"),
        ({"tags": {"a": "b" * 257}}, "(the tag 'a')"),
        ({"tags": {"Owner": "a", "owner": "b"}}, "two names that differ in case only"),
        ({"network": {"pod_cidr": "10.0.128.0/17"}}, "network.pod_cidr must not overlap service_cidr 10.0.0.0/16"),
        (
            {"network": {"vnet_cidrs": ["10.244.8.0/24"]}},
            "network.pod_cidr must not overlap 10.244.8.0/24 of vnet_cidrs",
        ),
        ({"network": {"vnet_cidrs": ["10.0.0.0/8"]}}, "must not overlap 10.0.0.0/8 of vnet_cidrs"),
        ({"network": {"dns_service_ip": "10.0.0.0"}}, "network.dns_service_ip must not be the network's own"),
        ({"network": {"dns_service_ip": "10.0.0.1"}}, "network.dns_service_ip must not be the network's own"),
        ({"network": {"dns_service_ip": "10.0.255.255"}}, "network.dns_service_ip must not be the network's own"),
        ({"network": {"service_cidr": "10.0.0.10/32"}}, "(/32)"),
        ({"network": {"service_cidr": "11.0.0.0/12"}}, "network.service_cidr must be an IPv4 range of /13 to /30"),
        ({"network": {"service_cidr": "172.30.0.0/16"}}, "(172.30.0.0/15 is AKS's own)"),
        ({"network": {"pod_cidr": "10.244.0.1"}}, "(/32)"),
        ({"network": {"pod_cidr": "10.244.0.0/25"}}, "network.pod_cidr must be an IPv4 range of /24 or larger"),
        ({"network": {"pod_cidr": "172.16.0.0/12"}}, "(172.30.0.0/15 is AKS's own)"),
        ({"network": {"pod_cidr": "192.0.2.0/24"}}, "(192.0.2.0/24 is AKS's own)"),
        ({"network": {"pod_cidr": "169.254.0.0/20"}}, "(169.254.0.0/16 is AKS's own)"),
        ({"network": {"pod_cidr": "fd00::/64"}}, "network.pod_cidr must be an IPv4 range"),
        ({"network": {"outbound_type": "userDefinedRouting"}}, "system_pool.subnet_id is required with outbound_type"),
        ({"network": {"outbound_type": "userAssignedNATGateway"}}, "system_pool.subnet_id is required"),
        (
            {"network": {"outbound_type": "managedNATGateway"}, "system_pool": {"subnet_id": SUBNET_ID}},
            "network.outbound_type must be 'userAssignedNATGateway' or another",
        ),
        ({"node_pools": {"apps": {"subnet_id": SUBNET_ID}}}, "system_pool.subnet_id must be given"),
        ({"system_pool": {"subnet_key": "a"}}, "system_pool.subnet_key must be left out without subnet_id; got 'a'"),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": SHARED, "gpu": {**SHARED, "subnet_key": "gpu"}}},
            "node_pools.apps.subnet_key is required where pools share a subnet, for example 'gpu' for all",
        ),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": SHARED, "gpu": SHARED}},
            "node_pools.gpu.subnet_key is required where pools share a subnet, for example 'apps' for all",
        ),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": {**SUBNET, "subnet_key": "apps"}}},
            "node_pools.apps.subnet_key must be the same for all pools in a subnet, 'system'; got 'apps'",
        ),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": {**SHARED, "subnet_key": "system"}}},
            "node_pools.apps.subnet_key must be of one subnet; got 'system', which names another one too",
        ),
        (
            {"system_pool": {"subnet_id": SUBNET_ID}, "node_pools": {"apps": {}}},
            "node_pools.apps.subnet_id must be given",
        ),
        ({"system_pool": {"subnet_id": "nodes"}}, "system_pool.subnet_id must be the id of a subnet"),
        ({"system_pool": {"taints": ["sku=gpu:NoSchedule"]}}, "system_pool.taints must let AKS's own pods in"),
        ({"system_pool": {"vm_size": "Standard_B4ms"}}, "system_pool.vm_size must be no B size"),
        ({"system_pool": {"vm_size": "Standard_DS1_v2"}}, "system_pool.vm_size must be no B size"),
        ({"system_pool": {"count": 0}}, "system_pool.count must be at least 1 in the system pool"),
        (
            {"system_pool": {"autoscaling": {"min_count": 0, "max_count": 3}}},
            "system_pool.autoscaling.min_count must be at least 1 in the system pool",
        ),
        (
            {"node_pools": {"apps": {"availability_zones": ["1", "1"]}}},
            "node_pools.apps.availability_zones must have each entry once; got ['1', '1']",
        ),
        ({"kubernetes_version": "1.1"}, "kubernetes_version must be a Kubernetes version"),
        ({"api_server": {"authorized_ip_ranges": ["0.0.0.0/0"]}}, "(all addresses: leave the argument out)"),
        ({"api_server": {"authorized_ip_ranges": ["10.0.0.0/8"]}}, "(a private address, which never reaches"),
        ({"api_server": {"authorized_ip_ranges": ["100.64.0.0/12"]}}, "(a private address, which never reaches"),
        ({"api_server": {"authorized_ip_ranges": ["2001:db8::/32"]}}, "must be a public IPv4 address or range"),
        (
            {"api_server": {"private": True, "private_dns_zone": "foo"}},
            "api_server.private_dns_zone must be none, the id",
        ),
        (
            {"api_server": {"private": True, "private_dns_zone": ZONE_ID.replace("privatelink", "private")}},
            "api_server.private_dns_zone must be none, the id",
        ),
        ({"api_server": {"private": "yes"}}, "api_server.private must be true or false"),
        ({"api_server": {"authorized_ip_ranges": ["203.0.113.7/32"] * 201}}, "at most 200 entries"),
        ({"sku": "Automatic", "tier": "Free"}, "tier must be 'Standard' or 'Premium' when sku is 'Automatic'"),
        (
            {"defender": {"workspace_id": f"{WORKSPACE_ID}\n"}},
            "workspace_id must be the resource id of a Log Analytics workspace",
        ),
        (
            {"defender": {"workspace_id": GROUP}},
            "workspace_id must be the resource id of a Log Analytics workspace",
        ),
        (
            {"control_plane_identity": identity_id("One"), "kubelet_identity": identity_id("one")},
            "kubelet_identity must be another identity than control_plane_identity",
        ),
        ({"kubelet_identity": "kubelet"}, "kubelet_identity must be the resource id of a user-assigned identity"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_registered(changes: dict[str, Any], message: str):
    recording = attempt(lambda: cluster(**changes))

    assert isinstance(recording.error, InvalidArgumentError)
    assert message in str(recording.error)
    assert recording.resources == []


@pytest.mark.parametrize("name", ["my cluster", "aks\n"])
def test_a_component_name_that_is_no_cluster_name_asks_for_one(name: str):
    recording = attempt(lambda: cluster(name))

    assert "cluster_name must be given" in str(recording.error)
