"""Plays the Pulumi engine towards a stand-in provider, in one process and without gRPC."""

from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2 as proto

from sandbox.plugins.properties import Properties, read, write
from sandbox.plugins.provider import StandIn

SEED = b"the engine's seed"


class RefusedError(Exception):
    """What the engine would show."""


class Call:
    """The context of one call, which keeps what an error carries."""

    def __init__(self) -> None:
        self.trailers: dict[str, bytes] = {}

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailers = dict(metadata)

    def abort(self, _code: Any, message: str) -> None:
        raise RefusedError(message)


class Engine:
    """Drives one provider through the life of resources."""

    def __init__(self, provider: StandIn, **config: str) -> None:
        self.provider = provider
        self.call = Call()
        provider.Configure(proto.ConfigureRequest(variables=config), self.call)

    def check(self, token: str, name: str, inputs: Properties, old: Properties | None = None) -> Properties:
        request = proto.CheckRequest(urn=_urn(token, name), news=write(inputs), olds=write(old or {}), randomSeed=SEED)
        response = self.provider.Check(request, self.call)
        assert not response.failures, response.failures
        return read(response.inputs)

    def failures(self, token: str, inputs: Properties) -> list[str]:
        request = proto.CheckRequest(urn=_urn(token, "x"), news=write(inputs), randomSeed=SEED)
        return [failure.reason for failure in self.provider.Check(request, self.call).failures]

    def diff(self, token: str, old: Properties, new: Properties) -> proto.DiffResponse:
        request = proto.DiffRequest(urn=_urn(token, "x"), old_inputs=write(old), news=write(new))
        return self.provider.Diff(request, self.call)

    def create(self, token: str, inputs: Properties, *, preview: bool = False) -> tuple[str, Properties]:
        request = proto.CreateRequest(urn=_urn(token, "x"), properties=write(inputs), preview=preview)
        response = self.provider.Create(request, self.call)
        return response.id, read(response.properties)

    def make(self, token: str, name: str, inputs: Properties) -> tuple[str, Properties, Properties]:
        """Check and create; returns id, inputs and outputs."""
        checked = self.check(token, name, inputs)
        identifier, outputs = self.create(token, checked)
        return identifier, checked, outputs

    def update(
        self,
        token: str,
        identifier: str,
        old: Properties,
        new: Properties,
        outputs: Properties,
        *,
        preview: bool = False,
    ) -> Properties:
        request = proto.UpdateRequest(
            id=identifier,
            urn=_urn(token, "x"),
            olds=write(outputs),
            old_inputs=write(old),
            news=write(new),
            preview=preview,
        )
        return read(self.provider.Update(request, self.call).properties)

    def read(self, token: str, identifier: str, inputs: Properties, outputs: Properties) -> tuple[str, Properties]:
        """Id, empty for what is gone, and inputs as they are now."""
        request = proto.ReadRequest(
            id=identifier, urn=_urn(token, "x"), type=token, inputs=write(inputs), properties=write(outputs)
        )
        response = self.provider.Read(request, self.call)
        return response.id, read(response.inputs)

    def delete(self, token: str, identifier: str, outputs: Properties) -> None:
        self.provider.Delete(
            proto.DeleteRequest(id=identifier, urn=_urn(token, "x"), properties=write(outputs)), self.call
        )

    def invoke(self, token: str, arguments: Properties) -> Properties:
        response = self.provider.Invoke(proto.InvokeRequest(tok=token, args=write(arguments)), self.call)
        return json_format.MessageToDict(response)["return"]


def _urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::project::{token}::{name}"
