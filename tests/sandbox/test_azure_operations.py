"""Operations that take their time, as a polling client sees them."""

import time
from typing import Any

import pytest

from .azure_client import AzureClient, a_cluster, a_registry, a_vault, cluster, identity, registry, vault
from .conftest import Clock

CLUSTERS = "microsoft.containerservice/managedclusters"


@pytest.fixture
def timing(clock: Clock) -> dict[str, Any]:
    slow = {(CLUSTERS, operation): 300.0 for operation in ("create", "update", "delete")}
    groups = {("microsoft.resources/resourcegroups", "delete"): 60.0}
    held = {("microsoft.managedidentity/userassignedidentities", "create"): 0.2}
    return {"now": clock, "delays": {**slow, **groups, **held, ("microsoft.keyvault/vaults", "create"): 30.0}}


def poll(azure: AzureClient, url: str) -> Any:
    path, _, query = url.removeprefix("https://management.azure.com").partition("?")
    return azure.get(path, version=query.removeprefix("api-version="))


def test_a_create_names_its_operation_until_it_succeeds(rg: AzureClient, clock: Clock):
    created = rg.put(cluster(), a_cluster())
    url = created.headers["azure-asyncoperation"]

    before = poll(rg, url).body["status"], rg.get(cluster()).body["properties"]["provisioningState"]
    clock.pass_by(299.9)
    nearly = poll(rg, url).headers["retry-after-ms"]
    clock.pass_by(0.1)
    after = poll(rg, url).body["status"], rg.get(cluster()).body["properties"]["provisioningState"]

    assert created.headers["retry-after-ms"] == "1000"
    assert before == ("InProgress", "Creating")
    assert nearly == "100"
    assert after == ("Succeeded", "Succeeded")


def test_a_cluster_being_written_refuses_another_write(rg: AzureClient, clock: Clock):
    rg.put(cluster(), a_cluster())

    refused = rg.put(cluster(), a_cluster())
    clock.pass_by(300)
    accepted = rg.put(cluster(), a_cluster())

    assert refused.refusal == (409, "OperationNotAllowed")
    assert accepted.status == 200


def test_a_delete_takes_its_time(rg: AzureClient, clock: Clock):
    rg.put(cluster(), a_cluster())
    clock.pass_by(300)
    deleting = rg.delete(cluster())
    operation, location = deleting.headers["azure-asyncoperation"], deleting.headers["location"]

    state = rg.get(cluster()).body["properties"]["provisioningState"]
    before = poll(rg, operation).body["status"], poll(rg, location).status
    clock.pass_by(300)
    after = poll(rg, operation).body["status"], poll(rg, location).status

    assert (deleting.status, state) == (202, "Deleting")
    assert before == ("InProgress", 202)
    assert after == ("Succeeded", 204)
    assert rg.get(cluster()).status == 404


def test_deleting_a_resource_group_is_polled_by_location(rg: AzureClient, clock: Clock):
    deleting = rg.delete(rg.group)

    before = poll(rg, deleting.headers["location"]).status
    clock.pass_by(60)
    after = poll(rg, deleting.headers["location"]).status

    assert "azure-asyncoperation" not in deleting.headers
    assert (before, after) == (202, 204)


def test_a_vault_is_polled_by_its_own_state(rg: AzureClient, clock: Clock):
    created = rg.put(vault("kv-shop"), a_vault())

    before = rg.get(vault("kv-shop"))
    clock.pass_by(30)
    after = rg.get(vault("kv-shop"))

    assert "azure-asyncoperation" not in created.headers
    assert before.body["properties"]["provisioningState"] == "RegisteringDns"
    assert before.headers["retry-after-ms"] == "1000"
    assert after.body["properties"]["provisioningState"] == "Succeeded"
    assert "retry-after-ms" not in after.headers


def test_without_a_delay_an_operation_is_done_at_the_next_request(rg: AzureClient):
    created = rg.put(registry("shopregistry"), a_registry())

    assert poll(rg, created.headers["azure-asyncoperation"]).body["status"] == "Succeeded"
    assert created.headers["retry-after-ms"] == "10"


def test_an_unknown_operation_is_not_found(rg: AzureClient):
    missing = poll(
        rg, f"{rg.subscription}/providers/Microsoft.KeyVault/locations/westeurope/operations/x?api-version=2024-11-01"
    )

    assert missing.refusal == (404, "OperationNotFound")


def test_a_delay_holds_back_an_answer_that_comes_at_once(rg: AzureClient):
    began = time.monotonic()

    held = rg.put(identity("id-orders"), {"location": "westeurope"})

    assert held.status == 201
    assert time.monotonic() - began >= 0.2
