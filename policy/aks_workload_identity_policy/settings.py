"""What is configured: for the whole pack, for each rule, and which resources are excepted from which rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from pulumi_policy import PolicyConfigSchema

from aks_workload_identity_policy.exemptions import EXCEPTIONS, Exemption, exemptions_of

PACK_SETTINGS = "pack-settings"
"""The policy that carries what is configured for the whole pack."""

UNKNOWN = {
    "type": "string",
    "enum": ["advisory", "report"],
    "description": "What a preview makes of a value it does not know yet: `advisory` says so and leaves the judgement "
    "to the update; `report` is a violation. Left out: `advisory`, but `report` where a rule about several resources "
    "meets a value that is made from several, because the update would judge it only when all is created.",
}
REASONS = {
    "type": "boolean",
    "description": "Whether a reason that a program writes on a resource (the description of a role assignment, the "
    "annotation of a class) is accepted. If not, only an exception of this configuration is.",
}
OF_ALL = ("unknown", "acceptComponentReasons")
"""What can be configured for every rule."""
PACK_SCHEMA = PolicyConfigSchema(
    properties={
        "unknown": UNKNOWN,
        "acceptComponentReasons": {**REASONS, "default": True},
        "exceptions": {**EXCEPTIONS, "default": []},
    }
)


class SettingsError(ValueError):
    """The configuration of the pack is wrong; the message names the entry."""


@dataclass(frozen=True)
class Settings:
    """The whole configuration.

    Args:
        unknown: `advisory` or `report`; see the schema for what leaving it out does.
        accept_component_reasons: Whether reasons that programs write on resources are accepted.
        exceptions: Which resources are excepted from which rule.
        rules: What is configured for each rule, by its name; `unknown` and `acceptComponentReasons` there go first.
    """

    unknown: str | None = None
    accept_component_reasons: bool = True
    exceptions: tuple[Exemption, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    def of(self, rule: str) -> Mapping[str, Any]:
        """What is configured for one rule."""
        return self.rules.get(rule, {})

    def reports_unknown(self, rule: str, *, ambiguous: bool = False) -> bool:
        """Whether a value that the preview does not know is a violation.

        Args:
            rule: The rule's name.
            ambiguous: Whether nobody can tell from what it is made of whose it will be.
        """
        chosen = self.of(rule).get("unknown", self.unknown)
        return ambiguous if chosen is None else chosen == "report"

    def accepts_reasons(self, rule: str) -> bool:
        return bool(self.of(rule).get("acceptComponentReasons", self.accept_component_reasons))

    def covering(self, rule: str, urn: str) -> tuple[Exemption, ...]:
        """The exceptions that cover a finding, the longest first."""
        found = [one for one in self.exceptions if one.covers(rule, urn)]
        return tuple(sorted(found, key=lambda one: one.expires, reverse=True))


def settings_of(
    config: Mapping[str, Mapping[str, Any]],
    *,
    rules: Iterable[str],
    settings: Mapping[str, Iterable[str]] | None = None,
    final: Iterable[str] = (),
    today: date | None = None,
) -> Settings:
    """Read a pack's configuration, as the CLI hands it over: by policy name.

    Args:
        config: Properties by policy name; those of `pack-settings` are the pack's own.
        rules: The names of all rules.
        settings: What can be configured for each rule beside what can be for all, by its name.
        final: The names of those that take no exception.
        today: The day on which exceptions must still hold. Left out: today.

    Raises:
        SettingsError: An entry is wrong; all are named at once.
    """
    own = config.get(PACK_SETTINGS, {})
    names = set(rules)
    problems = unknown_keys(PACK_SETTINGS, own, PACK_SCHEMA.properties)
    for name in sorted(names & config.keys()):
        problems += unknown_keys(name, config[name], (*OF_ALL, *(settings or {}).get(name, ())))
    exceptions, wrong = exemptions_of(own.get("exceptions") or [], names, set(final), today or date.today())
    problems += [f"{PACK_SETTINGS}.{each}" for each in wrong]
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(
        unknown=own.get("unknown"),
        accept_component_reasons=bool(own.get("acceptComponentReasons", True)),
        exceptions=exceptions,
        rules={name: dict(properties) for name, properties in config.items() if name != PACK_SETTINGS},
    )


def unknown_keys(policy: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    """What is wrong with the names of a policy's settings."""
    known = sorted(known)
    problems: list[str] = []
    for key in sorted(set(given) - set(known)):
        meant = get_close_matches(key.replace("_", "").lower(), [one.lower() for one in known], 1)
        near = [one for one in known if one.lower() in meant]
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        problems.append(f"{policy}.{key} is no setting; {hint}")
    return problems
