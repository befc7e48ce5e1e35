"""What mounts and fetches on a node has a node's rights at the real API server, and what AKS's add-on tells it."""

from typing import Any

import pytest

from sandbox.control_plane.control_plane import NODE
from sandbox.control_plane.kubelet import Kubelet
from sandbox.control_plane.secrets_store import SecretsStoreDriver, rotation_flags
from sandbox.plugins.kubernetes_client import RefusedError
from tests.chain.conftest import Chain
from tests.chain.mounting import Ledger
from tests.chain.needs import needs_driver

AUDIENCE = "api://AzureADTokenExchange"


@pytest.fixture(scope="module")
def orders(chain: Chain) -> dict[str, Any]:
    return chain.start(chain.template("orders"))


@pytest.mark.capability("A21")
def test_a_kubelet_gets_tokens_of_the_audiences_that_a_pod_names_and_of_no_other(chain: Chain, orders: dict[str, Any]):
    assert chain.kubelet.token(orders, AUDIENCE)
    assert chain.kubelet.token(orders, "")

    with pytest.raises(RefusedError, match=f'audience "{AUDIENCE}China" not found in pod spec volume'):
        chain.kubelet.token(orders, f"{AUDIENCE}China")


@pytest.mark.capability("A21")
def test_a_kubelet_gets_no_token_of_another_nodes_pod(chain: Chain):
    elsewhere = chain.start(chain.template("fulfilment"), node="aks-system-1")

    # The authorizer refuses a node without any pod of the account; where it has one, admission looks at the very pod.
    with pytest.raises(RefusedError, match=r"no relationship found between node|a pod scheduled on a different node"):
        chain.kubelet.token(elsewhere, AUDIENCE)


def test_a_kubelet_reads_no_secrets_but_those_of_its_pods(chain: Chain):
    with pytest.raises(RefusedError, match=f'User "system:node:{NODE}" cannot get resource "secrets"'):
        chain.plane.node_client.get("v1", "Secret", "shop", "others")


def test_the_driver_rotates_as_the_clusters_add_on_says(chain: Chain):
    assert rotation_flags(chain.cluster) == ["--enable-secret-rotation=true", "--rotation-poll-interval=2m"]


@needs_driver
def test_without_rotation_a_running_pod_keeps_the_version_that_it_was_started_with(ledger: Ledger):
    chain = ledger.chain
    chain.write_secret("session-key", "before")
    cluster = chain.with_rotation(enableSecretRotation="false", rotationPollInterval="1s")
    driver = SecretsStoreDriver(chain.plane, ledger.provider, NODE, cluster)
    try:
        kubelet = Kubelet(chain.plane, chain.folder / "still", driver)
        pod, late = ledger.pod(), ledger.pod()
        kubelet.csi.publish(pod)
        chain.write_secret("session-key", "after")

        for each in (late, pod):
            kubelet.csi.publish(each)

        held = [kubelet.csi.files(each, "ledger-copies")["session-key"].content for each in (pod, late)]
    finally:
        driver.stop()
    assert held == [b"before", b"after"]
