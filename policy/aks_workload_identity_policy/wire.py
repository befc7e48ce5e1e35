"""Properties as they come over the wire, as plain data."""

from typing import Any

import pulumi
from google.protobuf import struct_pb2

_SIGNATURE = "4dabf18193072939515e22adb298388d"
# pulumi/pulumi: sdk/go/common/resource/sig.
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
_ASSET = "c44067f5952c0a294b673a41bacd8c17"


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties without the engine's wrappings: a secret and an output are their value, a text asset its text."""
    return {key: _value(value) for key, value in struct.fields.items()}


def _value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            return value.number_value
        case "list_value":
            return [_value(item) for item in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if _SIGNATURE in fields:
                return _unwrapped(fields[_SIGNATURE].string_value, value.struct_value)
            return {key: _value(item) for key, item in fields.items()}
        case _:
            return None


def _unwrapped(signature: str, struct: struct_pb2.Struct) -> Any:
    fields = struct.fields
    if signature in (_SECRET, _OUTPUT):
        return _value(fields["value"]) if "value" in fields else pulumi.runtime.rpc.UNKNOWN
    if signature == _REFERENCE:
        return fields["urn"].string_value
    if signature == _ASSET and "text" in fields:
        return fields["text"].string_value
    return {key: _value(item) for key, item in fields.items() if key != _SIGNATURE}
