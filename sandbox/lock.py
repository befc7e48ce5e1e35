"""One sandbox home serves one command at a time."""

import contextlib
import fcntl
import os
import shlex
from collections.abc import Generator
from pathlib import Path

from sandbox.errors import SandboxError


@contextlib.contextmanager
def held(path: Path, command: list[str]) -> Generator[None]:
    """Hold the lock file at `path`; the kernel lets it go when the process ends, however it ends.

    Raises:
        SandboxError: Another process holds it; the message names its id and command.
    """
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise SandboxError(
                f"the sandbox in {path.parent} is in use by {holder}; "
                "wait for it, or set SANDBOX_HOME to another folder for a sandbox of your own"
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()} ({shlex.join(command)})\n")
        file.flush()
        yield
