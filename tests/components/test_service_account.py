"""Service accounts in Kubernetes: made here, annotated where they exist, or left to somebody else."""

from typing import Any

import pytest
from aks_workload_identity import FederatedWorkload, InvalidArgumentError, ServiceAccount

from tests.azure_mocks import identity_ids
from tests.components.builders import GROUP, accounts, trust, workload, workload_args
from tests.recorder import Recording, attempt, run

pytestmark = pytest.mark.capability("A4")

CLIENT_ID = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")["clientId"]


def account(ownership: str, **changes: Any) -> ServiceAccount:
    return ServiceAccount(**{"namespace": "shop", "name": "orders", "ownership": ownership, **changes})


def made(recording: Recording) -> set[str]:
    """The kinds of Kubernetes object that were registered."""
    return {r.type.rpartition(":")[2] for r in recording.resources if r.type.startswith("kubernetes:")}


@pytest.mark.parametrize(
    ("ownership", "expected"),
    [("create", {"Namespace", "ServiceAccount"}), ("patch", {"ServiceAccountPatch"}), ("external", set[str]())],
)
def test_an_account_is_made_patched_or_left_alone_as_its_ownership_says(ownership: str, expected: set[str]):
    recording = run(lambda: workload(service_accounts={"api": account(ownership)}))

    assert made(recording) == expected
    assert recording.one("FederatedIdentityCredential").inputs["subject"] == "system:serviceaccount:shop:orders"


def test_a_patch_names_the_account_and_its_annotations_and_nothing_else():
    recording = run(lambda: workload(service_accounts={"api": account("patch", token_expiration_seconds=7200)}))

    assert recording.one("ServiceAccountPatch", "orders-blue-api").inputs == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": "orders",
            "namespace": "shop",
            "annotations": {
                "azure.workload.identity/client-id": CLIENT_ID,
                "azure.workload.identity/service-account-token-expiration": "7200",
            },
        },
    }


@pytest.mark.parametrize("ownership", ["create", "patch", "external"])
def test_the_annotations_are_an_output_of_the_workload_whoever_owns_the_account(ownership: str):
    seen: list[object] = []

    def program() -> None:
        orders = workload(service_accounts={"api": account(ownership)})
        for name, value in orders.annotations["api"].items():
            value.apply(lambda text, name=name: seen.append((name, text)))

    run(program)

    assert seen == [("azure.workload.identity/client-id", CLIENT_ID)]


def test_the_resource_in_kubernetes_is_an_attribute_where_there_is_one():
    seen: list[FederatedWorkload] = []
    both = {**accounts("api"), "job": account("patch", name="job"), "chart": account("external", name="chart")}

    run(lambda: seen.append(workload(service_accounts=both)))

    assert {key: type(each).__name__ for key, each in seen[0].accounts.items()} == {
        "blue-api": "ServiceAccount",
        "blue-job": "ServiceAccountPatch",
    }


@pytest.mark.parametrize(
    ("create_namespaces", "ownership", "expected"),
    [
        (None, "create", True),
        (None, "patch", False),
        (None, "external", False),
        (True, "create", True),
        (True, "external", True),
        (False, "create", False),
    ],
)
def test_a_namespace_is_made_unless_it_exists_already(create_namespaces: bool | None, ownership: str, expected: bool):
    recording = run(lambda: workload(create_namespaces=create_namespaces, service_accounts={"api": account(ownership)}))

    assert ("Namespace" in made(recording)) is expected


def test_one_account_of_somebody_else_tells_that_its_namespace_exists_and_no_other():
    both = {"api": account("patch"), **accounts("job", namespace="batch"), **accounts("worker")}
    recording = run(lambda: workload(service_accounts=both))

    assert [r.name for r in recording.of_type("Namespace")] == ["blue.batch"]


def test_making_the_namespace_of_an_account_that_exists_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"create_namespaces must be left out: the namespace of .*:orders"):
        workload_args(clusters={"blue": _no_trust()}, create_namespaces=True, service_accounts={"a": account("patch")})


def _no_trust() -> Any:
    seen: list[Any] = []
    run(lambda: seen.append(trust()))
    return seen[0]


def test_two_workloads_do_not_annotate_one_account():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue}, service_accounts={"api": account("create")})
        workload("billing", clusters={"blue": blue}, service_accounts={"api": account("patch")})

    assert "which FederatedWorkload 'orders' annotates" in str(attempt(program).error)


def test_an_external_account_may_become_two_identities_because_its_owner_says_which():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue}, service_accounts={"api": account("external")})
        workload("billing", clusters={"blue": blue}, service_accounts={"api": account("external")})

    assert len(run(program).of_type("FederatedIdentityCredential")) == 2


def test_another_ownership_is_refused():
    with pytest.raises(InvalidArgumentError, match="ownership must be 'create', 'patch' or 'external'; got 'adopt'"):
        account("adopt")
