"""A CONNECT proxy that leads the served host names to one loopback port and refuses all others."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.errors import SandboxError
from sandbox.hosts import is_served

_HEAD_LIMIT_BYTES = 16 * 1024
_HEAD_SECONDS = 10
_CHUNK_BYTES = 64 * 1024

OwnPort: TypeAlias = Callable[[str], Awaitable[int | None]]


@dataclass(frozen=True)
class ConnectProxy:
    """Answers CONNECT as RFC 9110 section 9.3.6 says; it opens connections to 127.0.0.1 and nowhere else.

    Args:
        port: Loopback port that every served name leads to.
        own_port: Finds the loopback port of a name that has a server of its own; None for all others.
    """

    port: int
    own_port: OwnPort | None = None

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client connection to its end."""
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            method, target, _version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            host, _, port = target.rpartition(":")
            if method != "CONNECT" or port != "443" or not is_served(host):
                await _refuse(writer, "403 Forbidden", f"the sandbox has no {target}; it answers only for Azure")
                return
            own_port = await self.own_port(host) if self.own_port else None
            upstream = await asyncio.open_connection("127.0.0.1", own_port or self.port)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_copy(reader, upstream[1]), _copy(upstream[0], writer))
        except SandboxError as error:
            sys.stderr.write(f"error: {error}\n")
            await _refuse(writer, "502 Bad Gateway", str(error))
        except (ValueError, asyncio.LimitOverrunError, asyncio.IncompleteReadError, TimeoutError):
            await _refuse(writer, "400 Bad Request", "a CONNECT request was expected")
        except (OSError, asyncio.CancelledError):
            pass  # the client, the server or the whole sandbox went away
        finally:
            writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()


async def _refuse(writer: asyncio.StreamWriter, status: str, reason: str) -> None:
    body = f"{reason}\n".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    writer.write(head + body)
    with contextlib.suppress(OSError):
        await writer.drain()


async def start_proxy(upstream_port: int, own_port: OwnPort | None = None) -> tuple[asyncio.Server, int]:
    """Start a proxy on a free loopback port; returns the server and that port."""
    proxy = ConnectProxy(upstream_port, own_port)
    server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0, limit=_HEAD_LIMIT_BYTES)
    return server, server.sockets[0].getsockname()[1]
