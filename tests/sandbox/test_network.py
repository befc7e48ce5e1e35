"""The sandbox's public host names on loopback."""

import socket
import ssl
from collections.abc import Generator
from pathlib import Path

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.certificates import Authority
from sandbox.errors import SandboxError
from sandbox.hosts import is_served
from sandbox.network import Network


async def say_host(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.headers["host"])


@pytest.fixture(scope="module")
def proxy(authority: Authority) -> Generator[str]:
    with Network(Starlette(routes=[Route("/", say_host)]), authority) as network:
        yield network.proxy_url


def fetch(proxy: str, url: str, ca: Path) -> str:
    return requests.get(url, proxies={"https": proxy, "http": proxy}, verify=str(ca), timeout=20).text


def say(proxy: str, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(proxy.rpartition(":")[2])), timeout=20) as connection:
        connection.sendall(text)
        return connection.recv(1000)


@pytest.mark.parametrize(
    "host",
    [
        "management.azure.com",
        "kv-orders.vault.azure.net",
        "westeurope.oic.prod-aks.azure.com",
        "dev-1a2b.hcp.westeurope.azmk8s.io",
    ],
)
def test_a_served_name_answers_with_a_certificate_of_its_own(proxy: str, authority: Authority, host: str) -> None:
    assert fetch(proxy, f"https://{host}/", authority.certificate_path) == host


@pytest.mark.parametrize(
    "host",
    ["example.com", "management.azure.com.example.com", "azmk8s.io", ".vault.azure.net", "x y.vault.azure.net", ""],
)
def test_every_other_name_is_refused(proxy: str, host: str) -> None:
    assert not is_served(host)
    assert say(proxy, f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode()).startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"CONNECT management.azure.com:22 HTTP/1.1\r\n\r\n", b"403"),
        (b"GET http://management.azure.com/ HTTP/1.1\r\n\r\n", b"403"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"CONNECT " + b"x" * 20_000 + b"\r\n\r\n", b"400"),
    ],
)
def test_only_tunnels_to_port_443_are_opened(proxy: str, request_: bytes, status: bytes) -> None:
    assert say(proxy, request_).startswith(b"HTTP/1.1 " + status)


def test_the_refusal_names_the_host(proxy: str) -> None:
    assert b"the sandbox has no example.com:443" in say(proxy, b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")


def test_a_client_that_does_not_trust_the_sandbox_gets_no_answer(proxy: str, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")

    with pytest.raises(requests.exceptions.SSLError):
        fetch(proxy, "https://management.azure.com/", other.certificate_path)


def test_two_networks_do_not_meet(authority: Authority) -> None:
    async def second(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("second")

    with (
        Network(Starlette(routes=[Route("/", say_host)]), authority) as one,
        Network(Starlette(routes=[Route("/", second)]), authority) as two,
    ):
        answers = [
            fetch(network.proxy_url, "https://management.azure.com/", authority.certificate_path)
            for network in (one, two)
        ]

    assert answers == ["management.azure.com", "second"]


def test_an_api_server_that_cannot_start_is_one_line_for_its_client_and_for_the_user(
    authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    async def own_port(_host: str) -> int | None:
        raise SandboxError("the cluster has no OIDC issuer")

    with Network(Starlette(), authority, own_port) as network:
        answer = say(network.proxy_url, b"CONNECT dev.hcp.westeurope.azmk8s.io:443 HTTP/1.1\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 502")
    assert capsys.readouterr().err == "error: the cluster has no OIDC issuer\n"


def test_nothing_answers_after_the_end(authority: Authority) -> None:
    with Network(Starlette(routes=[Route("/", say_host)]), authority) as network:
        proxy = network.proxy_url

    with pytest.raises(ConnectionRefusedError):
        say(proxy, b"")


def test_the_authority_is_kept(tmp_path: Path) -> None:
    assert Authority(tmp_path).pem == Authority(tmp_path).pem


def test_the_key_of_the_authority_is_private(tmp_path: Path) -> None:
    Authority(tmp_path)

    assert (tmp_path / "ca.key").stat().st_mode & 0o077 == 0


def test_a_damaged_authority_says_how_to_start_afresh(tmp_path: Path) -> None:
    Authority(tmp_path)
    (tmp_path / "ca.crt").write_text("cut off")

    with pytest.raises(SandboxError, match=r"is damaged .*; remove the folder .* to start afresh"):
        Authority(tmp_path)


def test_an_authority_interrupted_in_the_making_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "ca.key").touch()

    assert ssl.PEM_cert_to_DER_cert(Authority(tmp_path).pem.decode())
