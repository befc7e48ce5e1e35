"""Registries, refused and accepted as Azure does."""

from typing import Any

import pytest

from .azure_client import AzureClient, a_registry, registry


def test_a_registry_reads_back_with_what_azure_adds(rg: AzureClient):
    created = rg.put(registry("ShopRegistry"), a_registry(policies={"retentionPolicy": {"status": "disabled"}}))

    assert created.status == 201
    assert created.body["properties"]["provisioningState"] == "Creating"
    read = rg.get(registry("ShopRegistry")).body
    assert read["sku"] == {"name": "Standard", "tier": "Standard"}
    assert read["properties"]["loginServer"] == "shopregistry.azurecr.io"
    assert read["properties"]["provisioningState"] == "Succeeded"
    assert read["properties"]["adminUserEnabled"] is False
    assert read["properties"]["policies"] == {"retentionPolicy": {"status": "disabled"}}


@pytest.mark.parametrize("name", ["shop", "shop-registry", "x" * 51])
def test_a_registry_name_has_a_form(rg: AzureClient, name: str):
    refused = rg.put(registry(name), a_registry())

    assert refused.status == 400
    assert "5 to 50 letters and digits" in refused.message


def test_a_registry_name_is_global(rg: AzureClient):
    rg.make_group("other")
    rg.make(registry("shopregistry"), a_registry())

    refused = rg.put(f"{rg.subscription}/resourceGroups/other/providers/{registry('ShopRegistry')}", a_registry())

    assert refused.refusal == (409, "AlreadyInUse")


def test_a_registry_needs_a_sku(rg: AzureClient):
    without = rg.put(registry("shopregistry"), {"location": "westeurope"})
    wrong = rg.put(registry("shopregistry"), a_registry("Gold"))

    assert "sku.name" in without.message
    assert "'Gold'" in wrong.message


def test_anonymous_pull_needs_a_larger_sku(rg: AzureClient):
    refused = rg.put(registry("shopregistry"), a_registry("Basic", anonymousPullEnabled=True))
    accepted = rg.put(registry("shopregistry"), a_registry("Standard", anonymousPullEnabled=True))

    assert refused.status == 400
    assert accepted.status == 201


@pytest.mark.parametrize(
    "rules", [{"publicNetworkAccess": "Disabled"}, {"networkRuleSet": {"defaultAction": "Deny"}}], ids=["off", "deny"]
)
def test_network_rules_need_the_largest_sku(rg: AzureClient, rules: dict[str, Any]):
    assert rg.put(registry("shopregistry"), a_registry("Standard", **rules)).refusal == (400, "BadRequest")
    assert rg.put(registry("shopregistry"), a_registry("Premium", **rules)).status == 201


def test_a_deleted_registry_frees_its_name(rg: AzureClient):
    rg.make(registry("shopregistry"), a_registry())

    answer = rg.delete(registry("shopregistry"))

    assert answer.status == 202
    assert rg.put(registry("shopregistry"), a_registry()).status == 201


def test_an_update_keeps_what_azure_set(rg: AzureClient):
    before = rg.make(registry("shopregistry"), a_registry())

    after = rg.make(registry("shopregistry"), a_registry("Premium"))

    assert after["sku"] == {"name": "Premium", "tier": "Premium"}
    assert after["properties"]["creationDate"] == before["properties"]["creationDate"]
