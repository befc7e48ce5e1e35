"""A registered resource as a rule sees it: inputs read by path, with their type checked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from pulumi_policy import proxy
from pulumi_policy.proxy import UnknownValueError

T = TypeVar("T")
_UNKNOWN = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))
_NONE: Mapping[str, Any] = {}
_VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d+)?")
EXCEPT = "have it excepted in the pack's configuration"
REASON_MIN = 10
"""Characters that a reason must have at least."""
# Modules of azure-native that have had another name, under which its aliases still go.
_RENAMED = {"documentdb": "cosmosdb"}


def is_unknown(value: object) -> bool:
    """Whether a value stands for one that the preview does not know yet."""
    return isinstance(value, str) and value in _UNKNOWN


class UnreadableError(Exception):
    """A property has a shape that the rule cannot judge; the message names it."""


@cache
def kind_of(token: str) -> str:
    """What a type token is about, whatever the API version, alias or generated package: `<module>:<type>`.

    `azure-native:keyvault:Vault`, `azure-native:keyvault/v20230701:Vault` and
    `azure-native_keyvault_v20230701:keyvault/v20230701:Vault` are all of the kind `keyvault:vault`. The patch of a
    Kubernetes object (`DeploymentPatch`) is of the object's kind.
    """
    package, _, tail = token.partition(":")
    module, _, type_ = tail.rpartition(":")
    type_ = type_.lower()
    if package == "kubernetes" and type_ != "patch":
        type_ = type_.removesuffix("patch")
    module = module.partition("/")[0].lower()
    if package == "kubernetes" and _VERSION.fullmatch(module):
        module = "core"  # a custom resource of apiVersion v1 has no group: `kubernetes:v1:Pod`
    return f"{_RENAMED.get(module, module)}:{type_}"


@cache
def kinds_of(token: str) -> tuple[str, str]:
    """What rules may name to judge a resource of this type: its kind, and all of its package (`kubernetes:*`)."""
    return kind_of(token), f"{token.partition(':')[0]}:*"


class Later:
    """Lets a rule read on past values that the preview does not know, and says at the end that there were some."""

    def __init__(self) -> None:
        self._first: UnknownValueError | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, UnknownValueError):
            self._first = self._first or error
            return True
        return False

    def done(self) -> None:
        """Raise the first value that was not known."""
        if self._first is not None:
            raise self._first


class Part:
    """An object within a resource's properties.

    Values may be plain data or the policy SDK's proxies (neither dict nor list). Any touch of a value that the preview
    does not know raises `UnknownValueError`; any other shape than the one asked for `UnreadableError`. Rules therefore
    read through these methods only.
    """

    def __init__(self, properties: Mapping[str, Any], at: tuple[str, ...] = ()) -> None:
        self.properties = properties
        self.at = at

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
        found = self._list(path)
        if found is None:
            return None
        for index, item in enumerate(found):
            if not isinstance(item, str):
                raise UnreadableError(f"{self._path(path)}[{index}] must be text, but is {_shape(item)}")
        return cast(list[str], found)

    def map(self, *path: str) -> dict[str, str]:
        """The texts of the object at `path` by key; empty if it, or anything on the way to it, is absent or null."""
        found = cast(Mapping[str, Any] | None, self._read(path, Mapping, "an object"))
        texts: dict[str, str] = {}
        for key in found or _NONE:
            value = (found or _NONE)[key]
            self._refuse_unknown(value, (*path, key))
            if value is None:
                continue
            if not isinstance(value, str):
                raise UnreadableError(f"{self._path((*path, key))} must be text, but is {_shape(value)}")
            texts[key] = value
        return texts

    def part(self, *path: str) -> "Part":
        """The object at `path`; without any content if it, or anything on the way to it, is absent or null."""
        found = cast(Mapping[str, Any] | None, self._read(path, Mapping, "an object"))
        return Part(found or _NONE, (*self.at, *path))

    def parts(self, *path: str) -> list["Part"]:
        """The objects of the list at `path`; none if it, or anything on the way to it, is absent or null."""
        found = self._list(path)
        made: list[Part] = []
        for index, item in enumerate(found or []):
            if item is None:
                continue
            if not isinstance(item, Mapping):
                raise UnreadableError(f"{self._path(path)}[{index}] must be an object, but is {_shape(item)}")
            made.append(Part(cast(Mapping[str, Any], item), (*self.at, *path, str(index))))
        return made

    def has(self, *path: str) -> bool:
        """Whether there is anything but null at `path`, of whatever shape."""
        return self._read(path, object, "") is not None

    def content(self, *path: str) -> object:
        """Whatever is at `path`: plain data or the SDK's proxies. For rules that search through everything."""
        return self._read(path, object, "")

    def names(self) -> list[str]:
        """The names of the properties; their values are not touched."""
        return list(self.properties)

    def _list(self, path: tuple[str, ...]) -> list[Any] | None:
        found = cast(Sequence[Any] | None, self._read(path, Sequence, "a list"))
        if found is None:
            return None
        items: list[Any] = []
        for index in range(len(found)):
            self._refuse_unknown(found[index], (*path, str(index)))
            items.append(found[index])
        return items

    def _read(self, path: tuple[str, ...], expected: type[T], words: str) -> T | None:
        value: Any = self.properties
        for depth, key in enumerate(path):
            if not isinstance(value, Mapping):
                raise UnreadableError(f"{self._path(path[:depth])} must be an object, but is {_shape(value)}")
            try:
                value = cast(Mapping[str, Any], value)[key]
            except KeyError:
                return None
            if value is None:
                return None
            self._refuse_unknown(value, path[: depth + 1])
        if not isinstance(value, expected) or (expected is Sequence and isinstance(value, str)):
            raise UnreadableError(f"{self._path(path)} must be {words}, but is {_shape(value)}")
        return cast(T, value)

    def _refuse_unknown(self, value: Any, path: tuple[str, ...]) -> None:
        if is_unknown(value):
            raise UnknownValueError(value, [*self.at, *path])

    def _path(self, path: tuple[str, ...]) -> str:
        return ".".join((*self.at, *path))


class Resource(Part):
    """One registration with its inputs under their wire names, and what the rule's settings say about it."""

    def __init__(
        self,
        token: str,
        name: str,
        urn: str,
        properties: Mapping[str, Any],
        settings: Mapping[str, Any] = _NONE,
        *,
        reasons: bool = True,
    ) -> None:
        super().__init__(properties)
        self.token = token
        self.name = name
        self.urn = urn
        self.kind = kind_of(token)
        self.settings = Part(settings)
        self._reasons = reasons
        self.accepted: list[str] = []
        """The reasons for which the rule let something pass: they are shown."""

    def reason(self, text: str | None, what: str) -> bool:
        """Whether `text` is a reason that is accepted for `what`, which is then shown with it.

        One of fewer than 10 characters is none, as in exceptions.
        """
        words = (text or "").strip()
        if len(words) < REASON_MIN or not self._reasons:
            return False
        self.accepted.append(f"{what}: {words}")
        return True

    def or_reason(self, how: str) -> str:
        """The end of a message: how to give a reason, or where else to if those that programs write do not count."""
        return f", or {how if self._reasons else EXCEPT}"


def inputs_in(made: Resource) -> Resource:
    """The inputs that azure-native keeps among the outputs; the outputs themselves where it keeps none."""
    kept: Any = made.properties.get("__inputs")
    if not isinstance(kept, Mapping):
        return made
    return Resource(made.token, made.name, made.urn, cast(Mapping[str, Any], kept))


@dataclass
class StackResource:
    """One resource of a stack: what was asked for, what came of it, and what it was made from."""

    given: Resource
    """The inputs."""
    made: Resource
    """The outputs; in a preview many are not known."""
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """URNs of the resources whose outputs are in each property."""
    dependencies: Sequence[str] = ()
    """URNs of everything that it waits for."""

    @property
    def urn(self) -> str:
        return self.given.urn

    @property
    def name(self) -> str:
        return self.given.name

    def known(self, *path: str) -> str | None:
        """The text at `path` of the inputs, else of the outputs; None if it is absent, not known yet or no text."""
        for part in (self.given, self.made):
            try:
                if (found := part.text(*path)) is not None:
                    return found
            except (UnknownValueError, UnreadableError):
                continue
        return None

    def made_text(self, *path: str) -> str | None:
        """The text at `path` of the outputs alone; None if it is absent, not known yet or no text."""
        try:
            return self.made.text(*path)
        except (UnknownValueError, UnreadableError):
            return None

    def made_from(self, *properties: str) -> set[str]:
        """URNs of the resources whose outputs are in these properties."""
        return {urn for name in properties for urn in self.sources.get(name, ())}


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
