"""Where one sandbox keeps everything of it, and the Pulumi CLI that runs inside it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

REPOSITORY = Path(__file__).resolve().parent.parent
_BUILT_CLI = REPOSITORY / ".tools" / "pulumi" / "bin" / "pulumi"
_SHIM = "pulumi-language-python-exec"


@dataclass(frozen=True)
class Home:
    """The folder of one sandbox. Two sandboxes with different folders do not disturb each other."""

    folder: Path

    @classmethod
    def locate(cls) -> "Home":
        """The folder that the variable SANDBOX_HOME names, or `.sandbox` of this repository."""
        return cls(Path(os.environ.get("SANDBOX_HOME") or REPOSITORY / ".sandbox").absolute())

    @property
    def store(self) -> Path:
        """What the sandbox's Azure and Kubernetes hold."""
        return self.folder / "store.sqlite"

    @property
    def authority(self) -> Path:
        """The certificate authority."""
        return self.folder / "ca"

    @property
    def cluster_kind(self) -> Path:
        """Whether the clusters are played or real."""
        return self.folder / "cluster-kind"

    @property
    def clusters(self) -> Path:
        """Keys, data and logs of the clusters' real control planes."""
        return self.folder / "clusters"

    @property
    def assertion(self) -> Path:
        """The token that the caller's kubelogin logs in with."""
        return self.folder / "assertion"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def pulumi_home(self) -> Path:
        """PULUMI_HOME: the plugins and settings of the Pulumi CLI."""
        return self.folder / "pulumi"

    @property
    def backend(self) -> Path:
        """Pulumi's state."""
        return self.folder / "state"

    @property
    def azure_config(self) -> Path:
        """AZURE_CONFIG_DIR: the login of the Azure CLI."""
        return self.folder / "azure"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def create(self) -> None:
        """Make the folders that programs expect to exist.

        Raises:
            SandboxError: The folder cannot be written.
        """
        try:
            for folder in (self.folder, self.pulumi_home, self.backend, self.azure_config):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SandboxError(
                f"the sandbox cannot write to {self.folder} ({error.strerror}); set SANDBOX_HOME to a folder of yours"
            ) from error


def find_pulumi() -> Path:
    """The Pulumi CLI: the one the variable PULUMI names, else the one that make built, else the one on PATH.

    Raises:
        SandboxError: There is none; the message says how to get one.
    """
    named = os.environ.get("PULUMI")
    if named:
        found = shutil.which(named)
        if found is None:
            raise SandboxError(
                f"the variable PULUMI must name the Pulumi CLI, for example /usr/bin/pulumi; got {named!r}"
            )
        return Path(found).absolute()
    if _BUILT_CLI.exists():
        return _BUILT_CLI
    found = shutil.which("pulumi")
    if found is None:
        raise SandboxError("no Pulumi CLI was found; run make up, which builds one, or install Pulumi")
    return Path(found).absolute()


def find_shim(pulumi: Path) -> Path | None:
    """The script that runs a Python program for Pulumi: beside the CLI, or where the user's variable says."""
    named = os.environ.get("PULUMI_LANGUAGE_PYTHON_EXEC")
    candidates = [Path(named)] if named else [pulumi.parent / _SHIM, pulumi.resolve().parent / _SHIM]
    return next((path.absolute() for path in candidates if path.is_file()), None)
