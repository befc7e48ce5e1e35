"""Leads connections across the border of a network namespace: `python -m sandbox.control_plane.bridge --help`.

A namespace of its own has a loopback that nobody else reaches; Unix sockets lie in the file system and are reached from
both sides. So one bridge inside and one outside make a port of either side a port of the other.
"""

import argparse
import asyncio
import contextlib
import fcntl
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.leash import leashed

_CHUNK_BYTES = 64 * 1024
# Linux: netdevice(7).
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1


def raise_loopback() -> None:
    """Switch on the loopback interface of a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sh14x", b"lo", 0))
        (flags,) = struct.unpack_from("h", request, 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


async def bridge(listen: str, to: str) -> asyncio.Server:
    """Lead every connection to `listen` on to `to`; each is a loopback port or the path of a Unix socket."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await _connect(to)
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        writer.close()

    if listen.isdigit():
        return await asyncio.start_server(handle, "127.0.0.1", int(listen))
    return await asyncio.start_unix_server(handle, listen)


async def _connect(to: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await (asyncio.open_connection("127.0.0.1", int(to)) if to.isdigit() else asyncio.open_unix_connection(to))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _run(pairs: Sequence[str], ready: Path, command: Sequence[str]) -> int:
    for pair in pairs:
        listen, _, to = pair.partition("=")
        await bridge(listen, to)
    ready.touch()
    if not command:
        await asyncio.Event().wait()
    process = await asyncio.create_subprocess_exec(*leashed(list(command)))
    return await process.wait()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bridge", description="Connections across a network namespace's border.")
    parser.add_argument("--raise-loopback", action="store_true", help="this is a new network namespace")
    parser.add_argument("--ready", type=Path, required=True, help="a file to make once every bridge listens")
    parser.add_argument("--lead", action="append", default=[], metavar="FROM=TO", help="ports or Unix sockets")
    parser.add_argument("command", nargs="*", help="a program to run for as long as the bridges stand")
    options = parser.parse_args(arguments)
    if options.raise_loopback:
        raise_loopback()
    return asyncio.run(_run(options.lead, options.ready, options.command))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
