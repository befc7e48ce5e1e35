"""A registered resource as a rule sees it: inputs read by path, with their type checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

from pulumi_policy.proxy import UnknownValueError

T = TypeVar("T")


class UnreadableError(Exception):
    """A property has a shape that the rule cannot judge; the message names it."""


@cache
def kind_of(token: str) -> str:
    """What a type token is about, whatever the API version, alias or generated package: `<module>:<type>`.

    `azure-native:keyvault:Vault`, `azure-native:keyvault/v20230701:Vault` and
    `azure-native_keyvault_v20230701:keyvault/v20230701:Vault` are all of the kind `keyvault:vault`.
    """
    _, _, tail = token.partition(":")
    module, _, type_ = tail.rpartition(":")
    return f"{module.partition('/')[0]}:{type_}".lower()


@dataclass(frozen=True)
class Resource:
    """One registration with its inputs under their wire names.

    The properties are the policy SDK's proxies: neither dict nor list, and any touch of a value that the preview does
    not know raises `UnknownValueError`. Rules therefore read through these methods only.
    """

    token: str
    name: str
    urn: str
    properties: Mapping[str, Any]

    def text(self, *path: str) -> str | None:
        """The text at `path`; None if it, or anything on the way to it, is absent or null."""
        return self._read(path, str, "text")

    def shown(self, *path: str) -> str:
        """The text at `path` for a message; unlike `text`, it never stops a rule that has found its fault."""
        try:
            return self.text(*path) or "nothing"
        except UnknownValueError:
            return "something not known yet"
        except UnreadableError as unreadable:
            return str(unreadable)

    def flag(self, *path: str) -> bool | None:
        """The boolean at `path`; None if it, or anything on the way to it, is absent or null."""
        return self._read(path, bool, "true or false")

    def texts(self, *path: str) -> list[str] | None:
        """The list of texts at `path`; None if it, or anything on the way to it, is absent or null."""
        found = cast(Sequence[Any] | None, self._read(path, Sequence, "a list"))
        if found is None:
            return None
        items = list(found)
        for index, item in enumerate(items):
            if not isinstance(item, str):
                raise UnreadableError(f"{'.'.join(path)}[{index}] must be text, but is {_shape(item)}")
        return items

    def _read(self, path: tuple[str, ...], expected: type[T], words: str) -> T | None:
        value: Any = self.properties
        for depth, key in enumerate(path):
            if not isinstance(value, Mapping):
                raise UnreadableError(f"{'.'.join(path[:depth])} must be an object, but is {_shape(value)}")
            try:
                value = cast(Mapping[str, Any], value)[key]
            except KeyError:
                return None
            if value is None:
                return None
        if not isinstance(value, expected) or (expected is Sequence and isinstance(value, str)):
            raise UnreadableError(f"{'.'.join(path)} must be {words}, but is {_shape(value)}")
        return cast(T, value)


def _shape(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, Sequence):
        return "a list"
    return "a number" if isinstance(value, (int, float)) else type(value).__name__
