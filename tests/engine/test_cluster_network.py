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
others = network.Subnet(
    "others",
    resource_group_name=group.name,
    virtual_network_name=vnet.name,
    subnet_name="others",
    address_prefix="10.1.16.0/20",
    opts=pulumi.ResourceOptions(depends_on=[nodes]),
)
zone = privatedns.PrivateZone(
    "zone", resource_group_name=group.name, location="global", private_zone_name="privatelink.westeurope.azmk8s.io"
)
access = {"private": True, **({"private_dns_zone": zone.id} if pulumi.Config().get_bool("zone") else {})}
pool = wi.NodePool(subnet_id=nodes.id)
shared = wi.NodePool(subnet_id=others.id, subnet_key="apps")
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
more = {"apps": shared} if pulumi.Config().get_bool("apps") else {}
pools = {"system_pool": pool, "node_pools": {**more, "gpu": shared, "web": pool}}
wi.WorkloadIdentityCluster("aks", {**where, **pools, "admin_group_object_ids": admins, "api_server": access})
"""


@pytest.mark.parametrize(
    ("zone", "assigned"),
    [
        (False, {"aks-kubelet-operator", "aks-subnet-system", "aks-subnet-apps"}),
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


def test_a_pool_goes_and_the_role_on_the_subnet_that_another_is_in_stays(tmp_path: Path):
    engine = Engine.of_program(tmp_path, STACK, apps=True)

    made = engine.up()
    engine.config["apps"] = False
    fewer = engine.up()
    destroyed = engine.destroy()

    assert made.exit_code == 0, made.errors
    assert fewer.exit_code == 0, fewer.errors
    assert [(each.op, each.name) for each in fewer.steps] == [("delete", "aks-apps")]
    assert destroyed.exit_code == 0, destroyed.errors


OWN_ROLE = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import authorization, managedidentity, network, resources

ours = pulumi.Config().require_bool("ours")
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
identity = managedidentity.UserAssignedIdentity("control", **where, resource_name_="control")
kubelet = managedidentity.UserAssignedIdentity("kubelet", **where, resource_name_="kubelet")
roles = "/subscriptions/" + authorization.get_client_config().subscription_id
roles += "/providers/Microsoft.Authorization/roleDefinitions/"
assigned = [
    authorization.RoleAssignment(
        f"own-{key}",
        scope=scope,
        principal_id=identity.principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=roles + role,
    )
    for key, scope, role in (
        ("nodes", nodes.id, "4d97b98b-1d4f-4787-a291-c67834d212e7"),
        ("kubelet", kubelet.id, "f1a07417-d97a-45cb-824c-7a7467783830"),
    )
    if ours
]
wi.WorkloadIdentityCluster(
    "aks",
    {
        **where,
        "admin_group_object_ids": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"],
        "control_plane_identity": identity,
        "kubelet_identity": kubelet,
        "system_pool": wi.NodePool(subnet_id=nodes.id),
        "assign_control_plane_roles": not ours,
    },
    opts=pulumi.ResourceOptions(depends_on=assigned),
)
"""


def test_roles_that_a_program_assigned_itself_are_handed_over(tmp_path: Path):
    engine = Engine.of_program(tmp_path, OWN_ROLE, ours=True)

    made = engine.up()
    engine.config["ours"] = False
    refused = engine.up()
    for each in engine.state():
        if each["urn"].rpartition("::")[2].startswith("own-"):
            engine.azure("DELETE", f"{each['id']}?api-version=2022-04-01")
    handed_over = engine.up()
    again = engine.up()
    destroyed = engine.destroy()

    assert made.exit_code == 0, made.errors
    assert "RoleAssignmentExists" in refused.errors
    assert handed_over.exit_code == 0, handed_over.errors
    assert {(each.op, each.name) for each in handed_over.steps} == {
        ("create", "aks-subnet-system"),
        ("create", "control-kubelet-operator"),
        ("delete", "own-nodes"),
        ("delete", "own-kubelet"),
    }
    assert set(again.changes) == {"same"}
    assert destroyed.exit_code == 0, destroyed.errors
