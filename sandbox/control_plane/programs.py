"""The programs of the trust chain, as `tools/chain/build` leaves them."""

from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import REPOSITORY

FOLDER = REPOSITORY / ".tools" / "chain"
MANIFESTS = FOLDER / "manifests"
# What a control plane and the login at it are made of; a node's programs are started by the tests alone.
_CONTROL_PLANE = (
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "azwi-webhook",
    "kubelogin",
    "manifests/.complete",
)


def check() -> None:
    """See that a control plane can be started.

    Raises:
        SandboxError: Something has not been built; the message names all of it.
    """
    missing = [name.partition("/")[0] for name in _CONTROL_PLANE if not (FOLDER / name).exists()]
    if missing:
        raise SandboxError(_not_built(*missing))


def find(name: str) -> Path:
    """The program of this name.

    Raises:
        SandboxError: It has not been built.
    """
    return _built(FOLDER / name).resolve()


def manifest(name: str) -> Path:
    """What a program is installed or called with, by its file name.

    Raises:
        SandboxError: It has not been built.
    """
    return _built(MANIFESTS / name)


def _built(path: Path) -> Path:
    if not path.exists():
        raise SandboxError(_not_built(path.name))
    return path


def _not_built(*names: str) -> str:
    return f"not built yet: {', '.join(names)}; build the programs of the trust chain with: make parts"
