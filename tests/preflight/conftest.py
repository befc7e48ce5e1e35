"""A subscription that is as a first update needs it."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from sandbox.azure.store import Store
from sandbox.certificates import Authority
from sandbox.entra.principals import caller
from sandbox.entra.tokens import KEY_NAME, Tokens, new_key
from sandbox.environment import network_variables
from sandbox.network import Network
from tests.preflight.azure import Subscription
from tests.sandbox.azure_client import AzureClient
from tests.switchboard import Switchboard


@pytest.fixture(scope="session")
def signing_key() -> str:
    return new_key()


@pytest.fixture(scope="session")
def online(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Switchboard, dict[str, str]]]:
    switchboard, authority = Switchboard(), Authority(tmp_path_factory.mktemp("ca"))
    with Network(switchboard, authority) as network:
        yield switchboard, dict(network_variables(network.proxy_url, authority.certificate_path))


@pytest.fixture
def subscription(
    online: tuple[Switchboard, dict[str, str]], signing_key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Generator[Subscription]:
    switchboard, variables = online
    for name in [name for name in os.environ if name.startswith(("ARM_", "AZURE_"))]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    tools = tmp_path / "bin"
    tools.mkdir()
    kubelogin = tools / "kubelogin"
    kubelogin.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tools))
    store = Store(tmp_path / "store.sqlite", seed="a test")
    store.kept(KEY_NAME, lambda: signing_key)
    login = {"Authorization": f"Bearer {_token(store)}"}
    yield Subscription(store, switchboard, AzureClient("https://management.azure.com", store, login)).stands()
    store.close()


def _token(store: Store) -> str:
    return Tokens(store).access_token(caller(store), "https://management.azure.com")
