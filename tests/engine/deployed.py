"""The dev stack, deployed once; whoever changes it takes a copy of the folder that it lives in."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.engine.engine import PACK, Engine, Run


@dataclass(frozen=True)
class DeployedDevStack:
    """A sandbox with the dev stack in it.

    Attributes:
        home: the sandbox's folder, which stays as it is.
        first: the update that made the stack, judged by the policies.
    """

    home: Path
    first: Run

    @classmethod
    def in_folder(cls, home: Path) -> "DeployedDevStack":
        first = Engine.of_dev_stack(home).up("--policy-pack", str(PACK))
        assert first.exit_code == 0, first.errors
        return cls(home, first)

    def copied(self, home: Path) -> Engine:
        """A stack of the same state and secrets on a sandbox of its own."""
        shutil.copytree(self.home, home, symlinks=True)
        return Engine.of_dev_stack(home)
