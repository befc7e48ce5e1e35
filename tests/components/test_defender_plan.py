"""DefenderForContainersPlan: one deployment that turns the subscription's plan on, and only where it is asked for."""

from typing import Any

import pytest
from aks_workload_identity import Defender, DefenderForContainersPlan, InvalidArgumentError

from tests.components.builders import GROUP, cluster
from tests.recorder import Resource, attempt, run

pytestmark = pytest.mark.capability("A11")
TYPE = "azure-native:resources:DeploymentAtSubscriptionScope"


def plan(name: str = "defender", **changes: Any) -> DefenderForContainersPlan:
    return DefenderForContainersPlan(name, {"location": "westeurope", **changes})


def deployed(**changes: Any) -> Resource:
    return run(lambda: plan(**changes)).one("DeploymentAtSubscriptionScope")


def test_the_plan_is_one_deployment_that_changes_nothing_else():
    deployment = deployed()

    assert deployment.type == TYPE
    assert deployment.name == deployment.inputs["deploymentName"] == "defender"
    assert deployment.inputs["location"] == "westeurope"
    assert deployment.inputs["properties"]["mode"] == "Incremental"
    assert deployment.inputs["properties"]["template"]["resources"] == [
        {
            "type": "Microsoft.Security/pricings",
            "apiVersion": "2024-01-01",
            "name": "Containers",
            "properties": {"pricingTier": "Standard"},
        }
    ]


def test_extensions_are_turned_on_and_off_by_name_and_the_others_are_left_to_azure():
    template = deployed(extensions={"ContainerSensor": False, "AgentlessVmScanning": True}).inputs["properties"][
        "template"
    ]

    assert template["resources"][0]["properties"]["extensions"] == [
        {"name": "AgentlessVmScanning", "isEnabled": "True"},
        {"name": "ContainerSensor", "isEnabled": "False"},
    ]


def test_an_extension_that_the_plan_does_not_have_is_refused():
    error = attempt(lambda: plan(extensions={"MdeDesignatedSubscription": True})).error

    assert isinstance(error, InvalidArgumentError)
    assert "ContainerSensor" in str(error)


def test_a_deployment_in_another_region_takes_the_place_of_the_first():
    options = deployed().options

    assert options.replace_on_changes == ("location",)
    assert options.delete_before_replace


@pytest.mark.parametrize("name", ["", "x" * 65, "a/b", "a b", "pl\u00e4n"])
def test_a_name_that_azure_does_not_take_is_refused_before_anything_is_registered(name: str):
    attempted = attempt(lambda: plan(name))

    assert "must be a deployment name of 1-64" in str(attempted.error)
    assert attempted.resources == []


@pytest.mark.parametrize("name", ["d", "x" * 64, "Defender_for-containers.(eu)"])
def test_a_name_that_azure_takes_passes(name: str):
    assert run(lambda: plan(name)).one("DeploymentAtSubscriptionScope").inputs["deploymentName"] == name


def test_a_cluster_with_defender_leaves_the_subscription_alone():
    workspace = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log"

    recording = run(lambda: cluster(defender=Defender(workspace_id=workspace)))

    assert TYPE not in {resource.type for resource in recording.resources}
