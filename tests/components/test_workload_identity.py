"""The identity of a workload: its own, or one that exists, and what Azure is asked about it."""

import re

import pulumi
import pytest
from aks_workload_identity import FederatedWorkload
from pulumi_azure_native import Provider, managedidentity

from tests.azure_mocks import SUBSCRIPTION, AzureMocks
from tests.components.builders import accounts, trust, workload, workload_args
from tests.components.workloads import IDENTITY_ID, chain, refusal
from tests.recorder import attempt, run


@pytest.mark.capability("A3")
def test_one_service_account_on_one_cluster_is_an_identity_a_credential_and_an_annotated_account():
    recording = run(workload)

    assert sorted(r.type.split(":")[-1] for r in recording.children(recording.one("FederatedWorkload"))) == [
        "FederatedIdentityCredential",
        "ServiceAccount",
        "UserAssignedIdentity",
    ]


@pytest.mark.capability("A3")
@pytest.mark.parametrize("how", ["identity", "resource", "id"])
def test_components_that_share_an_identity_share_its_chain(how: str):
    def program() -> None:
        blue = trust()
        if how == "identity":
            first = workload("orders", clusters={"blue": blue})
            shared: object = first.identity
        else:
            made = managedidentity.UserAssignedIdentity("shared", resource_group_name="rg")
            shared = made if how == "resource" else IDENTITY_ID
            workload("orders", clusters={"blue": blue}, identity=shared)
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"), identity=shared)

    recording = run(program)

    assert sorted(map(len, chain(recording))) == [0, 1]
    assert len({c.inputs["resourceName"] for c in recording.of_type("FederatedIdentityCredential")}) == 1


@pytest.mark.capability("A3")
def test_an_identity_made_here_is_found_again_by_its_plain_id():
    def program() -> None:
        blue = trust()
        workload("shared", clusters={"blue": blue}, identity_name="shared")
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"), identity=IDENTITY_ID)

    assert chain(run(program)) == [[], ["shared-blue-orders"]]


@pytest.mark.capability("A3")
def test_an_existing_identity_is_looked_up_and_not_made():
    recording = run(lambda: workload(identity=IDENTITY_ID))

    assert recording.of_type("UserAssignedIdentity") == []
    assert recording.one("FederatedIdentityCredential").inputs["resourceName"] == "shared"


@pytest.mark.capability("A3")
def test_an_identity_that_does_not_exist_is_refused_before_anything_is_registered():
    answers = {"azure-native:managedidentity:getUserAssignedIdentity": Exception("ResourceNotFound")}
    recording = attempt(lambda: workload(identity=IDENTITY_ID), mocks=AzureMocks(answers))

    assert "identity must exist" in str(recording.error)
    assert "ResourceNotFound" in str(recording.error)
    assert recording.of_type("FederatedWorkload") == []


def test_an_identity_is_given_by_its_id_and_nothing_behind_it():
    message = refusal(lambda: workload(identity=f"{IDENTITY_ID}\n"))

    assert "identity must be the resource id of a user-assigned identity" in message


@pytest.mark.capability("A3")
def test_an_identity_known_only_as_an_output_is_refused_with_the_reason():
    message = refusal(lambda: workload(identity=pulumi.Output.from_input(IDENTITY_ID)))

    assert "writes to one identity must not overlap" in message


@pytest.mark.parametrize("other", ["shared", "SHARED"])
def test_two_workloads_never_make_one_identity(other: str):
    def program() -> None:
        blue = {"blue": trust()}
        workload(clusters=blue, identity_name="shared")
        workload("billing", clusters=blue, identity_name=other, service_accounts=accounts("billing"))

    recording = attempt(program)

    assert "identity_name must be unique in its resource group" in str(recording.error)
    assert len(recording.of_type("UserAssignedIdentity")) == 1


def test_a_given_identity_needs_no_place_and_an_own_one_does():
    given = {"resource_group_name": None, "location": None}

    assert run(lambda: workload(identity=IDENTITY_ID, **given)).of_type("UserAssignedIdentity") == []
    error = refusal(lambda: workload(**given))
    assert "resource_group_name is required without identity" in error
    assert "location is required without identity" in error


@pytest.mark.capability("A3")
def test_a_component_name_that_is_no_identity_name_asks_for_one():
    assert re.search("identity_name must be given .* got 'ab'", refusal(lambda: workload("ab")))
    assert run(lambda: workload("ab", identity_name="orders")).one("UserAssignedIdentity").name == "ab"


def test_invokes_use_the_provider_the_component_was_given():
    def program() -> None:
        azure = Provider("other", subscription_id=SUBSCRIPTION)
        FederatedWorkload("orders", workload_args(), pulumi.ResourceOptions(providers=[azure]))

    recording = run(program)

    provider = recording.one("pulumi:providers:azure-native")
    asked = [invoke.provider or "" for invoke in recording.invokes]
    assert asked
    assert [each for each in asked if not each.startswith(provider.urn)] == []
    assert (recording.one("UserAssignedIdentity").provider or "").startswith(provider.urn)


def test_the_preview_of_an_update_asks_for_an_identity_once():
    update = run(workload, preview=True, mocks=AzureMocks(resources_exist=True))

    asked = [invoke.token for invoke in update.invokes]

    assert asked.count("azure-native:managedidentity:getUserAssignedIdentity") == 1


def test_an_update_asks_azure_for_nothing_that_it_knows():
    asked = {invoke.token for invoke in run(workload).invokes}

    assert asked == {"azure-native:authorization:getClientConfig"}


def test_the_subscription_is_asked_for_once_for_each_provider():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"))
        other = Provider("other", subscription_id=SUBSCRIPTION)
        args = workload_args(clusters={"blue": blue}, service_accounts=accounts("returns"))
        FederatedWorkload("returns", args, pulumi.ResourceOptions(providers=[other]))

    recording = run(program)

    provider = recording.one("pulumi:providers:azure-native")
    asked = [invoke.provider for invoke in recording.invokes]
    assert [bool(p and p.startswith(provider.urn)) for p in asked] == [False, True]


@pytest.mark.capability("A3")
def test_an_identity_of_another_subscription_is_not_mistaken_for_one_of_the_same_name_here():
    other = IDENTITY_ID.replace(SUBSCRIPTION, "99999999-1111-2222-3333-444444444444")

    assert "must be in the deployment's subscription" in refusal(lambda: workload(identity=other))


@pytest.mark.parametrize(("argument", "value"), [("identity_name", "mine"), ("tags", {"owner": "me"})])
def test_a_given_identity_is_neither_named_nor_tagged(argument: str, value: object):
    message = refusal(lambda: workload(identity=IDENTITY_ID, **{argument: value}))

    assert f"{argument} must be left out with a given identity, which stays as it is; got {value!r}" in message
