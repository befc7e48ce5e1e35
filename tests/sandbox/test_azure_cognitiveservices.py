"""AI accounts, their deployments and soft-deleted accounts, refused and accepted as Azure does."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.azure.cognitiveservices import DEPLOYMENTS

from .azure_client import AzureClient, a_deployment, ai_account, an_ai_account, deployment
from .conftest import Clock

SUBDOMAIN = {"customSubDomainName": "shop-agent"}


def deleted(azure: AzureClient, name: str) -> str:
    provider = f"{azure.subscription}/providers/Microsoft.CognitiveServices"
    return f"{provider}/locations/westeurope/resourceGroups/rg/deletedAccounts/{name}"


@pytest.fixture
def agent(rg: AzureClient) -> AzureClient:
    """An Azure with the account `agent`."""
    rg.make(ai_account("agent"), an_ai_account(**SUBDOMAIN))
    return rg


def test_an_account_reads_back_with_what_azure_adds(rg: AzureClient):
    created = rg.put(ai_account("agent"), an_ai_account(**SUBDOMAIN, disableLocalAuth=True))

    assert created.status == 201
    assert created.body["properties"]["provisioningState"] == "Creating"
    read = rg.get(ai_account("agent")).body
    assert read["properties"]["provisioningState"] == "Succeeded"
    assert read["properties"]["endpoint"] == "https://shop-agent.openai.azure.com/"
    assert read["properties"]["disableLocalAuth"] is True
    assert read["properties"]["publicNetworkAccess"] == "Enabled"


def test_the_endpoint_follows_kind_and_subdomain(rg: AzureClient):
    services = rg.make(ai_account("services"), an_ai_account("AIServices", customSubDomainName="Services"))
    regional = rg.make(ai_account("regional"), an_ai_account())

    assert services["properties"]["endpoint"] == "https://services.cognitiveservices.azure.com/"
    assert regional["properties"]["endpoint"] == "https://westeurope.api.cognitive.microsoft.com/"


def test_an_account_has_an_identity_when_it_asks_for_one(rg: AzureClient):
    body = {**an_ai_account(), "identity": {"type": "SystemAssigned"}}

    first, second = rg.make(ai_account("agent"), body), rg.make(ai_account("agent"), body)

    assert len(first["identity"]["principalId"]) == 36
    assert first["identity"] == second["identity"]


@pytest.mark.parametrize("name", ["a", "-agent", "agent!", "x" * 65])
def test_an_account_name_has_a_form(rg: AzureClient, name: str):
    refused = rg.put(ai_account(name), an_ai_account())

    assert refused.status == 400
    assert "2 to 64 letters" in refused.message


@pytest.mark.parametrize("left_out", ["kind", "sku", "location"])
def test_an_account_needs_a_kind_a_sku_and_a_location(rg: AzureClient, left_out: str):
    body = {name: value for name, value in an_ai_account().items() if name != left_out}

    refused = rg.put(ai_account("agent"), body)

    assert refused.status == 400
    assert left_out in refused.message


def test_a_subdomain_is_global_and_kept_by_a_deleted_account(agent: AzureClient):
    while_it_lives = agent.put(ai_account("other"), an_ai_account(customSubDomainName="SHOP-agent"))
    agent.delete(ai_account("agent"))

    after_deletion = agent.put(ai_account("other"), an_ai_account(**SUBDOMAIN))

    assert while_it_lives.refusal == (409, "CustomDomainInUse")
    assert after_deletion.refusal == (409, "CustomDomainInUse")


@pytest.mark.parametrize(
    "changed", [an_ai_account(customSubDomainName="another"), an_ai_account("SpeechServices", **SUBDOMAIN)]
)
def test_subdomain_and_kind_cannot_change(agent: AzureClient, changed: dict[str, Any]):
    assert agent.put(ai_account("agent"), changed).refusal == (400, "BadRequest")


def test_an_openai_account_may_become_an_ai_services_account(agent: AzureClient):
    upgraded = agent.make(ai_account("agent"), an_ai_account("AIServices"))

    assert upgraded["properties"]["customSubDomainName"] == "shop-agent"
    assert upgraded["properties"]["endpoint"] == "https://shop-agent.cognitiveservices.azure.com/"


def test_network_rules_need_a_subdomain(rg: AzureClient):
    refused = rg.put(ai_account("agent"), an_ai_account(networkAcls={"defaultAction": "Deny"}))

    assert refused.refusal == (400, "BadRequest")


def test_keys_are_listed_only_while_local_authentication_is_on(agent: AzureClient):
    keys = agent.post(f"{ai_account('agent')}/listKeys").body
    agent.patch(ai_account("agent"), {"properties": {"disableLocalAuth": True}})

    refused = agent.post(f"{ai_account('agent')}/listKeys")

    assert keys.keys() == {"key1", "key2"}
    assert refused.refusal == (400, "BadRequest")
    assert refused.message == "Failed to list key. disableLocalAuth is set to be true"


def test_a_deleted_account_is_kept_and_must_be_restored_by_name(agent: AzureClient):
    created = agent.get(ai_account("agent")).body
    answer = agent.delete(ai_account("agent"))

    again = agent.put(ai_account("agent"), an_ai_account(**SUBDOMAIN))
    kept = agent.get(deleted(agent, "agent")).body
    restored = agent.make(ai_account("agent"), an_ai_account(**SUBDOMAIN, restore=True))

    assert answer.status == 202
    assert again.refusal == (409, "FlagMustBeSetForRestore")
    assert kept["type"] == "Microsoft.CognitiveServices/deletedAccounts"
    assert kept["properties"]["deletionDate"] < kept["properties"]["scheduledPurgeDate"]
    assert restored["properties"]["internalId"] == created["properties"]["internalId"]
    assert "restore" not in restored["properties"]
    assert agent.get(deleted(agent, "agent")).status == 404


def test_only_a_deleted_account_is_restored(rg: AzureClient):
    refused = rg.put(ai_account("agent"), an_ai_account(restore=True))

    assert refused.refusal == (409, "CanNotRestoreANonExistingResource")


def test_accounts_of_one_name_in_two_groups_are_kept_apart(rg: AzureClient):
    rg.make_group("other")
    there = f"{rg.subscription}/resourceGroups/other/providers/{ai_account('agent')}"
    for path in (ai_account("agent"), there):
        rg.make(path, an_ai_account())
        rg.delete(path)

    kept = rg.get(f"{rg.subscription}/providers/Microsoft.CognitiveServices/deletedAccounts").body["value"]

    assert len(kept) == 2


def test_purging_frees_name_and_subdomain(agent: AzureClient):
    agent.delete(ai_account("agent"))

    agent.get(ai_account("agent"))
    purged, again = agent.delete(deleted(agent, "agent")), agent.delete(deleted(agent, "agent"))

    assert (purged.status, again.status) == (200, 204)
    assert agent.put(ai_account("other"), an_ai_account(**SUBDOMAIN)).status == 201
    assert agent.put(ai_account("agent"), an_ai_account()).status == 201


def test_a_deleted_account_is_gone_after_48_hours(agent: AzureClient, clock: Clock):
    agent.delete(ai_account("agent"))
    agent.get(ai_account("agent"))

    clock.pass_by(48 * 3600)

    assert agent.put(ai_account("agent"), an_ai_account(**SUBDOMAIN)).status == 201


def test_a_deployment_reads_back(agent: AzureClient):
    created = agent.put(deployment("agent", "chat"), a_deployment())

    read = agent.get(deployment("agent", "chat")).body
    assert created.status == 201
    assert read["sku"] == {"name": "GlobalStandard", "capacity": 10}
    assert read["properties"]["model"]["name"] == "gpt-4o-mini"
    assert read["properties"]["versionUpgradeOption"] == "OnceNewDefaultVersionAvailable"
    assert read["properties"]["provisioningState"] == "Succeeded"


def test_a_deployment_needs_a_model_and_an_account(agent: AzureClient):
    without_model = agent.put(deployment("agent", "chat"), {"sku": {"name": "Standard"}, "properties": {}})
    without_account = agent.put(deployment("other", "chat"), a_deployment())

    assert "model" in without_model.message
    assert without_account.refusal == (404, "ParentResourceNotFound")


class TestOneAtATime:
    """An account takes one change of its deployments at a time."""

    @pytest.fixture
    def timing(self, clock: Clock) -> dict[str, Any]:
        delays = {(DEPLOYMENTS.lower(), "create"): 60.0}
        return {"now": clock, "credential_write_seconds": 0.3, "delays": delays}

    def test_a_second_deployment_waits_for_the_first(self, agent: AzureClient, clock: Clock):
        agent.put(deployment("agent", "chat"), a_deployment())

        refused = agent.put(deployment("agent", "embeddings"), a_deployment("text-embedding-3-small"))
        clock.pass_by(60)
        accepted = agent.put(deployment("agent", "embeddings"), a_deployment("text-embedding-3-small"))

        assert refused.refusal == (409, "RequestConflict")
        assert agent.id(ai_account("agent")) in refused.message
        assert accepted.status == 201

    def test_two_deployments_at_once_conflict(self, agent: AzureClient):
        with ThreadPoolExecutor() as pool:
            paths = [deployment("agent", name) for name in ("chat", "embeddings")]
            replies = list(pool.map(lambda path: agent.put(path, a_deployment()), paths))

        refused = next(reply for reply in replies if reply.status == 409)
        assert sorted(reply.status for reply in replies) == [201, 409]
        assert f"'{agent.id(ai_account('agent'))}'" in refused.message
