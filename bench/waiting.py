"""Whether anything waits for what it does not need: `up` with Azure's latencies, against the longest needed chain."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.critical_path import Task, latencies
from bench.report import line, progress
from bench.update import DEV_STACK, PARALLEL
from sandbox.home import REPOSITORY

PATH_SECONDS = 90.0
# Programs, and how many workloads each has.
STACKS = {DEV_STACK: "", "many": "50", "unwise": "50"}
TITLES = {
    DEV_STACK: "dev stack",
    "many": "50 workloads, components",
    "unwise": "50 workloads, by hand, in an unwise order",
}


@dataclass(frozen=True)
class _Taken:
    seconds: float
    critical_path: float


def compare(path_seconds: float) -> None:
    """Print the table.

    Args:
        path_seconds: what the longest chain is scaled to.
    """
    line(f"\nWaiting: (up with Azure's latencies - up without) / longest chain that is needed, --parallel {PARALLEL}\n")
    line(f"{'stack':<42}  {'without':>9}  {'with':>9}  {'chain':>9}  ratio")
    for stack, workloads in STACKS.items():
        progress(f"{TITLES[stack]}: without latencies")
        without = _up(stack, workloads, 0.0)
        progress(f"{TITLES[stack]}: with latencies, {path_seconds:.0f} s at the least")
        delayed = _up(stack, workloads, path_seconds / without.critical_path)
        waited = delayed.seconds - without.seconds
        times = "  ".join(f"{seconds:>7.1f} s" for seconds in (without.seconds, delayed.seconds, path_seconds))
        line(f"{TITLES[stack]:<42}  {times}  {waited / path_seconds:.2f}")


def _up(program: str, workloads: str, scale: float) -> _Taken:
    """One update of an empty sandbox."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        faults = Path(folder) / "faults.yaml"
        faults.write_text(yaml.safe_dump(latencies(scale) if scale else {"principalReplicationSeconds": 0}), "utf-8")
        variables = {
            "SANDBOX_HOME": f"{folder}/sandbox",
            "SANDBOX_FAULTS": str(faults),
            "BENCH_WORKLOADS": workloads,
        }
        command = [sys.executable, "-m", "sandbox", "--", sys.executable, "-m", "bench.update", program, folder]
        done = subprocess.run(  # noqa: S603
            command, cwd=REPOSITORY, env={**os.environ, **variables}, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        taken = json.loads((Path(folder) / "taken.json").read_text(encoding="utf-8"))
    return _Taken(taken["seconds"], Task(taken["resources"]).critical_path)
