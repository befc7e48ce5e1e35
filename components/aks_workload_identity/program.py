"""State that lives as long as one Pulumi program: what several components must agree on."""

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

import pulumi

T = TypeVar("T")
R = TypeVar("R", bound=pulumi.Resource)

_shared: WeakKeyDictionary[pulumi.Resource, dict[object, object]] = WeakKeyDictionary()


class _Resources(list[pulumi.Resource]):
    """The resources of one program that somebody looks at as a whole."""


def remember(resource: R) -> R:
    """Keep a resource for what looks at the whole program; its own attributes stay the only record of it."""
    shared((_Resources, None), _Resources).append(resource)
    return resource


def remembered(kind: type[R]) -> list[R]:
    """The program's remembered resources of one kind, in the order in which they were made."""
    return [each for each in shared((_Resources, None), _Resources) if isinstance(each, kind)]


def shared(key: tuple[type[T], object], make: Callable[[], T]) -> T:
    """The program's one object under a key, made on first use.

    Args:
        key: the object's type and what tells it apart.
        make: makes it when the program has none yet.
    """
    root = pulumi.runtime.get_root_resource()
    if root is None:
        return make()
    objects = _shared.setdefault(root, {})
    found = objects.get(key)
    if not isinstance(found, key[0]):
        found = objects[key] = make()
    return found
