"""Lists across types, the resource providers, and tags apart from their resource."""

import pytest

from .azure_client import AzureClient, a_vault, identity, vault

TAGS = "providers/Microsoft.Resources/tags/default"


@pytest.fixture
def shop(rg: AzureClient) -> AzureClient:
    """An identity and a vault, which alone has tags."""
    rg.make_identity()
    rg.make(vault("kv-shop"), {**a_vault(), "tags": {"team": "shop"}})
    return rg


def names(azure: AzureClient, wanted: str, path: str = "resources") -> list[str]:
    reply = azure.get(f"{azure.subscription}/{path}", query=f"$filter={wanted}")
    assert reply.status == 200, reply.body
    return [body["name"] for body in reply.body["value"]]


@pytest.mark.parametrize(
    "wanted",
    [
        "resourceType eq 'microsoft.keyvault/vaults'",
        "resourceGroup eq 'RG' and resourceType eq 'Microsoft.KeyVault/vaults'",
        "resourceType ne 'Microsoft.ManagedIdentity/userAssignedIdentities'",
        "tagName eq 'team'",
        "tagName eq 'team' and tagValue eq 'shop'",
        "name eq 'kv-shop' and location eq 'westeurope'",
    ],
)
def test_resources_are_listed_by_a_filter(shop: AzureClient, wanted: str):
    assert names(shop, wanted) == ["kv-shop"]


def test_without_a_filter_every_resource_is_listed(shop: AzureClient):
    assert sorted(names(shop, "")) == ["id-orders", "kv-shop"]
    assert sorted(names(shop, "", "resourceGroups/rg/resources")) == ["id-orders", "kv-shop"]


def test_a_filter_that_arm_does_not_know_is_refused(shop: AzureClient):
    refused = shop.get(f"{shop.subscription}/resources", query="$filter=color eq 'red'")

    assert refused.refusal == (400, "InvalidFilterInQueryString")


def test_what_a_list_expands_is_added(shop: AzureClient):
    listed = shop.get(f"{shop.subscription}/resources", query="$expand=createdTime,provisioningState")

    assert {body["provisioningState"] for body in listed.body["value"]} == {"Succeeded"}
    assert all(body["createdTime"] for body in listed.body["value"])


def test_a_provider_names_its_types_and_their_newest_version_first(azure: AzureClient):
    provider = azure.get(f"{azure.subscription}/providers/microsoft.keyvault", version="2024-11-01").body

    versions = {kind["resourceType"]: kind["apiVersions"] for kind in provider["resourceTypes"]}
    assert (provider["namespace"], provider["registrationState"]) == ("Microsoft.KeyVault", "Registered")
    assert versions["vaults"] == sorted(versions["vaults"], reverse=True)


def test_every_provider_is_listed_and_an_unknown_one_refused(azure: AzureClient):
    listed = azure.get(f"{azure.subscription}/providers", version="2024-11-01").body["value"]
    unknown = azure.get(f"{azure.subscription}/providers/Microsoft.Nothing", version="2024-11-01")

    assert "Microsoft.ManagedIdentity" in {provider["namespace"] for provider in listed}
    assert unknown.refusal == (404, "InvalidResourceNamespace")


@pytest.mark.parametrize(
    ("operation", "sent", "left"),
    [
        ("Merge", {"tier": "gold"}, {"team": "shop", "tier": "gold"}),
        ("Replace", {"tier": "gold"}, {"tier": "gold"}),
        ("Delete", {"team": "shop"}, {}),
    ],
)
def test_tags_are_changed_apart_from_their_resource(
    shop: AzureClient, operation: str, sent: dict[str, str], left: dict[str, str]
):
    path = f"{shop.id(vault('kv-shop'))}/{TAGS}"

    answer = shop.patch(path, {"operation": operation, "properties": {"tags": sent}}, version="2024-11-01")

    assert answer.body["properties"]["tags"] == left
    assert shop.get(path, version="2024-11-01").body["properties"]["tags"] == left
    kept = shop.get(vault("kv-shop")).body
    assert (kept["tags"], kept["properties"]["sku"]["name"]) == (left, "standard")


def test_tags_are_set_and_removed_at_once(shop: AzureClient):
    path = f"{shop.group}/{TAGS}"

    shop.put(path, {"properties": {"tags": {"team": "shop"}}}, version="2024-11-01")
    before = shop.get(shop.group).body["tags"]
    removed = shop.delete(path, version="2024-11-01")

    assert (before, removed.status) == ({"team": "shop"}, 200)
    assert shop.get(shop.group).body["tags"] == {}


def test_tags_have_limits(shop: AzureClient):
    path = f"{shop.id(identity('id-orders'))}/{TAGS}"
    many = {f"tag-{number}": "" for number in range(51)}

    assert shop.put(path, {"properties": {"tags": many}}, version="2024-11-01").refusal == (400, "BadRequest")
    assert shop.put(path, {"properties": {"tags": {"a": "x" * 257}}}, version="2024-11-01").status == 400
    assert shop.put(path, {"properties": {}}, version="2024-11-01").status == 400


def test_what_is_not_there_has_no_tags(azure: AzureClient):
    path = f"{azure.id(vault('kv-none'))}/{TAGS}"

    assert azure.get(path, version="2024-11-01").refusal == (404, "ResourceNotFound")
