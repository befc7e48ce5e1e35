"""Every example comes up under the policy pack through the real CLI, changes nothing when run again, leaves nothing."""

import contextlib
import json
from pathlib import Path

import pytest

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.store import Store
from sandbox.home import Home
from tests.engine.engine import PACK, REPOSITORY, Engine
from tests.engine.inventory import kept, recorded, stored

pytestmark = [pytest.mark.engine, pytest.mark.slow]

FOLDER = REPOSITORY / "examples"
# What builds on another stack comes after it, in one sandbox.
EXAMPLES = [
    ["ai-agents"],
    ["another-tenant"],
    ["app-registration"],
    ["blue-green"],
    ["cluster-and-workloads/cluster", "cluster-and-workloads/workloads", "existing-cluster"],
    ["gitops-accounts"],
    ["hardened-platform"],
    ["many-teams"],
]


def test_every_example_is_tried():
    tried = {FOLDER / name for names in EXAMPLES for name in names}

    assert tried == {path.parent for path in FOLDER.rglob("Pulumi.yaml")}


@pytest.mark.capability("A18")
@pytest.mark.parametrize("names", EXAMPLES, ids=lambda names: names[-1])
def test_an_example_comes_up_stays_the_same_and_goes_without_a_trace(tmp_path: Path, names: list[str]):
    stacks = [Engine.of_project(tmp_path / "home", FOLDER / name) for name in names]

    first = [stack.up(*policies(stacks, tmp_path)) for stack in stacks]
    held = sorted(name for stack in stacks for name in recorded(stack))
    there = kept(stacks[0])
    again = [stack.up(*policies(stacks, tmp_path)) for stack in stacks]
    gone = [stack.destroy() for stack in reversed(stacks)]

    for up in first:
        assert [each for each in up.violations if each[1] == "mandatory"] == []
        assert up.exit_code == 0, up.errors
    assert held == there
    assert [set(up.changes) for up in again] == [{"same"}] * len(stacks)
    assert [destroy.exit_code for destroy in gone] == [0] * len(stacks)
    assert stored(stacks[0]) == []


def policies(stacks: list[Engine], folder: Path) -> tuple[str, ...]:
    """The pack, told of the clusters that exist: a stack on another's cluster cannot show whose issuer it is."""
    with contextlib.closing(Store(Home(stacks[0].home).store)) as store:
        issuers = [cluster["properties"]["oidcIssuerProfile"]["issuerURL"] for cluster in store.of_type(CLUSTERS)]
    issuers += [stack.config["partnerIssuerUrl"] for stack in stacks if "partnerIssuerUrl" in stack.config]
    file = folder / "policies.json"
    file.write_text(json.dumps({"credential-issuer-is-a-known-cluster": {"issuers": issuers}}))
    return ("--policy-pack", str(PACK), "--policy-pack-config", str(file))


def test_a_cluster_of_the_next_colour_comes_and_the_last_goes_without_touching_the_other(tmp_path: Path):
    stack = Engine.of_project(tmp_path / "home", FOLDER / "blue-green")
    steps = []
    for clusters in (["blue"], ["blue", "green"], ["green"]):
        stack.config["clusters"] = clusters
        run = stack.up()
        assert run.exit_code == 0, run.errors
        steps.append(run.steps)

    added, removed = steps[1], steps[2]
    assert {step.op for step in added} == {"create"}
    assert {step.op for step in removed} == {"delete"}
    assert "orders-blue-app" in {step.name for step in removed}
    assert not any("green" in step.name for step in removed)
    assert not any(
        step.type.endswith(("UserAssignedIdentity", "RoleAssignment")) and "orders" in step.name
        for step in [*added, *removed]
    )
