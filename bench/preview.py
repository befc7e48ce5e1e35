"""One preview by the real CLI: what it registers and what it takes."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.home import REPOSITORY, find_pulumi, find_shim
from sandbox.plain import part

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Usage:
    """What one preview took: the program's CPU seconds and peak bytes, and seconds on the clock in all."""

    cpu: float
    wall: float
    memory: float


@dataclass(frozen=True)
class Program:
    """One of the programs, as a Pulumi project of its own in `folder`."""

    name: str
    folder: Path

    def prepare(self) -> None:
        self.folder.mkdir()
        options = {"toolchain": "pip", "virtualenv": str(REPOSITORY / ".venv")}
        project = {"name": "bench", "runtime": {"name": "python", "options": options}}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
        source = (FOLDER / "programs" / f"{self.name}.py").read_text(encoding="utf-8")
        (self.folder / "__main__.py").write_text(source, encoding="utf-8")
        (self.folder / "state").mkdir()
        self._pulumi("stack", "init", "dev")

    def preview(self, workloads: int, *options: str) -> Usage:
        began = time.perf_counter()
        self._pulumi("preview", "--stack", "dev", *options, workloads=workloads)
        wall = time.perf_counter() - began
        taken = json.loads((self.folder / "usage.json").read_text(encoding="utf-8"))
        return Usage(cpu=taken["cpu"], wall=wall, memory=taken["memory"])

    def registrations(self, workloads: int) -> list[str]:
        """Type and inputs of every resource that a provider makes; components and the stack itself have none."""
        text = self._pulumi("preview", "--stack", "dev", "--json", workloads=workloads)
        states: list[dict[str, Any]] = [part(step, "newState") for step in json.loads(text)["steps"]]
        kept = [state for state in states if state.get("custom") and not state["type"].startswith("pulumi:")]
        return sorted(json.dumps([state["type"], state.get("inputs", {})], sort_keys=True) for state in kept)

    def _pulumi(self, *arguments: str, workloads: int = 0) -> str:
        variables = {
            "PULUMI_LANGUAGE_PYTHON_EXEC": str(FOLDER / "shim.py"),
            # A backend for each: the names of role assignments follow from project and stack, which must be the same.
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            # Both programs start from compiled modules, as those of an installed package are, whatever the shell says.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "BENCH_SHIM": str(find_shim(find_pulumi())),
            "BENCH_USAGE": str(self.folder / "usage.json"),
            "BENCH_WORKLOADS": str(workloads),
        }
        done = subprocess.run(  # noqa: S603
            [str(find_pulumi()), "-C", str(self.folder), "--non-interactive", *arguments],
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(f"error: the {self.name} program failed\n{done.stdout}{done.stderr}")
        return done.stdout
