"""Stacks that the real engine has deployed, each with the SDKs that read its sandbox."""

import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.resource.resources.models import ResourceGroup

from sandbox.app import create_app
from sandbox.azure.store import Store
from sandbox.certificates import Authority
from sandbox.environment import network_variables
from sandbox.home import Home
from sandbox.network import Network
from tests.engine.deployed import DeployedDevStack
from tests.engine.engine import Engine
from tests.oracle.azure import ROWS, Clients, Reading
from tests.oracle.models import as_model, unknown_properties


@dataclass
class Deployed:
    """What a stack has made of Azure, as the official SDKs read it."""

    resources: list[dict[str, Any]]
    """Of the state: those of azure-native."""
    store: Store
    clients: Clients

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Each resource by its id."""
        return {r["id"]: self.clients.read(kind(r), r["id"]) for r in self.resources}

    def of(self, type_: str) -> list[Any]:
        """The SDK's models of all resources of a type, which must be there."""
        models = [self.readings[r["id"]].model for r in self.resources if kind(r) == type_]
        assert models, f"the stack has no {type_}"
        return models

    def unknown(self) -> list[str]:
        """What the SDKs do not know of the bodies that were sent and of those they received."""
        found: list[str] = []
        for resource in self.resources:
            sent = self.store.sent(resource["id"])
            assert sent is not None, f"nobody sent {resource['id']}"
            reading = self.readings[resource["id"]]
            asked = as_model(ROWS[kind(resource)].sent, sent)
            for how, model, body in (("sent", asked, sent), ("received", reading.model, reading.body)):
                found += [f"{how} {kind(resource)} {path}" for path in unknown_properties(model, body)]
        return found


def kind(resource: dict[str, Any]) -> str:
    return resource["type"].removeprefix("azure-native:")


@contextmanager
def deployed(engine: Engine) -> Generator[Deployed]:
    """The stack deployed, and its sandbox on the network of this process."""
    up = engine.up()
    assert up.exit_code == 0, up.errors
    with read_by_sdks(engine) as stack:
        yield stack


@contextmanager
def read_by_sdks(engine: Engine) -> Generator[Deployed]:
    """A stack that is deployed, and its sandbox on the network of this process."""
    resources = [r for r in engine.state() if r["type"].startswith("azure-native:")]
    with sandbox_of(Home(engine.home)) as (store, clients):
        yield Deployed(resources, store, clients)


@contextmanager
def sandbox_of(home: Home) -> Generator[tuple[Store, Clients]]:
    """The sandbox in a folder, on the network of this process."""
    store, authority = Store(home.store), Authority(home.authority)
    with Network(create_app(store, authority.pem), authority) as network, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("ARM_", "AZURE_"))]:
            patch.delenv(name)
        for name, value in network_variables(network.proxy_url, authority.certificate_path).items():
            patch.setenv(name, value)
        with closing(Clients(store.subscription_id)) as clients:
            yield store, clients
    store.close()


@pytest.fixture
def clients(tmp_path: Path) -> Generator[Clients]:
    """The SDKs on an Azure with the resource group `rg`."""
    with sandbox_of(Home(tmp_path)) as (_, made):
        made.resources.resource_groups.create_or_update("rg", ResourceGroup(location="westeurope"))
        yield made


@pytest.fixture(scope="module")
def dev_stack(deployed_dev_stack: DeployedDevStack, tmp_path_factory: pytest.TempPathFactory) -> Generator[Deployed]:
    with read_by_sdks(deployed_dev_stack.copied(tmp_path_factory.mktemp("dev") / "home")) as stack:
        yield stack
