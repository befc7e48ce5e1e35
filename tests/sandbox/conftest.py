"""A sandbox Azure for each test, behind one server for all of them."""

import socket
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.app import create_app as create_sandbox
from sandbox.azure.app import create_app
from sandbox.azure.store import Store
from sandbox.azure.timing import Timing
from sandbox.certificates import Authority
from sandbox.entra.account import account_variables
from sandbox.entra.tokens import KEY_NAME, Tokens, new_key
from sandbox.environment import network_variables
from sandbox.network import Network

from .azure_client import AzureClient

CA_PEM = b"-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n"


class Loopback:
    """A server whose application each test sets: starting one takes longer than most tests."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(self._serve, interface="asgi3", lifespan="off", log_level="warning")
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)

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


@pytest.fixture
def online(store: Store, authority: Authority, signing_key: str, monkeypatch: pytest.MonkeyPatch) -> Generator[Store]:
    """An empty Azure under its public host names, for programs that find it through the environment alone."""
    store.kept(KEY_NAME, lambda: signing_key)
    with Network(create_sandbox(store, authority.pem, tokens=Tokens(store)), authority) as network:
        for name, value in network_variables(network.proxy_url, authority.certificate_path).items():
            monkeypatch.setenv(name, value)
        for name, value in account_variables(store).items():
            monkeypatch.setenv(name, value)
        yield store
