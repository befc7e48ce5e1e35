"""Dotted paths into JSON objects: `properties.sku.name`."""

from collections.abc import Mapping
from typing import Any

from .store import Json


def value_at(body: Mapping[str, Any], path: str) -> Any:
    """The value at the path; None where there is none, as Azure treats null and absent alike."""
    found: Any = body
    for part in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return found  # pyright: ignore[reportUnknownVariableType]


def put_at(body: Json, path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for part in outer:
        if not isinstance(body.get(part), dict):
            body[part] = {}
        body = body[part]
    body[last] = value


def drop_at(body: Json, path: str) -> None:
    outer, _, last = path.rpartition(".")
    holder = value_at(body, outer) if outer else body
    if isinstance(holder, dict):
        holder.pop(last, None)  # pyright: ignore[reportUnknownMemberType]
