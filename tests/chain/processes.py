"""Which processes belong to a sandbox, by what every program of it inherits, and where they listen.

A program that is started without what marks it would be missed. `sandbox.control_plane.process` and
`sandbox.environment` mark all that a sandbox starts, and children keep it. A pod's program has no variable for that;
what lets it trust the sandbox's servers, without which it reaches none of them, leads into the sandbox's folder.
"""

import contextlib
import os
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

# An API server whose etcd was killed beside it takes half a minute to stop, on a busy machine minutes.
_SECONDS = 300
_LISTENS = "0A"
_INTO_THE_FOLDER = ("SANDBOX_LOG", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Running:
    """A process of a sandbox."""

    pid: int
    command: str

    @property
    def listens(self) -> set[tuple[IPv4Address | IPv6Address, int]]:
        """The TCP addresses and ports that it listens at, in its own network. Source: proc(5), /proc/net/tcp."""
        own = set(_targets(Path(f"/proc/{self.pid}/fd")))
        return {
            _address(fields[1])
            for table in ("tcp", "tcp6")
            for fields in map(str.split, Path(f"/proc/{self.pid}/net/{table}").read_text().splitlines()[1:])
            if fields[3] == _LISTENS and f"socket:[{fields[9]}]" in own
        }

    @property
    def reachable(self) -> bool:
        """Whether its network has more than a loopback."""
        interfaces = Path(f"/proc/{self.pid}/net/dev").read_text().splitlines()[2:]
        return {line.partition(":")[0].strip() for line in interfaces} != {"lo"}


def running_of(home: Path) -> list[Running]:
    """What runs of a sandbox, the process that asks left out."""
    marks = (f"\0SANDBOX_HOME={home}\0".encode(), *(f"\0{name}={home}/".encode() for name in _INTO_THE_FOLDER))
    return [each for each, marked in _processes() if each.pid != os.getpid() and any(mark in marked for mark in marks)]


def processes_of(home: Path) -> list[str]:
    """The command lines of what runs of a sandbox."""
    return [each.command for each in running_of(home)]


def programs_of(home: Path) -> set[str]:
    """The names of the programs that run of a sandbox."""
    return {Path(f"/proc/{each.pid}/exe").readlink().name for each in running_of(home)}


def wait_until_none(home: Path) -> list[str]:
    """What is left of a sandbox after the time that programs get to end by themselves."""
    end = time.monotonic() + _SECONDS
    while (left := processes_of(home)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def _processes() -> Iterator[tuple[Running, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            marks = b"\0" + (folder / "environ").read_bytes() + b"\0"
        except OSError:
            continue  # it has ended, or is somebody else's
        yield Running(int(folder.name), command), marks


def _targets(folder: Path) -> Iterator[str]:
    for each in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since it was listed
            yield str(each.readlink())


def _address(written: str) -> tuple[IPv4Address | IPv6Address, int]:
    """An address of the kernel's tables: words in the machine's own order, and a port, as hexadecimal digits."""
    digits, _, port = written.partition(":")
    words = [int(digits[start : start + 8], 16) for start in range(0, len(digits), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return ip_address(socket.inet_ntop(family, packed)), int(port, 16)
