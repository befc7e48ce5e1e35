"""How every plugin lives: it prints its port, serves gRPC on loopback and ends with the process that started it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc

_MAX_MESSAGE_BYTES = 400 * 1024 * 1024  # pulumi/pulumi: sdk/go/common/util/rpcutil/serve.go
_MAX_CONCURRENT_CALLS = 256
_PARENT_POLL_SECONDS = 0.3


def serve(register: Callable[[grpc.Server], None], on_end: Callable[[], None] = lambda: None) -> None:
    """Serve until the parent process is gone or a signal asks to end; then run `on_end`.

    Args:
        register: Adds the servicer to the server.
        on_end: Runs once, before the process ends.
    """
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    server = grpc.server(
        ThreadPoolExecutor(_MAX_CONCURRENT_CALLS),
        options=[
            ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
        ],
    )
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    while not ended.is_set() and os.getppid() == parent:
        time.sleep(_PARENT_POLL_SECONDS)
    on_end()
    os._exit(0)  # a call in flight has nobody left to answer
