"""What the dev stack puts into its API server, and that all of it goes again while the cluster stays."""

from pathlib import Path

import pytest

from sandbox.control_plane.control_plane import ControlPlane
from tests.chain.conftest import opened
from tests.chain.inventory import Objects, objects
from tests.chain.mounting import eventually
from tests.chain.needs import needs_network
from tests.engine.engine import REPOSITORY, Engine, Run

MADE_BY_CONTROLLERS = ("ServiceAccount {}/default", "ConfigMap {}/kube-root-ca.crt")


def urns(preview: Run) -> tuple[list[str], list[str]]:
    """The options that target what a program puts into the API server, and all the rest."""
    made = [event["metadata"] for event in preview.of("resourcePreEvent")]
    ours = [f"--target={each['urn']}" for each in made if each["type"].startswith("kubernetes:")]
    rest = [f"--target={each['urn']}" for each in made if not each["type"].startswith("kubernetes:")]
    return ours, rest


def settled(plane: ControlPlane) -> Objects:
    """What a new API server holds once its controllers have seen every namespace."""
    found = objects(plane)
    namespaces = [name.rpartition("/")[2] for name in found if name.startswith("Namespace ")]
    wanted = {each.format(namespace) for namespace in namespaces for each in MADE_BY_CONTROLLERS}
    return found if wanted <= found.keys() and objects(plane) == found else {}


@needs_network
@pytest.mark.capability("A18")
def test_without_the_dev_stacks_objects_its_api_server_is_as_it_was(tmp_path: Path):
    sandbox = Engine(tmp_path / "home")
    assert sandbox.sandbox("true").returncode == 0

    with opened(sandbox, tmp_path) as chain:
        engine = chain.engine(REPOSITORY, "")
        ours, rest = urns(engine.preview())
        cluster = engine.up(*rest)
        assert cluster.exit_code == 0, cluster.errors
        before = eventually(lambda: settled(chain.plane))
        up = engine.up()
        added = objects(chain.plane).keys() - before.keys()
        down = engine.destroy(*ours)
        left = eventually(lambda: objects(chain.plane) == before and before)
        still = chain.cluster["name"]
        gone = engine.destroy()

    assert [run.exit_code for run in (up, down, gone)] == [0, 0, 0], up.errors + down.errors + gone.errors
    assert up.counted("create").total() == len(ours)
    assert {"Namespace /shop", "ServiceAccount shop/orders", "SecretProviderClass shop/orders"} <= added
    assert left == before
    assert still == "aks-shop-dev"
