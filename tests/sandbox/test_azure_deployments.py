"""Deployments at the scope of the subscription, and the Defender plans that one can change."""

from typing import Any

import pytest

from .azure_client import AzureClient, Body
from .conftest import Clock


@pytest.fixture
def timing(clock: Clock) -> dict[str, Any]:
    return {"now": clock, "delays": {("microsoft.resources/deployments", "update"): 30.0}}


def deployments(azure: AzureClient, name: str = "plan") -> str:
    return f"{azure.subscription}/providers/Microsoft.Resources/deployments/{name}"


def pricings(azure: AzureClient, name: str = "Containers") -> str:
    return f"{azure.subscription}/providers/Microsoft.Security/pricings/{name}"


def plan(**changes: Any) -> Body:
    return {
        "type": "Microsoft.Security/pricings",
        "apiVersion": "2024-01-01",
        "name": "Containers",
        "properties": {"pricingTier": "Standard"},
        **changes,
    }


def template(*resources: Any) -> Body:
    properties = {"mode": "Incremental", "template": {"contentVersion": "1.0.0.0", "resources": list(resources)}}
    return {"location": "westeurope", "properties": properties}


def test_every_plan_is_there_from_the_start_and_free(azure: AzureClient):
    one = azure.get(pricings(azure, "containers"))
    listed = azure.get(pricings(azure).rpartition("/")[0])

    assert one.body["id"] == pricings(azure)
    assert one.body["properties"]["pricingTier"] == "Free"
    assert len(listed.body["value"]) == 13
    assert azure.get(pricings(azure, "Trains")).status == 404


def test_a_plan_changes_and_is_never_deleted(azure: AzureClient):
    extensions = [{"name": "ContainerSensor", "isEnabled": "True"}]
    changed = azure.put(pricings(azure), {"properties": {"pricingTier": "Standard", "extensions": extensions}})
    refused = azure.delete(pricings(azure))
    back = azure.put(pricings(azure), {"properties": {"pricingTier": "Free"}})

    assert changed.status == back.status == 200
    assert changed.body["properties"]["extensions"] == extensions
    assert changed.body["properties"]["resourcesCoverageStatus"] == "FullyCovered"
    assert refused.refusal == (400, "InvalidUrlConfiguration")
    assert azure.delete(pricings(azure, "Dns")).refusal == (400, "InvalidUrlConfiguration")
    assert "enablementTime" not in back.body["properties"]
    assert len(azure.get(pricings(azure).rpartition("/")[0]).body["value"]) == 13


@pytest.mark.parametrize(
    "properties",
    [{}, {"pricingTier": "Premium"}, {"pricingTier": "Standard", "extensions": [{"name": "x", "isEnabled": True}]}],
)
def test_a_plan_of_another_shape_is_refused(azure: AzureClient, properties: Body):
    assert azure.put(pricings(azure), {"properties": properties}).status == 400


def test_another_plan_than_azures_is_refused(azure: AzureClient):
    refused = azure.put(pricings(azure, "Trains"), {"properties": {"pricingTier": "Standard"}})

    assert "Possible pricing bundle names: VirtualMachines" in refused.message


def test_a_deployment_puts_the_resources_of_its_template_and_they_outlive_it(azure: AzureClient):
    group = {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2024-11-01", "name": "rg-made"}
    made = azure.put(deployments(azure), template(plan(), {**group, "location": "westeurope"}))
    after = azure.get(deployments(azure)).body["properties"]
    deleted = azure.delete(deployments(azure))

    assert made.status == 201
    assert made.body["properties"]["provisioningState"] == "Accepted"
    assert after["provisioningState"] == "Succeeded"
    assert [each["id"] for each in after["outputResources"]] == [
        pricings(azure),
        f"{azure.subscription}/resourceGroups/rg-made",
    ]
    assert "template" not in after
    assert deleted.status == 202
    assert azure.get(deployments(azure)).status == 404
    assert azure.get(pricings(azure)).body["properties"]["pricingTier"] == "Standard"
    assert azure.get(f"{azure.subscription}/resourceGroups/rg-made").status == 200


def test_a_deployment_is_no_resource_of_the_subscriptions_list(azure: AzureClient):
    azure.put(deployments(azure), template(plan()))

    listed = azure.get(f"{azure.subscription}/resources", version="2024-11-01").body["value"]
    assert [each for each in listed if "deployments" in each["id"]] == []


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        (plan(type="Microsoft.Trains/engines"), "InvalidResourceNamespace"),
        (plan(type="Microsoft.Security/trains"), "InvalidResourceType"),
        (plan(apiVersion="1999-01-01"), "NoRegisteredProviderFound"),
        (plan(name="Containers/more"), "InvalidTemplate"),
        (plan(name=None), "InvalidTemplate"),
        ("plan", "InvalidTemplate"),
        (plan(name="[parameters('name')]"), "BadRequest"),
        (plan(properties={}), "BadRequest"),
        (plan(type="Microsoft.KeyVault/vaults", apiVersion="2024-11-01"), "BadRequest"),
    ],
)
def test_one_refused_resource_refuses_the_whole_deployment(azure: AzureClient, resource: Any, code: str):
    refused = azure.put(deployments(azure), template(plan(), resource))

    assert refused.code == code
    assert azure.get(deployments(azure)).status == 404
    assert azure.get(pricings(azure)).body["properties"]["pricingTier"] == "Free"


def test_a_deployment_stays_in_its_region(azure: AzureClient):
    azure.make(deployments(azure), template(plan()))

    moved = azure.put(deployments(azure), {**template(plan()), "location": "northeurope"})
    nowhere = azure.put(deployments(azure, "other"), {"properties": template(plan())["properties"]})

    assert moved.refusal == (409, "InvalidDeploymentLocation")
    assert nowhere.refusal == (400, "LocationRequired")


def test_a_deployment_that_is_under_way_is_not_overwritten(azure: AzureClient, clock: Clock):
    azure.make(deployments(azure), template(plan()))
    azure.put(deployments(azure), template(plan()))

    during = azure.put(deployments(azure), template(plan()))
    clock.pass_by(30.1)
    after = azure.put(deployments(azure), template(plan()))

    assert during.refusal == (409, "DeploymentActive")
    assert after.status == 200


def test_a_deployment_that_would_delete_what_it_does_not_name_is_refused(azure: AzureClient):
    body = template(plan())
    body["properties"]["mode"] = "Complete"

    assert azure.put(deployments(azure), body).status == 400


def test_a_template_without_resources_and_a_name_that_is_too_long_are_refused(azure: AzureClient):
    body = template()
    body["properties"]["template"] = {"contentVersion": "1.0.0.0"}

    assert azure.put(deployments(azure), body).refusal == (400, "InvalidTemplate")
    assert azure.put(deployments(azure, "x" * 65), template(plan())).status == 400
