"""Faults on purpose, as a client of Azure or Kubernetes meets them."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.app import create_app
from sandbox.azure.store import Store
from sandbox.errors import SandboxError
from sandbox.faults.plan import Plan

from .azure_client import LOCATION, AzureClient, a_cluster, cluster, identity
from .conftest import CA_PEM, Loopback

IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
BODY = {"location": LOCATION}


@pytest.fixture
def faulty(loopback: Loopback, store: Store, azure: AzureClient):
    """Makes an Azure with the resource group `rg` whose requests meet these faults."""
    azure.make_group()

    def make(*faults: dict[str, Any]) -> AzureClient:
        loopback.app = create_app(store, CA_PEM, Plan.model_validate({"faults": faults}))
        return azure

    return make


def a_fault(**effect: Any) -> dict[str, Any]:
    return {"type": IDENTITIES, "operation": "create", **effect}


def test_a_failure_has_no_effect_and_counts_its_requests(faulty):
    azure = faulty(a_fault(times=2, fail={"status": 429}))

    answers = [azure.put(identity("id-orders"), BODY) for _ in range(3)]

    assert [answer.status for answer in answers] == [429, 429, 201]
    assert answers[0].code == "TooManyRequests"


def test_a_failure_may_name_its_code(faulty):
    azure = faulty(a_fault(fail={"status": 403, "code": "AuthorizationFailed"}))

    assert azure.put(identity("id-orders"), BODY).refusal == (403, "AuthorizationFailed")


def test_a_dropped_connection_comes_after_the_effect(faulty):
    azure = faulty(a_fault(drop=True))

    with pytest.raises(requests.RequestException):
        azure.put(identity("id-orders"), BODY)

    assert azure.get(identity("id-orders")).status == 200


def test_a_request_that_hangs_has_no_effect(faulty, store: Store):
    azure = faulty(a_fault(hang=True))

    with pytest.raises(requests.Timeout):
        requests.put(
            f"{azure.url}{azure.id(identity('id-orders'))}?api-version=2023-01-31",
            json=BODY,
            headers=azure.headers,
            timeout=0.5,
        )

    assert azure.get(identity("id-orders")).status == 404


def test_a_delayed_write_of_a_cluster_is_an_operation_that_takes_its_time(faulty):
    azure = faulty({"type": "*/managedClusters", "operation": "create", "delay": 1})
    began = time.monotonic()

    azure.put(cluster(), a_cluster())

    assert time.monotonic() - began < 1
    assert azure.get(cluster()).body["properties"]["provisioningState"] == "Creating"


@pytest.mark.parametrize(
    ("operation", "name", "status"),
    [("create", "id-*", 500), ("CREATE", None, 500), ("create", "other", 201), ("update", "*", 201)],
)
def test_a_fault_meets_only_what_it_names(faulty, operation: str, name: str | None, status: int):
    matching = {"name": name} if name else {}
    azure = faulty({"type": IDENTITIES.upper(), "operation": operation.lower(), **matching, "fail": {"status": 500}})

    assert azure.put(identity("id-orders"), BODY).status == status


@pytest.mark.parametrize(("operation", "method"), [("update", "PUT"), ("read", "GET"), ("delete", "DELETE")])
def test_every_operation_can_fail(faulty, operation: str, method: str):
    azure = faulty({"type": IDENTITIES, "operation": operation, "fail": {"status": 500}})
    azure.put(identity("id-orders"), BODY)

    assert azure.send(method, identity("id-orders"), BODY if method == "PUT" else None).status == 500


def test_the_first_fault_of_the_file_that_matches_is_the_only_one(faulty):
    azure = faulty(a_fault(times=1, fail={"status": 500}), a_fault(fail={"status": 503}))

    assert [azure.put(identity("id-orders"), BODY).status for _ in range(2)] == [500, 503]


def test_an_api_server_fails_in_its_own_words(faulty, loopback: Loopback):
    azure = faulty({"type": "Namespace", "operation": "create", "name": "shop", "times": 1, "fail": {"status": 500}})
    made = azure.make(cluster(), a_cluster())
    headers = {"Host": made["properties"]["fqdn"], "Authorization": "Bearer x"}
    url = f"{azure.url}/api/v1/namespaces"

    answers = [
        requests.post(url, json={"metadata": {"name": name}}, headers=headers, timeout=20)
        for name in ("other", "shop", "shop")
    ]

    assert [answer.status_code for answer in answers] == [201, 500, 201]
    assert answers[1].json()["kind"] == "Status"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("faults: [{operation: create, hang: true}]", "faults[0].type is required"),
        (
            "faults: [{type: Vault, operation: create, hang: true}]",
            "faults[0].type must match a type of Azure or a kind",
        ),
        (
            "faults: [{type: Pod, operation: make, hang: true}]",
            "faults[0].operation must be 'create', 'update', 'delete'",
        ),
        ("faults: [{type: Pod, operation: create}]", "faults[0] must have one of delay, fail, hang and drop"),
        ("faults: [{type: Pod, operation: create, hang: true, drop: true}]", "faults[0] must have only one of fail"),
        ("faults: [{type: Pod, operation: create, fail: {status: 200}}]", "faults[0].fail.status must be greater"),
        ("faults: [{type: Pod, operation: create, delay: -1}]", "faults[0].delay must be greater than or equal to 0"),
        ("faults: [{type: Pod, operation: create, hangs: true}]", "faults[0].hangs is not known"),
        ("faults: 3", "faults must be a list"),
        ("fault: []", "fault is not known"),
        ("[]", "the file must be a mapping"),
        ("faults: [", "is no YAML"),
    ],
)
def test_a_wrong_file_is_one_sentence_that_names_entry_and_rule(tmp_path: Path, text: str, problem: str):
    file = tmp_path / "faults.yaml"
    file.write_text(text)

    with pytest.raises(SandboxError) as raised:
        Plan.load(file)

    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_one_sentence(tmp_path: Path):
    with pytest.raises(SandboxError, match="SANDBOX_FAULTS must name a file of faults"):
        Plan.load(tmp_path / "none.yaml")


def test_an_empty_file_has_no_faults(tmp_path: Path):
    (tmp_path / "faults.yaml").touch()

    assert Plan.load(tmp_path / "faults.yaml") == Plan()
