"""The table of other ways to access: types of resources whose effect on Azure no rule about roles reads."""

import re
from collections.abc import Iterator
from functools import cache

from aks_workload_identity_policy.fields import held
from aks_workload_identity_policy.resource import Resource, kinds_of
from aks_workload_identity_policy.way import Way, What
from aks_workload_identity_policy.ways_of_azure import OF_AZURE
from aks_workload_identity_policy.ways_of_others import OF_OTHERS

WAYS = (*OF_AZURE, *OF_OTHERS)
"""Everything that this pack knows of and cannot look into; the first line that fits a resource is said."""


def kinds(what: What) -> tuple[str, ...]:
    """The kinds that the rule about `what` is for."""
    return tuple(kind for way in WAYS if way.what is what for kind in way.kinds)


def way_of(resource: Resource, what: What) -> Way | None:
    """What is said of a resource, if anything."""
    return next((way for way in _about(resource.token, what) if not way.where or any(named_by(resource, way))), None)


def holders_of(resource: Resource, what: What) -> Iterator[tuple[str, object, Way]]:
    """Everything at the properties that the lines about a resource name: the property, its value, and the line."""
    for way in _about(resource.token, what):
        for path in way.where:
            for value in held(resource.content(), path.split(".")):
                yield path, value, way


def named_by(resource: Resource, way: Way) -> Iterator[bool]:
    """One item for each value at the properties of a line."""
    return (True for path in way.where for _ in held(resource.content(), path.split(".")))


@cache
def _about(token: str, what: What) -> tuple[Way, ...]:
    names = kinds_of(token)
    return tuple(
        way
        for way in WAYS
        if way.what is what and any(kind.lower() in names for kind in way.kinds) and re.fullmatch(way.types, names[0])
    )
