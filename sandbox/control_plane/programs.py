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
    path = FOLDER / name
    if not path.exists():
        raise SandboxError(f"{name} has not been built yet; build the programs of the trust chain with: make parts")
    return path.resolve()
