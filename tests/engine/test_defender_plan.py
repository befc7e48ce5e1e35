"""The subscription's Defender plan: asked for once, changed in place, and still on when its record is gone."""

from pathlib import Path

import pytest
from azure.mgmt.security.v2024_01_01.models import Pricing

from sandbox.home import Home
from tests.engine.engine import PACK, Engine
from tests.oracle.conftest import deployed, sandbox_of

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.capability("A11")]

PROGRAM = """
import aks_workload_identity as wi
import pulumi

config = pulumi.Config()
wi.DefenderForContainersPlan(
    "defender",
    {
        "location": config.require("location"),
        "extensions": {"ContainerSensor": config.require_bool("sensors"), "AgentlessVmScanning": True},
    },
)
"""


def test_the_plan_is_turned_on_and_outlives_its_deployment(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM, location="westeurope", sensors="false")
    with deployed(engine) as stack:
        unknown = stack.unknown()
        (deployment,) = stack.of("resources:DeploymentAtSubscriptionScope")
        started = stack.clients.security.pricings.get(f"subscriptions/{stack.store.subscription_id}", "Containers")
        urn = stack.resources[0]["urn"]
        stack.clients.security.pricings.update(
            started.id.split("/providers/")[0], "Containers", Pricing(pricing_tier="Free")
        )
    unseen = engine.refresh("--preview-only", "--expect-no-changes")
    second = engine.up("--policy-pack", str(PACK))
    again = engine.up("--replace", urn)
    with sandbox_of(Home(engine.home)) as (store, clients):
        back = clients.security.pricings.get(f"subscriptions/{store.subscription_id}", "Containers")
    engine.config["sensors"] = "true"
    changed = engine.up()
    engine.config["location"] = "northeurope"
    moved = engine.up()
    destroyed = engine.destroy()
    with sandbox_of(Home(engine.home)) as (store, clients):
        left = clients.security.pricings.get(f"subscriptions/{store.subscription_id}", "Containers")
        deployments = list(clients.deployments.deployments.list_at_subscription_scope())

    assert unknown == []
    assert deployment.properties.provisioning_state == "Succeeded"
    assert [each.id for each in deployment.properties.output_resources] == [started.id]
    assert started.pricing_tier == "Standard"
    assert {each.name: each.is_enabled for each in started.extensions} == {
        "AgentlessVmScanning": "True",
        "ContainerSensor": "False",
    }
    assert unseen.exit_code == 0, unseen.errors
    assert set(second.changes) == {"same"}
    assert again.exit_code == 0, again.errors
    assert back.pricing_tier == "Standard"
    assert [(step.op, step.name) for step in changed.steps] == [("update", "defender")]
    assert moved.exit_code == 0, moved.errors
    assert {step.op for step in moved.steps} == {"delete-replaced", "replace", "create-replacement"}
    assert destroyed.exit_code == 0, destroyed.errors
    assert deployments == []
    assert left.pricing_tier == "Standard"
    assert {each.is_enabled for each in left.extensions} == {"True"}
