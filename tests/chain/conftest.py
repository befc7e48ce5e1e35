"""The dev stack, deployed by the real engine onto the real programs of a control plane, for all tests of the chain."""

import copy
import itertools
import os
import uuid
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from azure.identity import ClientAssertionCredential
from azure.keyvault.secrets import SecretClient

from sandbox.app import create_app
from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.keyvault import VAULTS
from sandbox.azure.store import Json, Store
from sandbox.certificates import Authority
from sandbox.control_plane import programs
from sandbox.control_plane.control_plane import NODE, ControlPlane
from sandbox.control_plane.control_planes import ControlPlanes
from sandbox.control_plane.kubelet import Kubelet
from sandbox.control_plane.namespaces import mount_command
from sandbox.control_plane.secrets_store import KeyVaultProvider, SecretsStoreDriver
from sandbox.entra.account import account_variables, kubelogin_variables
from sandbox.entra.assertions import caller_assertion
from sandbox.entra.tokens import Tokens
from sandbox.environment import environment, network_variables
from sandbox.firewall import CLIENT_ADDRESS
from sandbox.home import Home
from sandbox.network import Network
from sandbox.plugins.kubernetes_client import KubernetesClient
from tests.chain.behind import let_in
from tests.chain.inside import InsideEngine
from tests.chain.ledger import PROGRAM, write_contents
from tests.chain.mounting import Ledger
from tests.chain.processes import processes_of
from tests.engine.engine import REPOSITORY, Engine, Run
from tests.sandbox.azure_client import AzureClient

SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
VAULT_ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
ORDERS: dict[str, Any] = {
    "metadata": {"labels": {"azure.workload.identity/use": "true"}},
    "spec": {
        "serviceAccountName": "orders",
        "containers": [{"name": "app", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}],
    },
}
"""The pod template of a workload that a program gave no Deployment."""
_COUNT = itertools.count()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("chain")


@dataclass
class Chain:
    """What `pulumi up` made, and the programs that it runs on."""

    home: Home
    store: Store
    authority: Authority
    planes: ControlPlanes
    folder: Path
    network: dict[str, str]
    made_by: Engine
    runs: list[Run] = field(default_factory=list[Run])
    cluster_name: str = ""
    """Which cluster it is about; empty where there is only one."""

    def on(self, cluster_name: str) -> "Chain":
        """The same about one of several clusters."""
        return replace(self, cluster_name=cluster_name)

    @property
    def cluster(self) -> Json:
        (found,) = [each for each in self.store.of_type(CLUSTERS) if self.cluster_name in ("", each["name"])]
        return found

    @property
    def vault(self) -> Json:
        """The one beside the cluster."""
        group = self.cluster["id"].partition("/providers/")[0]
        (found,) = self.store.of_type(VAULTS, under=group)
        return found

    @property
    def vault_url(self) -> str:
        return str(self.vault["properties"]["vaultUri"])

    @property
    def plane(self) -> ControlPlane:
        """The cluster's control plane and its webhook, both running."""
        return self.planes.of_cluster(self.cluster)

    @property
    def api(self) -> KubernetesClient:
        return self.plane.client

    @property
    def kubelet(self) -> Kubelet:
        return Kubelet(self.plane, self.folder / "kubelet")

    def template(self, workload: str, namespace: str = "shop") -> dict[str, Any]:
        """The pod template that the program declared."""
        deployment = self.api.get("apps/v1", "Deployment", namespace, workload)
        assert deployment is not None
        return deployment["spec"]["template"]

    def start(self, template: dict[str, Any], namespace: str = "shop", node: str = NODE) -> dict[str, Any]:
        """A pod of a template, as a controller makes it, and what admission made of it."""
        metadata = {**template.get("metadata", {}), "name": f"pod-{next(_COUNT)}", "namespace": namespace}
        # No kubelet tells the API server that the containers have ended: pods are deleted at once.
        spec = {**template["spec"], "nodeName": node, "terminationGracePeriodSeconds": 0}
        return self.api.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, namespace)

    @property
    def login(self) -> ClientAssertionCredential:
        """Whoever runs the sandbox."""
        tokens = Tokens(self.store)
        return ClientAssertionCredential(
            self.store.tenant_id, self.store.caller_client_id, lambda: caller_assertion(tokens)
        )

    @property
    def azure(self) -> AzureClient:
        """Azure Resource Manager, for whoever runs the sandbox."""
        token = self.login.get_token("https://management.azure.com/.default").token
        return AzureClient("https://management.azure.com", self.store, {"Authorization": f"Bearer {token}"})

    def write_secret(self, name: str, value: str) -> None:
        """As somebody does who was given Key Vault Secrets Officer."""
        self.give(SECRETS_OFFICER)
        SecretClient(self.vault_url, self.login, retry_total=0).set_secret(name, value)

    def with_rotation(self, **config: str) -> Json:
        """The cluster as the program made it, but for these settings of the Key Vault add-on."""
        changed = copy.deepcopy(self.cluster)
        changed["properties"]["addonProfiles"]["azureKeyvaultSecretsProvider"]["config"] |= config
        return changed

    def give(self, role: str, vault: Json | None = None) -> None:
        """Give whoever runs the sandbox a role on a vault; left out, the program's."""
        vault = vault or self.vault
        definitions = f"/subscriptions/{self.store.subscription_id}/providers/Microsoft.Authorization/roleDefinitions"
        stated = {"roleDefinitionId": f"{definitions}/{role}", "principalId": self.store.caller_object_id}
        assignment = f"{vault['id']}/providers/{ASSIGNMENTS}/{uuid.uuid5(uuid.NAMESPACE_OID, vault['id'] + role)}"
        self.azure.make(assignment, {"properties": stated})

    def engine(self, program: Path | str, name: str, **config: Any) -> Engine:
        """A program of its own on what is here already, and beside it while it runs.

        Args:
            program: the folder of a program with its committed configuration, or the source of one.
            name: the project's name, where it is a source.
            config: the stack's configuration, beside the committed one.
        """
        made = (
            Engine.of_project(self.home.folder, program)
            if isinstance(program, Path)
            else Engine.of_program(self.folder, program, name=name)
        )
        return self._inside(made, config)

    @property
    def program(self) -> Engine:
        """What made all this, to be run once more beside it."""
        return self._inside(self.made_by, {})

    def _inside(self, made: Engine, config: dict[str, Any]) -> Engine:
        account = account_variables(self.store)
        variables = environment(
            self.home,
            proxy_url=self.network["HTTPS_PROXY"],
            ca=self.authority.certificate_path,
            account={**account, **kubelogin_variables(account, self.home.assertion)},
            needs_pulumi=True,
        )
        variables |= {"PATH": f"{programs.FOLDER}{os.pathsep}{variables['PATH']}", "SANDBOX_CLUSTER": "real"}
        return InsideEngine(self.home.folder, made.project, {**made.config, **config}, inside=variables)


@contextmanager
def opened(engine: Engine, folder: Path) -> Generator[Chain]:
    """What an engine has made, with its control planes, while the block lasts; no process outlives it."""
    home = Home(engine.home)
    store, authority = Store(home.store), Authority(home.authority)
    with ExitStack() as running, pytest.MonkeyPatch.context() as variables:
        running.callback(store.close)
        planes = running.enter_context(ControlPlanes(home, store, authority))
        app = create_app(store, authority.pem, tokens=Tokens(store))
        network = running.enter_context(Network(app, authority, planes.port))
        planes.proxy_url = network.proxy_url
        led = dict(network_variables(network.proxy_url, authority.certificate_path))
        for name, value in led.items():
            variables.setenv(name, value)
        yield Chain(home, store, authority, planes, folder, led, engine)
    assert processes_of(engine.home) == []


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Generator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    engine = Engine.of_dev_stack(folder / "home")
    engine.variables["SANDBOX_CLUSTER"] = "real"
    # The address that every request of the sandbox comes from.
    for service in ("keyVault", "openAi"):
        engine.config[service] = {**engine.config.get(service, {}), "allowedIpRanges": [CLIENT_ADDRESS]}
    runs = [engine.up(), engine.up()]
    assert [each.exit_code for each in runs] == [0, 0], runs[0].errors + runs[1].errors
    assert processes_of(engine.home) == []
    with opened(engine, folder) as made:
        made.runs += runs
        # Examples of the tests have clusters of their own beside it.
        yield made.on(engine.config["cluster"]["clusterName"])


@pytest.fixture(scope="session")
def neighbour(chain: Chain) -> Chain:
    """An example beside the dev stack: another running cluster with its issuer, another vault, and a workload of the
    same namespace and service account as the dev stack's."""
    run = chain.engine(REPOSITORY / "examples" / "blue-green", "", clusters=["blue"]).up()
    assert run.exit_code == 0, run.errors
    there = chain.on("aks-blue")
    let_in(there, there.vault["id"])
    return there


@contextmanager
def a_node(
    plane: ControlPlane, cluster: Json | None = None
) -> Generator[tuple[KeyVaultProvider, SecretsStoreDriver | None]]:
    """What mounts vault files on a node of a cluster, while the block lasts; no driver where nobody may mount."""
    with ExitStack() as running:
        provider = KeyVaultProvider(plane)
        running.callback(provider.stop)
        driver = SecretsStoreDriver(plane, provider, NODE, cluster) if mount_command() else None
        if driver:
            running.callback(driver.stop)
        yield provider, driver


@pytest.fixture(scope="session")
def ledger(chain: Chain) -> Generator[Ledger]:
    """A second program on the same cluster and vault, and the node that its pods run on."""
    chain.give(VAULT_ADMINISTRATOR)
    contents = write_contents(chain.vault_url, chain.login)
    plane = chain.plane
    engine = chain.engine(PROGRAM, "ledger", vaultId=chain.vault["id"], pinned=contents.pinned)
    run = engine.up()
    assert run.exit_code == 0, run.errors
    with a_node(plane, chain.with_rotation(rotationPollInterval="1s")) as (provider, driver):
        yield Ledger(chain, engine, contents, provider, Kubelet(plane, chain.folder / "kubelet", driver))
