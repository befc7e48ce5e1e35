"""FederatedWorkload: its parts, its service account and its access."""

import pytest
from aks_workload_identity import ServiceAccount

from tests.azure_mocks import identity_ids
from tests.components.builders import GROUP, accounts, trust, workload
from tests.components.workloads import refusal
from tests.recorder import attempt, run


@pytest.mark.capability("A3")
def test_the_account_is_annotated_with_the_client_id_and_carries_no_label():
    recording = run(lambda: workload(service_accounts={"api": ServiceAccount(namespace="shop", name="orders")}))

    metadata = recording.one("ServiceAccount").inputs["metadata"]
    client_id = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")["clientId"]
    assert metadata == {
        "name": "orders",
        "namespace": "shop",
        "annotations": {"azure.workload.identity/client-id": client_id},
    }


@pytest.mark.capability("A3")
def test_a_longer_token_lifetime_is_annotated_in_seconds_as_text():
    account = ServiceAccount(namespace="shop", name="orders", token_expiration_seconds=7200)
    recording = run(lambda: workload(service_accounts={"api": account}))

    annotations = recording.one("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations["azure.workload.identity/service-account-token-expiration"] == "7200"


@pytest.mark.capability("A3")
def test_a_service_account_that_another_workload_annotates_is_refused_before_anything_is_registered():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue})

    recording = attempt(program)

    assert "got system:serviceaccount:shop:orders on cluster 'blue', which FederatedWorkload 'orders' annotates" in str(
        recording.error
    )
    assert [r.name for r in recording.of_type("FederatedWorkload")] == ["orders"]


@pytest.mark.capability("A3")
def test_keys_that_would_give_two_children_one_name_are_refused():
    message = refusal(
        lambda: workload(
            clusters={"a": trust("a"), "a-b": trust("ab")},
            service_accounts={**accounts("c"), "b-c": ServiceAccount(namespace="shop", name="d")},
        )
    )

    assert "stay distinct when joined" in message
