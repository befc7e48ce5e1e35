"""A rule, and the one way in which rules become policies of a Pulumi policy pack."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import Resource, UnreadableError, kind_of

Judge = Callable[[Resource], Iterator[str]]
"""Pure: yields one message for each thing that is wrong, with what to do instead."""


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
    """

    name: str
    why: str
    kinds: frozenset[str]
    judge: Judge
    severity: Severity
    level: EnforcementLevel = EnforcementLevel.MANDATORY


def rule(
    name: str, *kinds: str, why: str, severity: Severity, level: EnforcementLevel = EnforcementLevel.MANDATORY
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
        )

    return make


def as_policies(rules: Iterable[Rule]) -> list[Policy]:
    """Turn rules into the policies that `PolicyPack` takes, one for each rule, in order."""
    return [
        ResourceValidationPolicy(
            name=rule.name,
            description=rule.why,
            validate=_validation(rule),
            enforcement_level=rule.level,
            severity=rule.severity,
            config_schema=_CONFIG,
        )
        for rule in rules
    ]


# Judging at update is safe: the engine asks the pack with all inputs known before it creates the resource.
_CONFIG = PolicyConfigSchema(
    properties={
        "unknown": {
            "type": "string",
            "enum": ["advisory", "report"],
            "default": "advisory",
            "description": "What a preview makes of a value it does not know yet: `advisory` says so and leaves the "
            "judgement to the update, which asks again before it creates the resource; `report` is a violation.",
        }
    }
)


def _validation(rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if kind_of(args.resource_type) not in rule.kinds:
            return
        try:
            for message in rule.judge(Resource(args.resource_type, args.name, args.urn, args.props)):
                report(message, args.urn)
        except UnknownValueError as unknown:
            if args.get_config().get("unknown") != "report":
                raise  # the policy SDK turns this into an advisory message that names rule and property
            path = ".".join(unknown.props)
            report(
                f"{path} is not known in this preview, so {rule.name} cannot judge it; use a plain value, "
                f"or set `unknown: advisory` for this rule",
                args.urn,
            )
        except UnreadableError as unreadable:
            report(f"{rule.name} cannot judge this resource: {unreadable}", args.urn)
        except Exception as error:  # a rule that fails must not pass the resource
            report(
                f"{rule.name} has a bug and cannot judge this resource ({type(error).__name__}: {error}); "
                f"report it to the maintainers of the policy pack",
                args.urn,
            )

    return validate
