"""Every example on real control planes: what a real API server would refuse never gets into one."""

from pathlib import Path

import pytest

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.store import Store
from sandbox.home import Home
from tests.chain.needs import needs_network
from tests.chain.processes import processes_of
from tests.engine.engine import Engine
from tests.engine.inventory import stored
from tests.engine.test_examples import EXAMPLES, FOLDER

# One has tests of its own here, the other has no cluster of ours.
LEFT_OUT = ("blue-green", "another-tenant")


def clusters(home: Path) -> set[str]:
    """Which clusters there are, by what tells one from the next of the same name."""
    store = Store(Home(home).store)
    found = {each["properties"]["resourceUID"] for each in store.of_type(CLUSTERS)}
    store.close()
    return found


@needs_network
@pytest.mark.capability("A18")
@pytest.mark.parametrize(
    "names", [names for names in EXAMPLES if names[-1] not in LEFT_OUT], ids=lambda names: names[-1]
)
def test_an_example_comes_up_on_a_real_cluster_stays_the_same_and_goes(tmp_path: Path, names: list[str]):
    stacks = [Engine.of_project(tmp_path / "home", FOLDER / name) for name in names]
    for stack in stacks:
        stack.variables["SANDBOX_CLUSTER"] = "real"

    first = [stack.up() for stack in stacks]
    on = clusters(stacks[0].home)
    real = {data.parents[3].name for data in Home(stacks[0].home).clusters.glob("*/etcd/member/snap/db")}
    again = [stack.up() for stack in stacks]
    gone = [stack.destroy() for stack in reversed(stacks)]

    assert [up.exit_code for up in first] == [0] * len(stacks), [up.errors for up in first]
    assert real == on != set()
    assert [set(up.changes) for up in again] == [{"same"}] * len(stacks)
    assert [destroy.exit_code for destroy in gone] == [0] * len(stacks), [destroy.errors for destroy in gone]
    assert stored(stacks[0]) == []
    assert list(Home(stacks[0].home).clusters.glob("*")) == []
    assert processes_of(stacks[0].home) == []
