"""Rules as policies of the policy SDK, for a `PolicyPack` that has other policies too."""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.judgement import Message, judge_resource, judge_stack
from aks_workload_identity_policy.resource import Resource, StackResource, inputs_in
from aks_workload_identity_policy.rule import AnyRule, Rule, StackRule
from aks_workload_identity_policy.settings import PACK_SCHEMA, PACK_SETTINGS, REASONS, UNKNOWN, Settings
from aks_workload_identity_policy.stack import Graph


def as_policies(rules: Iterable[AnyRule], settings: Settings | None = None) -> list[Policy]:
    """Turn rules into the policies that the SDK's `PolicyPack` takes, in order.

    A pack of these rules alone is better served by `serve`, which looks rules up by kind.

    Args:
        rules: `RULES`, or some of them.
        settings: What is configured for all of them. Left out: nothing. The configuration of one rule goes first.
    """
    whole = settings or Settings()
    policies: list[Policy] = [_policy(rule, whole) for rule in rules]
    return [*policies, _pack_settings()]


def _policy(rule: AnyRule, whole: Settings) -> Policy:
    schema = PolicyConfigSchema(
        properties={
            "unknown": UNKNOWN,
            "acceptComponentReasons": REASONS,
            **{name: dict(one) for name, one in rule.settings.items()},
        }
    )
    shared: dict[str, Any] = {
        "name": rule.name,
        "description": rule.why,
        "enforcement_level": rule.level,
        "config_schema": schema,
        "severity": rule.severity,
        "framework": PolicyComplianceFramework(name=rule.framework),
    }
    if isinstance(rule, Rule):
        return ResourceValidationPolicy(validate=_of_resource(rule, whole), **shared)
    return StackValidationPolicy(validate=_of_stack(rule, whole), **shared)


def _pack_settings() -> Policy:
    return StackValidationPolicy(
        name=PACK_SETTINGS,
        description="What is configured for the whole pack; it points out exceptions that match nothing.",
        validate=lambda _args, _report: None,
        enforcement_level=EnforcementLevel.ADVISORY,
        config_schema=PACK_SCHEMA,
    )


def _with(whole: Settings, rule: AnyRule, config: Mapping[str, Any]) -> Settings:
    return Settings(
        whole.unknown,
        whole.accept_component_reasons,
        whole.exceptions,
        {**whole.rules, rule.name: {**whole.of(rule.name), **config}},
    )


def _report(report: ReportViolation, messages: Iterable[Message]) -> None:
    advice: list[str] = []
    for message in messages:
        if message.only_advice:
            advice.append(message.text)
        else:
            report(message.text, message.urn or None)
    if advice:
        raise _AdviceError("; ".join(advice))


class _AdviceError(UnknownValueError):
    """The SDK has one way to say something below a policy's level: it takes this for a value that is not known."""

    def __init__(self, text: str) -> None:
        Exception.__init__(self, text)
        self.message = text
        self.props = []


def _of_resource(rule: Rule, whole: Settings):
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        resource = Resource(args.resource_type, args.name, args.urn, args.props)
        if rule.is_about(resource.token):
            _report(report, judge_resource(rule, resource, _with(whole, rule, args.get_config())))

    return validate


def _of_stack(rule: StackRule, whole: Settings):
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        graph = Graph(_stack_resource(each) for each in args.resources)
        _report(report, judge_stack(rule, graph, _with(whole, rule, args.get_config())))

    return validate


def _stack_resource(sent: PolicyResource) -> StackResource:
    made = Resource(sent.resource_type, sent.name, sent.urn, sent.props)
    return StackResource(
        given=inputs_in(made),
        made=made,
        sources={name: [each.urn for each in of] for name, of in sent.property_dependencies.items()},
        dependencies=[each.urn for each in sent.dependencies],
    )
