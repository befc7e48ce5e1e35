"""Identities and federated identity credentials, refused and accepted as Azure does."""

from typing import Any

import pytest

from .azure_client import ISSUER, AzureClient, a_credential, credential, identity

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def orders(rg: AzureClient) -> AzureClient:
    """An Azure with the identity `id-orders`."""
    rg.make_identity()
    return rg


def test_an_identity_reads_back_with_its_ids(rg: AzureClient):
    created = rg.put(identity("id-orders"), {"location": "westeurope", "tags": {"team": "shop"}})

    assert created.status == 201
    read = rg.get(identity("id-orders")).body
    assert read == created.body
    assert read["tags"] == {"team": "shop"}
    assert read["properties"]["tenantId"] == rg.store.tenant_id
    assert len({read["properties"]["principalId"], read["properties"]["clientId"], rg.store.tenant_id}) == 3


def test_an_update_keeps_an_identitys_ids(orders: AzureClient):
    before = orders.get(identity("id-orders")).body

    updated = orders.put(identity("id-orders"), {"location": "westeurope", "properties": {"principalId": "mine"}})

    assert updated.status == 200
    assert updated.body["properties"] == before["properties"]


def test_an_identity_made_anew_has_new_ids(orders: AzureClient):
    before = orders.get(identity("id-orders")).body
    orders.delete(identity("id-orders"))

    again = orders.make_identity()

    assert again["properties"]["principalId"] != before["properties"]["principalId"]


@pytest.mark.parametrize("name", ["ab", "-abc", "a.b.c", "x" * 129])
def test_an_identity_name_has_a_form(rg: AzureClient, name: str):
    refused = rg.put(identity(name), {"location": "westeurope"})

    assert refused.status == 400
    assert "3 to 128" in refused.message


def test_identities_are_listed_by_group(orders: AzureClient):
    listed = orders.get("Microsoft.ManagedIdentity/userAssignedIdentities").body["value"]

    assert [body["name"] for body in listed] == ["id-orders"]


def test_a_credential_reads_back_as_sent(orders: AzureClient):
    created = orders.put(credential("id-orders", "dev"), a_credential())

    assert created.status == 201
    assert orders.get(credential("id-orders", "dev")).body == {
        "id": f"{orders.group}/providers/{credential('id-orders', 'dev')}",
        "name": "dev",
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        **a_credential(),
    }


def test_a_credential_needs_its_identity(rg: AzureClient):
    refused = rg.put(credential("nobody", "dev"), a_credential())

    assert refused.refusal == (404, "ParentResourceNotFound")
    assert identity("nobody") in refused.message


@pytest.mark.parametrize("name", ["ab", "_abc", "a.b", "x" * 121])
def test_a_credential_name_has_a_form(orders: AzureClient, name: str):
    refused = orders.put(credential("id-orders", name), a_credential())

    assert refused.status == 400
    assert "3 to 120" in refused.message


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"audiences": []}, "exactly one audience"),
        ({"audiences": ["a", "b"]}, "exactly one audience"),
        ({"audiences": [""]}, "audience of a federated identity credential must not be empty"),
        ({"audiences": None}, "exactly one audience"),
        ({"issuer": ""}, "issuer of a federated identity credential must not be empty"),
        ({"subject": None}, "subject of a federated identity credential must not be empty"),
        ({"subject": "s" * 601}, "at most 600"),
        ({"issuer": "https://" + "i" * 600}, "at most 600"),
        ({"audiences": ["a" * 601]}, "at most 600"),
    ],
)
def test_a_credential_has_one_audience_an_issuer_and_a_subject(orders: AzureClient, wrong: Any, because: str):
    refused = orders.put(credential("id-orders", "dev"), a_credential(**wrong))

    assert refused.status == 400
    assert because in refused.message


def test_a_subject_of_600_characters_is_accepted(orders: AzureClient):
    accepted = orders.put(credential("id-orders", "dev"), a_credential(subject="s" * 600))

    assert accepted.status == 201


def test_issuer_and_subject_are_unique_on_an_identity(orders: AzureClient):
    orders.make(credential("id-orders", "dev"), a_credential())

    refused = orders.put(credential("id-orders", "dev-2"), a_credential())

    assert refused.status == 400
    assert refused.message == "Issuer and subject combination already exists for this Managed Identity."


def test_subjects_that_differ_in_case_are_different(orders: AzureClient):
    orders.make(credential("id-orders", "dev"), a_credential("system:serviceaccount:shop:orders"))

    accepted = orders.put(credential("id-orders", "dev-2"), a_credential("system:serviceaccount:shop:Orders"))

    assert accepted.status == 201


def test_the_same_issuer_and_subject_may_be_on_two_identities(orders: AzureClient):
    orders.make_identity("id-queue")
    orders.make(credential("id-orders", "dev"), a_credential())

    accepted = orders.put(credential("id-queue", "dev"), a_credential())

    assert accepted.status == 201


def test_issuer_and_subject_change_in_place(orders: AzureClient):
    orders.make(credential("id-orders", "dev"), a_credential())

    changed = orders.put(credential("id-orders", "dev"), a_credential(issuer=f"{ISSUER}new/"))

    assert changed.status == 200
    assert orders.get(credential("id-orders", "dev")).body["properties"]["issuer"] == f"{ISSUER}new/"


def test_the_21st_credential_of_an_identity_is_refused(orders: AzureClient):
    for number in range(20):
        orders.make(credential("id-orders", f"dev-{number}"), a_credential(f"system:serviceaccount:shop:s{number}"))

    refused = orders.put(credential("id-orders", "dev-20"), a_credential())
    updated = orders.put(credential("id-orders", "dev-19"), a_credential())

    assert refused.status == 400
    assert "at most 20" in refused.message
    assert updated.status == 200


def test_deleting_an_identity_takes_its_credentials_and_leaves_its_assignments(orders: AzureClient):
    principal = orders.get(identity("id-orders")).body["properties"]["principalId"]
    orders.make(credential("id-orders", "dev"), a_credential())
    assignment = orders.assign(orders.group, principal, principalType="ServicePrincipal").body

    answer = orders.delete(identity("id-orders"))

    assert answer.status == 200
    assert orders.get(credential("id-orders", "dev")).refusal == (404, "ParentResourceNotFound")
    assert orders.get(assignment["id"]).body == assignment


def test_credentials_are_listed_by_identity(orders: AzureClient):
    orders.make(credential("id-orders", "dev"), a_credential())
    orders.make_identity("id-orders-2")

    listed = orders.get(f"{identity('id-orders')}/federatedIdentityCredentials").body["value"]
    none = orders.get(f"{identity('id-orders-2')}/federatedIdentityCredentials").body["value"]
    missing = orders.get(f"{identity('nobody')}/federatedIdentityCredentials")

    assert [body["name"] for body in listed] == ["dev"]
    assert none == []
    assert missing.refusal == (404, "ParentResourceNotFound")
