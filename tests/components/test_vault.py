"""KeyVault: only Azure RBAC opens it, and it can be brought back."""

import re
from typing import Any

import pytest
import requests
from aks_workload_identity import InvalidArgumentError, KeyVault, KeyVaultArgs, grants
from aks_workload_identity.derived_names import UniqueNames
from pulumi_azure_native import resources

from tests.azure_mocks import SUBSCRIPTION, TENANT
from tests.components.builders import GROUP, VAULT_ID, WORKSPACE_ID, vault
from tests.recorder import Recording, attempt, run

SUBNET_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"

pytestmark = pytest.mark.capability("A7")


def registered(**changes: Any) -> Recording:
    least: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}
    return run(lambda: KeyVault("shop", KeyVaultArgs(**{**least, **changes})))


def answer(monkeypatch: pytest.MonkeyPatch, status: int) -> list[str]:
    """Azure answers the question for a deleted vault with this status; returns the addresses asked."""
    asked: list[str] = []

    def get(url: str, **_options: Any) -> requests.Response:
        asked.append(url)
        response = requests.Response()
        response.status_code = status
        response._content = b"{}"
        return response

    monkeypatch.setattr(requests, "get", get)
    return asked


def test_a_vault_is_closed_and_cannot_be_purged_by_default():
    properties = registered().one("Vault").inputs["properties"]

    assert {key: value for key, value in properties.items() if not key.startswith("enabledFor")} == {
        "tenantId": TENANT,
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
        "publicNetworkAccess": "Disabled",
        "networkAcls": {"bypass": "None", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []},
    }


def test_a_grant_is_given_on_the_id_of_a_vault():
    found: dict[str, str] = {}

    def program() -> None:
        vault = KeyVault("shop", KeyVaultArgs(resource_group_name="rg", location="westeurope"))
        vault.id.apply(lambda known: found.update(id=known))
        vault.name.apply(lambda known: found.update(name=known))
        grants.key_vault.read_secrets(vault.id)

    recording = run(program)

    assert found["name"] == recording.one("Vault").inputs["vaultName"]
    assert found["id"].endswith(f"/providers/Microsoft.KeyVault/vaults/{found['name']}")


def test_only_the_named_networks_are_let_in():
    properties = (
        registered(allowed_ip_ranges=["203.0.113.7"], allowed_subnet_ids=[SUBNET_ID]).one("Vault").inputs["properties"]
    )

    assert properties["publicNetworkAccess"] == "Enabled"
    assert properties["networkAcls"]["defaultAction"] == "Deny"
    assert properties["networkAcls"]["ipRules"] == [{"value": "203.0.113.7"}]
    assert properties["networkAcls"]["virtualNetworkRules"] == [{"id": SUBNET_ID}]


def test_the_name_is_known_in_the_first_preview_where_the_groups_name_is_plain():
    name = UniqueNames(SUBSCRIPTION, "rg").vault("shop")
    least: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}

    preview = run(lambda: KeyVault("shop", KeyVaultArgs(**least)), preview=True)

    assert preview.one("Vault").inputs["vaultName"] == name


def test_the_name_is_the_same_where_the_groups_name_is_an_output():
    def program() -> None:
        group = resources.ResourceGroup("rg", resource_group_name="rg")
        KeyVault("shop", KeyVaultArgs(resource_group_name=group.name, location="westeurope"))

    assert run(program).one("Vault").inputs["vaultName"] == registered().one("Vault").inputs["vaultName"]


@pytest.mark.capability("A14")
def test_who_reads_what_is_logged_where_a_workspace_is_given():
    recording = registered(workspace_id=WORKSPACE_ID)

    setting = recording.one("DiagnosticSetting", "shop")
    vault = recording.one("Vault")
    assert setting.inputs["resourceUri"].endswith(f"/providers/Microsoft.KeyVault/vaults/{vault.inputs['vaultName']}")
    assert setting.inputs["workspaceId"] == WORKSPACE_ID
    assert setting.inputs["logs"] == [{"category": "AuditEvent", "enabled": True}]
    assert setting.inputs["logAnalyticsDestinationType"] == "Dedicated"
    assert setting.parent == recording.one("KeyVault").urn


def test_no_secret_is_ever_written_by_the_program():
    assert [r.type for r in registered().resources if r.custom] == ["azure-native:keyvault:Vault"]


def test_a_soft_deleted_vault_is_brought_back_if_asked(monkeypatch: pytest.MonkeyPatch):
    asked = answer(monkeypatch, 200)

    recovered = registered(recover=True).one("Vault")

    name = recovered.inputs["vaultName"]
    assert asked == [
        f"https://management.azure.com/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault"
        f"/locations/westeurope/deletedVaults/{name}"
    ]
    assert recovered.inputs["properties"]["createMode"] == "recover"
    assert recovered.options.ignore_changes == ("properties.createMode",)


def test_a_vault_is_made_anew_if_there_is_none_to_bring_back(monkeypatch: pytest.MonkeyPatch):
    answer(monkeypatch, 404)

    assert "createMode" not in registered(recover=True).one("Vault").inputs["properties"]


def test_a_vault_that_cannot_be_looked_up_is_an_error_before_anything_is_registered(monkeypatch: pytest.MonkeyPatch):
    answer(monkeypatch, 403)

    with pytest.raises(InvalidArgumentError, match="recover could not be looked up"):
        registered(recover=True)


def test_nothing_is_looked_up_unless_asked(monkeypatch: pytest.MonkeyPatch):
    asked = answer(monkeypatch, 500)

    registered()

    assert asked == []


def test_bringing_back_needs_a_plain_name():
    def program() -> None:
        group = resources.ResourceGroup("rg", resource_group_name="rg")
        KeyVault("shop", KeyVaultArgs(resource_group_name=group.name, location="westeurope", recover=True))

    recording = attempt(program)

    assert "recover must be left out unless vault_name or resource_group_name is plain text" in str(recording.error)
    assert recording.of_type("KeyVault") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"soft_delete_retention_days": 5}, "soft_delete_retention_days must be 7-90 days"),
        ({"vault_name": "kv--shop"}, "vault_name must be a vault name"),
        ({"resource_group_name": "a/b"}, "resource_group_name must be a resource group name"),
        ({"allowed_ip_ranges": ["203.0.113.7"] * 1001}, "allowed_ip_ranges must have at most 1000 entries; got 1001"),
        ({"allowed_subnet_ids": [SUBNET_ID] * 201}, "allowed_subnet_ids must have at most 200 entries; got 201"),
        ({"sku": "basic"}, "sku must be 'standard' or 'premium'"),
        ({"enable_rbac_authorization": False}, "enable_rbac_authorization is not known"),
        ({"enable_purge_protection": False}, "enable_purge_protection is not known"),
    ],
)
def test_a_wrong_argument_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentError, match=message):
        registered(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"id": VAULT_ID.replace("kv-shop", "kv-other")},
            "name must be that of the vault of id, 'kv-other'; got 'kv-shop'",
        ),
        ({"id": "kv-shop"}, "id must be the resource id of a vault, or an Output"),
        ({"id": f"{VAULT_ID}/secrets/x"}, "id must be the resource id of a vault, or an Output"),
        ({"key": "Some thing! "}, "key must be 1-80 letters, digits and . _ -"),
        ({"key": ""}, "key must be 1-80 letters, digits and . _ -"),
    ],
)
def test_a_vault_is_named_by_a_name_and_an_id_that_fit(changes: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentError, match=re.escape(message)):
        vault(**changes)


def test_azure_writes_names_of_vaults_in_any_case():
    assert vault(name="KV-Shop").name == "KV-Shop"


def test_a_vaults_logical_name_is_part_of_the_names_of_its_role_assignments():
    recording = attempt(lambda: KeyVault("the shop", {"resource_group_name": "rg", "location": "westeurope"}))

    assert "name must be 1-80 letters, digits and . _ -" in str(recording.error)
    assert recording.resources == []
