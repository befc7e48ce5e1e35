"""The workload identity webhook beside one API server, in a network of its own where the machine allows it.

It listens on every address at a port that no flag changes. In a network namespace of its own only the bridges reach it,
and several run side by side; where the machine allows no namespace it is one to a machine, and open to its network.
Source: Azure/azure-workload-identity cmd/webhook; controller-runtime's webhook server.
"""

import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack

import trustme

from sandbox.control_plane import programs
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.namespaces import network_command, run_enclosed
from sandbox.control_plane.process import Process, free_port, short_folder

_PORT = 9443
_SECONDS = 60


class Webhook:
    """The running webhook of one control plane; `stop` ends it.

    Args:
        plane: whose pods it changes.
        tenant_id: the tenant that it tells pods.
        issue: makes its certificate.

    Raises:
        SandboxError: It has not been built, or does not start.
    """

    def __init__(self, plane: ControlPlane, tenant_id: str, issue: Callable[..., trustme.LeafCert]) -> None:
        self._plane = plane
        self._running = ExitStack()
        self._folder = self._running.enter_context(short_folder("webhook", plane.settings.folder))
        self._log = plane.settings.folder / "logs" / "azwi-webhook.log"
        certificate = issue("127.0.0.1")
        certificate.private_key_pem.write_to_path(self._folder / "tls.key")
        certificate.cert_chain_pems[0].write_to_path(self._folder / "tls.crt")
        environment = {"AZURE_TENANT_ID": tenant_id, "AZURE_ENVIRONMENT": "AzurePublicCloud"}
        command = [
            str(programs.find("azwi-webhook")),
            f"--kubeconfig={plane.kubeconfig}",
            f"--webhook-cert-dir={self._folder}",
            "--disable-cert-rotation",
            "--health-addr=0",
            "--metrics-addr=0",
        ]
        try:
            enclosing = network_command()
            self.port = (
                self._enclosed(enclosing, command, environment) if enclosing else self._open(command, environment)
            )
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """Where the API server reaches it."""
        return f"https://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._running.close()

    def _open(self, command: list[str], environment: Mapping[str, str]) -> int:
        sys.stderr.write(
            f"This machine allows no network namespace: the webhook listens on all addresses, port {_PORT}.\n"
        )
        self._run(command, environment).wait_until(lambda: _listens(_PORT), _SECONDS)
        return _PORT

    def _enclosed(self, enclosing: list[str], command: list[str], environment: Mapping[str, str]) -> int:
        port = free_port()
        process = run_enclosed(
            enclosing,
            command,
            environment,
            run=self._run,
            folder=self._folder,
            inward={port: _PORT},
            outward=[self._plane.port],
        )
        process.wait_until(lambda: _listens(port), _SECONDS)
        return port

    def _run(self, command: list[str], environment: Mapping[str, str]) -> Process:
        process = Process(command, log=self._log, environment=environment, ending=self._plane.settings.ending)
        self._running.callback(process.stop)
        return process


def _listens(port: int) -> bool:
    """Whether somebody at the end of this port speaks TLS: a bridge takes connections before its far end does."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            context.wrap_socket(connection).close()
    except OSError:
        return False
    return True
