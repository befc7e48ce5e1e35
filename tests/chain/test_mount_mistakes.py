"""Classes with a mistake in them: what the real programs would have made of each, and why none gets that far."""

from typing import Any

import pytest
from aks_workload_identity import InvalidArgumentError

from sandbox.control_plane.grpc_calls import CallError
from tests.chain.mounting import Ledger, needs_driver, objects
from tests.components.builders import mount, vault, workload
from tests.recorder import attempt

pytestmark = pytest.mark.capability("A6")

PASSWORD = "objectName: db-password\nobjectType: secret\n"
CERTIFICATE = "objectName: web\nobjectType: cert\n"
SEED = "objectName: seed\nobjectType: secret\n"
DRIVER = "the Secrets Store CSI driver"


def refusal(declared: dict[str, Any]) -> str:
    """What the library says to the declaration of objects, before anything is registered."""
    recording = attempt(lambda: mount(workload(), objects=declared))
    assert isinstance(recording.error, InvalidArgumentError), recording.error
    assert not recording.of_type("SecretProviderClass")
    return str(recording.error)


def secret(**fields: Any) -> dict[str, Any]:
    return {"db-password": {"kind": "secret", **fields}}


def certificate(**fields: Any) -> dict[str, Any]:
    return {"web": {"kind": "certificate", **fields}}


def with_changes(ledger: Ledger, changes: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in {**ledger.parameters(), **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("cause", "code", "written", "declared", "refused"),
    [
        (
            "kind-in-capitals",
            "Invalid vaultObjectTypes. Should be secret, key, or cert",
            "objectName: db-password\nobjectType: Secret",
            secret(kind="Secret"),
            "kind must be 'secret', 'key' or 'certificate'",
        ),
        (
            "object-name-misspelt",
            "file name must not be empty",
            "objectname: db-password\nobjectType: secret",
            secret(objectname="db-password"),
            "objectname is not known",
        ),
        (
            "file-outside",
            "file name must not contain '..'",
            f"{PASSWORD}objectAlias: ../db",
            secret(file="../db"),
            "file must be a relative path inside the mount",
        ),
        (
            "file-absolute",
            "file name must be a relative path",
            f"{PASSWORD}objectAlias: /db",
            secret(file="/db"),
            "file must be a relative path inside the mount",
        ),
        (
            "history-no-number",
            "cannot unmarshal !!str `two` into int32",
            f"{PASSWORD}objectVersionHistory: two",
            secret(version_history="two"),
            "version_history must be 1-100 versions",
        ),
        (
            "encoding-unknown",
            "invalid objectEncoding: utf8, should be hex, base64 or utf-8",
            f"{PASSWORD}objectEncoding: utf8",
            secret(encoding="utf8"),
            "encoding must be 'utf-8', 'hex' or 'base64'",
        ),
        (
            "encoding-of-a-certificate",
            "objectEncoding only supported for objectType: secret",
            f"{CERTIFICATE}objectEncoding: hex",
            certificate(encoding="hex"),
            "encoding is not known",
        ),
        (
            "pfx-of-a-certificate",
            "PFX format only supported for objectType: secret",
            f"{CERTIFICATE}objectFormat: pfx",
            certificate(format="pfx"),
            "format must be 'pem' unless private_key is true",
        ),
    ],
)
def test_a_wrong_object_is_refused_before_the_provider_refuses_it(
    ledger: Ledger, cause: str, code: str, written: str, declared: dict[str, Any], refused: str
):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), with_changes(ledger, {"objects": objects(written)}))

    ledger.check(f"mount-{cause}", error.value, code=code, because="The object is written wrongly in the class.")
    assert refused in refusal(declared)


@needs_driver
@pytest.mark.parametrize(
    ("cause", "code", "written", "declared"),
    [
        ("file-unclean", "invalid filepath", [f"{PASSWORD}objectAlias: ./db"], secret(file="./db")),
        ("file-too-long", "equal to 255 characters", [f"{PASSWORD}objectAlias: {'a' * 256}"], secret(file="a" * 256)),
        (
            "file-in-a-file",
            "file exists",
            [f"{PASSWORD}objectAlias: a", f"{SEED}objectAlias: a/b"],
            {"a": {"kind": "secret"}, "b": {"kind": "secret", "file": "a/b"}},
        ),
    ],
)
def test_a_path_that_cannot_be_written_is_refused_before_the_driver_tries(
    ledger: Ledger, cause: str, code: str, written: list[str], declared: dict[str, Any]
):
    pod = ledger.pod_by_hand(with_changes(ledger, {"objects": objects(*written)}))

    with pytest.raises(CallError) as error:
        ledger.kubelet.csi.publish(pod)

    because = "The objects' files cannot be written as they are named."
    ledger.check(f"mount-{cause}", error.value, code=code, because=because, said_by=DRIVER)
    assert ledger.kubelet.csi.files(pod, "files") == {}
    assert "file must be" in refusal(declared)


@needs_driver
@pytest.mark.parametrize(("permission", "mode"), [("999", 0), ("rw-", 0), ("0o400", 0), ("1777", 0o777)])
def test_a_wrong_mode_would_mount_as_another_mode(ledger: Ledger, permission: str, mode: int):
    written = objects(f"{PASSWORD}filePermission: '{permission}'")

    files = ledger.by_driver(ledger.pod_by_hand(with_changes(ledger, {"objects": written})))

    assert files["db-password"].mode == mode
    assert "must be a quoted octal mode up to 0777" in refusal(secret(file_permission=permission))


def test_of_two_objects_with_one_file_the_last_would_win_in_silence(ledger: Ledger):
    written = objects(f"{PASSWORD}objectAlias: a", f"{SEED}objectAlias: a")

    files = ledger.by_provider(ledger.pod(), with_changes(ledger, {"objects": written}))

    assert {path: file.content for path, file in files.items()} == {"a": ledger.contents.seed.hex().encode()}
    assert "file must be a path of its own" in refusal(
        {name: {"kind": "secret", "file": "a"} for name in ("db-password", "seed")}
    )


@pytest.mark.parametrize(
    ("cause", "code", "changes"),
    [
        ("tenant-misspelt", "tenantId is not provided", {"tenantID": None, "tenantid": "common"}),
        ("client-misspelt", "nodePublishSecretRef secret is not set", {"clientID": None, "clientId": "any"}),
        ("vault-misspelt", "keyvaultName is not provided", {"keyvaultName": None, "keyVaultName": "kv-shop"}),
        ("boolean-as-a-word", "failed to parse usePodIdentity flag", {"usePodIdentity": "no"}),
        ("cloud-unknown", "cloudName Azure is not valid", {"cloudName": "Azure"}),
        ("objects-missing", "objects is not set", {"objects": None}),
        ("objects-no-text", "cannot unmarshal !!map into string", {"objects": "array:\n  - objectName: db-password\n"}),
    ],
)
def test_what_people_misspell_in_a_class_the_library_writes(
    ledger: Ledger, cause: str, code: str, changes: dict[str, str | None]
):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), with_changes(ledger, changes))

    because = "A parameter of the class is missing, misspelt (their case counts) or no text."
    ledger.check(f"mount-{cause}", error.value, code=code, because=because)
    written = {"tenantID", "clientID", "keyvaultName", "usePodIdentity", "useVMManagedIdentity", "objects"}
    assert set(ledger.parameters()) == written


def test_a_name_that_no_vault_has_is_refused_before_the_provider_refuses_it(ledger: Ledger):
    with pytest.raises(CallError) as error:
        ledger.by_provider(ledger.pod(), with_changes(ledger, {"keyvaultName": "no"}))

    because = "No vault can have this name."
    ledger.check("mount-vault-name", error.value, code="must be between 3 and 24 chars", because=because)
    with pytest.raises(InvalidArgumentError, match="name must be"):
        vault(name="no")


@needs_driver
@pytest.mark.parametrize(
    ("cause", "code", "changes", "of_pod"),
    [
        ("array-misspelt", "missing object versions", {"objects": f"arrays:\n- |\n  {PASSWORD}"}, {}),
        ("provider-in-capitals", "provider not found", {}, {"provider": "Azure"}),
        ("not-read-only", "Readonly is not true in request", {}, {"readOnly": False}),
        ("no-class", "not found", {}, {"volumeAttributes": {"secretProviderClass": "nobody"}}),
    ],
)
def test_what_people_misspell_around_a_class_the_library_writes(
    ledger: Ledger, cause: str, code: str, changes: dict[str, str | None], of_pod: dict[str, Any]
):
    pod = ledger.pod_by_hand(with_changes(ledger, changes), **of_pod)

    with pytest.raises(CallError) as error:
        ledger.kubelet.csi.publish(pod)

    because = "The class or the pod's volume is written wrongly, or the class is in another namespace."
    ledger.check(f"mount-{cause}", error.value, code=code, because=because, said_by=DRIVER)
    assert ledger.kubelet.csi.files(pod, "files") == {}
