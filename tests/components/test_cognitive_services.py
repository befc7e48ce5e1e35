"""CognitiveServicesAccount: models without API keys."""

from typing import Any

import pytest
import requests
from aks_workload_identity import (
    CognitiveServicesAccount,
    CognitiveServicesAccountArgs,
    InvalidArgumentError,
    ModelDeployment,
)
from aks_workload_identity.derived_names import UniqueNames
from pulumi_azure_native import resources

from tests.azure_mocks import SUBSCRIPTION
from tests.recorder import Recording, attempt, run

pytestmark = pytest.mark.capability("A9")

NAME = UniqueNames(SUBSCRIPTION, "rg").account("shop")
CHAT = ModelDeployment(model="gpt-5.4-mini", version="2026-03-17", sku="GlobalStandard")


def registered(**changes: Any) -> Recording:
    least: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}
    return run(lambda: CognitiveServicesAccount("shop", CognitiveServicesAccountArgs(**{**least, **changes})))


def test_an_account_has_no_keys_a_subdomain_and_a_closed_network():
    properties = registered().one("Account").inputs["properties"]

    assert properties["disableLocalAuth"] is True
    assert properties["customSubDomainName"] == NAME
    assert properties["publicNetworkAccess"] == "Disabled"
    assert properties["networkAcls"]["defaultAction"] == "Deny"


def test_models_are_deployed_one_after_another():
    recording = registered(deployments={"chat": CHAT, "embed": CHAT, "vision": CHAT})

    urns = [recording.one("Deployment", f"shop-{key}").urn for key in ("chat", "embed", "vision")]
    waits = [recording.one("Deployment", f"shop-{key}").dependencies for key in ("chat", "embed", "vision")]
    assert [urns[0] in waits[1], urns[1] in waits[2], urns[1] in waits[0]] == [True, True, False]


def test_a_model_keeps_its_version():
    inputs = registered(deployments={"chat": CHAT}).one("Deployment").inputs

    assert inputs["properties"]["model"] == {"format": "OpenAI", "name": "gpt-5.4-mini", "version": "2026-03-17"}
    assert inputs["properties"]["versionUpgradeOption"] == "NoAutoUpgrade"
    assert inputs["sku"] == {"name": "GlobalStandard", "capacity": 10}


def test_a_deployment_may_be_called_like_its_model():
    deployment = registered(deployments={"gpt-5.4-mini": CHAT}).one("Deployment")

    assert (deployment.name, deployment.inputs["deploymentName"]) == ("shop-gpt-5.4-mini", "gpt-5.4-mini")


def test_pods_are_told_the_endpoint_and_the_scope_and_no_key():
    seen: list[Any] = []

    def program() -> None:
        least: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}
        account = CognitiveServicesAccount("shop", CognitiveServicesAccountArgs(**least))
        assert account.environment.keys() == {"AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_SCOPE"}
        account.endpoint.apply(seen.append)

    run(program)

    assert seen == [f"https://{NAME}.openai.azure.com/"]


@pytest.mark.parametrize(
    ("deleted", "restore"),
    [
        ([{"name": NAME, "location": "westeurope"}], True),
        ([{"name": NAME, "location": "eastus"}], None),
        ([], None),
    ],
)
def test_a_soft_deleted_account_is_brought_back_if_asked(
    monkeypatch: pytest.MonkeyPatch, deleted: list[Any], restore: bool | None
):
    class Answer:
        status_code = 200

        def json(self) -> Any:
            return {"value": deleted}

    monkeypatch.setattr(requests, "get", lambda url, **_: Answer())

    account = registered(recover=True).one("Account")

    assert account.inputs["properties"].get("restore") is restore
    assert account.options.ignore_changes == ("properties.restore",)


def test_bringing_back_needs_a_plain_name():
    def program() -> None:
        group = resources.ResourceGroup("rg", resource_group_name="rg")
        args = CognitiveServicesAccountArgs(resource_group_name=group.name, location="westeurope", recover=True)
        CognitiveServicesAccount("shop", args)

    recording = attempt(program)

    assert "recover must be left out" in str(recording.error)
    assert recording.of_type("CognitiveServicesAccount") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"allowed_ip_ranges": ["203.0.113.7"] * 101}, "allowed_ip_ranges must have at most 100 entries; got 101"),
        ({"resource_group_name": "rg."}, "resource_group_name must be a resource group name"),
        ({"account_name": "a"}, "account_name must be a Cognitive Services account name"),
        ({"kind": "ComputerVision"}, "kind must be 'OpenAI' or 'AIServices'"),
        ({"disable_local_auth": False}, "disable_local_auth is not known"),
        ({"deployments": {"chat": {"model": "gpt-5.4"}}}, "deployments.chat.version is required"),
        ({"deployments": {"chat": {**dict(CHAT), "capacity": 0}}}, "deployments.chat.capacity must be 1-1000000 units"),
        ({"deployments": {"chat": {**dict(CHAT), "capacity": 1_000_001}}}, "capacity must be 1-1000000 units"),
        ({"deployments": {"chat": {**dict(CHAT), "capacity": True}}}, "deployments.chat.capacity must be 1-1000000"),
        ({"deployments": {"gpt 5": CHAT}}, "deployments.gpt 5 must be a deployment name: 2-64 letters"),
        ({"deployments": {"a": CHAT}}, "deployments.a must be a deployment name"),
        ({"deployments": {"gpt-": CHAT}}, "deployments.gpt- must be a deployment name"),
        ({"deployments": {"chat": CHAT, "Chat": CHAT}}, "must differ in more than case; got 'chat' and 'Chat'"),
    ],
)
def test_a_wrong_argument_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentError, match=message):
        registered(**changes)
