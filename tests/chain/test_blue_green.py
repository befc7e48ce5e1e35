"""A workload moves from one real cluster to the next: two API servers, two issuers, one identity, one secret."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.azure.managedidentity import CREDENTIALS
from sandbox.azure.store import Json
from sandbox.entra.issuers import issuer_of
from tests.chain import programs
from tests.chain.behind import let_in
from tests.chain.conftest import ORDERS, Chain, opened
from tests.chain.needs import needs_network
from tests.engine.engine import REPOSITORY, Engine, Run

pytestmark = [needs_network, pytest.mark.capability("A3"), pytest.mark.capability("A21")]

AUDIENCE = "api://AzureADTokenExchange"
SECRET = "db-password"
READS = ("read by both", "")


class Move:
    """Blue and green side by side, then green alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine.of_project(folder / "home", REPOSITORY / "examples" / "blue-green")
        self.engine.variables["SANDBOX_CLUSTER"] = "real"

    def update(self, *colours: str) -> Run:
        self.engine.config["clusters"] = [*colours]
        run = self.engine.up()
        assert run.exit_code == 0, run.errors
        return run


def issuer(there: Chain) -> str:
    found = issuer_of(there.store, there.cluster)
    assert found is not None
    return found.url


def credential(there: Chain) -> tuple[Json, float]:
    """The workload's credential for a cluster, and when it was made."""
    (found,) = [each for each in there.store.of_type(CREDENTIALS) if each["properties"]["issuer"] == issuer(there)]
    return found, there.store.created(found["id"])


@pytest.fixture(scope="module")
def move(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Move]:
    made = Move(tmp_path_factory.mktemp("move"))
    yield made
    made.engine.destroy()


def test_pods_of_both_clusters_read_the_secret_and_then_the_seconds_alone_by_the_credential_it_had(move: Move):
    move.update("blue")
    move.update("blue", "green")
    with opened(move.engine, move.folder) as chain:
        blue, green = chain.on("aks-blue"), chain.on("aks-green")
        let_in(green, green.vault["id"])
        green.write_secret(SECRET, "read by both")
        pods = {there.cluster_name: there.start(ORDERS) for there in (blue, green)}
        both = [
            programs.run(there, pods[there.cluster_name], programs.READ_SECRET, there.vault_url, SECRET)
            for there in (blue, green)
        ]
        issuers, before = {issuer(blue), issuer(green)}, credential(green)
        left_over = blue.kubelet.token(pods["aks-blue"], AUDIENCE)

    removed = move.update("green")
    with opened(move.engine, move.folder) as chain:
        green = chain.on("aks-green")
        running = pods["aks-green"]
        again = programs.run(green, running, programs.READ_SECRET, green.vault_url, SECRET)
        anew = programs.run(green, green.start(ORDERS), programs.READ_SECRET, green.vault_url, SECRET)
        # Blue's pod is gone with its cluster; its token would last an hour.
        gone = programs.run(green, running, programs.READ_SECRET_WITH, left_over, green.vault_url, SECRET)
        still = credential(green)
        clusters = [folder.name for folder in chain.home.clusters.iterdir()]
        own = green.cluster["properties"]["resourceUID"]

    assert both == [READS, READS]
    assert len(issuers) == 2
    assert (again, anew) == (READS, READS)
    assert "AADSTS700211" in gone[1]
    assert still == before
    assert {step.op for step in removed.steps} == {"delete"}
    assert clusters == [own]
