"""What the documents say is true."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from aks_workload_identity.grants import CATALOGUE, table
from jsonschema import Draft202012Validator

from tests.engine.engine import PACK, REPOSITORY, Engine
from tests.example_access_map import EXAMPLE, example
from tests.policy.documents import renewed

SCHEMA = REPOSITORY / "Pulumi.stack.schema.json"


def test_the_readmes_example_comes_up_and_satisfies_every_policy(tmp_path: Path):
    example = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)[0]
    engine = Engine.of_program(tmp_path, example)

    up = engine.up("--policy-pack", str(PACK))

    assert up.exit_code == 0, up.errors
    assert [violation for violation in up.violations if violation[1] == "mandatory"] == []
    assert set(engine.up().changes) == {"same"}


def test_the_rules_and_their_examples_are_the_packs():
    documented = (REPOSITORY / "docs" / "policies.md").read_text()

    assert renewed(documented) == documented, "out of date: make generate"


def test_every_example_of_a_rule_is_python_as_it_stands():
    documented = (REPOSITORY / "docs" / "policies.md").read_text()

    for written in re.findall(r"```python\n(.*?)```", documented, re.DOTALL):
        ast.parse(written)
        assert not [line for line in written.splitlines() if line.startswith(" " * 16)], written


def test_the_catalogue_of_grants_is_the_librarys():
    documented = (REPOSITORY / "docs" / "grants.md").read_text()

    assert table.renewed(documented) == documented, "out of date: make generate"
    assert all(f"| `{verb.name}` |" in documented for verb in CATALOGUE)


def test_the_example_of_an_access_map_is_the_dev_stacks():
    assert EXAMPLE.read_text() == example(), "out of date: make generate"


def test_the_schema_for_editors_is_what_is_read():
    # A process of its own: descriptions are read while the models are made, which is done over here.
    command = [sys.executable, "-m", "tools.docs.stack_schema"]
    generated = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout
    config = json.loads(generated)["properties"]["config"]

    assert SCHEMA.read_text() == generated, "out of date: make generate"
    assert [key for key, schema in config["properties"].items() if not {"description", "$ref"} & {*schema}] == []


def test_the_schema_takes_the_dev_stack_and_refuses_what_settings_refuse():
    schema: dict[str, Any] = json.loads(SCHEMA.read_text())
    validator = Draft202012Validator(schema)
    dev = yaml.safe_load((REPOSITORY / "Pulumi.dev.yaml").read_text())
    wrong = {
        "workload": {},
        "location": "West Europe",
        "cluster": {"clusterName": "-aks"},
        "keyVault": {"recover": "x"},
    }

    assert list(validator.iter_errors(dev)) == []
    for key, value in wrong.items():
        assert list(validator.iter_errors({"config": {**dev["config"], f"aks-workload-identity:{key}": value}})), key


DOCUMENTS = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("examples/*.md")]


@pytest.mark.parametrize("document", sorted(DOCUMENTS), ids=str)
def test_every_relative_link_leads_somewhere(document: Path):
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_names_every_command_of_the_makefile_that_it_promises():
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    promised = set(re.findall(r"(?:^|`)make ([a-z-]+)", (REPOSITORY / "README.md").read_text(), re.MULTILINE))

    assert {"up", "test"} <= promised <= targets


def test_every_example_says_what_it_shows_and_every_capability_has_a_place():
    text = (REPOSITORY / "examples" / "README.md").read_text()
    rows = re.findall(r"^\| \[([a-z-]+)\].*\| ((?:A\d+(?:, )?)+) \|$", text, re.MULTILINE)
    folders = {
        path.relative_to(REPOSITORY / "examples").parts[0] for path in REPOSITORY.glob("examples/**/Pulumi.yaml")
    }
    elsewhere = set(re.findall(r"\((A\d+)\)", text))

    assert {name for name, _ in rows} == folders
    shown = elsewhere.union(*(capabilities.split(", ") for _, capabilities in rows))
    assert shown >= {*(f"A{number}" for number in range(1, 19)), "A22"}
