"""The sandbox's network: one TLS server behind one CONNECT proxy, both on free loopback ports."""

import asyncio
import contextlib
import logging
import socket
import threading
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

from sandbox.certificates import Authority
from sandbox.errors import SandboxError
from sandbox.proxy import OwnPort, start_proxy

_START_SECONDS = 20


def _is_a_failure(record: logging.LogRecord) -> bool:
    """Not what is meant: an answer that a fault breaks off, a request in flight when the sandbox ends."""
    meant = "without completing response" in record.getMessage()
    return not meant and not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class Network:
    """Serves `app` under the public host names for as long as the `with` block lasts.

    It runs in a thread of its own, so that whoever starts it can wait for a command.

    Args:
        app: What answers.
        authority: Signs the certificates of the public names.
        own_port: Finds the port of a name that has a server of its own.

    Attributes:
        proxy_url: What clients set as HTTPS_PROXY.
    """

    def __init__(self, app: ASGIApp, authority: Authority, own_port: OwnPort | None = None) -> None:
        self._app = app
        self._own_port = own_port
        self._authority = authority
        self._started = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox-network", daemon=True)
        self.proxy_url = ""

    def __enter__(self) -> "Network":
        self._thread.start()
        if not self._started.wait(_START_SECONDS):
            raise SandboxError(f"the sandbox's server did not start within {_START_SECONDS} seconds; try again")
        if self._failure is not None:
            raise SandboxError(f"the sandbox's server did not start: {self._failure}") from self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ssl_context_factory=lambda _config, _default: self._authority.server_context(),
        )
        logging.getLogger("uvicorn.error").addFilter(_is_a_failure)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            proxy, port = await start_proxy(listener.getsockname()[1], self._own_port)
            self.proxy_url = f"http://127.0.0.1:{port}"
            while not server.started and not serving.done():
                await asyncio.sleep(0.01)
            self._started.set()
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            proxy.close()
            # The command has ended: what still holds a connection open is not waited for.
            server.should_exit = server.force_exit = True
            stopping.cancel()
            await serving
