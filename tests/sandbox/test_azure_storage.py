"""Storage accounts, containers and queues, refused and accepted as Azure does."""

from typing import Any

import pytest

from .azure_client import AzureClient, a_storage_account, container, queue, storage_account


@pytest.fixture
def shop(rg: AzureClient) -> AzureClient:
    """An Azure with the storage account `stshop`."""
    rg.make(storage_account("stshop"), a_storage_account())
    return rg


def test_an_account_reads_back_with_what_azure_adds(rg: AzureClient):
    created = rg.put(storage_account("stshop"), a_storage_account(allowSharedKeyAccess=False))

    read = rg.get(storage_account("stshop")).body
    assert (created.status, created.body) == (202, None)
    assert read["sku"] == {"name": "Standard_LRS", "tier": "Standard"}
    assert read["properties"]["provisioningState"] == "Succeeded"
    assert read["properties"]["primaryEndpoints"]["blob"] == "https://stshop.blob.core.windows.net/"
    assert read["properties"]["primaryEndpoints"]["queue"] == "https://stshop.queue.core.windows.net/"
    assert read["properties"]["allowSharedKeyAccess"] is False
    assert read["properties"]["supportsHttpsTrafficOnly"] is True
    assert read["properties"]["networkAcls"]["defaultAction"] == "Allow"


def test_the_location_of_a_creation_has_the_account_in_the_end(rg: AzureClient):
    created = rg.put(storage_account("stshop"), a_storage_account())

    path, _, query = created.headers["location"].removeprefix("https://management.azure.com").partition("?")
    answer = rg.get(path, version="", query=query)
    assert "azure-asyncoperation" not in created.headers
    assert (answer.status, answer.body) == (200, rg.get(storage_account("stshop")).body)


@pytest.mark.parametrize("name", ["st", "St", "st-shop", "st_shop", "s" * 25])
def test_an_account_name_has_a_form(rg: AzureClient, name: str):
    assert rg.put(storage_account(name), a_storage_account()).refusal == (400, "AccountNameInvalid")


def test_an_account_name_is_global(shop: AzureClient):
    shop.make_group("other")

    path = f"{shop.subscription}/resourceGroups/other/providers/{storage_account('stshop')}"
    refused = shop.put(path, a_storage_account())

    assert refused.refusal == (409, "StorageAccountInAnotherResourceGroup")


def test_a_deleted_account_frees_its_name(shop: AzureClient):
    assert shop.delete(storage_account("stshop")).status == 200
    assert shop.put(storage_account("stshop"), a_storage_account()).status == 202


@pytest.mark.parametrize("left_out", ["kind", "sku", "location"])
def test_an_account_needs_a_kind_a_sku_and_a_location(rg: AzureClient, left_out: str):
    body = {name: value for name, value in a_storage_account().items() if name != left_out}

    refused = rg.put(storage_account("stshop"), body)

    assert refused.status == 400
    assert left_out in refused.message


def test_values_azure_does_not_know_are_refused(rg: AzureClient):
    sku = rg.put(storage_account("stshop"), a_storage_account(sku="Gold_LRS"))
    kind = rg.put(storage_account("stshop"), a_storage_account(kind="StorageV3"))
    tls = rg.put(storage_account("stshop"), a_storage_account(minimumTlsVersion="1.2"))

    assert sku.refusal == (400, "InvalidAccountType")
    assert kind.status == 400
    assert "'StorageV3'" in kind.message
    assert tls.refusal == (400, "StorageAccountPropertiesNotValid")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (a_storage_account(kind="BlobStorage"), "AccountPropertyCannotBeUpdated"),
        (a_storage_account(isHnsEnabled=True), "AccountPropertyCannotBeUpdated"),
        (a_storage_account(sku="Premium_LRS"), "StorageAccountTypeConversionNotAllowed"),
    ],
)
def test_what_is_fixed_at_creation_cannot_change(shop: AzureClient, changed: dict[str, Any], code: str):
    assert shop.put(storage_account("stshop"), changed).refusal == (400, code)


def test_an_account_cannot_move(shop: AzureClient):
    moved = shop.put(storage_account("stshop"), {**a_storage_account(), "location": "northeurope"})

    assert moved.refusal == (409, "InvalidResourceLocation")


def test_an_old_account_may_become_a_general_purpose_one(rg: AzureClient):
    rg.make(storage_account("stold"), a_storage_account(kind="BlobStorage"))

    upgraded = rg.make(storage_account("stold"), a_storage_account(kind="StorageV2"))

    assert upgraded["kind"] == "StorageV2"
    assert "queue" in upgraded["properties"]["primaryEndpoints"]


def test_an_update_keeps_what_azure_set_and_the_hierarchy(rg: AzureClient):
    before = rg.make(storage_account("stshop"), a_storage_account(isHnsEnabled=True))

    after = rg.make(storage_account("stshop"), a_storage_account(sku="Standard_ZRS"))

    assert after["sku"]["name"] == "Standard_ZRS"
    assert after["properties"]["isHnsEnabled"] is True
    assert after["properties"]["creationTime"] == before["properties"]["creationTime"]


def test_patch_changes_only_what_it_names(shop: AzureClient):
    shop.patch(storage_account("stshop"), {"properties": {"allowBlobPublicAccess": True}})

    read = shop.get(storage_account("stshop")).body
    assert read["properties"]["allowBlobPublicAccess"] is True
    assert read["kind"] == "StorageV2"


def test_keys_are_listed_even_where_they_are_of_no_use(rg: AzureClient):
    rg.make(storage_account("stshop"), a_storage_account(allowSharedKeyAccess=False))

    keys = rg.post(f"{storage_account('stshop')}/listKeys").body["keys"]

    assert [key["keyName"] for key in keys] == ["key1", "key2"]
    assert keys[0]["value"] != keys[1]["value"]


def test_an_account_has_its_services_from_the_beginning(shop: AzureClient):
    service = f"{storage_account('stshop')}/blobServices/default"

    assert shop.get(service).body["name"] == "default"
    assert [one["name"] for one in shop.get(f"{storage_account('stshop')}/queueServices").body["value"]] == ["default"]
    assert shop.delete(service).status == 405


def test_a_container_and_a_queue_read_back(shop: AzureClient):
    created = shop.put(container("stshop", "invoices"), {"properties": {"metadata": {"owner": "shop"}}})
    queued = shop.put(queue("stshop", "orders"), {})

    assert (created.status, queued.status) == (201, 200)
    read = shop.get(container("stshop", "invoices")).body
    assert read["type"] == "Microsoft.Storage/storageAccounts/blobServices/containers"
    assert read["properties"]["publicAccess"] == "None"
    assert read["properties"]["metadata"] == {"owner": "shop"}
    assert shop.get(queue("stshop", "orders")).body["name"] == "orders"
    assert len(shop.get(f"{storage_account('stshop')}/blobServices/default/containers").body["value"]) == 1


@pytest.mark.parametrize("name", ["ab", "Invoices", "-invoices", "invoices-", "in--voices", "in_voices", "x" * 64])
def test_the_names_of_containers_and_queues_have_a_form(shop: AzureClient, name: str):
    for path in (container("stshop", name), queue("stshop", name)):
        refused = shop.put(path, {})

        assert refused.status == 400
        assert "3 to 63 lower-case letters" in refused.message


@pytest.mark.parametrize("name", ["abc", "in-voices-2", "x" * 63])
def test_good_names_of_containers_and_queues_are_accepted(shop: AzureClient, name: str):
    assert shop.put(container("stshop", name), {}).status == 201
    assert shop.put(queue("stshop", name), {}).status == 200


def test_a_container_needs_its_account(rg: AzureClient):
    assert rg.put(container("stshop", "invoices"), {}).refusal == (404, "ParentResourceNotFound")


def test_public_access_needs_the_permission_of_the_account(shop: AzureClient):
    public = {"properties": {"publicAccess": "Blob"}}
    refused = shop.put(container("stshop", "invoices"), public)
    shop.make(storage_account("stshop"), a_storage_account(allowBlobPublicAccess=True))

    accepted = shop.put(container("stshop", "invoices"), public)

    assert refused.refusal == (409, "PublicAccessNotPermitted")
    assert accepted.status == 201


def test_a_deleted_account_takes_its_containers_and_queues_with_it(shop: AzureClient):
    shop.put(container("stshop", "invoices"), {})
    shop.put(queue("stshop", "orders"), {})
    assert shop.delete(queue("stshop", "orders")).status == 204
    shop.delete(storage_account("stshop"))

    shop.make(storage_account("stshop"), a_storage_account())

    assert shop.get(container("stshop", "invoices")).status == 404


@pytest.mark.parametrize("scope", [container("stshop", "things"), queue("stshop", "things")])
def test_a_role_is_assigned_on_one_container_or_queue_that_exists(shop: AzureClient, scope: str):
    principal = shop.make_identity()["properties"]["principalId"]
    role = {"role": "Storage Blob Data Reader", "principalType": "ServicePrincipal"}
    before = shop.assign(scope, principal, **role)
    shop.make(scope, {})

    after = shop.assign(scope, principal, **role)

    assert before.refusal == (404, "ResourceNotFound")
    assert after.status == 201
    assert after.body["properties"]["scope"] == shop.id(scope)
