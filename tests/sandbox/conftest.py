"""A sandbox Azure for each test, behind one server for all of them."""

import socket
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sandbox.app import create_app as create_sandbox
from sandbox.azure.app import create_app
from sandbox.azure.store import Store
from sandbox.azure.timing import Timing
from sandbox.certificates import Authority
from sandbox.entra.account import account_variables
from sandbox.entra.tokens import KEY_NAME, Tokens, new_key
from sandbox.environment import network_variables
from sandbox.network import Network
from tests.switchboard import Switchboard

from .azure_client import AzureClient

CA_PEM = b"-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n"


class Loopback(Switchboard):
    """A server under no name and without TLS."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(self, interface="asgi3", lifespan="off", log_level="warning"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


class Clock:
    """Sandbox time, which moves when a test says so."""

    def __init__(self) -> None:
        self.time = time.time()

    def __call__(self) -> float:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture(scope="session")
def loopback() -> Generator[Loopback]:
    server = Loopback()
    yield server
    server.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Generator[Store]:
    opened = Store(tmp_path / "store.sqlite", seed="a test")
    yield opened
    opened.close()


@pytest.fixture
def timing(clock: Clock) -> dict[str, Any]:
    """Arguments of Timing; a test module overrides this fixture to make something slow."""
    return {"now": clock, "credential_write_seconds": 0.0}


@pytest.fixture
def azure(loopback: Loopback, store: Store, timing: dict[str, Any]) -> AzureClient:
    """An empty Azure."""
    loopback.app = create_app(store, CA_PEM, timing=Timing(**timing))
    return AzureClient(loopback.url, store)


@pytest.fixture
def rg(azure: AzureClient) -> AzureClient:
    """An Azure with the resource group `rg`."""
    azure.make_group()
    return azure


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def signing_key() -> str:
    """A key of the token endpoint: making one takes longer than most tests."""
    return new_key()


@pytest.fixture(scope="session")
def public_names(authority: Authority) -> Generator[tuple[Switchboard, dict[str, str]]]:
    """A server under Azure's public host names, and the variables that lead a program there."""
    switchboard = Switchboard()
    with Network(switchboard, authority) as network:
        yield switchboard, dict(network_variables(network.proxy_url, authority.certificate_path))


@pytest.fixture
def online(
    public_names: tuple[Switchboard, dict[str, str]],
    store: Store,
    authority: Authority,
    signing_key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Store:
    """An empty Azure under its public host names, for programs that find it through the environment alone."""
    switchboard, variables = public_names
    store.kept(KEY_NAME, lambda: signing_key)
    switchboard.app = create_sandbox(store, authority.pem, tokens=Tokens(store))
    for name, value in (variables | account_variables(store)).items():
        monkeypatch.setenv(name, value)
    return store
