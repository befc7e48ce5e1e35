"""One rule on one resource, or on the stack: what comes of it under the pack's settings."""

from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import Resource, UnreadableError
from aks_workload_identity_policy.rule import Rule, StackRule
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
        text = f"{rule.name} cannot judge this resource: {unreadable}"
        yield _excepted(rule, text, resource.urn, settings)
    except Exception as error:
        raise _bug(rule, resource.urn, error) from error
    for text in view.accepted:
        yield Message(f"accepted for the reason written on the resource: {text}", resource.urn, only_advice=True)


def judge_stack(rule: StackRule, graph: Graph, settings: Settings) -> Iterator[Message]:
    """Everything that a stack rule has to say.

    Raises:
        RuleError: The rule itself failed.
    """
    stack = Stack(graph, settings.of(rule.name), reasons=settings.accepts_reasons(rule.name))
    try:
        for found in rule.judge(stack):
            yield _excepted(rule, found.message, found.resource.urn, settings)
    except UnknownValueError as unknown:
        yield _not_known(rule, ".".join(unknown.props), "", settings)
    except UnreadableError as unreadable:
        yield Message(f"{rule.name} cannot judge this stack: {unreadable}", "")
    except Exception as error:
        raise _bug(rule, "the stack", error) from error
    for found in stack.accepted:
        text = f"accepted for the reason written on the resource: {found.message}"
        yield Message(text, found.resource.urn, only_advice=True)
    if stack.not_known:
        names = ", ".join(sorted(stack.not_known.values())[:5])
        more = f" and {len(stack.not_known) - 5} more" if len(stack.not_known) > 5 else ""
        if settings.reports_unknown(rule.name):
            yield Message(f"{rule.name} cannot judge {names}{more}: too little is known in this preview", "")
        else:
            text = f"{rule.name} judges {names}{more} at the update: too little is known in this preview"
            yield Message(text, "", only_advice=True)


def _excepted(rule: Rule | StackRule, text: str, urn: str, settings: Settings) -> Message:
    exemption = settings.exemption(rule.name, urn)
    if exemption is None:
        return Message(text, urn)
    return Message(f"excepted until {exemption.expires} ({exemption.reason}): {text}", urn, only_advice=True)


def _not_known(rule: Rule | StackRule, path: str, urn: str, settings: Settings) -> Message:
    if settings.reports_unknown(rule.name):
        text = f"{path} is not known in this preview, so {rule.name} cannot judge it; use a plain value, or set "
        return Message(f"{text}`unknown: advisory` for this rule", urn)
    text = f"{path} is not known in this preview; {rule.name} judges it at the update, before the resource is created"
    return Message(text, urn, only_advice=True)


def _bug(rule: Rule | StackRule, what: str, error: Exception) -> RuleError:
    return RuleError(
        f"the policy {rule.name} has a bug and cannot judge {what} ({type(error).__name__}: {error}); "
        "nothing may pass unjudged, so report it to the maintainers of the pack, or disable the policy until then"
    )
