"""Starts a command that the kernel stops when the process that started it dies, however it dies."""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # Linux: prctl(2)


def leashed(command: list[str], number: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command line that runs `command` on a leash; elsewhere than on Linux the command itself.

    A kill -9 gives a process no chance to stop its children; only the kernel can.

    Args:
        command: what is run.
        number: the signal that ends it then.
    """
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(os.getpid()), str(int(number)), *command]


def _main() -> None:
    parent, number, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        sys.exit(f"{command[0]} was not started: the process that asked for it is gone")
    # Not `os.environ`: without a locale Python adds LC_CTYPE to it (PEP 538), which the command was not given.
    given = [each.partition(b"=") for each in Path("/proc/self/environ").read_bytes().split(b"\0") if each]
    environment = {name: value for name, _, value in given}
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606
    except OSError as error:
        sys.stderr.write(f"cannot run {command[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    _main()
