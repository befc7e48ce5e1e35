"""Objects with a mistake in them: what the real programs would have made of each, and why none gets that far."""

from typing import Any

import pytest

from sandbox.control_plane.grpc_calls import CallError
from tests.chain.mistakes import PASSWORD, SEED, refusal, secret
from tests.chain.mounting import DRIVER, Ledger, objects
from tests.chain.needs import needs_driver

pytestmark = pytest.mark.capability("A6")

CERTIFICATE = "objectName: web\nobjectType: cert\n"


def certificate(**fields: Any) -> dict[str, Any]:
    return {"web": {"kind": "certificate", **fields}}


@pytest.mark.parametrize(
    ("cause", "because", "code", "written", "declared", "refused"),
    [
        (
            "kind-in-capitals",
            "The kind of an object is not 'secret', 'key' or 'cert' in small letters.",
            "Invalid vaultObjectTypes. Should be secret, key, or cert",
            "objectName: db-password\nobjectType: Secret",
            secret(kind="Secret"),
            "kind must be 'secret', 'key' or 'certificate'",
        ),
        (
            "object-name-misspelt",
            "An object has no objectName; the case of the field counts.",
            "file name must not be empty",
            "objectname: db-password\nobjectType: secret",
            secret(objectname="db-password"),
            "objectname is not known",
        ),
        (
            "object-name-with-an-underscore",
            "An object's name has an underscore, as that of no vault's object has.",
            "The request URI contains an invalid name: db_password",
            "objectName: db_password\nobjectType: secret",
            secret(name="db_password"),
            "name must be the name of a vault's secret, key or certificate",
        ),
        (
            "file-outside",
            "An object's file has '..' in its path.",
            "file name must not contain '..'",
            f"{PASSWORD}objectAlias: ../db",
            secret(file="../db"),
            "file must be a relative path inside the mount",
        ),
        (
            "file-absolute",
            "An object's file has an absolute path.",
            "file name must be a relative path",
            f"{PASSWORD}objectAlias: /db",
            secret(file="/db"),
            "file must be a relative path inside the mount",
        ),
        (
            "history-no-number",
            "An object's objectVersionHistory is no number.",
            "cannot unmarshal !!str `two` into int32",
            f"{PASSWORD}objectVersionHistory: two",
            secret(version_history="two"),
            "version_history must be 1-100 versions",
        ),
        (
            "encoding-unknown",
            "An object's objectEncoding is none of utf-8, hex and base64.",
            "invalid objectEncoding: utf8, should be hex, base64 or utf-8",
            f"{PASSWORD}objectEncoding: utf8",
            secret(encoding="utf8"),
            "encoding must be 'utf-8', 'hex' or 'base64'",
        ),
        (
            "encoding-of-a-certificate",
            "A key or certificate has an objectEncoding, which only secrets have.",
            "objectEncoding only supported for objectType: secret",
            f"{CERTIFICATE}objectEncoding: hex",
            certificate(encoding="hex"),
            "encoding is not known",
        ),
        (
            "pfx-of-a-certificate",
            "A certificate is asked for as PFX without its private key: that takes the kind 'secret'.",
            "PFX format only supported for objectType: secret",
            f"{CERTIFICATE}objectFormat: pfx",
            certificate(format="pfx"),
            "format must be 'pem' unless private_key is true",
        ),
    ],
)
def test_a_wrong_object_is_refused_before_the_provider_refuses_it(
    ledger: Ledger, cause: str, because: str, code: str, written: str, declared: dict[str, Any], refused: str
):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), ledger.changed({"objects": objects(written)}))

    ledger.check(f"mount-{cause}", error.value, code=code, because=because)
    assert refused in refusal(declared)


@needs_driver
@pytest.mark.parametrize(
    ("cause", "because", "code", "written", "declared"),
    [
        (
            "file-unclean",
            "An object's file has an empty part or a '.' in its path.",
            "invalid filepath",
            f"{PASSWORD}objectAlias: ./db",
            secret(file="./db"),
        ),
        (
            "file-too-long",
            "A part of an object's path has more than 255 bytes.",
            "equal to 255 characters",
            f"{PASSWORD}objectAlias: {'a' * 256}",
            secret(file="a" * 256),
        ),
    ],
)
def test_a_path_that_cannot_be_written_is_refused_before_the_driver_tries(
    ledger: Ledger, cause: str, because: str, code: str, written: str, declared: dict[str, Any]
):
    pod = ledger.pod_by_hand(ledger.changed({"objects": objects(written)}))

    # The driver writes in no order: which of two files is in the other's way changes from call to call.
    for _ in range(20):
        with pytest.raises(CallError) as error:
            ledger.kubelet.csi.publish(pod)
        if code in str(error.value):
            break

    ledger.check(f"mount-{cause}", error.value, code=code, because=because, said_by=DRIVER)
    assert ledger.kubelet.csi.files(pod, "files") == {}
    assert "file must be" in refusal(declared)


@needs_driver
def test_a_file_where_a_folder_must_be_is_refused_before_the_driver_tries(ledger: Ledger):
    written = objects(f"{PASSWORD}objectAlias: a", f"{SEED}objectAlias: a/b")

    with pytest.raises(CallError) as error:
        ledger.kubelet.csi.publish(ledger.pod_by_hand(ledger.changed({"objects": written})))

    # The driver writes files in no order.
    first = ("file-in-a-file", "file exists")
    cause, code = first if "file exists" in str(error.value) else ("file-that-is-a-folder", "is a directory")
    because = "An object's file is a folder in the path of another's."
    ledger.check(f"mount-{cause}", error.value, code=code, because=because, said_by=DRIVER)
    declared = {"a": {"kind": "secret"}, "b": {"kind": "secret", "file": "a/b"}}
    assert "file must be a path of its own" in refusal(declared)
