"""Calls over a Unix socket of the services whose .proto files `tools/chain/build` took from the driver's modules."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from sandbox.control_plane import programs


class CallError(Exception):
    """A program refused a call.

    Attributes:
        code: the name of the gRPC status, such as UNKNOWN.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def call(socket: Path, method: str, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The answer to one call, in protobuf's JSON: bytes are base64 text, names are in camel case.

    Args:
        socket: where the program listens.
        method: service and method, such as `csi.v1.Node/NodePublishVolume`.
        request: the message; its fields may be spelled as in the .proto file.
        seconds: how long to wait for the answer.

    Raises:
        CallError: The program refuses, or does not answer in time.
        SandboxError: The services have not been built.
    """
    service, _, name = method.partition("/")
    described = _pool().FindServiceByName(service).methods_by_name[name]
    question, answer = (message_factory.GetMessageClass(each) for each in (described.input_type, described.output_type))
    # Go's servers refuse the authority that gRPC for Python makes of a socket's path.
    with grpc.insecure_channel(f"unix:{socket}", [("grpc.default_authority", "localhost")]) as channel:
        send: Any = channel.unary_unary(f"/{method}", question.SerializeToString, answer.FromString)
        try:
            answered = send(json_format.ParseDict(dict(request), question()), timeout=seconds)
        except grpc.RpcError as error:
            status: Any = error
            raise CallError(status.code().name, status.details()) from error
    return json_format.MessageToDict(answered, always_print_fields_with_no_presence=True)


@cache
def _pool() -> descriptor_pool.DescriptorPool:
    # Its own pool: the default one is for what programs import, and knows no second file of a name.
    pool = descriptor_pool.DescriptorPool()
    found = descriptor_pb2.FileDescriptorSet.FromString(programs.manifest("services.binpb").read_bytes())
    for file in found.file:
        pool.Add(file)
    return pool
