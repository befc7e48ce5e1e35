"""Vault objects as files: our classes through the real CSI driver and the real Azure provider."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12

from sandbox.control_plane.csi_volumes import MountedFile
from sandbox.control_plane.grpc_calls import CallError
from tests.chain.mounting import STORE, Ledger, eventually
from tests.chain.needs import needs_driver

pytestmark = pytest.mark.capability("A6")


@pytest.fixture(scope="module", params=["provider", pytest.param("driver", marks=needs_driver)])
def files(request: pytest.FixtureRequest, ledger: Ledger) -> dict[str, MountedFile]:
    """The files of the workload's first mount: as the provider answers, and as a pod finds them."""
    pod = ledger.pod()
    return (
        ledger.by_provider(pod, ledger.parameters()) if request.param == "provider" else ledger.by_driver(pod, "ledger")
    )


def test_secrets_are_shown_decoded_under_their_names_and_modes(ledger: Ledger, files: dict[str, MountedFile]):
    assert files["db-password"] == MountedFile(b"db-password from the vault", 0o644)
    assert files["keys/seed.bin"] == MountedFile(ledger.contents.seed, 0o444)
    assert files["keys/keystore.jks"] == MountedFile(ledger.contents.keystore, 0o555)


def test_a_pinned_version_stays_and_a_history_begins_with_the_newest(files: dict[str, MountedFile]):
    history = {path: file.content for path, file in files.items() if path.startswith("api-token/")}

    assert files["api-token-pinned"].content == b"first"
    # One more than was asked for: the provider stops one version too late.
    assert history == {"api-token/0": b"fourth", "api-token/1": b"third", "api-token/2": b"second"}


def test_keys_are_shown_as_public_keys(ledger: Ledger, files: dict[str, MountedFile]):
    assert files["wrapping"].content == ledger.contents.pem_of(ledger.contents.wrapping)
    assert files["signing.pem"].content == ledger.contents.pem_of(ledger.contents.signing)


def test_a_certificate_comes_without_its_private_key_unless_that_is_asked_for(
    ledger: Ledger, files: dict[str, MountedFile]
):
    pem, pfx = files["web.pem"].content, files["web.pfx"].content
    key, certificate, _ = pkcs12.load_key_and_certificates(pfx, None)

    assert files["web.crt"].content == ledger.contents.certificate.public_bytes(Encoding.PEM)
    assert x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERT") :]) == ledger.contents.certificate
    assert files["web.pem"].mode == 0o604
    assert certificate == ledger.contents.certificate
    for each in (load_pem_private_key(pem, None), key):
        assert each.private_numbers() == ledger.contents.certificate_key.private_numbers()  # pyright: ignore


def test_nothing_is_shown_that_was_not_declared(files: dict[str, MountedFile]):
    declared = {"db-password", "api-token-pinned", "wrapping", "signing.pem", "web.crt", "web.pem", "web.pfx"}

    assert set(files) == declared | {f"api-token/{index}" for index in range(3)} | {
        "keys/seed.bin",
        "keys/keystore.jks",
    }


@needs_driver
def test_the_pods_program_reads_both_mounts_at_their_paths(ledger: Ledger):
    pod = ledger.pod()
    ledger.kubelet.csi.publish(pod)
    script = "cd /mnt/secrets-store && cat ledger/db-password ledger-copies/db/password"

    done = ledger.kubelet.run(pod, ["sh", "-c", script], {})

    assert done.stdout == 2 * "db-password from the vault", done.stderr
    mounts = Path("/proc/self/mountinfo").read_text()
    assert pod["metadata"]["uid"] not in mounts, "a mount has left the driver's namespace"


@needs_driver
def test_the_dev_stacks_own_mount_shows_its_files_and_copies_none_of_them(ledger: Ledger):
    pod = ledger.chain.start(ledger.chain.template("orders"))

    found = ledger.by_driver(pod, "orders")

    assert set(found) == {"db-password", "payment-api-token", "shop-tls"}
    assert found["payment-api-token"] == MountedFile(b"payment-api-token from the vault", 0o444)
    assert b"PRIVATE KEY" in found["shop-tls"].content
    assert f"{pod['metadata']['name']}-shop-orders" in ledger.names_of("SecretProviderClassPodStatus", "shop", of=STORE)
    copied_for_a_new_pod(ledger)
    assert ledger.names_of("Secret", "shop") == []


def copied_for_a_new_pod(ledger: Ledger) -> None:
    """The driver makes the copies for one mount after the other: when this is one, all earlier mounts had theirs."""
    ledger.chain.api.delete("v1", "Secret", "books", "ledger-variables")
    ledger.kubelet.csi.publish(ledger.pod())
    eventually(lambda: "ledger-variables" in ledger.names_of("Secret", "books"))


@needs_driver
def test_a_new_version_reaches_running_pods(ledger: Ledger):
    pod = ledger.pod()
    before = ledger.by_driver(pod, "ledger-copies")["session-key"].content

    ledger.chain.write_secret("session-key", "rotated")

    assert before != b"rotated"
    eventually(lambda: ledger.by_driver(pod, "ledger-copies")["session-key"].content == b"rotated")


@pytest.fixture
def running(ledger: Ledger) -> Generator[dict[str, Any]]:
    """A pod that has its files, while its workload loses its roles; afterwards the program gives them again."""
    pod = ledger.pod()
    ledger.kubelet.csi.publish(pod)
    for each in ledger.engine.state():
        if each["type"].endswith(":RoleAssignment"):
            assert ledger.chain.azure.delete(each["id"]).status == 200
    yield pod
    assert ledger.engine.up("--refresh").changes.get("create") == 2


@needs_driver
@pytest.mark.capability("A21")
def test_without_its_role_a_new_pod_gets_no_file_and_a_running_one_keeps_its_files(
    ledger: Ledger, running: dict[str, Any]
):
    late = ledger.pod()

    with pytest.raises(CallError) as error:
        ledger.kubelet.csi.publish(late)

    ledger.check(
        "mount-no-role",
        error.value,
        code="ForbiddenByRbac",
        because="The workload's identity has no role on the vault, or lost it.",
        said_by="Azure Key Vault",
    )
    assert ledger.kubelet.csi.files(late, "ledger") == {}
    assert ledger.by_driver(running, "ledger")["db-password"].content == b"db-password from the vault"


@needs_driver
@pytest.mark.capability("A21")
def test_the_same_class_in_another_namespace_yields_no_file(ledger: Ledger):
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "ledger", "namespace": "shop"}}
    ledger.chain.api.apply(account, "shop", "test", force=False)
    pod = ledger.pod_by_hand(ledger.parameters(), namespace="shop")

    with pytest.raises(CallError) as error:
        ledger.kubelet.csi.publish(pod)

    ledger.check(
        "mount-other-namespace",
        error.value,
        code="AADSTS700213",
        because="No credential of the identity has the namespace and service account of the pod.",
        said_by="Microsoft Entra ID",
    )
    assert ledger.kubelet.csi.files(pod, "files") == {}
