"""Azure Resource Manager's own manners, and resource groups."""

import pytest

from .azure_client import AzureClient, a_credential, a_vault, credential, identity, vault


def test_a_new_resource_group_is_created_and_an_old_one_updated(azure: AzureClient):
    first = azure.put(azure.group, {"location": "West Europe", "tags": {"team": "shop"}})
    second = azure.put(azure.group, {"location": "westeurope"})

    assert (first.status, second.status) == (201, 200)
    assert azure.get(azure.group).body == {
        "id": azure.group,
        "name": "rg",
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "properties": {"provisioningState": "Succeeded"},
    }


def test_a_resource_group_stays_in_its_location(rg: AzureClient):
    refused = rg.put(rg.group, {"location": "northeurope"})

    assert refused.refusal == (409, "InvalidResourceGroupLocation")


@pytest.mark.parametrize("name", ["ends.", "a b", "x" * 91])
def test_a_resource_group_name_has_a_form(azure: AzureClient, name: str):
    refused = azure.put(f"{azure.subscription}/resourceGroups/{name}", {"location": "westeurope"})

    assert refused.refusal == (400, "InvalidParameter")


def test_a_resource_group_needs_a_location(azure: AzureClient):
    refused = azure.put(azure.group, {})

    assert refused.refusal == (400, "LocationRequired")


def test_a_child_needs_its_resource_group(azure: AzureClient):
    refused = azure.put(identity("id-orders"), {"location": "westeurope"})

    assert refused.refusal == (404, "ResourceGroupNotFound")


def test_deleting_a_resource_group_removes_everything_in_it(rg: AzureClient):
    orders = rg.make_identity()
    rg.make(credential("id-orders", "dev"), a_credential())
    kept = rg.make(vault("kv-shop"), a_vault())
    rg.assign(kept["id"], orders["properties"]["principalId"], principalType="ServicePrincipal")

    answer = rg.delete(rg.group)

    assert answer.status == 202
    assert rg.get(rg.group).refusal == (404, "ResourceGroupNotFound")
    assert rg.store.under(rg.subscription) == []
    deleted = rg.get(f"{rg.subscription}/providers/Microsoft.KeyVault/deletedVaults")
    assert [body["name"] for body in deleted.body["value"]] == ["kv-shop"]


def test_deleting_a_missing_resource_answers_no_content(rg: AzureClient):
    answer = rg.delete(identity("nobody"))

    assert answer.status == 204


def test_deleting_a_missing_resource_group_is_refused(azure: AzureClient):
    answer = azure.delete(azure.group)

    assert answer.refusal == (404, "ResourceGroupNotFound")


def test_head_tells_whether_a_resource_group_is_there(rg: AzureClient):
    there = rg.send("HEAD", rg.group)
    missing = rg.send("HEAD", f"{rg.group}-2")

    assert (there.status, missing.status) == (204, 404)


def test_a_missing_resource_is_named(rg: AzureClient):
    missing = rg.get(identity("nobody"))

    assert missing.refusal == (404, "ResourceNotFound")
    assert "'Microsoft.ManagedIdentity/userAssignedIdentities/nobody' under resource group 'rg'" in missing.message


def test_paths_are_read_without_case_and_answered_in_azures(rg: AzureClient):
    created = rg.make_identity("Id-Orders")
    read = rg.get(
        f"{rg.subscription}/resourcegroups/RG/PROVIDERS/microsoft.managedidentity/userassignedidentities/id-ORDERS"
    )

    assert created["id"] == f"{rg.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Id-Orders"
    assert read.body == created


def test_every_request_names_an_api_version(rg: AzureClient):
    refused = rg.get(rg.group, version="")

    assert refused.refusal == (400, "MissingApiVersionParameter")


def test_an_unknown_api_version_is_refused_with_the_known_ones(rg: AzureClient):
    refused = rg.get(identity("id-orders"), version="2019-01-01")

    assert refused.refusal == (400, "NoRegisteredProviderFound")
    assert "The supported api-versions are '2023-01-31, 2024-11-30, " in refused.message


def test_an_unknown_namespace_or_type_is_refused(rg: AzureClient):
    namespace = rg.put("Microsoft.Cache/redis/x", {}, version="2024-11-01")
    kind = rg.put("Microsoft.KeyVault/managedHSMs/x", {})

    assert namespace.refusal == (404, "InvalidResourceNamespace")
    assert kind.refusal == (404, "InvalidResourceType")


def test_another_subscription_is_not_found(azure: AzureClient):
    other = "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg"

    assert azure.get(other).refusal == (404, "SubscriptionNotFound")


def test_a_request_without_a_token_is_refused(rg: AzureClient):
    del rg.headers["Authorization"]

    refused = rg.get(rg.group)

    assert refused.refusal == (401, "AuthenticationFailed")
    assert "authorization_uri" in refused.headers["www-authenticate"]


def test_every_answer_carries_request_ids(rg: AzureClient):
    rg.headers["x-ms-correlation-request-id"] = "mine"

    answer = rg.get(rg.group)

    assert answer.headers["x-ms-correlation-request-id"] == "mine"
    assert answer.headers["x-ms-request-id"]


def test_another_host_is_not_there_yet(rg: AzureClient):
    rg.headers["Host"] = "graph.microsoft.com"

    refused = rg.get(rg.group)

    assert refused.refusal == (404, "HostNotFound")
    assert "graph.microsoft.com" in refused.message


def test_a_method_a_type_does_not_have_is_refused(rg: AzureClient):
    rg.make_identity()
    rg.make(credential("id-orders", "dev"), a_credential())

    refused = rg.patch(credential("id-orders", "dev"), {"tags": {}})

    assert refused.refusal == (405, "MethodNotAllowed")


def test_a_body_that_is_not_an_object_is_refused(rg: AzureClient):
    refused = rg.put(identity("id-orders"), [1])

    assert refused.refusal == (400, "InvalidRequestContent")


def test_a_resource_stays_in_its_location(rg: AzureClient):
    rg.make_identity()

    refused = rg.put(identity("id-orders"), {"location": "northeurope"})

    assert refused.refusal == (409, "InvalidResourceLocation")


def test_put_replaces_tags_and_patch_merges_them(rg: AzureClient):
    rg.put(identity("id-orders"), {"location": "westeurope", "tags": {"a": "1", "b": "2"}})
    patched = rg.patch(identity("id-orders"), {"tags": {"b": None, "c": "3"}})
    replaced = rg.put(identity("id-orders"), {"location": "westeurope"})

    assert patched.body["tags"] == {"a": "1", "c": "3"}
    assert "tags" not in replaced.body


def test_resources_are_listed_by_group_and_by_subscription(rg: AzureClient):
    rg.make_group("other")
    rg.make_identity()
    rg.make(credential("id-orders", "dev"), a_credential())

    here = rg.get(f"{rg.group}/resources").body["value"]
    there = rg.get(f"{rg.subscription}/resourceGroups/other/resources").body["value"]
    groups = rg.get(f"{rg.subscription}/resourceGroups").body["value"]

    assert [body["name"] for body in here] == ["id-orders"]
    assert there == []
    assert [body["name"] for body in groups] == ["other", "rg"]


def test_the_subscription_and_the_tenant_are_those_of_the_store(azure: AzureClient):
    subscriptions = azure.get("/subscriptions", version="2022-12-01").body["value"]
    tenants = azure.get("/tenants", version="2022-12-01").body["value"]

    assert [body["subscriptionId"] for body in subscriptions] == [azure.store.subscription_id]
    assert [body["tenantId"] for body in tenants] == [azure.store.tenant_id]
