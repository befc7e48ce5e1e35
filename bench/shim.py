"""Runs a program as Pulumi's own script does, and writes down what the process took: CPU seconds, peak bytes."""

import atexit
import json
import os
import resource
import runpy
import sys
from pathlib import Path


def _write() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, kilobytes on Linux
    usage = {"cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * unit}
    Path(os.environ["BENCH_USAGE"]).write_text(json.dumps(usage), encoding="utf-8")


atexit.register(_write)
script = os.environ["BENCH_SHIM"]
sys.argv[0] = script
runpy.run_path(script, run_name="__main__")
