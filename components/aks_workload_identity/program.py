"""State that lives as long as one Pulumi program: what several components must agree on."""

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

import pulumi

T = TypeVar("T")
C = TypeVar("C", bound=pulumi.ComponentResource)

_shared: WeakKeyDictionary[pulumi.Resource, dict[object, object]] = WeakKeyDictionary()


class _Components(list[pulumi.ComponentResource]):
    """The components of one program that somebody looks at as a whole."""


def remember(component: pulumi.ComponentResource) -> None:
    """Keep a component for what looks at the whole program; its own attributes stay the only record of it."""
    shared((_Components, None), _Components).append(component)


def remembered(kind: type[C]) -> list[C]:
    """The program's components of one kind, in the order in which they were made."""
    return [each for each in shared((_Components, None), _Components) if isinstance(each, kind)]


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
