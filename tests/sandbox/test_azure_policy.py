"""Assignments of Azure Policy, refused and accepted as Azure does."""

from typing import Any

import pytest

from .azure_client import AzureClient, a_cluster, cluster

PRIVILEGED = "/providers/Microsoft.Authorization/policyDefinitions/95edb821-ddaf-4404-9732-666045e056b4"
ESCALATION = "/providers/Microsoft.Authorization/policyDefinitions/1c6e92c9-99f0-4e55-9cf2-0c234dc48f99"
IMAGES = "/providers/Microsoft.Authorization/policyDefinitions/febd0533-8e55-448f-b837-bd0e06f16469"
BASELINE = "/providers/Microsoft.Authorization/policySetDefinitions/a8640138-9b0a-4a28-b8cb-1666c838647d"


def an_assignment(definition: str = PRIVILEGED, **parameters: Any) -> dict[str, Any]:
    sent = {name: {"value": value} for name, value in parameters.items()}
    return {"properties": {"policyDefinitionId": definition, "parameters": sent}}


@pytest.fixture
def scope(rg: AzureClient) -> str:
    """The path of assignments on the cluster `dev`."""
    rg.make(cluster(), a_cluster())
    return f"{rg.id(cluster())}/providers/Microsoft.Authorization/policyAssignments"


@pytest.mark.parametrize("definition", [PRIVILEGED, BASELINE])
def test_an_assignment_reads_back_with_what_azure_adds(rg: AzureClient, scope: str, definition: str):
    created = rg.put(f"{scope}/shop", an_assignment(definition, effect="Audit"))

    read = rg.get(f"{scope}/shop").body
    assert created.status == 201
    assert read["properties"]["scope"] == rg.id(cluster())
    assert read["properties"]["enforcementMode"] == "Default"
    assert read["properties"]["definitionVersion"] in ("9.*.*", "1.*.*")
    assert read["properties"]["parameters"] == {"effect": {"value": "Audit"}}
    assert [each["name"] for each in rg.get(scope).body["value"]] == ["shop"]


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (an_assignment(PRIVILEGED[:-1] + "0"), (404, "PolicyDefinitionNotFound")),
        (an_assignment(BASELINE[:-1] + "0"), (404, "PolicySetDefinitionNotFound")),
        (an_assignment(ESCALATION, effect="deny"), (400, "PolicyParameterValueNotAllowed")),
        (an_assignment(BASELINE, effect="Refuse"), (400, "PolicyParameterValueNotAllowed")),
        (an_assignment(PRIVILEGED, effekt="Deny"), (400, "UndefinedPolicyParameter")),
        (an_assignment(IMAGES, effect="Deny"), (400, "MissingPolicyParameter")),
        ({"properties": {}}, (400, "BadRequest")),
        ({"properties": {"policyDefinitionId": PRIVILEGED, "enforcementMode": "Off"}}, (400, "BadRequest")),
    ],
)
def test_what_azure_refuses_is_refused(rg: AzureClient, scope: str, sent: dict[str, Any], refusal: tuple[int, str]):
    assert rg.put(f"{scope}/shop", sent).refusal == refusal
    assert rg.get(f"{scope}/shop").status == 404


@pytest.mark.parametrize("name", ["x" * 65, "a.b", "a*b", "a%3Fb"])
def test_an_assignments_name_has_a_form(rg: AzureClient, scope: str, name: str):
    assert rg.put(f"{scope}/{name}", an_assignment()).status == 400


def test_an_assignment_needs_its_scope_and_goes_with_it(rg: AzureClient, scope: str):
    rg.put(f"{scope}/shop", an_assignment())

    nowhere = rg.put(scope.replace("/dev/", "/nowhere/") + "/shop", an_assignment())
    removed = rg.delete(f"{scope}/shop")

    assert nowhere.refusal == (404, "ResourceNotFound")
    assert removed.status == 200
    assert rg.delete(f"{scope}/shop").status == 204


def test_two_add_ons_act_as_two_identities_of_the_node_group(rg: AzureClient):
    add_ons = {"azurepolicy": {"enabled": True}, "azureKeyvaultSecretsProvider": {"enabled": True}}
    rg.make(cluster(), a_cluster(addonProfiles=add_ons))

    read = rg.get(cluster()).body["properties"]["addonProfiles"]

    assert read["azurepolicy"]["identity"]["resourceId"].endswith("/azurepolicy-dev")
    assert len({profile["identity"]["objectId"] for profile in read.values()}) == 2


def test_defenders_sensor_needs_a_workspace(rg: AzureClient):
    defender = {"defender": {"securityMonitoring": {"enabled": True}}}

    refused = rg.put(cluster(), a_cluster(securityProfile=defender))

    assert refused.refusal == (400, "InvalidParameter")
    assert "logAnalyticsWorkspaceResourceId" in refused.message
