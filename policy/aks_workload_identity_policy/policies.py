"""Rules as policies of the policy SDK, for a `PolicyPack` that has other policies too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
from aks_workload_identity_policy.registered import Registered, members
from aks_workload_identity_policy.resource import Resource, StackResource
from aks_workload_identity_policy.rule import AnyRule, Rule, StackRule
from aks_workload_identity_policy.settings import (
    OF_ALL,
    PACK_SCHEMA,
    PACK_SETTINGS,
    REASONS,
    UNKNOWN,
    Settings,
    SettingsError,
    settings_of,
    unknown_keys,
)
from aks_workload_identity_policy.stack import Graph


def as_policies(rules: Iterable[AnyRule], settings: Settings | None = None) -> list[Policy]:
    """Turn rules into the policies that the SDK's `PolicyPack` takes, in order; keep them together.

    They read `pack-settings` and judge lists of Kubernetes as a pack of `serve` does. Two things the SDK has no way to:
    exceptions that match nothing are not pointed out, and rules about the stack are judged at its end alone.
    A pack of these rules alone is better served by `serve`, which also looks rules up by kind.

    Args:
        rules: `RULES`, or some of them.
        settings: What holds where `pack-settings` is not configured. Left out: nothing. The configuration of one rule
            goes first.
    """
    chosen = list(rules)
    pack = _Pack(chosen, settings or Settings())
    return [_pack_settings(pack), *(_policy(rule, pack) for rule in chosen)]


class _Pack:
    """What the policies of one list share."""

    def __init__(self, rules: Sequence[AnyRule], settings: Settings) -> None:
        self.settings = settings
        self.registered = Registered()
        self._names = [rule.name for rule in rules]
        self._final = [rule.name for rule in rules if rule.final]
        self._read: Mapping[str, Any] = {}

    def see(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        """The policy that comes first: it alone is given the configuration of the pack."""
        config = args.get_config()
        if config != self._read:
            read = settings_of({PACK_SETTINGS: config}, rules=self._names, final=self._final)
            self.settings = replace(read, rules=self.settings.rules)
            self._read = config
        self.registered.add(Resource(args.resource_type, args.name, args.urn, args.props))


def _policy(rule: AnyRule, pack: _Pack) -> Policy:
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
        return ResourceValidationPolicy(validate=_of_resource(rule, pack), **shared)
    return StackValidationPolicy(validate=_of_stack(rule, pack), **shared)


def _pack_settings(pack: _Pack) -> Policy:
    return ResourceValidationPolicy(
        name=PACK_SETTINGS,
        description="What is configured for the whole pack; it points out exceptions that match nothing.",
        validate=pack.see,
        enforcement_level=EnforcementLevel.ADVISORY,
        config_schema=PACK_SCHEMA,
    )


def _with(whole: Settings, rule: AnyRule, config: Mapping[str, Any]) -> Settings:
    if problems := unknown_keys(rule.name, config, (*OF_ALL, *rule.settings)):
        raise SettingsError("\n".join(problems))
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


def _of_resource(rule: Rule, pack: _Pack):
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        settings = _with(pack.settings, rule, args.get_config())
        resource = Resource(args.resource_type, args.name, args.urn, args.props)
        judged = [each for each in members(resource) if rule.is_about(each.token)]
        _report(report, [message for each in judged for message in judge_resource(rule, each, settings)])

    return validate


def _of_stack(rule: StackRule, pack: _Pack):
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        dependencies = {one.urn: [each.urn for each in one.dependencies] for one in args.resources}
        sent = pack.registered.in_order(args.resources)
        graph = Graph((one for each in sent for one in _stack_resources(each, pack.registered)), dependencies)
        _report(report, judge_stack(rule, graph, _with(pack.settings, rule, args.get_config())))

    return validate


def _stack_resources(sent: PolicyResource, registered: Registered) -> Iterable[StackResource]:
    made = Resource(sent.resource_type, sent.name, sent.urn, sent.props)
    sources = {name: [each.urn for each in of] for name, of in sent.property_dependencies.items()}
    return registered.in_stack(made, sources, [each.urn for each in sent.dependencies])
