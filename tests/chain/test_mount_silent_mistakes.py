"""Objects with a mistake that the real programs take without a word: what pods would find, and why none gets there."""

import os

import pytest

from sandbox.control_plane.grpc_calls import CallError
from tests.chain.mistakes import PASSWORD, SEED, refusal, secret
from tests.chain.mounting import Ledger, objects
from tests.chain.needs import needs_driver

pytestmark = pytest.mark.capability("A6")

VERSIONS = "objectName: api-token\nobjectType: secret\n"


@needs_driver
@pytest.mark.parametrize(("permission", "mode"), [("999", 0), ("rw-", 0), ("0o400", 0), ("1777", 0o777)])
def test_a_wrong_mode_would_mount_as_another_mode(ledger: Ledger, permission: str, mode: int):
    written = objects(f"{PASSWORD}filePermission: '{permission}'")

    files = ledger.by_driver(ledger.pod_by_hand(ledger.changed({"objects": written})))

    assert files["db-password"].mode == mode
    assert (files["db-password"].content is None) == (mode == 0 and os.geteuid() != 0)
    assert "must be a quoted octal mode up to 0777" in refusal(secret(file_permission=permission))


@needs_driver
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run a pod's program as somebody else")
def test_a_file_that_is_its_owners_alone_would_be_no_pods_that_is_not_root(ledger: Ledger):
    pod = ledger.pod_by_hand(ledger.changed({"objects": objects(f"{PASSWORD}filePermission: '0440'", SEED)}))
    assert ledger.by_driver(pod)["db-password"].mode == 0o440
    as_nobody = ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups", "cat"]

    hidden, shown = (
        ledger.kubelet.run(pod, [*as_nobody, f"/mnt/files/{name}"], {}) for name in ("db-password", "seed")
    )

    assert "Permission denied" in hidden.stderr
    assert shown.stdout == ledger.contents.seed.hex(), shown.stderr
    assert "lets others read" in refusal(secret(file_permission="0440"))


def test_of_two_objects_with_one_file_the_last_would_win_in_silence(ledger: Ledger):
    written = objects(f"{PASSWORD}objectAlias: a", f"{SEED}objectAlias: a")

    files = ledger.by_provider(ledger.pod(), ledger.changed({"objects": written}))

    assert {path: file.content for path, file in files.items()} == {"a": ledger.contents.seed.hex().encode()}
    assert "file must be a path of its own" in refusal(
        {name: {"kind": "secret", "file": "a"} for name in ("db-password", "seed")}
    )


@needs_driver
def test_of_a_history_and_a_file_of_its_number_the_version_would_be_gone(ledger: Ledger):
    written = objects(f"{VERSIONS}objectAlias: a\nobjectVersionHistory: 2", f"{SEED}objectAlias: a/2")

    files = ledger.by_driver(ledger.pod_by_hand(ledger.changed({"objects": written})))

    assert set(files) == {"a/0", "a/1", "a/2"}
    assert files["a/2"].content == ledger.contents.seed.hex().encode()
    declared = {
        "api-token": {"kind": "secret", "file": "a", "version_history": 2},
        "seed": {"kind": "secret", "file": "a/2"},
    }
    assert "file must be a path of its own" in refusal(declared)


@pytest.mark.parametrize("history", [0, -1])
def test_a_history_of_no_version_would_be_the_newest_under_another_path(ledger: Ledger, history: int):
    written = objects(f"{VERSIONS}objectVersionHistory: {history}")

    files = ledger.by_provider(ledger.pod(), ledger.changed({"objects": written}))

    assert set(files) == {"api-token"}
    assert "version_history must be 1-100 versions" in refusal(secret(version_history=history))


def test_a_history_without_an_end_would_fetch_every_version_there_is(ledger: Ledger):
    written = objects(f"{VERSIONS}objectVersionHistory: 2147483646")

    files = ledger.by_provider(ledger.pod(), ledger.changed({"objects": written}))

    assert len(files) >= 4
    assert set(files) == {f"api-token/{index}" for index in range(len(files))}
    assert files[f"api-token/{len(files) - 1}"].content == b"first"
    assert "version_history must be 1-100 versions" in refusal(secret(version_history=101))


def test_a_version_called_latest_would_be_known_beside_a_history_alone(ledger: Ledger):
    latest, pod = f"{VERSIONS}objectVersion: latest\n", ledger.pod()

    newest = ledger.by_provider(pod, ledger.changed({"objects": objects(VERSIONS)}))["api-token"]
    files = ledger.by_provider(pod, ledger.changed({"objects": objects(f"{latest}objectVersionHistory: 2")}))

    assert files["api-token/0"].content == newest.content
    # Without one the vault is asked for a version of this name.
    with pytest.raises(CallError, match=r"objectName:api-token, objectVersion:latest: .*/secrets/api-token/latest"):
        ledger.by_provider(pod, ledger.changed({"objects": objects(latest)}))
    assert "version must be a version of 32 hexadecimal digits" in refusal(secret(version="latest"))


@needs_driver
def test_a_backslash_would_be_part_of_a_files_name(ledger: Ledger):
    written = objects(f"{PASSWORD}objectAlias: 'db\\password'")

    files = ledger.by_driver(ledger.pod_by_hand(ledger.changed({"objects": written})))

    assert set(files) == {"db\\password"}
    assert "file must be a relative path inside the mount" in refusal(secret(file="db\\password"))
