"""The credentials of a workload: which token becomes the identity, and in which order they are written."""

import pytest
import requests
from aks_workload_identity import ServiceAccount

from tests.components.builders import ISSUER, accounts, trust, workload
from tests.components.workloads import IDENTITY_ID, chain, refusal
from tests.recorder import attempt, run


@pytest.mark.capability("A3")
def test_a_credential_holds_exactly_what_the_token_will_say():
    credential = run(workload).one("FederatedIdentityCredential", "orders-blue-orders")

    assert credential.inputs == {
        "resourceGroupName": "rg",
        "resourceName": "orders",
        "federatedIdentityCredentialResourceName": "blue-shop-orders-2c29306c0d",
        "issuer": ISSUER,
        "subject": "system:serviceaccount:shop:orders",
        "audiences": ["api://AzureADTokenExchange"],
    }


@pytest.mark.capability("A3")
def test_a_credential_waits_for_its_identity_although_it_names_it_in_plain_text():
    recording = run(workload)

    assert recording.one("UserAssignedIdentity").urn in recording.one("FederatedIdentityCredential").dependencies


@pytest.mark.capability("A3")
def test_credentials_of_one_identity_are_written_one_after_another():
    recording = run(
        lambda: workload(clusters={"blue": trust(), "green": trust("green")}, service_accounts=accounts("a1", "a2"))
    )

    # Behind all others: those between two that are deleted together may stay.
    assert chain(recording) == [
        [],
        ["orders-blue-a1"],
        ["orders-blue-a1", "orders-blue-a2"],
        ["orders-blue-a1", "orders-blue-a2", "orders-green-a1"],
    ]


@pytest.mark.capability("A3")
def test_credentials_of_different_identities_are_written_in_parallel():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"))

    assert chain(run(program)) == [[], []]


@pytest.mark.capability("A3")
def test_twenty_credentials_are_taken_and_the_twenty_first_is_refused_with_who_holds_them():
    assert len(chain(run(lambda: workload(service_accounts=accounts(*(f"a{i}" for i in range(20))))))) == 20

    def program() -> None:
        blue = trust()
        names = [f"a{i}" for i in range(21)]
        first = workload("orders", clusters={"blue": blue}, service_accounts=accounts(*names[:15]))
        workload("billing", clusters={"blue": blue}, service_accounts=accounts(*names[15:]), identity=first.identity)

    error = attempt(program).error
    assert "at most 20 credentials on identity 'orders'; got 21" in str(error)
    assert "FederatedWorkload 'orders' 15, FederatedWorkload 'billing' 6" in str(error)


@pytest.mark.capability("A3")
def test_the_same_service_account_twice_on_one_cluster_and_identity_is_refused():
    message = refusal(
        lambda: workload(
            service_accounts={
                "api": ServiceAccount(namespace="shop", name="orders"),
                "worker": ServiceAccount(namespace="shop", name="orders"),
            }
        )
    )

    assert "service_accounts must be unique" in message
    assert "got system:serviceaccount:shop:orders on cluster 'blue' a second time" in message


def test_credentials_that_cannot_be_counted_are_one_line_that_says_why(monkeypatch: pytest.MonkeyPatch):
    # Nothing listens on port 9, which is refused at once.
    real = requests.sessions.Session()
    monkeypatch.setattr(requests, "get", lambda _url, **_: real.get("http://127.0.0.1:9/"))  # pyright: ignore

    message = refusal(lambda: workload(identity=IDENTITY_ID))

    assert "identity could not be looked up in Azure: https://management.azure.com: " in message
    assert message.endswith("Connection refused")
    assert len(message.splitlines()) == 2
