"""Property bags as the engine sends them, and as plain Python values."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN  # the engine's mark for a value that is not known yet

Properties: TypeAlias = dict[str, Any]


def read(bag: struct_pb2.Struct) -> Properties:
    """Plain values; what is null is left out, and whole numbers are integers again (protobuf knows only doubles)."""
    return _plain(json_format.MessageToDict(bag))


def write(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    bag = struct_pb2.Struct()
    json_format.ParseDict(properties, bag)
    return bag


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items() if item is not None}
        case list():
            return [_plain(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
