"""Copies with a mistake in them: the mount succeeds, and what the driver does with the Secret shows elsewhere."""

from typing import Any

import pytest

from tests.chain.mistakes import refusal
from tests.chain.mounting import Ledger, eventually, objects
from tests.chain.needs import needs_driver

pytestmark = [pytest.mark.capability("A6"), needs_driver]

PUBLIC = "objectName: web\nobjectType: cert\n"


def warnings(ledger: Ledger, pod: dict[str, Any]) -> list[str]:
    """What the driver tells whoever describes the pod."""
    found: Any = ledger.chain.api.get("v1", "Event", "books", "")
    return [each["message"] for each in found["items"] if each["involvedObject"]["name"] == pod["metadata"]["name"]]


@pytest.mark.parametrize(
    ("name", "kind", "data", "said", "refused"),
    [
        (
            "by-hand-unknown",
            "Opaque",
            {"PASSWORD": "db-password"},
            "file matching objectName db-password not found in the pod",
            "must be a key of objects, ['web']",
        ),
        (
            "by-hand-tls",
            "kubernetes.io/tls",
            {"tls.crt": "web", "tls.key": "web"},
            "error reading P12 data",
            "must be a certificate with private_key",
        ),
    ],
)
def test_a_copy_that_cannot_be_made_would_not_stop_the_pod(
    ledger: Ledger, name: str, kind: str, data: dict[str, str], said: str, refused: str
):
    written = {"secretName": name, "type": kind, "data": [{"key": key, "objectName": of} for key, of in data.items()]}
    pod = ledger.pod_by_hand(ledger.changed({"objects": objects(PUBLIC)}), secret_objects=[written])

    files = ledger.by_driver(pod)
    told = eventually(lambda: warnings(ledger, pod))

    assert set(files) == {"web"}
    assert any(said in each for each in told), told
    assert name not in ledger.names_of("Secret", "books")
    copied = {name: {"because": "its chart reads variables", "type": kind, "data": data}}
    assert refused in refusal({"web": {"kind": "certificate"}}, sync=copied)
