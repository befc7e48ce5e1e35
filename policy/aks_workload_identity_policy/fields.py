"""Every text within an object, under the name that a reader of it goes by."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import UnreadableError, is_unknown


class Field(NamedTuple):
    """A text in an object."""

    place: str
    """Its path."""
    name: str
    """Its key; for the value of a pair of name and value, as in a list of variables, the name beside it."""
    text: str | None
    """None if the preview does not know it yet; there may be more than a text then."""


def fields_in(value: object, at: str = "", name: str = "") -> Iterator[Field]:
    """All texts within a value."""
    if isinstance(value, str):
        yield Field(at, name, None if is_unknown(value) else value)
    elif isinstance(value, Mapping):
        found = cast(Mapping[str, Any], value)
        for key in found:
            beside = _read(found, "name") if key == "value" else None
            called = beside if isinstance(beside, str) else key
            yield from fields_in(_read(found, key), f"{at}.{key}" if at else key, called)
    elif isinstance(value, Sequence):
        items = cast(Sequence[Any], value)
        for index in range(len(items)):
            yield from fields_in(_read(items, index), f"{at}[{index}]", name)


def held(value: object, path: Sequence[str], at: str = "") -> Iterator[object]:
    """Everything but null at a path within a value, which leads through every item of a list.

    Raises:
        UnknownValueError: The preview does not know something on the way.
        UnreadableError: Something on the way is neither an object nor a list.
    """
    if is_unknown(value):
        raise UnknownValueError(cast(str, value), [at])
    if value is None:
        return
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = cast(Sequence[Any], value)
        for index in range(len(items)):
            yield from held(items[index], path, f"{at}[{index}]")
    elif not path:
        yield value
    elif isinstance(value, Mapping):
        found = cast(Mapping[str, Any], value)
        if path[0] in found:
            yield from held(found[path[0]], path[1:], f"{at}.{path[0]}" if at else path[0])
    else:
        raise UnreadableError(f"{at} must be an object or a list")


def json_in(text: str) -> object:
    """What a text is the JSON of, if it is an object or a list; else None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read(holder: Any, key: str | int) -> Any:
    """What is there; the mark of an unknown value where the SDK would raise at the touch of one."""
    try:
        return holder[key]
    except UnknownValueError as error:
        return error.unknown_type_sentinel
    except KeyError:
        return None
