"""Which processes belong to a sandbox: those that name its folder, or whose output goes into it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

# An API server whose etcd was killed beside it takes half a minute to stop, on a busy machine minutes.
_SECONDS = 300


def processes_of(home: Path) -> list[str]:
    """What runs of a sandbox, the process that asks left out."""
    return [command for pid, command in _commands() if pid != os.getpid() and _belongs(pid, command, f"{home}/")]


def wait_until_none(home: Path) -> list[str]:
    """What is left of a sandbox after the time that programs get to end by themselves."""
    end = time.monotonic() + _SECONDS
    while (left := processes_of(home)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def _commands() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # it has ended
        if command:  # a thread of the kernel, or a process that has ended and was not waited for, has none
            yield int(folder.name), command


def _belongs(pid: int, command: str, home: str) -> bool:
    try:
        output = str(Path(f"/proc/{pid}/fd/1").readlink())
    except OSError:
        output = ""
    return home in command or output.startswith(home)
