"""A workload moves from one real cluster to the next: two API servers, two issuers, one identity."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientAssertionCredential

from sandbox.azure.managedidentity import CREDENTIALS
from sandbox.azure.store import Json
from sandbox.entra.issuers import issuer_of
from tests.chain.conftest import Chain, opened
from tests.engine.engine import REPOSITORY, Engine, Run

pytestmark = [pytest.mark.capability("A3"), pytest.mark.capability("A21")]

AUDIENCE = "api://AzureADTokenExchange"
CONTAINER = {"name": "app", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}
TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"azure.workload.identity/use": "true"}},
    "spec": {"serviceAccountName": "orders", "containers": [CONTAINER]},
}


class Move:
    """Blue and green side by side, then green alone; tokens of pods that ran while both were there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine.of_project(folder / "home", REPOSITORY / "examples" / "blue-green")
        self.engine.variables["SANDBOX_CLUSTER"] = "real"
        self.issuers: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.client_ids: set[str] = set()

    def update(self, *colours: str) -> Run:
        self.engine.config["clusters"] = [*colours]
        run = self.engine.up()
        assert run.exit_code == 0, run.errors
        return run

    def start(self, chain: Chain, colour: str) -> None:
        """A pod of the workload on one cluster; its token is kept."""
        there = chain.on(f"aks-{colour}")
        pod = there.start(TEMPLATE)
        env = {each["name"]: each["value"] for each in pod["spec"]["containers"][0]["env"]}
        self.client_ids.add(env["AZURE_CLIENT_ID"])
        self.tokens[colour] = there.kubelet.token(pod, AUDIENCE)
        issuer = issuer_of(there.store, there.cluster)
        assert issuer is not None
        self.issuers[colour] = issuer.url

    def log_in(self, chain: Chain, colour: str) -> str:
        """What the workload's login says to the token of one cluster's pod: empty where it lets it in."""
        (client_id,) = self.client_ids
        login = ClientAssertionCredential(chain.store.tenant_id, client_id, lambda: self.tokens[colour])
        try:
            login.get_token("https://vault.azure.net/.default")
        except ClientAuthenticationError as error:
            return error.message
        return ""

    def credential(self, chain: Chain, colour: str) -> tuple[Json, float]:
        """The credential for one cluster, and when it was made."""
        (found,) = [
            each for each in chain.store.of_type(CREDENTIALS) if each["properties"]["issuer"] == self.issuers[colour]
        ]
        return found, chain.store.created(found["id"])


@pytest.fixture(scope="module")
def move(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Move]:
    made = Move(tmp_path_factory.mktemp("move"))
    yield made
    made.engine.destroy()


def test_both_clusters_work_and_then_the_second_alone_by_the_credential_it_had(move: Move):
    move.update("blue")
    move.update("blue", "green")
    with opened(move.engine, move.folder) as chain:
        for colour in ("blue", "green"):
            move.start(chain, colour)
        both = {colour: move.log_in(chain, colour) for colour in move.tokens}
        before = move.credential(chain, "green")

    removed = move.update("green")
    with opened(move.engine, move.folder) as chain:
        after = {colour: move.log_in(chain, colour) for colour in move.tokens}
        still = move.credential(chain, "green")
        move.start(chain, "green")
        anew = move.log_in(chain, "green")
        green = chain.cluster["properties"]["resourceUID"]

    assert both == {"blue": "", "green": ""}
    assert move.issuers["blue"] != move.issuers["green"]
    assert "AADSTS700211" in after["blue"]
    assert (after["green"], anew) == ("", "")
    assert still == before
    assert {step.op for step in removed.steps} == {"delete"}
    assert [folder.name for folder in chain.home.clusters.iterdir()] == [green]
