"""A rule: what it requires, of which kinds of resources, and why."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import EnforcementLevel, Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.stack import Finding, Stack

Judge = Callable[[Resource], Iterator[str]]
"""Pure: yields one message for each thing that is wrong, with what to do instead."""
StackJudge = Callable[[Stack], Iterator[Finding]]
"""Pure: yields one finding for each thing that is wrong, with what to do instead."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A requirement on each resource of some kinds.

    Args:
        name: Kebab-case sentence that states the requirement; contract with the pack's configuration.
        why: One sentence: what goes wrong without it. Printed before each message.
        kinds: `<module>:<type>`, e.g. `keyvault:Vault`; every API version and generated package counts.
        judge: Yields what is wrong with one resource.
        severity: How bad a violation is.
        level: Whether a violation stops the update. Left out: it does.
        settings: What can be configured for this rule, as JSON schema by name.
        framework: What the requirement is of, for reports. Left out: this pack's own.
        final: Whether the configuration cannot except a resource from it. Left out: it can.
    """

    name: str
    why: str
    kinds: frozenset[str]
    judge: Judge
    severity: Severity
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    framework: str = "AKS workload identity"
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class StackRule:
    """A requirement on resources in relation to each other; judged when all are registered.

    Args:
        name, why, severity, level, settings, framework, final: as of a `Rule`.
        kinds: All kinds that the rule looks at; no other is in the stack that it is given.
        judge: Yields what is wrong in the stack.
    """

    name: str
    why: str
    kinds: frozenset[str]
    judge: StackJudge
    severity: Severity
    level: EnforcementLevel = EnforcementLevel.MANDATORY
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    framework: str = "AKS workload identity"
    final: bool = False


AnyRule = Rule | StackRule


def rule(
    name: str,
    *kinds: str,
    why: str,
    severity: Severity,
    level: EnforcementLevel = EnforcementLevel.MANDATORY,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    final: bool = False,
) -> Callable[[Judge], Rule]:
    """Make a rule of the decorated function; see `Rule` for the arguments."""

    def make(judge: Judge) -> Rule:
        return Rule(
            name=name,
            why=why,
            kinds=frozenset(kind.lower() for kind in kinds),
            judge=judge,
            severity=severity,
            level=level,
            settings=settings or {},
            final=final,
        )

    return make


def stack_rule(
    name: str,
    *kinds: str,
    why: str,
    severity: Severity,
    level: EnforcementLevel = EnforcementLevel.MANDATORY,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    final: bool = False,
) -> Callable[[StackJudge], StackRule]:
    """Make a stack rule of the decorated function; see `StackRule` for the arguments."""

    def make(judge: StackJudge) -> StackRule:
        return StackRule(
            name=name,
            why=why,
            kinds=frozenset(kind.lower() for kind in kinds),
            judge=judge,
            severity=severity,
            level=level,
            settings=settings or {},
            final=final,
        )

    return make
