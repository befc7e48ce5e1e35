"""Taking away: a whole stack whose cluster nobody reaches any more."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.kubernetes.kinds import KINDS
from tests.engine.engine import PACK, Engine
from tests.engine.inventory import kept, recorded, stored
from tests.oracle.conftest import deployed

pytestmark = [pytest.mark.engine, pytest.mark.slow]

STACK = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

group = resources.ResourceGroup("rg", resource_group_name="rg-shop", location="westeurope")
where = {"resource_group_name": "rg-shop", "location": "westeurope"}
after = pulumi.ResourceOptions(depends_on=[group])
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
reached = {"api_server": {"authorized_ip_ranges": ["203.0.113.0/24"]}}
cluster = wi.WorkloadIdentityCluster("aks", {**where, **reached, "admin_group_object_ids": admins}, after)
logs = wi.LogAnalyticsWorkspace("shop", where, after)
vault = wi.KeyVault("shop", {**where, "vault_name": "kv-shop-of-the-tests", "workspace_id": logs.id}, after)
developers = wi.TeamGroup(group_object_id="11111111-1111-4111-8111-111111111111", access="edit")
auditors = wi.TeamGroup(group_object_id="22222222-2222-4222-8222-222222222222", access="view")
groups = {"developers": developers, "auditors": auditors}
wi.TeamNamespace("shop", {"cluster": cluster.trust, "namespace": "shop", "groups": groups})
in_azure = {"authorization": "azure", "cluster_id": cluster.id}
wi.TeamNamespace("agents", {"cluster": cluster.trust, "namespace": "agents", "groups": groups, **in_azure})
accounts = {"api": wi.ServiceAccount(namespace="shop", name="orders")}
orders = wi.FederatedWorkload(
    "orders", {**where, "clusters": {"dev": cluster.trust}, "service_accounts": accounts}, after
)
wi.KeyVaultMount("orders", {"workload": orders, "vault": vault, "objects": {"db": wi.Secret()}})
pulumi.export("accessMap", wi.registered_access_map())
"""


def unreachable(engine: Engine) -> None:
    """From now on every request about an object of any cluster fails."""
    failure = {"status": 503, "code": "ServiceUnavailable"}
    faults: list[dict[str, Any]] = [
        {"type": kind.name, "operation": operation, "fail": failure}
        for kind in KINDS
        for operation in ("create", "update", "delete", "read")
    ]
    file = engine.home / "faults.json"
    file.write_text(json.dumps({"faults": faults}))
    engine.variables["SANDBOX_FAULTS"] = str(file)


@pytest.mark.capability("A18")
def test_destroy_leaves_nothing_and_asks_no_cluster(tmp_path: Path):
    engine = Engine.of_program(tmp_path, STACK)
    up = engine.up("--policy-pack", str(PACK))
    assert up.exit_code == 0, up.errors
    held = recorded(engine), kept(engine), stored(engine)
    unreachable(engine)

    destroyed = engine.destroy()

    assert destroyed.exit_code == 0, destroyed.errors
    assert "sandbox fault" not in destroyed.text
    assert held[0] == held[1]
    assert any("rolebindings" in row for row in held[2])
    assert stored(engine) == []
    assert engine.state() == []


@pytest.mark.capability("A13")
def test_a_team_gets_what_it_was_given_and_the_second_update_changes_nothing(tmp_path: Path):
    engine = Engine.of_program(tmp_path, STACK)
    with deployed(engine) as stack:
        unknown = stack.unknown()
        groups = {
            (each.principal_id, each.scope.rpartition("/managedClusters/")[2])
            for each in stack.of("authorization:RoleAssignment")
            if each.principal_type == "Group"
        }

    again = engine.up()

    assert unknown == []
    assert set(again.changes) == {"same"}
    assert groups == {
        ("11111111-1111-4111-8111-111111111111", "aks/namespaces/agents"),
        ("22222222-2222-4222-8222-222222222222", "aks/namespaces/agents"),
    }
