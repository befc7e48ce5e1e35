"""What Azure's own models know of a body: its management SDKs are generated from Azure's REST descriptions."""

import re
from collections.abc import Mapping
from typing import Any

Names = dict[str, Any]
"""REST names: each leads to the attribute that holds it, or to names below it where the SDK flattens a level."""


def as_model(model: type[Any], body: Mapping[str, Any]) -> Any:
    """The body as the SDK reads it."""
    deserialize = getattr(model, "_deserialize", None)
    return deserialize(body, []) if deserialize else model.deserialize(dict(body))


def unknown_properties(model: Any, body: Any, at: str = "") -> list[str]:
    """The paths of everything in the body that the model made of it does not know, however deep."""
    if isinstance(body, list):
        pairs = enumerate(zip(model or [], body, strict=True))
        return [path for index, pair in pairs for path in unknown_properties(*pair, f"{at}[{index}]")]
    if not isinstance(body, Mapping):
        return []
    names = _names(model)
    if names is not None:
        return _unknown(model, names, body, at)
    if isinstance(model, Mapping):
        return [path for name, item in body.items() for path in unknown_properties(model[name], item, f"{at}.{name}")]
    return []


def _unknown(model: Any, names: Names, body: Mapping[str, Any], at: str) -> list[str]:
    found: list[str] = []
    for name, value in body.items():
        below, known = f"{at}.{name}".lstrip("."), names.get(name)
        if known is None:
            found.append(below)
        elif isinstance(known, dict):
            found += _unknown(model, known, value, below)
        else:
            found += unknown_properties(getattr(model, known), value, below)
    return found


def _names(model: Any) -> Names | None:
    """The REST names a model knows; None for what is no model. The SDKs come in two generations."""
    if hasattr(model, "_attr_to_rest_field"):
        return {field._rest_name: attribute for attribute, field in model._attr_to_rest_field.items()}
    if not hasattr(model, "_attribute_map"):
        return None
    names: Names = {}
    for attribute, described in model._attribute_map.items():
        *outer, last = [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", described["key"])]
        holder = names
        for part in outer:
            holder = holder.setdefault(part, {})
        holder[last] = attribute
    return names
