"""The workload identity webhook beside one API server, in a network of its own where the machine allows it.

It listens on every address at a port that no flag changes. In a network namespace of its own only the bridges reach it,
and several run side by side; where the machine allows no namespace it is one to a machine, and open to its network.
Source: Azure/azure-workload-identity cmd/webhook; controller-runtime's webhook server.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import trustme

from sandbox.control_plane import programs
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.process import Process, free_port
from sandbox.home import REPOSITORY

_PORT = 9443
_SECONDS = 60


def namespace_command() -> list[str] | None:
    """What starts a program in a network namespace; None where this machine lets nobody make one."""
    unshare = shutil.which("unshare")
    if unshare is None or sys.platform != "linux":
        return None
    command = [unshare, "--net"] if os.geteuid() == 0 else [unshare, "--map-root-user", "--net"]
    works = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if works else None


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
        self._folder = Path(self._running.enter_context(tempfile.TemporaryDirectory(prefix="webhook-")))
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
            enclosing = namespace_command()
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

    def _open(self, command: list[str], environment: dict[str, str]) -> int:
        sys.stderr.write(
            f"This machine allows no network namespace: the webhook listens on all addresses, port {_PORT}.\n"
        )
        self._run(command, environment).wait_until(lambda: _listens(_PORT), _SECONDS)
        return _PORT

    def _enclosed(self, enclosing: list[str], command: list[str], environment: dict[str, str]) -> int:
        port, api_server = free_port(), self._plane.port
        inward, outward = self._folder / "in.sock", self._folder / "out.sock"
        inside, outside = self._folder / "inside", self._folder / "outside"
        bridge = [sys.executable, "-m", "sandbox.control_plane.bridge"]
        python = {"PYTHONPATH": str(REPOSITORY)}
        leads = [f"--lead={port}={inward}", f"--lead={outward}={api_server}"]
        self._run([*bridge, f"--ready={outside}", *leads], python).wait_until(outside.exists, _SECONDS)
        leads = [f"--lead={inward}={_PORT}", f"--lead={api_server}={outward}"]
        enclosed = [*enclosing, *bridge, "--raise-loopback", f"--ready={inside}", *leads, "--", *command]
        process = self._run(enclosed, {**python, **environment})
        process.wait_until(lambda: inside.exists() and _listens(port), _SECONDS)
        return port

    def _run(self, command: list[str], environment: dict[str, str]) -> Process:
        process = Process(command, log=self._log, environment=environment)
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
