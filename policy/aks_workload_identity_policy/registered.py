"""What a run has registered so far, as it was asked for; the objects of Kubernetes lists one by one."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_policy.proxy import UNKNOWN_OBJECT_VALUE, UnknownValueError

from aks_workload_identity_policy.resource import Resource, StackResource, UnreadableError, inputs_in, is_unknown


class Registered:
    """The inputs of every resource of a run that a rule looks at; the engine registers from several threads."""

    def __init__(self) -> None:
        self._by_urn: dict[str, Resource] = {}
        self._lock = threading.Lock()

    def add(self, resource: Resource) -> Sequence[Resource]:
        """Remember a registration; answers what is to be judged of it."""
        with self._lock:
            self._by_urn[resource.urn] = resource
        return members(resource)

    def in_stack(
        self, made: Resource, sources: Mapping[str, Sequence[str]], dependencies: Sequence[str]
    ) -> Iterable[StackResource]:
        """A resource of the whole stack beside what was asked for, if this run has registered it."""
        given = self._by_urn.get(made.urn) or inputs_in(made)
        for each_given, each_made in zip(members(given), members(made), strict=False):
            yield StackResource(each_given, each_made, sources, dependencies)

    def in_order(self, resources: Iterable[Any]) -> list[Any]:
        """The resources of a stack as they were registered: the engine sends them in any order."""
        at = {urn: index for index, urn in enumerate(self._by_urn)}
        return sorted(resources, key=lambda one: (at.get(one.urn, len(at)), one.urn))

    def clear(self) -> None:
        with self._lock:
            self._by_urn.clear()


def is_list(resource_kind: str) -> bool:
    """Whether resources of this kind may be lists of others."""
    return resource_kind.endswith("list")


def members(resource: Resource) -> Sequence[Resource]:
    """The resource itself, or the objects of a Kubernetes list (`DeploymentList`), each as if registered alone."""
    package, _, _ = resource.token.partition(":")
    if package != "kubernetes" or not is_list(resource.kind):
        return (resource,)
    token = resource.token[: -len("List")]
    items: list[Mapping[str, Any]]
    try:
        items = [item.properties for item in resource.parts("items")]
    except UnknownValueError:
        items = [dict.fromkeys(_OF_OBJECTS, UNKNOWN_OBJECT_VALUE)]  # rules say that they cannot judge it yet
    except UnreadableError:
        items = [dict.fromkeys(_OF_OBJECTS, 0)]  # rules say that they cannot judge it
    return [
        Resource(
            _token_of(item) if resource.kind == "core:list" else token, f"{resource.name}[{at}]", resource.urn, item
        )
        for at, item in enumerate(items)
    ]


def _token_of(item: Mapping[str, Any]) -> str:
    """The type of an object in a list of any objects; one that does not say what it is is judged as a pod."""
    version, kind = item.get("apiVersion"), item.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str) or is_unknown(version) or is_unknown(kind):
        return "kubernetes:core/v1:Pod"
    return f"kubernetes:{version}:{kind}"


_OF_OBJECTS: tuple[str, ...] = (
    "metadata",
    "type",
    "spec",
    "template",
    "data",
    "stringData",
    "rules",
    "roleRef",
    "subjects",
    "imagePullSecrets",
)
