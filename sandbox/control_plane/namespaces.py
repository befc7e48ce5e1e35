"""Namespaces of the kernel for programs that listen on every address, and for programs that mount.

Only bridges reach what is in a network namespace; what is mounted in a mount namespace is gone with its last program.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from sandbox.control_plane.process import Process
from sandbox.home import REPOSITORY

_SECONDS = 60
_BRIDGE = [sys.executable, "-m", "sandbox.control_plane.bridge"]

Run = Callable[[list[str], Mapping[str, str]], Process]


def network_command() -> list[str] | None:
    """What starts a program in a network namespace; None where this machine lets nobody make one."""
    return _unshare("--net", ["true"])


def mount_command() -> list[str] | None:
    """What starts a program in a mount namespace; None where this machine lets nobody make one."""
    return _unshare("--mount", ["mount", "-t", "tmpfs", "tmpfs", "/run"])


def _unshare(what: str, trial: list[str]) -> list[str] | None:
    unshare = shutil.which("unshare")
    if unshare is None or sys.platform != "linux":
        return None
    command = [unshare, what] if os.geteuid() == 0 else [unshare, "--map-root-user", what]
    done = subprocess.run([*command, *trial], capture_output=True, check=False)
    return command if done.returncode == 0 else None


def run_enclosed(
    enclosing: list[str],
    command: list[str],
    environment: Mapping[str, str],
    *,
    run: Run,
    folder: Path,
    inward: Mapping[int, int],
    outward: Iterable[int],
) -> Process:
    """Run a program in a network namespace, and return when all its bridges stand.

    Args:
        enclosing: what `network_command` found.
        command: the program and its arguments.
        environment: its variables.
        run: starts a program; the bridges are programs too.
        folder: where the bridges' sockets lie; their paths must be short.
        inward: the program's ports by the loopback ports that lead to them.
        outward: the loopback ports of this machine that the program reaches, under their own numbers.

    Raises:
        SandboxError: A program does not start.
    """
    inside, outside = folder / "inside", folder / "outside"
    for mark in (inside, outside):
        mark.unlink(missing_ok=True)
    python = {"PYTHONPATH": str(REPOSITORY)}
    into = {port: folder / f"in-{port}.sock" for port in inward}
    out_of = {port: folder / f"out-{port}.sock" for port in outward}
    leads = [f"--lead={port}={socket}" for port, socket in into.items()]
    leads += [f"--lead={socket}={port}" for port, socket in out_of.items()]
    run([*_BRIDGE, f"--ready={outside}", *leads], python).wait_until(outside.exists, _SECONDS)
    leads = [f"--lead={socket}={inward[port]}" for port, socket in into.items()]
    leads += [f"--lead={port}={socket}" for port, socket in out_of.items()]
    enclosed = [*enclosing, *_BRIDGE, "--raise-loopback", f"--ready={inside}", *leads, "--", *command]
    process = run(enclosed, {**python, **environment})
    process.wait_until(inside.exists, _SECONDS)
    return process
