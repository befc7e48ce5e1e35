"""What the components cost: previews of N workloads, by components and by hand, as ratios."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from bench.preview import Program, Usage
from bench.report import line, progress

LARGEST = 1000
"""Workloads of the one pair that shows whether the cost stays in proportion."""
_INSIDE = "BENCH_FOLDER"
_MEASURES: tuple[Callable[[Usage], float], ...] = (attrgetter("cpu"), attrgetter("wall"), attrgetter("memory"))

Pairs = list[tuple[Usage, Usage]]


def compare(sizes: list[int], runs: int) -> None:
    """Print the table, measured in a sandbox of its own.

    Args:
        sizes: numbers of workloads.
        runs: pairs of previews for each number.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        variables = {"SANDBOX_HOME": f"{folder}/sandbox", _INSIDE: folder}
        own = [sys.executable, "-m", "bench.cost", str(runs), *map(str, sizes)]
        done = subprocess.run([sys.executable, "-m", "sandbox", "--", *own], env={**os.environ, **variables})  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


def _measure(programs: list[Program], workloads: int, runs: int) -> Pairs:
    """Pairs of components and flat, turn and turn about: both meet the same weather. The first pair is not counted."""
    progress(f"{workloads} workloads: warming up")
    for program in programs:
        program.preview(workloads)
    pairs: Pairs = []
    for number in range(runs):
        progress(f"{workloads} workloads: pair {number + 1} of {runs}")
        order = programs if number % 2 else programs[::-1]
        taken = {program.name: program.preview(workloads) for program in order}
        pairs.append((taken["components"], taken["flat"]))
    return pairs


def _ratio(pairs: Pairs, of: Callable[[Usage], float]) -> str:
    ratios = [of(components) / of(flat) for components, flat in pairs]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _print_row(workloads: int, pairs: Pairs) -> None:
    shown = "  ".join(f"{_ratio(pairs, of):>18}" for of in _MEASURES)
    cpu, wall, memory = (statistics.median(of(flat) for _, flat in pairs) for of in _MEASURES)
    line(f"{workloads:>9}  {len(pairs):>5}  {shown}  {cpu:.1f} s, {wall:.1f} s, {memory / 2**20:.0f} MiB")


def _same_registrations(programs: list[Program]) -> int:
    """How many resources a workload has, in either program."""
    ours, theirs = (program.registrations(3) for program in programs)
    if ours != theirs:
        missing, extra = sorted({*theirs} - {*ours}), sorted({*ours} - {*theirs})
        sys.exit("\n".join(["error: the programs do not register the same", *missing, "  but", *extra]))
    return len(ours) // 3


def _inside(sizes: list[int], runs: int, folder: Path) -> None:
    programs = [Program(name, folder / name) for name in ("components", "flat")]
    for program in programs:
        program.prepare()
    line(f"Cost: both programs register the same {_same_registrations(programs)} resources a workload, equal inputs.")
    line("Components over flat, previewed by the real CLI: median of the pairs (least–most)\n")
    line(f"{'workloads':>9}  {'pairs':>5}  {'CPU of program':>18}  {'time of preview':>18}  {'peak memory':>18}  flat")
    cpu: dict[int, float] = {}
    for workloads in sizes:
        pairs = _measure(programs, workloads, runs)
        cpu[workloads] = statistics.median(components.cpu for components, _ in pairs)
        _print_row(workloads, pairs)
    if len(sizes) > 1:
        progress(f"{LARGEST} workloads: one pair")
        ours, theirs = (program.preview(LARGEST) for program in programs)
        _print_row(LARGEST, [(ours, theirs)])
        least, most = min(sizes), max(sizes)
        each = (cpu[most] - cpu[least]) / (most - least)
        later = (ours.cpu - cpu[most]) / (LARGEST - most)
        line(
            f"\nA workload more costs {1000 * each:.1f} ms of CPU from {least} to {most}, {1000 * later:.1f} ms from "
            f"{most} to {LARGEST}: {later / each:.2f} times as much."
        )


if __name__ == "__main__":
    _inside([int(size) for size in sys.argv[2:]], int(sys.argv[1]), Path(os.environ[_INSIDE]))
