"""The commands that every tutorial ends with, and what the real Azure CLI answers to them after a real `pulumi up`."""

import pytest

from tests.az.azure_cli import Answer
from tests.az.conftest import AUDIENCE, DevStack

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("how", ["by_secret", "by_token"])
def test_the_caller_logs_in_as_a_service_principal(read: dict[str, Answer], how: str):
    (subscription,) = read[how].json

    assert read["not_logged_in"].code != 0
    assert subscription["isDefault"] is True
    assert subscription["user"]["type"] == "servicePrincipal"


@pytest.mark.capability("A3")
def test_a_workload_logs_in_with_its_service_account_and_no_other(read: dict[str, Answer], stack: DevStack):
    workload = next(iter(stack.credentials))

    assert read["as_workload"].json[0]["user"]["name"] == stack.identity(workload)["clientId"]
    assert read["as_stranger"].code != 0
    assert "AADSTS700213" in read["as_stranger"].errors


def test_identities_and_their_ids_are_listed(read: dict[str, Answer], stack: DevStack):
    listed = {each["name"]: (each["clientId"], each["principalId"]) for each in read["identities"].json}

    for made in stack.of("managedidentity:UserAssignedIdentity"):
        assert listed[made["name"]] == (made["clientId"], made["principalId"])


@pytest.mark.capability("A3")
def test_credentials_trust_the_issuer_that_the_cluster_names(read: dict[str, Answer], stack: DevStack):
    issuer = read["issuer"].json

    assert issuer.endswith("/")
    for identity, made in stack.credentials.items():
        listed = read[f"credentials_{identity}"].json
        assert sorted(each["subject"] for each in listed) == sorted(each["subject"] for each in made)
        assert {each["issuer"] for each in listed} == {issuer}
        assert all(each["audiences"] == [AUDIENCE] for each in listed)


def test_roles_are_listed_with_their_names_by_client_id_and_by_principal_id(read: dict[str, Answer], stack: DevStack):
    for identity in stack.credentials:
        principal = stack.identity(identity)
        made = [
            (each["roleDefinitionId"].rpartition("/")[2], each["scope"])
            for each in stack.of("authorization:RoleAssignment")
            if each["principalId"] == principal["principalId"]
        ]
        listed = read[f"roles_{identity}"].json
        assert sorted((each["roleDefinitionId"].rpartition("/")[2], each["scope"]) for each in listed) == sorted(made)
        assert all(each["roleDefinitionName"] for each in listed)
        assert {each["principalName"] for each in listed} == {principal["clientId"]}

    assert read["of_principal"].json == read[f"roles_{next(iter(stack.credentials))}"].json


def test_a_principal_is_found_in_the_directory(read: dict[str, Answer], stack: DevStack):
    made = stack.identity(next(iter(stack.credentials)))

    principal = read["principal"].json

    assert (principal["id"], principal["displayName"]) == (made["principalId"], made["name"])
    assert principal["servicePrincipalType"] == "ManagedIdentity"


@pytest.mark.capability("A1")
def test_what_must_be_closed_is_shown_closed(read: dict[str, Answer]):
    vault = read["vault"].json["properties"]

    assert vault["enableRbacAuthorization"] is True
    assert vault["enablePurgeProtection"] is True
    assert vault["networkAcls"]["defaultAction"] == "Deny"
    assert read["registry"].json["adminUserEnabled"] is False
    assert read["storage"].json["allowSharedKeyAccess"] is False
    assert read["ai"].json["properties"]["disableLocalAuth"] is True


def test_the_group_and_everything_in_it_are_listed(read: dict[str, Answer], stack: DevStack):
    listed = {each["id"].lower() for each in read["resources"].json}
    made = {
        r["id"].lower()
        for r in stack.resources
        if r["type"].startswith("azure-native:") and r["outputs"].get("location") and "/providers/" in r["id"]
    }

    assert made <= listed
    assert [each["type"] for each in read["vaults"].json] == ["Microsoft.KeyVault/vaults"]
    assert read["group"].json["properties"]["provisioningState"] == "Succeeded"
    assert read["exists"].text.split() == ["true", "false"]
    assert read["deleted_vaults"].json == []
    assert {each["mode"] for each in read["pools"].json} >= {"System"}
