"""A cluster of one stack, used by the workloads of another."""

from pathlib import Path

import pytest

from tests.engine.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.capability("A2")]

CLUSTER = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

group = resources.ResourceGroup("platform", resource_group_name="rg-platform", location="westeurope")
cluster = wi.WorkloadIdentityCluster(
    "aks-platform",
    {
        "resource_group_name": group.name,
        "location": "westeurope",
        "admin_group_object_ids": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"],
    },
)
pulumi.export("issuer", cluster.issuer_url)
"""

WORKLOAD = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

cluster = wi.ExistingCluster("aks-platform", {"resource_group_name": "rg-platform"})
group = resources.ResourceGroup("shop", resource_group_name="rg-shop", location="westeurope")
registry = wi.ContainerRegistry("shop", {"resource_group_name": group.name, "location": "westeurope"})
cluster.attach_registry("shop", wi.RegistryAttachment(registry_id=registry.id))
wi.FederatedWorkload(
    "orders",
    {
        "resource_group_name": group.name,
        "location": "westeurope",
        "clusters": {"platform": cluster.trust},
        "service_accounts": {"app": wi.ServiceAccount(namespace="shop", name="orders")},
    },
)
pulumi.export("issuer", cluster.issuer_url)
"""


def outputs(engine: Engine, type_: str) -> dict[str, str]:
    return next(resource["outputs"] for resource in engine.state() if resource["type"].endswith(f":{type_}"))


def test_a_workload_comes_and_goes_on_a_cluster_that_another_stack_keeps(tmp_path: Path):
    platform = Engine.of_program(tmp_path, CLUSTER, name="platform")
    shop = Engine.of_program(tmp_path, WORKLOAD, name="shop")

    too_early = shop.preview()
    made = platform.up()
    first = shop.up()
    credential = outputs(shop, "FederatedIdentityCredential")
    second = shop.up()
    destroyed = shop.destroy()
    kept = platform.up()
    drift = platform.refresh("--preview-only", "--expect-no-changes")

    assert too_early.exit_code != 0
    assert "must be a cluster in resource group 'rg-platform'" in too_early.errors
    assert "Traceback" not in too_early.errors
    assert (made.exit_code, first.exit_code) == (0, 0), made.errors + first.errors
    assert credential["issuer"] == outputs(platform, "ManagedCluster")["oidcIssuerProfile"]["issuerURL"]  # pyright: ignore[reportArgumentType]
    assert set(second.changes) == {"same"}
    assert destroyed.exit_code == 0, destroyed.errors
    assert shop.state() == []
    assert set(kept.changes) == {"same"}
    assert drift.exit_code == 0


def test_a_cluster_with_the_webhook_off_is_refused_with_the_command_for_it(tmp_path: Path):
    platform = Engine.of_program(tmp_path, PLAIN, name="platform")
    shop = Engine.of_program(tmp_path, WORKLOAD, name="shop")
    made = platform.up()

    refused = shop.preview()

    assert made.exit_code == 0, made.errors
    assert refused.exit_code != 0
    assert "--resource-group rg-platform --name aks-platform" in refused.errors
    assert "--enable-workload-identity" in refused.errors
    assert shop.state() == []


PLAIN = """
from pulumi_azure_native import containerservice, resources

group = resources.ResourceGroup("platform", resource_group_name="rg-platform", location="westeurope")
containerservice.ManagedCluster(
    "plain",
    resource_group_name=group.name,
    resource_name_="aks-platform",
    location="westeurope",
    dns_prefix="plain",
    identity={"type": "SystemAssigned"},
    aad_profile={"managed": True},
    agent_pool_profiles=[{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D2s_v5"}],
)
"""
