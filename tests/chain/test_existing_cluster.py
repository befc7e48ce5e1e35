"""Programs on a cluster that somebody else keeps: what they put into it goes with them, and nothing else does."""

from collections.abc import Generator

import pytest
import requests

from sandbox.kubernetes.kinds import KINDS
from tests.chain.conftest import Chain
from tests.engine.engine import REPOSITORY, Engine

OWN_CLUSTER = {"clusterResourceGroup": "rg-shop-dev", "clusterName": "aks-shop-dev"}


def objects(chain: Chain) -> set[str]:
    """Everything in the API server that the library could have written."""
    plane, found = chain.plane, set[str]()
    for kind in KINDS:
        base = f"/apis/{kind.api_version}" if "/" in kind.api_version else f"/api/{kind.api_version}"
        answer = requests.get(
            f"{plane.server}{base}/{kind.plural}",
            headers={"Authorization": f"Bearer {plane.administrator_token}"},
            verify=str(plane.settings.ca_path),
            timeout=20,
        )
        for each in answer.json()["items"]:
            found.add(f"{kind.name} {each['metadata'].get('namespace', '')}/{each['metadata']['name']}")
    return found


@pytest.fixture(scope="module")
def billing(chain: Chain) -> Generator[Engine]:
    engine = chain.engine(REPOSITORY / "examples" / "existing-cluster", "", **OWN_CLUSTER)
    yield engine
    engine.destroy()


@pytest.mark.capability("A2")
@pytest.mark.capability("A18")
def test_what_a_program_puts_into_anothers_cluster_goes_with_it_and_nothing_else(chain: Chain, billing: Engine):
    before = objects(chain)

    first, second = billing.up(), billing.up()
    added = objects(chain) - before
    destroyed = billing.destroy()

    assert (first.exit_code, second.exit_code) == (0, 0), first.errors + second.errors
    assert set(second.changes) == {"same"}
    assert {"Namespace /billing", "ServiceAccount billing/worker"} <= added
    assert destroyed.exit_code == 0, destroyed.errors
    assert objects(chain) == before
