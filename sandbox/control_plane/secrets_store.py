"""What the Key Vault add-on runs on each node: the Secrets Store CSI driver and the Azure provider.

Source: secrets-store-csi-driver deploy/secrets-store-csi-driver.yaml and cmd/secrets-store-csi-driver;
secrets-store-csi-driver-provider-azure cmd.
"""

import itertools
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from sandbox.azure.store import Json
from sandbox.control_plane import programs
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.grpc_calls import CallError, call
from sandbox.control_plane.namespaces import mount_command, network_command, run_enclosed
from sandbox.control_plane.process import Process, free_port, short_folder
from sandbox.environment import network_variables
from sandbox.errors import SandboxError
from sandbox.plain import part

_PROVIDER = "secrets-store-provider-azure"
_DRIVER = "secrets-store-csi-driver"
_SECONDS = 60
_COUNT = itertools.count()


class KeyVaultProvider:
    """The Azure provider of one node; `stop` ends it.

    Health and metrics listen on every address, so that it gets a network namespace where the machine allows one.

    Args:
        plane: the cluster; its proxy leads to Entra ID and the vaults.

    Raises:
        SandboxError: It has not been built, or does not start.
    """

    def __init__(self, plane: ControlPlane) -> None:
        self._running = ExitStack()
        folder = self._running.enter_context(short_folder("csi", plane.settings.folder))
        self.socket = folder / "azure.sock"
        self._log = plane.settings.folder / "logs" / f"{_PROVIDER}.log"
        settings = plane.settings
        environment = network_variables(settings.proxy_url, settings.ca_path)
        command = [str(programs.find(_PROVIDER)), f"--endpoint=unix://{self.socket}"]
        command += [f"--healthz-port={free_port()}", f"--prometheus-port={free_port()}"]
        proxy = int(settings.proxy_url.rpartition(":")[2])
        try:
            enclosing = network_command()
            if enclosing:
                process = run_enclosed(
                    enclosing, command, environment, run=self._run, folder=folder, inward={}, outward=[proxy]
                )
            else:
                sys.stderr.write("This machine allows no network namespace: the provider's health is open to all.\n")
                process = self._run(command, environment)
            process.wait_until(lambda: _answers(self.socket, "v1alpha1.CSIDriverProvider/Version"), _SECONDS)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._running.close()

    def _run(self, command: list[str], environment: Mapping[str, str]) -> Process:
        process = Process(command, log=self._log, environment=environment)
        self._running.callback(process.stop)
        return process


class SecretsStoreDriver:
    """The CSI driver of one node, in a mount namespace of its own; `stop` ends it, and what it mounted with it.

    Args:
        plane: the cluster whose classes and pods it reads.
        provider: who fetches the files.
        node: the node's name.
        cluster: the resource whose add-on this is part of; left out, one that says nothing of rotation.

    Raises:
        SandboxError: It has not been built, does not start, or may not mount on this machine.
    """

    def __init__(self, plane: ControlPlane, provider: KeyVaultProvider, node: str, cluster: Json | None = None) -> None:
        enclosing = mount_command()
        if enclosing is None:
            raise SandboxError("the CSI driver needs a mount namespace, which this machine does not allow")
        self.socket = provider.socket.parent / f"csi-{next(_COUNT)}.sock"
        self.node = node
        command = [
            str(programs.find(_DRIVER)),
            f"--endpoint=unix://{self.socket}",
            f"--nodeid={node}",
            f"--provider-volume={provider.socket.parent}",
            f"--additional-provider-volume-paths={provider.socket.parent}",
            "--metrics-addr=0",
            *rotation_flags(cluster or {}),
        ]
        self._process = Process(
            [*enclosing, *command],
            log=plane.settings.folder / "logs" / f"{_DRIVER}.log",
            environment={"KUBECONFIG": str(plane.kubeconfig)},
        )
        try:
            self._process.wait_until(lambda: _answers(self.socket, "csi.v1.Identity/Probe"), _SECONDS)
        except BaseException:
            self.stop()
            raise

    @property
    def enter_command(self) -> list[str]:
        """What starts a program that sees what the driver mounted, in a mount namespace of its own."""
        user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        return ["nsenter", f"--target={self._process.pid}", *user, "--mount", "unshare", "--mount"]

    def seen(self, path: Path) -> Path:
        """A path in the driver's mount namespace, for this process."""
        return Path(f"/proc/{self._process.pid}/root{path}")

    def stop(self) -> None:
        self._process.stop()


def rotation_flags(cluster: Json) -> list[str]:
    """What the driver is told of rotation by the settings of a cluster's add-on.

    Where they say nothing, it is off, and every two minutes.
    Source: Microsoft Learn, aks/csi-secrets-store-configuration-options.
    """
    stated = part(cluster, "properties", "addonProfiles", "azureKeyvaultSecretsProvider", "config")
    return [
        f"--enable-secret-rotation={stated.get('enableSecretRotation', 'false')}",
        f"--rotation-poll-interval={stated.get('rotationPollInterval', '2m')}",
    ]


def _answers(socket: Path, method: str) -> bool:
    try:
        call(socket, method, {}, 1)
    except CallError:
        return False
    return True
