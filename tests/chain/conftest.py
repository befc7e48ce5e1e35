"""The dev stack, deployed by the real engine onto the real programs of a control plane, for all tests of the chain."""

import itertools
import uuid
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.identity import ClientAssertionCredential
from azure.keyvault.secrets import SecretClient

from sandbox.app import create_app
from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.keyvault import VAULTS
from sandbox.azure.store import Json, Store
from sandbox.certificates import Authority
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.control_planes import ControlPlanes
from sandbox.control_plane.kubelet import Kubelet
from sandbox.entra.assertions import caller_assertion
from sandbox.entra.tokens import Tokens
from sandbox.environment import network_variables
from sandbox.home import Home
from sandbox.network import Network
from sandbox.plugins.kubernetes_client import KubernetesClient
from tests.engine.engine import Engine, Run

SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
_COUNT = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("chain")


@dataclass
class Chain:
    """What `pulumi up` made, and the programs that it runs on."""

    store: Store
    planes: ControlPlanes
    folder: Path
    network: dict[str, str]
    runs: list[Run] = field(default_factory=list[Run])

    @property
    def cluster(self) -> Json:
        (found,) = self.store.of_type(CLUSTERS)
        return found

    @property
    def vault_url(self) -> str:
        (found,) = self.store.of_type(VAULTS)
        return str(found["properties"]["vaultUri"])

    @property
    def plane(self) -> ControlPlane:
        """The cluster's control plane and its webhook, both running."""
        return self.planes.of_cluster(self.cluster)

    @property
    def api(self) -> KubernetesClient:
        return self.plane.client

    @property
    def kubelet(self) -> Kubelet:
        return Kubelet(self.plane, self.folder / "pods")

    def template(self, workload: str, namespace: str = "shop") -> dict[str, Any]:
        """The pod template that the program declared."""
        deployment = self.api.get("apps/v1", "Deployment", namespace, workload)
        assert deployment is not None
        return deployment["spec"]["template"]

    def start(self, template: dict[str, Any], namespace: str = "shop") -> dict[str, Any]:
        """A pod of a template, as a controller makes it, and what admission made of it."""
        metadata = {**template.get("metadata", {}), "name": f"pod-{next(_COUNT)}", "namespace": namespace}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
        return self.api.create(pod, namespace)

    def write_secret(self, name: str, value: str) -> None:
        """As somebody does who was given Key Vault Secrets Officer."""
        (vault,) = self.store.of_type(VAULTS)
        tenant, who = self.store.tenant_id, self.store.caller_client_id
        login = ClientAssertionCredential(tenant, who, lambda: caller_assertion(Tokens(self.store)))
        arm = login.get_token("https://management.azure.com/.default").token
        definitions = f"/subscriptions/{self.store.subscription_id}/providers/Microsoft.Authorization/roleDefinitions"
        stated = {"roleDefinitionId": f"{definitions}/{SECRETS_OFFICER}", "principalId": self.store.caller_object_id}
        assignment = f"{vault['id']}/providers/{ASSIGNMENTS}/{uuid.uuid5(uuid.NAMESPACE_OID, vault['id'])}"
        answer = requests.put(
            f"https://management.azure.com{assignment}?api-version=2022-04-01",
            json={"properties": stated},
            headers={"Authorization": f"Bearer {arm}"},
            timeout=20,
        )
        assert answer.ok, answer.text
        SecretClient(self.vault_url, login, retry_total=0).set_secret(name, value)


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Generator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    engine = Engine.of_dev_stack(folder / "home")
    engine.variables["SANDBOX_CLUSTER"] = "real"
    # The address that every request of the sandbox comes from.
    engine.config["keyVault"] = {"allowedIpRanges": ["203.0.113.10"]}
    runs = [engine.up(), engine.up()]
    assert [each.exit_code for each in runs] == [0, 0], runs[0].errors + runs[1].errors
    home = Home(engine.home)
    store, authority = Store(home.store), Authority(home.authority)
    with ExitStack() as running, pytest.MonkeyPatch.context() as environment:
        running.callback(store.close)
        planes = running.enter_context(ControlPlanes(home, store, authority))
        app = create_app(store, authority.pem, tokens=Tokens(store))
        network = running.enter_context(Network(app, authority, planes.port))
        planes.proxy_url = network.proxy_url
        variables = dict(network_variables(network.proxy_url, authority.certificate_path))
        for name, value in variables.items():
            environment.setenv(name, value)
        yield Chain(store, planes, folder, variables, runs)
