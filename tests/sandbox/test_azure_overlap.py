"""Writes of one identity's credentials that meet each other."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .azure_client import AzureClient, a_credential, credential

OVERLAP = (409, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity")


@pytest.fixture
def timing() -> dict[str, Any]:
    """A write holds its identity long enough for a slow machine to send the others meanwhile."""
    return {"credential_write_seconds": 0.4}


@pytest.fixture
def orders(rg: AzureClient) -> AzureClient:
    """An Azure with the identity `id-orders`."""
    rg.make_identity()
    return rg


@pytest.mark.parametrize("method", ["create", "update", "delete"])
def test_overlapping_writes_on_one_identity_are_refused(orders: AzureClient, method: str):
    names = [f"dev-{number}" for number in range(3)]
    if method != "create":
        for name in names:
            orders.make(credential("id-orders", name), a_credential(f"system:serviceaccount:shop:{name}"))
    start = threading.Barrier(len(names))

    def write(name: str) -> tuple[int, str | None]:
        start.wait()
        path = credential("id-orders", name)
        body = a_credential(f"system:serviceaccount:shop:new-{name}")
        reply = orders.delete(path) if method == "delete" else orders.put(path, body)
        return (reply.status, reply.code if reply.status == 409 else None)

    with ThreadPoolExecutor(len(names)) as pool:
        answers = list(pool.map(write, names))

    refused = [answer for answer in answers if answer[0] == 409]
    assert 1 <= len(refused) < len(names)
    assert set(refused) == {OVERLAP}


def test_parallel_writes_on_different_identities_are_accepted(orders: AzureClient):
    names = [f"id-{number}" for number in range(4)]
    for name in names:
        orders.make_identity(name)
    start = threading.Barrier(len(names))

    def write(name: str) -> int:
        start.wait()
        return orders.put(credential(name, "dev"), a_credential()).status

    with ThreadPoolExecutor(len(names)) as pool:
        statuses = list(pool.map(write, names))

    assert statuses == [201] * len(names)


def test_writes_one_after_the_other_are_accepted(orders: AzureClient):
    first = orders.put(credential("id-orders", "dev-1"), a_credential("system:serviceaccount:shop:a"))
    second = orders.put(credential("id-orders", "dev-2"), a_credential("system:serviceaccount:shop:b"))

    assert (first.status, second.status) == (201, 201)


def test_a_write_holds_its_identity_for_a_while(orders: AzureClient):
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(orders.put, credential("id-orders", "dev-1"), a_credential())
        time.sleep(0.1)
        second = orders.put(credential("id-orders", "dev-2"), a_credential("system:serviceaccount:shop:b"))

    assert first.result().status == 201
    assert second.refusal == OVERLAP
    assert orders.get(credential("id-orders", "dev-2")).status == 404


def test_a_refused_write_lets_go_of_its_identity(orders: AzureClient):
    orders.put(credential("id-orders", "dev-1"), a_credential(audiences=[]))

    accepted = orders.put(credential("id-orders", "dev-1"), a_credential())

    assert accepted.status == 201
