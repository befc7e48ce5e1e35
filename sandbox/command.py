"""Runs one command and passes on what happens to it: signals in, exit code out."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from sandbox.leash import leashed

_PARENT_POLL_SECONDS = 0.3
_STOP_SECONDS = 10


def run(command: list[str], environment: Mapping[str, str], *, keep_open: Sequence[int] = ()) -> int:
    """Run `command` to its end; returns its exit code, as a shell counts it.

    Started from a terminal, the command is in the terminal's foreground group and gets Ctrl-C itself;
    otherwise it has a group of its own, to which each signal is passed on once, and which ends with it.
    Pulumi takes a second SIGINT as an order to stop at once.

    Args:
        command: what is run.
        environment: its variables.
        keep_open: descriptors that the command and all that it starts inherit.
    """
    in_terminal = sys.stdin is not None and sys.stdin.isatty()
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def send(number: int) -> None:
        if child is None:
            early.append(number)
            return
        with contextlib.suppress(ProcessLookupError):
            if in_terminal:
                child.send_signal(number)
            else:
                os.killpg(child.pid, number)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if not (in_terminal and number == signal.SIGINT):
            send(number)

    # Before the command starts: it may be heard of, and a signal come, before this process runs again.
    previous = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    threading.Thread(target=_watch_parent, args=(send, os.getppid()), daemon=True).start()
    try:
        group = None if in_terminal else 0
        child = subprocess.Popen(leashed(command), env=dict(environment), process_group=group, pass_fds=keep_open)
        for number in early:
            send(number)
        code = child.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if child and not in_terminal:
            send(signal.SIGTERM)
    return code if code >= 0 else 128 - code


def _watch_parent(send: Callable[[int], None], parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_POLL_SECONDS)
    send(signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    send(signal.SIGKILL)
