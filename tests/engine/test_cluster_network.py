"""A private cluster in a network and with a DNS zone of one's own."""

from pathlib import Path

import pytest

from tests.engine.engine import PACK, Engine

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.capability("A1")]

STACK = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import network, privatedns, resources

group = resources.ResourceGroup("rg", resource_group_name="rg-shop", location="westeurope")
where = {"resource_group_name": group.name, "location": "westeurope"}
vnet = network.VirtualNetwork(
    "vnet", **where, virtual_network_name="vnet", address_space={"address_prefixes": ["10.1.0.0/16"]}
)
nodes = network.Subnet(
    "nodes",
    resource_group_name=group.name,
    virtual_network_name=vnet.name,
    subnet_name="nodes",
    address_prefix="10.1.0.0/20",
)
zone = privatedns.PrivateZone(
    "zone", resource_group_name=group.name, location="global", private_zone_name="privatelink.westeurope.azmk8s.io"
)
access = {"private": True, **({"private_dns_zone": zone.id} if pulumi.Config().get_bool("zone") else {})}
pool = wi.NodePool(subnet_id=nodes.id)
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
pools = {"system_pool": pool, "node_pools": {"apps": pool}}
wi.WorkloadIdentityCluster("aks", {**where, **pools, "admin_group_object_ids": admins, "api_server": access})
"""


@pytest.mark.parametrize(
    ("zone", "assigned"),
    [
        (False, {"aks-kubelet-operator", "aks-subnet-system"}),
        (True, {"aks-kubelet-operator", "aks-network", "aks-private-dns-zone"}),
    ],
)
def test_it_is_made_with_the_roles_it_needs_to_which_the_policies_say_nothing(
    tmp_path: Path, zone: bool, assigned: set[str]
):
    engine = Engine.of_program(tmp_path, STACK, zone=zone)

    preview = engine.preview("--policy-pack", str(PACK))
    made = engine.up("--policy-pack", str(PACK))
    again = engine.up("--policy-pack", str(PACK))
    roles = {each["urn"].rpartition("::")[2] for each in engine.state() if each["type"].endswith(":RoleAssignment")}
    destroyed = engine.destroy()

    assert preview.exit_code == 0, preview.errors
    assert [each for each in preview.violations if each[1] != "advisory"] == []
    assert made.exit_code == 0, made.errors
    assert [each for each in made.violations if each[1] != "advisory"] == []
    assert roles == assigned
    assert set(again.changes) == {"same"}
    assert destroyed.exit_code == 0, destroyed.errors
