"""Role assignments, refused and accepted as Azure does."""

import uuid
from typing import Any

import pytest

from .azure_client import ROLES, AzureClient, a_vault, identity, vault
from .conftest import Clock

NAME = "0e3c1f1a-6f5c-4f0e-9d6e-0c9d5a3c7b11"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"


@pytest.fixture
def shop(rg: AzureClient) -> AzureClient:
    """An Azure with the identity `id-orders` and the vault `kv-shop`."""
    rg.make_identity()
    rg.make(vault("kv-shop"), a_vault())
    return rg


def principal_of(azure: AzureClient, name: str = "id-orders") -> str:
    return azure.get(identity(name)).body["properties"]["principalId"]


def names(reply: Any) -> list[str]:
    return [body["name"] for body in reply.body["value"]]


def test_an_assignment_reads_back_as_sent(shop: AzureClient):
    principal = principal_of(shop)
    created = shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal", name=NAME, description="why")

    assert created.status == 201
    scope = shop.id(vault("kv-shop"))
    assert shop.get(f"{scope}{ASSIGNMENTS}/{NAME}").body == {
        "id": f"{scope}{ASSIGNMENTS}/{NAME}",
        "name": NAME,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": f"{shop.subscription}/providers/Microsoft.Authorization/roleDefinitions/"
            f"{ROLES['Key Vault Secrets User']}",
            "scope": scope,
            "description": "why",
        },
    }


def test_a_new_identity_is_not_found_without_a_principal_type(shop: AzureClient):
    refused = shop.assign(vault("kv-shop"), principal_of(shop))

    assert refused.refusal == (400, "PrincipalNotFound")
    assert "principalType" in refused.message


def test_a_replicated_identity_is_found_without_a_principal_type(shop: AzureClient, clock: Clock):
    clock.pass_by(10)

    accepted = shop.assign(vault("kv-shop"), principal_of(shop))

    assert accepted.status == 201
    assert accepted.body["properties"]["principalType"] == "ServicePrincipal"


def test_a_principal_nobody_knows_needs_a_type(shop: AzureClient):
    nobody = str(uuid.uuid4())

    refused = shop.assign(vault("kv-shop"), nobody)
    accepted = shop.assign(vault("kv-shop"), nobody, principalType="Group")

    assert refused.refusal == (400, "PrincipalNotFound")
    assert accepted.status == 201


def test_a_known_principal_of_another_type_is_refused(shop: AzureClient, clock: Clock):
    clock.pass_by(10)

    refused = shop.assign(vault("kv-shop"), principal_of(shop), principalType="Group")

    assert refused.refusal == (400, "UnmatchedPrincipalType")


def test_a_principal_type_azure_does_not_have_is_refused(shop: AzureClient):
    refused = shop.assign(vault("kv-shop"), principal_of(shop), principalType="MSI")

    assert refused.status == 400
    assert "PrincipalType property 'MSI' is not valid" in refused.message


def test_the_same_triple_under_another_name_is_refused(shop: AzureClient):
    principal = principal_of(shop)
    shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal")

    refused = shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal")

    assert refused.refusal == (409, "RoleAssignmentExists")


def test_the_same_assignment_again_is_an_update(shop: AzureClient):
    principal = principal_of(shop)
    shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal", name=NAME)

    again = shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal", name=NAME, description="new")

    assert again.status == 200
    assert again.body["properties"]["description"] == "new"


@pytest.mark.parametrize("change", ["role", "principal", "scope"])
def test_a_name_stands_for_one_assignment_in_the_tenant(shop: AzureClient, change: str):
    principal = principal_of(shop)
    shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal", name=NAME)

    refused = shop.assign(
        shop.group if change == "scope" else vault("kv-shop"),
        str(uuid.uuid4()) if change == "principal" else principal,
        "AcrPull" if change == "role" else "Key Vault Secrets User",
        principalType="ServicePrincipal",
        name=NAME,
    )

    assert refused.refusal == (400, "RoleAssignmentUpdateNotPermitted")


def test_a_name_is_a_guid(shop: AzureClient):
    refused = shop.assign(vault("kv-shop"), principal_of(shop), principalType="ServicePrincipal", name="orders")

    assert refused.refusal == (400, "InvalidRoleAssignmentId")


def test_a_principal_id_is_a_guid(shop: AzureClient):
    refused = shop.assign(vault("kv-shop"), "id-orders", principalType="ServicePrincipal")

    assert refused.status == 400
    assert "must be a GUID" in refused.message


@pytest.mark.parametrize(
    "role",
    [
        "/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-0000-0000-000000000000",
        "4633458b-17de-408a-b874-0445c86b69e6",
        "/subscriptions/other/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    ],
)
def test_a_role_that_does_not_exist_is_refused(shop: AzureClient, role: str):
    refused = shop.assign(vault("kv-shop"), principal_of(shop), principalType="ServicePrincipal", roleDefinitionId=role)

    assert refused.refusal == (400, "RoleDefinitionDoesNotExist")


def test_a_role_id_without_a_subscription_is_accepted(shop: AzureClient):
    role = f"/providers/Microsoft.Authorization/roleDefinitions/{ROLES['AcrPull'].upper()}"

    accepted = shop.assign(
        vault("kv-shop"), principal_of(shop), principalType="ServicePrincipal", roleDefinitionId=role
    )

    assert accepted.body["properties"]["roleDefinitionId"] == (
        f"{shop.subscription}/providers/Microsoft.Authorization/roleDefinitions/{ROLES['AcrPull']}"
    )


def test_a_scope_exists(shop: AzureClient):
    missing = shop.assign(vault("kv-none"), principal_of(shop), principalType="ServicePrincipal")
    group = shop.assign(f"{shop.group}-none", principal_of(shop), principalType="ServicePrincipal")

    assert missing.refusal == (404, "ResourceNotFound")
    assert group.refusal == (404, "ResourceGroupNotFound")


@pytest.mark.parametrize("scope", ["subscription", "group", "secret"])
def test_a_scope_may_be_wider_or_deeper_than_a_resource(shop: AzureClient, scope: str):
    path = {"subscription": shop.subscription, "group": shop.group, "secret": f"{vault('kv-shop')}/secrets/db"}[scope]

    accepted = shop.assign(path, principal_of(shop), principalType="ServicePrincipal")

    assert accepted.status == 201


def test_a_condition_has_version_2(shop: AzureClient):
    principal = principal_of(shop)
    condition = {"condition": "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'db'"}

    refused = shop.assign(vault("kv-shop"), principal, principalType="ServicePrincipal", **condition)
    accepted = shop.assign(
        vault("kv-shop"), principal, principalType="ServicePrincipal", conditionVersion="2.0", **condition
    )

    assert refused.status == 400
    assert "'2.0'" in refused.message
    assert accepted.status == 201


@pytest.mark.parametrize("left_out", ["principalId", "roleDefinitionId"])
def test_principal_and_role_are_required(shop: AzureClient, left_out: str):
    stated = {"principalId": principal_of(shop), "roleDefinitionId": "x", left_out: None}

    refused = shop.put(f"{shop.group}{ASSIGNMENTS}/{NAME}", {"properties": stated})

    assert refused.status == 400
    assert left_out in refused.message


def test_deleting_answers_the_assignment_once(shop: AzureClient):
    created = shop.assign(vault("kv-shop"), principal_of(shop), principalType="ServicePrincipal").body

    first, second = shop.delete(created["id"]), shop.delete(created["id"])

    assert (first.status, first.body) == (200, created)
    assert second.status == 204


def test_an_assignment_goes_with_the_resource_at_its_scope(shop: AzureClient):
    created = shop.assign(vault("kv-shop"), principal_of(shop), principalType="ServicePrincipal").body
    shop.delete(vault("kv-shop"))

    assert shop.get(created["id"]).status == 404


def test_assignments_are_listed_by_scope_and_principal(shop: AzureClient):
    shop.make_identity("id-queue")
    orders, queue = principal_of(shop), principal_of(shop, "id-queue")
    at_vault = shop.assign(vault("kv-shop"), orders, principalType="ServicePrincipal").body["name"]
    at_group = shop.assign(shop.group, orders, principalType="ServicePrincipal").body["name"]
    others = shop.assign(shop.group, queue, principalType="ServicePrincipal").body["name"]

    everything = shop.get(f"{shop.subscription}{ASSIGNMENTS}")
    of_orders = shop.get(f"{shop.subscription}{ASSIGNMENTS}", query=f"$filter=principalId eq '{orders}'")
    assigned = shop.get(f"{shop.subscription}{ASSIGNMENTS}", query=f"$filter=atScope() and assignedTo('{orders}')")
    at_or_above_group = shop.get(f"{shop.group}{ASSIGNMENTS}", query="$filter=atScope()")
    at_or_above_vault = shop.get(f"{shop.id(vault('kv-shop'))}{ASSIGNMENTS}", query="$filter=atScope()")

    assert sorted(names(everything)) == sorted([at_vault, at_group, others])
    assert sorted(names(of_orders)) == sorted([at_vault, at_group])
    assert names(assigned) == []
    assert sorted(names(at_or_above_group)) == sorted([at_group, others])
    assert sorted(names(at_or_above_vault)) == sorted([at_vault, at_group, others])


def test_a_filter_azure_does_not_know_is_refused(shop: AzureClient):
    refused = shop.get(f"{shop.subscription}{ASSIGNMENTS}", query="$filter=roleName eq 'x'")

    assert refused.refusal == (400, "UnsupportedQuery")


def test_role_definitions_are_found_by_name_and_by_id(azure: AzureClient):
    definitions = f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    by_name = azure.get(definitions, query="$filter=roleName eq 'acrpull'").body["value"]
    by_id = azure.get(f"{definitions}/{ROLES['AcrPull']}").body
    missing = azure.get(f"{definitions}/{NAME}")

    assert by_name == [by_id]
    assert by_id["properties"]["permissions"][0]["actions"] == ["Microsoft.ContainerRegistry/registries/pull/read"]
    assert missing.refusal == (404, "RoleDefinitionDoesNotExist")
