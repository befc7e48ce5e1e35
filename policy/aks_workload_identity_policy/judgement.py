"""One rule on one resource, or on the stack: what comes of it under the pack's settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.exemptions import Exemption
from aks_workload_identity_policy.resource import EXCEPT, Resource, StackResource, UnreadableError
from aks_workload_identity_policy.rule import AnyRule, Rule, StackRule
from aks_workload_identity_policy.settings import Settings
from aks_workload_identity_policy.stack import Graph, Stack


class RuleError(RuntimeError):
    """A rule has a bug: the preview or update must fail, whatever the level of the rule."""


@dataclass(frozen=True)
class Message:
    """What a rule has to say about one resource."""

    text: str
    urn: str
    only_advice: bool = False
    """Whether it never stops anything: an exception, an accepted reason, or a value that is not known yet."""
    exceptions: tuple[Exemption, ...] = ()
    """What let it pass, or may have to once more is known."""


def judge_resource(rule: Rule, resource: Resource, settings: Settings) -> Iterator[Message]:
    """Everything that a rule has to say about one resource.

    Raises:
        RuleError: The rule itself failed.
    """
    # A fresh view: another rule's settings and accepted reasons are none of this rule's business.
    view = Resource(
        resource.token,
        resource.name,
        resource.urn,
        resource.properties,
        settings.of(rule.name),
        reasons=settings.accepts_reasons(rule.name),
    )
    try:
        for text in rule.judge(view):
            yield _excepted(rule, text, resource.urn, settings)
    except UnknownValueError as unknown:
        yield _not_known(rule, ".".join(unknown.props), resource.urn, settings)
    except UnreadableError as unreadable:
        yield _unreadable(rule, unreadable, resource.urn, settings)
    except Exception as error:
        raise _bug(rule, resource.urn, error) from error
    for text in view.accepted:
        yield Message(f"accepted for the reason written on the resource: {text}", resource.urn, only_advice=True)


def judge_stack(
    rule: StackRule, graph: Graph, settings: Settings, only: StackResource | None = None
) -> Iterator[Message]:
    """Everything that a stack rule has to say, or what it has about `only` one resource beside those of the graph.

    Raises:
        RuleError: The rule itself failed.
    """
    stack = Stack(graph, settings.of(rule.name), only=only)
    try:
        for found in rule.judge(stack):
            yield _excepted(rule, found.message, found.resource.urn, settings)
    except UnknownValueError as unknown:
        yield _not_known(rule, ".".join(unknown.props), stack.at.urn if stack.at else "", settings)
    except UnreadableError as unreadable:
        yield _unreadable(rule, unreadable, stack.at.urn if stack.at else "", settings)
    except Exception as error:
        raise _bug(rule, "the stack", error) from error
    for urn, fault in stack.not_readable.items():
        yield _unreadable(rule, fault, urn, settings)
    for urn, property_ in stack.not_clear.items():
        yield _not_clear(rule, property_, urn, settings)
    if stack.not_known:
        yield from _left_open(rule, stack.not_known, settings)


def _excepted(rule: AnyRule, text: str, urn: str, settings: Settings) -> Message:
    covering = settings.covering(rule.name, urn)
    if not covering:
        return Message(text, urn)
    text = f"excepted until {covering[0].expires} ({covering[0].reason}): {text}"
    return Message(text, urn, only_advice=True, exceptions=covering)


def _unreadable(rule: AnyRule, fault: UnreadableError, urn: str, settings: Settings) -> Message:
    otherwise = "" if rule.final else f", or {EXCEPT}"
    text = f"{rule.name} cannot judge {_name(urn)}: {fault}; write it as the type's documentation has it{otherwise}"
    return _excepted(rule, text, urn, settings)


def _not_known(rule: AnyRule, path: str, urn: str, settings: Settings) -> Message:
    if settings.reports_unknown(rule.name):
        text = f"{path} of {_name(urn)} is not known in this preview, so {rule.name} cannot judge it"
        return _excepted(rule, f"{text}; use a plain value, or set `unknown: advisory` for this rule", urn, settings)
    when = "before the resource is created" if isinstance(rule, Rule) else "when all is created"
    text = f"{path} of {_name(urn)} is not known in this preview; {rule.name} judges it at the update, {when}"
    return Message(text, urn, only_advice=True, exceptions=settings.covering(rule.name, urn))


def _not_clear(rule: AnyRule, path: str, urn: str, settings: Settings) -> Message:
    text = f"{path} of {_name(urn)} is made from several resources, and this preview does not know which it will be"
    if settings.reports_unknown(rule.name, ambiguous=True):
        return _excepted(rule, f"{text}; pass the output of one on, so that it can be judged", urn, settings)
    text = f"{text}; {rule.name} judges it at the update, when all is created"
    return Message(text, urn, only_advice=True, exceptions=settings.covering(rule.name, urn))


def _left_open(rule: AnyRule, names: Mapping[str, str], settings: Settings) -> Iterator[Message]:
    """What a stack rule could not judge: each as a violation, or all in one word of advice."""
    if settings.reports_unknown(rule.name):
        for urn, name in names.items():
            text = f"{rule.name} cannot judge {name}: too little is known in this preview"
            yield _excepted(rule, f"{text}; use plain values, or set `unknown: advisory` for this rule", urn, settings)
        return
    shown = ", ".join(sorted(names.values())[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    text = f"{rule.name} judges {shown}{more} at the update, when all is created: too little is known in this preview"
    covering = [one for urn in names for one in settings.covering(rule.name, urn)]
    yield Message(text, "", only_advice=True, exceptions=tuple(dict.fromkeys(covering)))


def _name(urn: str) -> str:
    """The resource's name, by which a program knows it."""
    return urn.rpartition("::")[2] or "this stack"


def _bug(rule: AnyRule, what: str, error: Exception) -> RuleError:
    return RuleError(
        f"the policy {rule.name} has a bug and cannot judge {what} ({type(error).__name__}: {error}); "
        "nothing may pass unjudged, so report it to the maintainers of the pack, or disable the policy until then"
    )
