"""What the stand-in providers share: the handshake, names, and how a refusal reaches the user."""

import hashlib
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer

from sandbox.plugins.properties import Properties, write


class StandIn(ResourceProviderServicer):
    """The protocol of a provider that leaves secrets to the engine, which then keeps them encrypted in the state.

    Source: pulumi/pulumi proto/pulumi/provider.proto.
    """

    def __init__(self, version: str) -> None:
        self._version = version

    def Handshake(self, request: proto.ProviderHandshakeRequest, context: Any) -> proto.ProviderHandshakeResponse:
        return proto.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False, accept_outputs=False)

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    def CheckConfig(self, request: proto.CheckRequest, context: Any) -> proto.CheckResponse:
        return proto.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: proto.DiffRequest, context: Any) -> proto.DiffResponse:
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)

    def Configure(self, request: proto.ConfigureRequest, context: Any) -> proto.ConfigureResponse:
        return proto.ConfigureResponse(acceptSecrets=False, supportsPreview=True, acceptResources=False)

    def Cancel(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()


def refuse(context: Any, message: str) -> NoReturn:
    """End the call with an error that the engine shows as it is."""
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("unreachable")


def refuse_created(
    context: Any, message: str, *, resource_id: str, outputs: Properties, inputs: Properties
) -> NoReturn:
    """End a create or update whose resource exists but is not as asked, so that it enters the state all the same.

    Source: pulumi/pulumi proto/pulumi/provider.proto, ErrorResourceInitFailed.
    """
    detail = proto.ErrorResourceInitFailed(
        id=resource_id, properties=write(outputs), inputs=write(inputs), reasons=[message]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    refuse(context, message)


def urn_name(urn: str) -> str:
    return urn.rpartition("::")[2]


def urn_type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def random_hex(seed: bytes, digits: int) -> str:
    """The same digits for the same seed, so that a preview and the update after it agree."""
    return hashlib.sha256(seed).hexdigest()[:digits]
