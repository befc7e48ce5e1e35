"""`python -m bench`: what components and policies cost, and whether anything waits for what it does not need."""

import argparse
import sys

from bench import cost, policy, waiting

SIZES = (10, 100, 300)
RUNS = 7
PARTS = ("cost", "waiting", "policy")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"what to measure: {' '.join(PARTS)}; left out, all")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of workloads")
    parser.add_argument("--runs", type=int, default=RUNS, help="pairs of previews for each number")
    parser.add_argument("--path", type=float, default=waiting.PATH_SECONDS, help="seconds of the longest needed chain")
    options = parser.parse_args()
    if unknown := {*options.parts} - {*PARTS}:
        parser.error(f"parts must be of {', '.join(PARTS)}; got {', '.join(sorted(unknown))}")
    if "cost" in options.parts:
        cost.compare(options.sizes, options.runs)
    if "waiting" in options.parts:
        waiting.compare(options.path)
    if "policy" in options.parts:
        policy.compare(options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
