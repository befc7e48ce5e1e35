"""All resources of a stack as a stack rule sees them: by kind, and joined to each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import Part, StackResource, UnreadableError


@dataclass(frozen=True)
class Finding:
    """What is wrong with one resource of a stack, with what to do instead."""

    resource: StackResource
    message: str


class Graph:
    """The resources of a stack; shared by all stack rules."""

    def __init__(
        self,
        resources: Iterable[StackResource],
        dependencies: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.dependencies = dependencies or {}
        """URNs that each resource of the whole stack waits for, those of other kinds too."""
        self.by_urn: dict[str, StackResource] = {}
        self.by_kind: dict[str, list[StackResource]] = {}
        self.shared: dict[str, Any] = {}
        """What several rules compute from the graph: made once, and anew after it has grown."""
        self._by_name: dict[tuple[str, str], list[StackResource]] = {}
        for resource in resources:
            self.add(resource)

    def add(self, resource: StackResource) -> None:
        """Let the graph grow by one resource."""
        self.by_urn[resource.urn] = resource
        self.by_kind.setdefault(resource.given.kind, []).append(resource)
        if name := resource.known("metadata", "name"):
            self._by_name.setdefault((resource.given.kind, name), []).append(resource)
        self.shared = {}

    def named(self, kind: str, name: str) -> Sequence[StackResource]:
        """The objects of a kind of Kubernetes that have this name, in whatever namespace."""
        return self._by_name.get((kind, name), ())


class Stack:
    """The stack as one rule sees it.

    Args:
        graph: All resources; if one is judged alone, those that are needed for it.
        settings: What is configured for the rule.
        only: The one that is judged alone, before it is created.
    """

    def __init__(
        self, graph: Graph, settings: Mapping[str, Any] | None = None, *, only: StackResource | None = None
    ) -> None:
        self.graph = graph
        self.settings = Part(settings or {})
        self._only = only
        self.at: StackResource | None = None
        """The resource that the rule came to last."""
        self.not_known: dict[str, str] = {}
        """What the preview does not know and the rule needed: name of the resource by URN."""
        self.not_clear: dict[str, str] = {}
        """What is made from several resources, so that nobody can tell whose it is: the property by URN."""
        self.not_readable: dict[str, UnreadableError] = {}
        """What has a shape that the rule cannot judge, by URN."""

    @property
    def is_early(self) -> bool:
        """Whether one resource is judged before it is created: what is not here may still come."""
        return self._only is not None

    def of(self, *kinds: str) -> Iterator[StackResource]:
        """The resources of these kinds, in the order of registration."""
        for kind in map(str.lower, kinds):
            beside = self.graph.by_kind.get(kind)
            for resource in self._alone(kind) if beside is None else beside:
                self.at = resource
                yield resource

    def judged(self, *kinds: str) -> Iterator[StackResource]:
        """Those of these kinds that are judged now: all of them, or one that is judged alone."""
        for resource in self.of(*kinds) if self._only is None else self._alone(*map(str.lower, kinds)):
            self.at = resource
            yield resource

    def named(self, kind: str, name: str) -> Sequence[StackResource]:
        """The objects of a kind of Kubernetes that have this name, in whatever namespace."""
        return self.graph.named(kind.lower(), name)

    def _alone(self, *kinds: str) -> Sequence[StackResource]:
        return (self._only,) if self._only is not None and self._only.given.kind in kinds else ()

    def get(self, urn: str) -> StackResource | None:
        """The resource with this URN, if a rule of the pack looks at its kind."""
        return self._only if self._only and self._only.urn == urn else self.graph.by_urn.get(urn)

    def dependencies(self, urn: str) -> Sequence[str]:
        """URNs of everything that a resource waits for, whatever its kind."""
        found = self.get(urn)
        return found.dependencies if found else self.graph.dependencies.get(urn, ())

    def unknown(self, resource: StackResource) -> None:
        """Say that this resource cannot be judged before more is known of it."""
        self.not_known[resource.urn] = resource.name

    def unclear(self, resource: StackResource, property_: str) -> None:
        """Say that a value which the preview does not know is made from several resources, of which one must not be."""
        self.not_clear[resource.urn] = property_

    def by_itself(self, resource: StackResource) -> "_ByItself":
        """Within this, what cannot be read of one resource ends the judgement of that one alone."""
        return _ByItself(self, resource)

    def text(self, resource: StackResource, *path: str) -> str | None:
        """The text at `path` of the inputs, else of the outputs; None and remembered when it is not known yet."""
        try:
            found = resource.given.text(*path)
        except UnknownValueError:
            found = resource.known(*path)
            if found is None:
                self.unknown(resource)
            return found
        except UnreadableError:
            return None  # a rule about the resource itself says so
        return found if found is not None else resource.known(*path)


class _ByItself:
    """Remembers of a resource that something is not known, or has a shape that cannot be judged."""

    def __init__(self, stack: Stack, resource: StackResource) -> None:
        self._stack, self._resource = stack, resource

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, UnknownValueError):
            self._stack.unknown(self._resource)
            return True
        if isinstance(error, UnreadableError):
            self._stack.not_readable.setdefault(self._resource.urn, error)
            return True
        return False
