"""`python -m bench`: previews of N workloads, by components and by hand, on a sandbox of its own, as ratios."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from bench.preview import Program, Usage

SIZES = (10, 100, 300)
RUNS = 7
FEWEST_RUNS = 3
LONGEST_SECONDS = 600
_INSIDE = "BENCH_FOLDER"
_MEASURES: tuple[Callable[[Usage], float], ...] = (attrgetter("cpu"), attrgetter("wall"), attrgetter("memory"))


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _ratio(pairs: list[tuple[Usage, Usage]], of: Callable[[Usage], float]) -> str:
    ratios = [of(components) / of(flat) for components, flat in pairs]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def _measure(programs: list[Program], workloads: int, runs: int) -> list[tuple[Usage, Usage]]:
    """Pairs of components and flat, turn and turn about: both meet the same weather. The first pair is not counted."""
    began = time.monotonic()
    for program in programs:
        program.preview(workloads)
    possible = int(LONGEST_SECONDS / (time.monotonic() - began))
    pairs: list[tuple[Usage, Usage]] = []
    for number in range(min(runs, max(FEWEST_RUNS, possible))):
        order = programs if number % 2 else programs[::-1]
        taken = {program.name: program.preview(workloads) for program in order}
        pairs.append((taken["components"], taken["flat"]))
    return pairs


def _bench(sizes: list[int], runs: int, folder: Path) -> None:
    programs = [Program(name, folder / name) for name in ("components", "flat")]
    for program in programs:
        program.prepare()
    ours, theirs = (program.registrations(3) for program in programs)
    if ours != theirs:
        missing, extra = sorted({*theirs} - {*ours}), sorted({*ours} - {*theirs})
        sys.exit("\n".join(["error: the programs do not register the same", *missing, "  but", *extra]))
    _print(f"Both programs register the same {len(ours) // 3} resources for each workload, with the same inputs.")
    _print("Components over flat, previewed by the real CLI: median of the pairs (least–most)\n")
    _print(
        f"{'workloads':>9}  {'pairs':>5}  {'CPU of program':>18}  {'time of preview':>18}  {'peak memory':>18}  flat"
    )
    for workloads in sizes:
        pairs = _measure(programs, workloads, runs)
        ratios = [_ratio(pairs, of) for of in _MEASURES]
        cpu, wall, memory = (statistics.median(of(flat) for _, flat in pairs) for of in _MEASURES)
        shown = "  ".join(f"{ratio:>18}" for ratio in ratios)
        note = f"  ({runs} pairs would take over {LONGEST_SECONDS // 60} minutes)" if len(pairs) < runs else ""
        _print(f"{workloads:>9}  {len(pairs):>5}  {shown}  {cpu:.1f} s, {wall:.1f} s, {memory / 2**20:.0f} MiB{note}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of workloads")
    parser.add_argument("--runs", type=int, default=RUNS, help="pairs of previews for each number")
    options = parser.parse_args()
    if inside := os.environ.get(_INSIDE):
        _bench(options.sizes, options.runs, Path(inside))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        variables = {"SANDBOX_HOME": f"{folder}/sandbox", _INSIDE: folder}
        command = [sys.executable, "-m", "sandbox", "--", sys.executable, "-m", "bench", *sys.argv[1:]]
        return subprocess.run(command, env={**os.environ, **variables}).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
