"""What docs/trust-chain.md says of versions, tests and refusals is what is pinned and there."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.chain import refusals
from tests.engine.engine import REPOSITORY

DOCUMENT = (REPOSITORY / "docs" / "trust-chain.md").read_text()
REFUSALS = sorted((REPOSITORY / "tests" / "chain" / "refusals").glob("*.json"))


def of_go(folder: str, module: str) -> str:
    pins = (REPOSITORY / folder / "go.mod").read_text()
    found = re.search(rf"^\s*{re.escape(module)} v([0-9.]+)", pins, re.MULTILINE)
    assert found, f"{folder}/go.mod has no {module}"
    return found[1]


def pinned() -> dict[str, str]:
    """The version of every program and client, by the name that the table has for it."""
    build = (REPOSITORY / "tools" / "chain" / "build").read_text().replace("\\\n", " ")
    versions = {
        name: of_go(f"tools/chain/{folder}", module)
        for name, folder, module in re.findall(r"^program (\S+) (\S+)\s+(\S+)", build, re.MULTILINE)
    }
    versions["pulumi"] = of_go("tools/pulumi", "github.com/pulumi/pulumi/pkg/v3")
    cli = re.match(r"azure-cli==(\S+)", (REPOSITORY / "tools" / "az" / "requirements.in").read_text())
    assert cli
    versions["az"] = cli[1]
    locked = tomllib.loads((REPOSITORY / "uv.lock").read_text())["package"]
    return {each["name"]: each.get("version", "") for each in locked} | versions


def test_every_version_in_the_table_is_the_one_that_runs():
    table = [line for line in DOCUMENT.splitlines() if line.startswith("|")]
    named = re.findall(r"`([a-z-]+)` (\d+(?:\.\d+)+)", "\n".join(table))

    assert {"etcd", "kube-apiserver", "azwi-webhook", "kubelogin", "az", "azure-identity", "openai"} <= dict(
        named
    ).keys()
    assert [(name, pinned()[name]) for name, _ in named] == named


def test_every_test_of_the_chain_is_in_the_table():
    tests = {path.name for path in (REPOSITORY / "tests" / "chain").glob("test_*.py")}

    assert {name for name in tests if f"(../tests/chain/{name})" not in DOCUMENT} == set()


@pytest.mark.parametrize("file", REFUSALS, ids=lambda file: file.stem)
def test_every_refusal_is_made_to_happen_by_a_test(file: Path):
    tests = "\n".join(path.read_text() for path in (REPOSITORY / "tests" / "chain").glob("test_*.py"))
    record = json.loads(file.read_text())

    assert f'"{file.stem}"' in tests or f'"{file.stem.removeprefix("mount-")}"' in tests
    assert set(record) == {"cause", "said_by", "code", "source", "text"}
    assert record["code"] in "\n".join(record["text"])


@pytest.mark.parametrize("file", REFUSALS, ids=lambda file: file.stem)
def test_every_refusal_says_where_its_words_can_be_looked_up(file: Path):
    record = json.loads(file.read_text())

    assert record["source"] == refusals.sources(record["said_by"], record["text"])
    assert all(each == refusals.UNKNOWN or each.startswith("https://") for each in record["source"])
