"""One sandbox home serves one command at a time."""

import contextlib
import fcntl
import os
import re
import shlex
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import TextIO

from sandbox.errors import SandboxError

# A Pulumi whose Azure is gone gives its operations up one after the other.
_LEFT_SECONDS = 120
_POLL_SECONDS = 0.1


@contextlib.contextmanager
def held(path: Path, command: list[str]) -> Generator[int]:
    """Hold the lock file at `path`; yields its descriptor.

    Who inherits the descriptor holds the lock too when this process is killed, so that the next run does not meet what
    a killed one left running: it waits for that. When this process ends by itself, nobody holds it.

    Raises:
        SandboxError: Another process holds it; the message names its id and command.
    """
    with path.open("a+", encoding="utf-8") as file:
        _take(file, path)
        try:
            file.truncate(0)
            file.write(f"process {os.getpid()} ({shlex.join(command)})\n")
            file.flush()
            yield file.fileno()
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _take(file: TextIO, path: Path) -> None:
    end, said = time.monotonic() + _LEFT_SECONDS, False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            killed = _is_gone(holder)
            if not killed or time.monotonic() > end:
                raise SandboxError(
                    f"the sandbox in {path.parent} is in use by {'what is left of ' if killed else ''}{holder}; "
                    "wait for it, or set SANDBOX_HOME to another folder for a sandbox of your own"
                ) from error
        if not said:
            said = True
            sys.stderr.write(f"Waiting for what is left of {holder}, which was killed …\n")
        time.sleep(_POLL_SECONDS)


def _is_gone(holder: str) -> bool:
    found = re.match(r"process (\d+) ", holder)
    if found is None:
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
