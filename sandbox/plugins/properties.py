"""Property bags as the engine sends them, and as plain Python values."""

from typing import Any, TypeAlias

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.rpc import UNKNOWN as UNKNOWN  # the engine's mark for a value that is not known yet

from sandbox.plain import is_list, is_map

Properties: TypeAlias = dict[str, Any]


def read(bag: struct_pb2.Struct) -> Properties:
    """Plain values; what is null is left out, and whole numbers are integers again (protobuf knows only doubles)."""
    return _plain(json_format.MessageToDict(bag))


def write(properties: Properties) -> struct_pb2.Struct:
    bag = struct_pb2.Struct()
    json_format.ParseDict(properties, bag)
    return bag


def _plain(value: Any) -> Any:
    if is_map(value):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    if is_list(value):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
