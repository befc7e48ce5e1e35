"""Copies of vault objects in Kubernetes Secrets: where the mount says so, and until when."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.chain.mounting import STORE, Ledger, eventually
from tests.chain.needs import needs_driver

pytestmark = [pytest.mark.capability("A6"), needs_driver]


def secret(ledger: Ledger, name: str, namespace: str = "books") -> dict[str, bytes]:
    found = ledger.chain.api.get("v1", "Secret", namespace, name) or {}
    return {key: base64.b64decode(value) for key, value in found.get("data", {}).items()}


def test_a_secret_is_copied_only_where_the_mount_says_so(ledger: Ledger):
    files = ledger.by_driver(ledger.pod(), "ledger-copies")

    shown = {"DB_PASSWORD": files["db/password"].content, "SESSION_KEY": files["session-key"].content}
    eventually(lambda: secret(ledger, "ledger-variables") == shown)
    certificate = eventually(lambda: secret(ledger, "ledger-web"))

    assert certificate["tls.crt"] == ledger.contents.certificate.public_bytes(Encoding.PEM)
    key: Any = load_pem_private_key(certificate["tls.key"], None)
    assert key.private_numbers() == ledger.contents.certificate_key.private_numbers()
    assert ledger.names_of("Secret", "books") == ["ledger-variables", "ledger-web"]


def test_a_new_version_reaches_the_copies(ledger: Ledger):
    pod = ledger.pod()
    before = ledger.by_driver(pod, "ledger-copies")["session-key"].content
    eventually(lambda: secret(ledger, "ledger-variables").get("SESSION_KEY") == before)

    ledger.chain.write_secret("session-key", "copied anew")

    eventually(lambda: ledger.by_driver(pod, "ledger-copies")["session-key"].content == b"copied anew")
    eventually(lambda: secret(ledger, "ledger-variables")["SESSION_KEY"] == b"copied anew")


def owners(ledger: Ledger, name: str) -> list[str]:
    found = ledger.chain.api.get("v1", "Secret", "books", name) or {"metadata": {}}
    return [each["name"] for each in found["metadata"].get("ownerReferences", [])]


def test_a_copy_stays_when_the_last_pod_has_gone_and_goes_with_what_made_the_pods(ledger: Ledger):
    api, template = ledger.chain.api, ledger.chain.template("ledger", "books")
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "ledger"}}, "template": template}
    about = {"name": "ledger-1", "namespace": "books"}
    made = api.create({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": about, "spec": spec}, "books")
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "ledger-1", "uid": made["metadata"]["uid"]}
    pod = ledger.chain.start({**template, "metadata": {**template["metadata"], "ownerReferences": [owner]}}, "books")
    ledger.kubelet.csi.publish(pod)
    eventually(lambda: "ledger-1" in owners(ledger, "ledger-web"))

    ledger.kubelet.csi.unpublish(pod)
    for name in ledger.names_of("Pod", "books"):
        api.delete("v1", "Pod", "books", name)

    assert ledger.kubelet.csi.files(pod, "ledger-copies") == {}
    eventually(lambda: not ledger.names_of("SecretProviderClassPodStatus", "books", of=STORE))
    assert "ledger-web" in ledger.names_of("Secret", "books")
    api.delete("apps/v1", "ReplicaSet", "books", "ledger-1")
    eventually(lambda: not ledger.names_of("Secret", "books"))
