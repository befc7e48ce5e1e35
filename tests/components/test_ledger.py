"""The ledger of an identity: one for each identity, whoever names it and however; at most 20 credentials."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity.derived_names import credential_name, subject
from hypothesis import given
from hypothesis import strategies as st
from pulumi_azure_native import managedidentity

from tests.azure_mocks import SUBSCRIPTION
from tests.components.builders import GROUP, ISSUER, accounts, trust, workload
from tests.components.conftest import ResourceManager
from tests.recorder import Recording, attempt, run

pytestmark = pytest.mark.capability("A3")

IDENTITY_ID = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared"
ELSEWHERE = f"https://westeurope.oic.prod-aks.azure.com/{SUBSCRIPTION}/elsewhere/"


def two(first: Any, second: Any) -> Recording:
    """Two workloads whose identity is given in these ways; a function makes it inside the program."""

    def program() -> None:
        blue = trust()
        made = first() if callable(first) else first
        workload("orders", clusters={"blue": blue}, identity=made)
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"), identity=second)

    return attempt(program)


def waits(recording: Recording) -> list[int]:
    """How many credentials each credential waits for, in order."""
    credentials = {c.urn for c in recording.of_type("FederatedIdentityCredential")}
    return [len(c.dependencies & credentials) for c in recording.of_type("FederatedIdentityCredential")]


@pytest.mark.parametrize("other", [IDENTITY_ID.upper(), IDENTITY_ID.lower()])
def test_ids_that_differ_in_case_are_one_identity(other: str):
    recording = two(IDENTITY_ID, other)

    assert recording.error is None
    assert waits(recording) == [0, 1]


def test_an_identity_made_in_a_group_known_later_and_given_by_its_id_is_refused_with_the_reason():
    def program() -> None:
        blue = trust()
        group = pulumi.Output.from_input("rg")
        workload("shared", clusters={"blue": blue}, resource_group_name=group)
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"), identity=IDENTITY_ID)

    error = str(attempt(program).error)

    assert "identity must be given in one way everywhere, for example as the resource" in error
    assert "whose writes would overlap" in error


def test_a_resource_of_the_program_and_its_plain_id_are_refused_with_the_reason():
    def made() -> managedidentity.UserAssignedIdentity:
        return managedidentity.UserAssignedIdentity("shared", resource_group_name="rg", resource_name_="shared")

    error = two(made, IDENTITY_ID.upper()).error

    assert "identity must be given in one way everywhere" in str(error)


def test_identities_of_one_name_in_two_groups_are_two():
    recording = two(IDENTITY_ID, IDENTITY_ID.replace("/rg/", "/other/"))

    assert recording.error is None
    assert waits(recording) == [0, 0]


def test_what_an_existing_identity_has_in_azure_counts_and_is_named(resource_manager: ResourceManager):
    resource_manager.credentials = [(f"hand-{i:02}", ELSEWHERE, subject("shop", f"b{i}")) for i in range(15)]
    six = accounts(*(f"a{i}" for i in range(6)))

    assert len(waits(run(lambda: workload(identity=IDENTITY_ID, service_accounts=accounts("a", "b"))))) == 2
    error = str(attempt(lambda: workload(identity=IDENTITY_ID, service_accounts=six)).error)
    assert "at most 20 credentials on identity 'shared'; got 21" in error
    assert "(FederatedWorkload 'orders' 6, in Azure 15: hand-00, hand-01," in error


def test_our_own_credentials_in_azure_count_once(resource_manager: ResourceManager):
    names = [f"a{i}" for i in range(20)]
    resource_manager.credentials = [
        (credential_name("blue", "shop", name).upper(), ISSUER, subject("shop", name)) for name in names
    ]

    assert len(waits(run(lambda: workload(identity=IDENTITY_ID, service_accounts=accounts(*names))))) == 20


def test_an_issuer_and_subject_that_another_credential_trusts_already_are_refused(resource_manager: ResourceManager):
    resource_manager.credentials = [("by-hand", ISSUER, subject("shop", "orders"))]

    error = str(attempt(lambda: workload(identity=IDENTITY_ID)).error)

    assert "which credential 'by-hand' in Azure trusts already; delete that one first" in error


def test_azure_is_asked_once_for_each_identity_and_not_for_our_own(resource_manager: ResourceManager):
    two(IDENTITY_ID, IDENTITY_ID.upper())
    run(workload)

    assert len(resource_manager.asked) == 1


labels = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)
clusters = st.from_regex(r"[A-Za-z0-9]([-_A-Za-z0-9]{0,61}[A-Za-z0-9])?", fullmatch=True)
names = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?){0,3}", fullmatch=True)


@given(clusters, labels, names)
def test_any_credential_name_is_one_that_entra_takes(cluster: str, namespace: str, account: str):
    import re

    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9-_]{2,119}", credential_name(cluster, namespace, account))


def test_the_longest_credential_name_is_cut_to_120_characters_and_stays_unique():
    one, other = (credential_name("c" * 63, "n" * 63, "a" * 252 + last) for last in "xy")

    assert len(one) == len(other) == 120
    assert one != other
