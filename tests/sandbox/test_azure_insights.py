"""Diagnostic settings and workspaces, refused and accepted as Azure does."""

from typing import Any

import pytest

from .azure_client import (
    AzureClient,
    Body,
    a_cluster,
    a_registry,
    a_vault,
    a_workspace,
    cluster,
    registry,
    setting,
    vault,
    workspace,
)


@pytest.fixture
def logged(rg: AzureClient) -> AzureClient:
    """A vault, a cluster and a workspace."""
    rg.make(vault("kv-shop"), a_vault())
    rg.make(cluster(), a_cluster())
    rg.make(workspace(), a_workspace())
    return rg


def logs(azure: AzureClient, *categories: str, **changes: Any) -> Body:
    kept = [{"category": category, "enabled": True} for category in categories]
    return {"properties": {"workspaceId": azure.id(workspace()), "logs": kept, **changes}}


@pytest.mark.parametrize(
    ("of", "category"),
    [
        (vault("kv-shop"), "AuditEvent"),
        (cluster(), "kube-audit"),
        (cluster(), "kube-audit-admin"),
        (cluster(), "guard"),
    ],
)
def test_a_setting_takes_the_categories_of_its_resource(logged: AzureClient, of: str, category: str):
    created = logged.put(setting(of), logs(logged, category, logAnalyticsDestinationType="Dedicated"))

    assert created.status == 200
    assert logged.get(setting(of)).body["properties"] == {
        "workspaceId": logged.id(workspace()),
        "logAnalyticsDestinationType": "Dedicated",
        "logs": [{"category": category, "enabled": True}],
    }
    assert [each["name"] for each in logged.get(setting(of, "").rstrip("/")).body["value"]] == ["audit"]


@pytest.mark.parametrize(("of", "category"), [(vault("kv-shop"), "kube-audit"), (cluster(), "AuditEvent")])
def test_a_category_of_another_type_is_refused(logged: AzureClient, of: str, category: str):
    refused = logged.put(setting(of), logs(logged, category))

    assert (refused.refusal, refused.message) == ((400, "BadRequest"), f"Category '{category}' is not supported.")


def test_a_category_group_is_one_of_the_type(logged: AzureClient):
    group = {"categoryGroup": "audit", "enabled": True}

    assert logged.put(setting(vault("kv-shop")), logs(logged, logs=[group])).status == 200
    assert logged.put(setting(cluster()), logs(logged, logs=[group])).refusal == (400, "BadRequest")


def test_of_other_types_any_category_is_taken(logged: AzureClient):
    logged.make(registry("crshop"), a_registry())

    assert logged.put(setting(registry("crshop")), logs(logged, "ContainerRegistryLoginEvents")).status == 200


def test_the_workspace_and_the_resource_must_be_there(logged: AzureClient):
    none = logged.put(setting(vault("kv-shop")), logs(logged, workspaceId=logged.id(workspace("log-none"))))
    nothing = logged.put(setting(vault("kv-none")), logs(logged, "AuditEvent"))
    other = logged.put(setting(vault("kv-shop")), logs(logged, workspaceId=logged.id(cluster())))

    assert none.refusal == nothing.refusal == (404, "ResourceNotFound")
    assert other.refusal == (400, "BadRequest")


def test_a_setting_sends_somewhere(logged: AzureClient):
    refused = logged.put(setting(vault("kv-shop")), logs(logged, "AuditEvent", workspaceId=None))

    assert refused.message == "At least one data sink needs to be specified."


def test_a_setting_keeps_nothing_for_a_while(logged: AzureClient):
    log = {"category": "AuditEvent", "enabled": True, "retentionPolicy": {"enabled": True, "days": 30}}

    refused = logged.put(setting(vault("kv-shop")), logs(logged, logs=[log]))

    assert "does not support retention" in refused.message


def test_a_category_goes_to_a_workspace_once(logged: AzureClient):
    logged.make(setting(vault("kv-shop")), logs(logged, "AuditEvent"))

    again = logged.put(setting(vault("kv-shop")), logs(logged, "AuditEvent"))
    second = logged.put(setting(vault("kv-shop"), "second"), logs(logged, "AuditEvent"))
    another = logged.put(setting(vault("kv-shop"), "second"), logs(logged, "AzurePolicyEvaluationDetails"))

    assert again.status == another.status == 200
    assert second.refusal == (409, "Conflict")
    assert "is already used in diagnostic setting 'audit' for category 'AuditEvent'" in second.message


def test_a_resource_has_at_most_five_settings(logged: AzureClient):
    for number in range(5):
        logged.make(setting(cluster(), f"s{number}"), logs(logged))

    assert logged.put(setting(cluster(), "s5"), logs(logged)).refusal == (400, "BadRequest")
    assert logged.put(setting(cluster(), "s4"), logs(logged, "guard")).status == 200


def test_settings_go_with_their_resource(logged: AzureClient):
    logged.make(setting(cluster()), logs(logged, "guard"))

    logged.delete(cluster())

    assert logged.get(setting(cluster())).status == 404


def test_a_workspace_reads_back_with_what_azure_adds(rg: AzureClient):
    created = rg.put(workspace(), a_workspace())

    assert created.status == 201
    properties = rg.get(workspace()).body["properties"]
    assert (properties["provisioningState"], properties["retentionInDays"]) == ("Succeeded", 90)
    assert properties["publicNetworkAccessForQuery"] == "Enabled"
    assert properties["createdDate"] <= properties["modifiedDate"]


def test_a_workspace_comes_back_under_its_name(rg: AzureClient):
    before = rg.make(workspace(), a_workspace())["properties"]["customerId"]

    rg.delete(workspace())
    rg.make_group("other")
    elsewhere = rg.make(f"{rg.subscription}/resourceGroups/other/providers/{workspace()}", a_workspace())

    assert rg.make(workspace(), a_workspace())["properties"]["customerId"] == before
    assert elsewhere["properties"]["customerId"] != before


@pytest.mark.parametrize("name", ["log", "-logs", "logs-", "log_shop", "l" * 64])
def test_a_workspace_name_has_a_form(rg: AzureClient, name: str):
    assert rg.put(workspace(name), a_workspace()).refusal == (400, "BadRequest")


@pytest.mark.parametrize(
    "wrong", [{"sku": {"name": "Gold"}}, {"retentionInDays": 29}, {"retentionInDays": 731}, {"retentionInDays": "90"}]
)
def test_a_wrong_value_of_a_workspace_is_refused(rg: AzureClient, wrong: Body):
    assert rg.put(workspace(), a_workspace(**wrong)).refusal == (400, "BadRequest")
