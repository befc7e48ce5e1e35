"""The store survives what happens to files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.azure.store import Json, Store
from sandbox.errors import SandboxError

from .azure_client import AzureClient, identity


def a_resource(name: str = "rg") -> Json:
    return {"id": f"/subscriptions/s/resourceGroups/{name}", "type": "Microsoft.Resources/resourceGroups", "name": name}


def test_a_store_opened_again_is_the_same_azure(tmp_path: Path):
    first = Store(tmp_path / "new" / "store.sqlite")
    first.put(a_resource(), created=1.0)
    ids = first.tenant_id, first.subscription_id, first.caller_object_id
    first.close()

    second = Store(tmp_path / "new" / "store.sqlite")

    assert (second.tenant_id, second.subscription_id, second.caller_object_id) == ids
    assert len(set(ids)) == 3
    assert second.get("/SUBSCRIPTIONS/s/resourcegroups/RG") == a_resource()


def test_two_sandboxes_are_different_azures(tmp_path: Path):
    one, two = Store(tmp_path / "1.sqlite"), Store(tmp_path / "2.sqlite")

    assert one.subscription_id != two.subscription_id


def test_the_same_seed_gives_the_same_ids(tmp_path: Path):
    one, two = Store(tmp_path / "1.sqlite", seed="x"), Store(tmp_path / "2.sqlite", seed="x")

    assert one.subscription_id == two.subscription_id
    assert one.guid(one.birth("/a")) == two.guid(two.birth("/A"))
    assert one.guid(one.birth("/a")) != two.guid("/a#1")


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_corrupt_file_gives_one_clear_error(tmp_path: Path, content: bytes):
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)

    with pytest.raises(SandboxError, match=r"store\.sqlite cannot be read .*; remove the folder .* to start afresh"):
        Store(path)


def test_a_file_of_another_layout_gives_one_clear_error(tmp_path: Path):
    store = Store(tmp_path / "store.sqlite")
    store._db.execute("PRAGMA user_version = 99")  # pyright: ignore[reportPrivateUsage]
    store.close()

    with pytest.raises(SandboxError, match="layout 99"):
        Store(tmp_path / "store.sqlite")


def test_a_killed_process_loses_nothing_it_was_told_of(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    program = (
        "import os, sys; from pathlib import Path; from sandbox.azure.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "with store.transaction(): store.put({'id': '/kept', 'type': 't', 'name': 'kept'}, created=1.0)\n"
        "with store.transaction():\n"
        "    store.put({'id': '/half', 'type': 't', 'name': 'half'}, created=1.0)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    died = subprocess.run([sys.executable, "-c", program, str(path)], env=environment, check=False)

    assert died.returncode == -9
    store = Store(path)
    assert store.get("/kept")
    assert store.get("/half") is None


def test_a_failed_transaction_leaves_nothing(store: Store):
    with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012 - the block is the transaction
        store.put(a_resource(), created=1.0)
        with store.transaction():
            store.put(a_resource("other"), created=1.0)
        raise RuntimeError

    assert store.under("/subscriptions/s") == []


def test_what_a_resource_was_asked_to_be_is_kept_word_for_word(rg: AzureClient, store: Store):
    sent = {"location": "westeurope", "tags": {"owner": "shop"}, "properties": {"isolationscope": "none"}}
    created = rg.make(identity("id-orders"), sent)
    rg.put(identity("id-orders"), {"location": "northeurope"})
    rg.patch(identity("id-orders"), {"tags": {}})

    kept = store.sent(created["id"])
    rg.delete(identity("id-orders"))

    assert kept == sent
    assert store.sent(created["id"]) is None
