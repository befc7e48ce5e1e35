"""Programs on a cluster that somebody else keeps: what they put into it goes with them, and nothing else does."""

from collections.abc import Generator

import pytest

from tests.chain.conftest import Chain
from tests.chain.inventory import objects
from tests.engine.engine import REPOSITORY, Engine

OWN_CLUSTER = {"clusterResourceGroup": "rg-shop-dev", "clusterName": "aks-shop-dev"}


@pytest.fixture(scope="module")
def billing(chain: Chain) -> Generator[Engine]:
    engine = chain.engine(REPOSITORY / "examples" / "existing-cluster", "", **OWN_CLUSTER)
    yield engine
    engine.destroy()


@pytest.mark.capability("A2")
@pytest.mark.capability("A18")
def test_what_a_program_puts_into_anothers_cluster_goes_with_it_and_nothing_else(chain: Chain, billing: Engine):
    before = objects(chain.plane)

    first, second = billing.up(), billing.up()
    added = objects(chain.plane).keys() - before.keys()
    destroyed = billing.destroy()

    assert (first.exit_code, second.exit_code) == (0, 0), first.errors + second.errors
    assert set(second.changes) == {"same"}
    assert {"Namespace /billing", "ServiceAccount billing/worker"} <= added
    assert destroyed.exit_code == 0, destroyed.errors
    assert objects(chain.plane) == before
