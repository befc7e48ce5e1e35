"""Guardrails on a cluster, from audit to deny, through the real engine and as Azure's SDK reads them."""

from pathlib import Path

import pytest

from tests.engine.engine import PACK, Engine
from tests.oracle.conftest import deployed

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.capability("A12")]

PROGRAM = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

group = resources.ResourceGroup("shop", resource_group_name="rg-shop", location="westeurope")
workspace = "/subscriptions/s/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-shop"
cluster = wi.WorkloadIdentityCluster(
    "aks-shop",
    {
        "resource_group_name": group.name,
        "location": "westeurope",
        "admin_group_object_ids": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"],
        "defender": {"workspace_id": workspace},
    },
)
wi.ClusterPolicies(
    "shop",
    {
        "cluster": cluster,
        "privileged_containers": {"effect": pulumi.Config().require("effect")},
        "privilege_escalation": {},
        "allowed_images": {"allowed_container_images_regex": "^crshop[.]azurecr[.]io/.+$"},
        "non_root_containers": {},
        "resource_limits": {"cpu_limit": "2", "memory_limit": "4Gi"},
        "host_paths": {"allowed_host_paths": [{"path_prefix": "/var/log"}]},
        "workload_identity": {},
        "pod_security_restricted": {},
        "trusted_issuers": {"allowed_tenants": ["72f988bf-86f1-41af-91ab-2d7cd011db47"]},
        "identities_scope": group.id,
        "excluded_namespaces": ["batch"],
    },
)
"""


def test_guardrails_come_in_audit_are_moved_to_deny_one_by_one_and_go(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM, effect="Audit")
    with deployed(engine) as stack:
        unknown = stack.unknown()
        assignments = {each.name: each for each in stack.of("authorization:PolicyAssignment")}
        (cluster,) = stack.of("containerservice:ManagedCluster")
    second = engine.up("--policy-pack", str(PACK))
    engine.config["effect"] = "Deny"
    moved = engine.up()
    drift = engine.refresh("--preview-only", "--expect-no-changes")
    destroyed = engine.destroy()

    assert unknown == []
    assert len(assignments) == 9
    assert {each.parameters["effect"].value for each in assignments.values()} == {"Audit"}
    assert {each.enforcement_mode for each in assignments.values()} == {"Default"}
    assert assignments["shop-allowed-images"].parameters["allowedContainerImagesRegex"].value.startswith("^crshop")
    assert "batch" in assignments["shop-host-paths"].parameters["excludedNamespaces"].value
    assert assignments["shop-trusted-issuers"].scope.endswith("/resourceGroups/rg-shop")
    assert assignments["shop-host-paths"].scope == cluster.id
    assert cluster.addon_profiles["azurepolicy"].enabled is True
    assert cluster.security_profile.defender.security_monitoring.enabled is True
    assert set(second.changes) == {"same"}
    assert [(step.op, step.name) for step in moved.steps] == [("update", "shop-privileged-containers")]
    assert drift.exit_code == 0
    assert destroyed.exit_code == 0, destroyed.errors
