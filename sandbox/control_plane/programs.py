"""The programs of the trust chain, as `tools/chain/build` leaves them."""

from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import REPOSITORY

FOLDER = REPOSITORY / ".tools" / "chain"
MANIFESTS = FOLDER / "manifests"


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
        text = f"{path.name} has not been built yet; build the programs of the trust chain with: make parts"
        raise SandboxError(text)
    return path
