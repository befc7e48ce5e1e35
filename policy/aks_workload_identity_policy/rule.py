"""A rule: what it requires, of which kinds of resources, and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Required, TypedDict, Unpack

from pulumi_policy import EnforcementLevel, Severity

from aks_workload_identity_policy.resource import Resource, kinds_of
from aks_workload_identity_policy.stack import Finding, Stack

Judge = Callable[[Resource], Iterator[str]]
"""Pure: yields one message for each thing that is wrong, with what to do instead."""
StackJudge = Callable[[Stack], Iterator[Finding]]
"""Pure: yields one finding for each thing that is wrong, with what to do instead."""


class Terms(TypedDict, total=False):
    """What both kinds of rule say of themselves beside name and kinds; see `Requirement`."""

    why: Required[str]
    severity: Required[Severity]
    level: EnforcementLevel
    settings: Mapping[str, Mapping[str, Any]]
    final: bool


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What every rule says of itself.

    Args:
        name: Kebab-case sentence that states the requirement; contract with the pack's configuration.
        why: One sentence: what goes wrong without it. Printed before each message.
        kinds: `<module>:<type>`, e.g. `keyvault:Vault`; every API version and generated package counts. No other kind
            is in the stack that a stack rule is given. For a rule on each resource also `<package>:*`, e.g.
            `kubernetes:*`.
        severity: How bad a violation is.
        level: Whether a violation stops the update. Left out: it does.
        settings: What can be configured for this rule, as JSON schema by name.
        framework: What the requirement is of, for reports. Left out: this pack's own.
        final: Whether the configuration cannot except a resource from it. Left out: it can.
    """

    name: str
    why: str
    kinds: frozenset[str]
    severity: Severity
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    framework: str = "AKS workload identity"
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class Rule(Requirement):
    """A requirement on each resource of some kinds.

    Args:
        judge: Yields what is wrong with one resource.
    """

    judge: Judge

    def is_about(self, token: str) -> bool:
        """Whether it judges resources of this type."""
        return not self.kinds.isdisjoint(kinds_of(token))


@dataclass(frozen=True, kw_only=True)
class StackRule(Requirement):
    """A requirement on resources in relation to each other; judged when all are registered.

    Args:
        judge: Yields what is wrong in the stack.
        early: Kinds beside which a single resource is judged as soon as it is registered too, so that an update does
            not create it. What is found there must hold whatever else comes; `Stack.is_early` tells. Left out: never.
    """

    judge: StackJudge
    early: frozenset[str] | None = None


AnyRule = Rule | StackRule


def rule(name: str, *kinds: str, **terms: Unpack[Terms]) -> Callable[[Judge], Rule]:
    """Make a rule of the decorated function; see `Requirement` for the arguments."""
    return lambda judge: Rule(name=name, kinds=_spelled(kinds), judge=judge, **terms)


def stack_rule(
    name: str, *kinds: str, early: Iterable[str] | None = None, **terms: Unpack[Terms]
) -> Callable[[StackJudge], StackRule]:
    """Make a stack rule of the decorated function; see `Requirement` and `StackRule` for the arguments."""
    soon = None if early is None else _spelled(early)
    return lambda judge: StackRule(name=name, kinds=_spelled(kinds), judge=judge, early=soon, **terms)


def _spelled(kinds: Iterable[str]) -> frozenset[str]:
    return frozenset(kind.lower() for kind in kinds)
