"""Copies in Kubernetes Secrets: none unless asked for, with a reason that stays readable."""

from typing import Any

import pytest
from aks_workload_identity import Certificate, InvalidArgumentError, Key, KeyVaultMount, Secret, SyncedSecret

from tests.components.builders import mount, workload
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A6")

WHY = "the chart reads its password from an environment variable"


def copies(sync: dict[str, Any], **objects: Any) -> Any:
    recording = run(lambda: mount(workload(), objects=objects or {"db": Secret()}, sync=sync))
    return recording.one("SecretProviderClass").inputs["spec"].get("secretObjects")


def test_nothing_is_copied_unless_asked():
    assert copies({}) is None


def test_a_copy_names_the_file_and_the_secrets_key():
    sync = {"orders-db": SyncedSecret(because=WHY, data={"PASSWORD": "db", "KEY": "k"})}

    assert copies(sync, db=Secret(file="db/password"), k=Key()) == [
        {
            "secretName": "orders-db",
            "type": "Opaque",
            "data": [{"objectName": "db/password", "key": "PASSWORD"}, {"objectName": "k", "key": "KEY"}],
        }
    ]


def test_of_several_versions_the_newest_is_copied():
    sync = {"orders-db": SyncedSecret(because=WHY, data={"PASSWORD": "db"})}

    assert copies(sync, db=Secret(version_history=3))[0]["data"] == [{"objectName": "db/0", "key": "PASSWORD"}]


def test_a_tls_secret_has_both_keys_of_one_certificate_with_its_private_key():
    both = {"tls.crt": "web", "tls.key": "web"}
    sync = {"web": {"because": WHY, "data": both, "type": "kubernetes.io/tls"}}

    assert copies(sync, web=Certificate(private_key=True))[0] == {
        "secretName": "web",
        "type": "kubernetes.io/tls",
        "data": [{"objectName": "web", "key": "tls.crt"}, {"objectName": "web", "key": "tls.key"}],
    }


@pytest.mark.parametrize("shown", [Certificate(), Certificate(private_key=True, format="pfx"), Key()])
def test_a_tls_secret_of_what_has_no_private_key_in_pem_is_refused(shown: Any):
    both = {"tls.crt": "web", "tls.key": "web"}
    sync = {"web": {"because": WHY, "data": both, "type": "kubernetes.io/tls"}}

    recording = attempt(lambda: mount(workload(), objects={"web": shown}, sync=sync))

    assert "must be a certificate with private_key in format 'pem'; got 'web'" in str(recording.error)
    assert recording.of_type("SecretProviderClass") == []


def test_the_reason_is_on_the_class_where_policies_read_it():
    sync = {"orders-db": SyncedSecret(because=WHY, data={"PASSWORD": "db"})}

    synced = run(lambda: mount(workload(), objects={"db": Secret()}, sync=sync)).one("SecretProviderClass")
    plain = run(lambda: mount(workload(), objects={"db": Secret()})).one("SecretProviderClass")

    assert synced.inputs["metadata"]["annotations"] == {"kubernetes.io/description": f"orders-db: {WHY}"}
    assert "annotations" not in plain.inputs["metadata"]


def test_the_reason_stays_readable_on_the_mount():
    seen: list[KeyVaultMount] = []
    sync = {"orders-db": SyncedSecret(because=WHY, data={"PASSWORD": "db"})}

    run(lambda: seen.append(mount(workload(), objects={"db": Secret()}, sync=sync)))

    assert seen[0].sync["orders-db"].because == WHY


def checksum(sync: dict[str, Any]) -> str:
    seen: list[KeyVaultMount] = []
    run(lambda: seen.append(mount(workload(), objects={"db": Secret()}, sync=sync)))
    return seen[0].checksum


def test_a_changed_copy_rolls_the_pods():
    one, same, other = ({"s": {"because": WHY, "data": {key: "db"}}} for key in ("A", "A", "B"))

    assert checksum(one) == checksum(same)
    assert len({checksum(one), checksum(other), checksum({})}) == 3


def test_two_mounts_that_would_overwrite_one_secret_are_refused():
    def program() -> None:
        orders = workload()
        for name in ("one", "two"):
            sync = {"orders-db": {"because": WHY, "data": {"A": "db"}}}
            mount(orders, name, objects={"db": Secret()}, sync=sync)

    error = str(attempt(program).error)
    assert "sync must be the mount's own in namespace 'shop'; got 'orders-db' of KeyVaultMount 'one'" in error


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"data": {"A": "db"}}, "sync.s.because is required"),
        ({"because": "needed", "data": {"A": "db"}}, "because must be a reason in words"),
        ({"because": "x" * 20, "data": {"A": "db"}}, "because must be a reason in words"),
        ({"because": WHY, "data": {}}, "data must have at least 1 entry"),
        ({"because": WHY, "data": {"A": "other"}}, "sync.s.data.A must be a key of objects, ['db']; got 'other'"),
        ({"because": WHY, "data": {"A B": "db"}}, "must be a key of a Kubernetes Secret"),
        ({"because": WHY, "data": {"..A": "db"}}, "must be a key of a Kubernetes Secret"),
        ({"because": WHY, "data": {"A": "db"}, "type": "kubernetes.io/dockerconfigjson"}, "type must be 'Opaque' or"),
        (
            {"because": WHY, "data": {"tls.crt": "db"}, "type": "kubernetes.io/tls"},
            "data must be ['tls.crt', 'tls.key']",
        ),
        (
            {"because": WHY, "data": {"tls.crt": "db", "tls.key": "db"}, "type": "kubernetes.io/tls"},
            "must be a certificate with private_key in format 'pem'; got 'db', a secret",
        ),
    ],
)
def test_a_copy_without_a_reason_or_that_cannot_be_made_is_refused(declared: dict[str, Any], message: str):
    recording = attempt(lambda: mount(workload(), objects={"db": Secret()}, sync={"s": declared}))

    assert isinstance(recording.error, InvalidArgumentError), recording.error
    assert message in str(recording.error)
    assert recording.of_type("KeyVaultMount") == []
