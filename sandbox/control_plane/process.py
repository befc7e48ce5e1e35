"""A program that runs beside the sandbox: its log in a file, gone when the sandbox is."""

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.leash import leashed

_POLL_SECONDS = 0.05
_STOP_SECONDS = 20
_LINES = 15


class Process:
    """One running program.

    It has a process group of its own, so that a Ctrl-C at the terminal does not end it before what depends on it, and
    the kernel stops it when the thread that started it ends: start it from a thread that lasts.

    Args:
        command: the program and its arguments.
        log: the file that its output is added to.
        environment: its variables besides PATH and HOME; nothing else of this process reaches it. One more,
            SANDBOX_LOG, tells of it and of all that it starts which sandbox they belong to.
        ending: set by another thread, nothing is waited for any longer.
    """

    def __init__(
        self,
        command: list[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        ending: threading.Event | None = None,
    ) -> None:
        self.name = Path(command[0]).name
        self._log = log
        self._ending = ending or threading.Event()
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                # By force: an API server that is asked to stop waits for its etcd, which is gone as well.
                leashed(command, signal.SIGKILL),
                env={**kept, "SANDBOX_LOG": str(log), **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until the program does its work.

        Raises:
            SandboxError: It ended, the time is up (the message shows the end of its log), or the sandbox ends.
        """
        end = time.monotonic() + seconds
        # Whether it runs comes after the answer: somebody else may have been faster at its port.
        while not ready() or not self.running:
            if self._ending.is_set():
                raise SandboxError(f"{self.name} was not waited for: the sandbox ends")
            if not self.running:
                raise SandboxError(f"{self.name} ended by itself; the end of {self._log}:\n{self._tail()}")
            if time.monotonic() > end:
                raise SandboxError(
                    f"{self.name} was not ready within {seconds:.0f} seconds; the end of {self._log}:\n{self._tail()}"
                )
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End it: first as it is asked to, at last by force."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
                return

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-_LINES:]
        return "\n".join(f"  {line}" for line in lines)


def free_port() -> int:
    """A loopback port that nobody listens on now; its user must cope with having been overtaken."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def short_folder(kind: str, owner: Path) -> Generator[Path]:
    """A new folder for sockets and keys, whose path is short: that of a socket may have 107 bytes (unix(7)).

    Its name follows from the owner's, so that the next run clears what a killed one left.

    Args:
        kind: the first part of its name.
        owner: the folder of the control plane that it belongs to.
    """
    unique = hashlib.sha256(os.fsencode(owner.absolute())).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"{kind}-{os.geteuid()}-{unique}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
