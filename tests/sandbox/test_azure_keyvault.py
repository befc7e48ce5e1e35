"""Vaults and soft-deleted vaults, refused and accepted as Azure does."""

from typing import Any

import pytest

from .azure_client import AzureClient, a_vault, vault
from .conftest import Clock

DAY = 86400


def deleted(azure: AzureClient, name: str) -> str:
    return f"{azure.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/{name}"


def test_a_vault_reads_back_with_what_azure_adds(rg: AzureClient):
    created = rg.put(vault("kv-shop"), a_vault(networkAcls={"defaultAction": "Deny", "bypass": "None"}))

    assert created.status == 201
    assert created.body["properties"]["provisioningState"] == "RegisteringDns"
    read = rg.get(vault("kv-shop")).body
    assert read["location"] == "westeurope"
    assert read["properties"] == {
        **a_vault()["properties"],
        "networkAcls": {"defaultAction": "Deny", "bypass": "None"},
        "accessPolicies": [],
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "publicNetworkAccess": "Enabled",
        "vaultUri": "https://kv-shop.vault.azure.net/",
        "provisioningState": "Succeeded",
    }


@pytest.mark.parametrize("name", ["kv", "1kv", "kv-", "kv--shop", "kv_shop", "k" * 25])
def test_a_vault_name_has_a_form(rg: AzureClient, name: str):
    refused = rg.put(vault(name), a_vault())

    assert refused.refusal == (400, "VaultNameNotValid")


@pytest.mark.parametrize("name", ["kv1", "k" * 24, "kv-shop-1"])
def test_a_good_vault_name_is_accepted(rg: AzureClient, name: str):
    assert rg.put(vault(name), a_vault()).status == 201


@pytest.mark.parametrize("left_out", ["sku", "tenantId"])
def test_a_vault_needs_a_sku_and_a_tenant(rg: AzureClient, left_out: str):
    refused = rg.put(vault("kv-shop"), a_vault(**{left_out: None}))

    assert refused.status == 400
    assert left_out in refused.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": {"family": "B", "name": "standard"}},
        {"sku": {"family": "A", "name": "basic"}},
        {"sku": {"name": "standard"}},
        {"createMode": "restore"},
        {"networkAcls": {"bypass": "Everyone", "defaultAction": "Deny"}},
        {"networkAcls": {"bypass": "None", "defaultAction": "Refuse"}},
        {"tenantId": "contoso"},
    ],
    ids=str,
)
def test_a_vault_takes_only_the_values_that_azure_knows(rg: AzureClient, wrong: dict[str, Any]):
    assert rg.put(vault("kv-shop"), a_vault(**wrong)).refusal == (400, "BadRequest")


@pytest.mark.parametrize("name", ["premium", "Standard"])
def test_a_vaults_sku_is_read_without_case(rg: AzureClient, name: str):
    assert rg.put(vault("kv-shop"), a_vault(sku={"family": "A", "name": name})).status == 201


def test_a_vault_name_is_global(rg: AzureClient):
    rg.make_group("other")
    rg.make(vault("kv-shop"), a_vault())

    refused = rg.put(f"{rg.subscription}/resourceGroups/other/providers/{vault('KV-Shop')}", a_vault())

    assert refused.refusal == (409, "VaultAlreadyExists")


def test_roles_are_off_unless_asked_for_until_2026(rg: AzureClient):
    old = rg.put(vault("kv-old"), a_vault(enableRbacAuthorization=None, accessPolicies=[]))
    new = rg.put(vault("kv-new"), a_vault(enableRbacAuthorization=None), version="2026-02-01")

    assert old.body["properties"]["enableRbacAuthorization"] is False
    assert new.body["properties"]["enableRbacAuthorization"] is True


def test_a_vault_without_roles_needs_access_policies(rg: AzureClient):
    refused = rg.put(vault("kv-shop"), a_vault(enableRbacAuthorization=False))

    assert refused.refusal == (400, "BadRequest")
    assert refused.message == "The parameter accessPolicies is not specified."


@pytest.mark.parametrize("switch", ["enablePurgeProtection", "enableSoftDelete"])
def test_what_cannot_be_turned_off_cannot_be_false(rg: AzureClient, switch: str):
    refused = rg.put(vault("kv-shop"), a_vault(**{switch: False}))

    assert refused.refusal == (400, "BadRequest")
    assert f'The property "{switch}" cannot be set to false.' in refused.message


def test_purge_protection_stays_when_it_is_left_out(rg: AzureClient):
    rg.make(vault("kv-shop"), a_vault(enablePurgeProtection=True))

    updated = rg.make(vault("kv-shop"), a_vault())

    assert updated["properties"]["enablePurgeProtection"] is True


@pytest.mark.parametrize("days", [6, 91, "7"])
def test_retention_is_7_to_90_days(rg: AzureClient, days: Any):
    refused = rg.put(vault("kv-shop"), a_vault(softDeleteRetentionInDays=days))

    assert refused.status == 400


def test_retention_is_fixed_at_creation(rg: AzureClient):
    rg.make(vault("kv-shop"), a_vault(softDeleteRetentionInDays=7))

    refused = rg.put(vault("kv-shop"), a_vault(softDeleteRetentionInDays=8))
    kept = rg.make(vault("kv-shop"), a_vault())

    assert refused.refusal == (400, "BadRequest")
    assert kept["properties"]["softDeleteRetentionInDays"] == 7


def test_patch_changes_only_what_it_names(rg: AzureClient):
    before = rg.make(vault("kv-shop"), a_vault())

    rg.patch(vault("kv-shop"), {"properties": {"publicNetworkAccess": "Disabled"}})

    after = rg.get(vault("kv-shop")).body
    assert after["properties"] == {**before["properties"], "publicNetworkAccess": "Disabled"}


def test_a_deleted_vault_is_kept_and_keeps_its_name(rg: AzureClient):
    created = rg.make(vault("kv-shop"), a_vault())

    answer = rg.delete(vault("kv-shop"))

    assert answer.status == 200
    assert rg.get(vault("kv-shop")).status == 404
    kept = rg.get(deleted(rg, "kv-shop")).body
    assert kept["properties"]["vaultId"] == created["id"]
    assert rg.put(vault("kv-shop"), a_vault()).refusal == (409, "ConflictError")


def test_a_deleted_vault_is_recovered(rg: AzureClient):
    rg.make(vault("kv-shop"), a_vault(enablePurgeProtection=True, softDeleteRetentionInDays=7))
    rg.delete(vault("kv-shop"))

    recovered = rg.make(vault("kv-shop"), a_vault(createMode="recover"))

    assert recovered["properties"]["enablePurgeProtection"] is True
    assert recovered["properties"]["softDeleteRetentionInDays"] == 7
    assert "createMode" not in recovered["properties"]
    assert rg.get(deleted(rg, "kv-shop")).refusal == (404, "DeletedVaultNotFound")


def test_a_refused_recovery_leaves_the_deleted_vault(rg: AzureClient):
    rg.make(vault("kv-shop"), a_vault())
    rg.delete(vault("kv-shop"))

    refused = rg.put(vault("kv-shop"), a_vault(createMode="recover", enablePurgeProtection=False))

    assert refused.status == 400
    assert rg.get(deleted(rg, "kv-shop")).status == 200


def test_only_a_deleted_vault_is_recovered(rg: AzureClient):
    refused = rg.put(vault("kv-shop"), a_vault(createMode="recover"))

    assert refused.refusal == (404, "DeletedVaultNotFound")


def test_a_recovered_vault_has_lost_its_role_assignments(rg: AzureClient):
    principal = rg.make_identity()["properties"]["principalId"]
    rg.make(vault("kv-shop"), a_vault())
    assignment = rg.assign(vault("kv-shop"), principal, principalType="ServicePrincipal").body
    rg.delete(vault("kv-shop"))

    rg.make(vault("kv-shop"), a_vault(createMode="recover"))

    assert rg.get(assignment["id"]).status == 404


def test_purging_frees_the_name(rg: AzureClient):
    rg.make(vault("kv-shop"), a_vault())
    rg.delete(vault("kv-shop"))

    rg.post(f"{deleted(rg, 'kv-shop')}/purge")

    assert rg.put(vault("kv-shop"), a_vault()).status == 201


def test_purge_protection_forbids_purging(rg: AzureClient):
    rg.make(vault("kv-shop"), a_vault(enablePurgeProtection=True))
    rg.delete(vault("kv-shop"))

    refused = rg.post(f"{deleted(rg, 'kv-shop')}/purge")

    assert refused.refusal == (405, "MethodNotAllowed")
    assert rg.get(deleted(rg, "kv-shop")).body["properties"]["purgeProtectionEnabled"] is True


def test_a_deleted_vault_is_gone_after_its_retention(rg: AzureClient, clock: Clock):
    rg.make(vault("kv-shop"), a_vault(enablePurgeProtection=True, softDeleteRetentionInDays=7))
    rg.delete(vault("kv-shop"))

    clock.pass_by(7 * DAY)

    assert rg.put(vault("kv-shop"), a_vault()).status == 201
