"""A state that was written under versioned type tokens: what becomes of it with and without their aliases."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine import Engine
from tests.engine.inventory import kept, recorded

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """
import pulumi
from aks_workload_identity import KeyVault, KeyVaultArgs, StorageAccount, StorageAccountArgs, keep_version_aliases
from pulumi_azure_native.resources import ResourceGroup

if pulumi.Config().get_bool("keep"):
    keep_version_aliases()
group = ResourceGroup("rg", resource_group_name="rg", location="westeurope")
place = {"resource_group_name": group.name, "location": "westeurope"}
KeyVault("shop", KeyVaultArgs(**place, vault_name="kv-shop-of-the-tests"))
StorageAccount("shop", StorageAccountArgs(**place, account_name="stshopofthetests", containers=["orders"]))
"""
VERSIONS = {"keyvault:Vault": "v20230701", "storage:StorageAccount": "v20230101", "storage:BlobContainer": "v20230101"}


def declare_under_versions(engine: Engine, file: Path) -> None:
    """Make the state what a program with versioned classes would have left."""
    exported = engine.sandbox(*STACK, "export", "-C", str(engine.project)).stdout
    for token, version in VERSIONS.items():
        module, _, name = token.partition(":")
        exported = re.sub(rf"azure-native:{module}:{name}\b", f"azure-native:{module}/{version}:{name}", exported)
    file.write_text(exported)
    done = engine.sandbox(*STACK, "import", "--file", str(file), "-C", str(engine.project))
    assert done.returncode == 0, done.stderr


STACK = ("pulumi", "stack", "--stack", "dev")


def types(engine: Engine) -> set[str]:
    return {each["type"] for each in engine.state() if each["type"].startswith("azure-native:")}


def ids(engine: Engine) -> dict[str, Any]:
    return {each["id"]: each.get("created") for each in engine.state() if each.get("custom")}


def test_versioned_resources_are_taken_over_with_their_aliases_and_refused_without(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM)
    first = engine.up()
    plain, made = types(engine), ids(engine)
    declare_under_versions(engine, tmp_path / "state.json")
    versioned = types(engine)

    shown = engine.preview()
    refused = engine.up()
    still_there = kept(engine)
    engine.config["keep"] = "true"
    taken_over = engine.up()
    after = types(engine)
    del engine.config["keep"]
    later = engine.up()

    assert first.exit_code == 0, first.errors
    assert len(versioned - plain) == len(VERSIONS)
    assert shown.counted("create") == dict.fromkeys((f"azure-native:{token}" for token in VERSIONS), 1)
    assert sum(shown.counted("delete").values()) == len(VERSIONS)
    assert refused.exit_code != 0
    assert "already existing resource" in refused.errors
    assert len(still_there) == len(plain)
    assert taken_over.exit_code == 0, taken_over.errors
    assert [step for step in taken_over.steps if step.op != "same"] == []
    assert after == plain
    assert ids(engine).keys() == made.keys()
    assert later.exit_code == 0, later.errors
    assert later.steps == []
    assert recorded(engine) == kept(engine), json.dumps(later.changes)
