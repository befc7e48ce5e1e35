"""What is configured: for the whole pack, for each rule, and which resources are excepted from which rule."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, cast

from pulumi_policy import PolicyConfigSchema

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
_EXCEPTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rule", "resource", "reason", "expires"],
    "properties": {
        "rule": {"type": "string", "description": "The rule's name."},
        "resource": {"type": "string", "minLength": 3, "description": "The resource's URN; `*` stands for any text."},
        "reason": {"type": "string", "minLength": 10, "description": "Why, in words, for whoever reviews it."},
        "expires": {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "The last day on which it holds, such as 2027-03-31.",
        },
    },
}
EXCEPTIONS = {
    "type": "array",
    "items": _EXCEPTION,
    "description": "Resources that a rule does not stop: each with its reason, until its last day.",
}
_OF_ALL = ("unknown", "acceptComponentReasons")
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
class Exemption:
    """One resource, or some, that a rule does not stop until a day."""

    rule: str
    resource: str
    reason: str
    expires: date

    def covers(self, rule: str, urn: str) -> bool:
        """Whether a finding of this rule on this resource is excepted."""
        return self.rule == rule and fnmatchcase(urn, self._pattern)

    @property
    def _pattern(self) -> str:
        return self.resource.replace("[", "[[]").replace("?", "[?]")  # `*` alone has a meaning

    def __str__(self) -> str:
        return f"the exception of {self.resource} from {self.rule}"


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
    given: Any = own.get("exceptions") or []
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise SettingsError(f"{PACK_SETTINGS}.exceptions must be a list")
    names, without, day = set(rules), set(final), today or date.today()
    problems = _unknown_keys(PACK_SETTINGS, own, PACK_SCHEMA.properties)
    for name in sorted(names & config.keys()):
        problems += _unknown_keys(name, config[name], (*_OF_ALL, *(settings or {}).get(name, ())))
    exceptions: list[Exemption] = []
    for index, entry in enumerate(cast(Sequence[Any], given)):
        found = _exemption(entry, names, without, day)
        if isinstance(found, Exemption):
            exceptions.append(found)
        else:
            shown = (
                ", ".join(f"{k} {v!r}" for k, v in cast(Mapping[str, Any], entry).items()) if _is_map(entry) else entry
            )
            problems += [f"{PACK_SETTINGS}.exceptions[{index}] ({shown}): {problem}" for problem in found]
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(
        unknown=own.get("unknown"),
        accept_component_reasons=bool(own.get("acceptComponentReasons", True)),
        exceptions=tuple(exceptions),
        rules={name: dict(properties) for name, properties in config.items() if name != PACK_SETTINGS},
    )


def _unknown_keys(policy: str, given: Iterable[str], known: Iterable[str]) -> list[str]:
    known = sorted(known)
    problems: list[str] = []
    for key in sorted(set(given) - set(known)):
        meant = get_close_matches(key.replace("_", "").lower(), [one.lower() for one in known], 1)
        near = [one for one in known if one.lower() in meant]
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        problems.append(f"{policy}.{key} is no setting; {hint}")
    return problems


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping)


def _exemption(entry: Any, rules: set[str], final: set[str], today: date) -> Exemption | list[str]:
    if not isinstance(entry, Mapping):
        return ["must be an object with rule, resource, reason and expires"]
    fields = cast(Mapping[str, Any], entry)
    problems = [
        f"{name} must be text, for example {example!r}"
        for name, example in (
            ("rule", "assignment-scope-is-one-resource"),
            ("resource", "urn:pulumi:dev::shop::*::legacy-import"),
            ("reason", "The importer reads all vaults of the group until it is replaced."),
            ("expires", "2027-03-31"),
        )
        if not isinstance(fields.get(name), str) or not fields[name].strip()
    ]
    if extra := sorted(set(fields) - {"rule", "resource", "reason", "expires"}):
        problems.append(f"{', '.join(extra)} is not known; there are rule, resource, reason and expires")
    if problems:
        return problems
    if fields["rule"] not in rules:
        problems.append(f"rule {fields['rule']!r} is not a rule of this pack")
    if fields["rule"] in final:
        problems.append(f"{fields['rule']} takes no exception")
    if len(fields["reason"].strip()) < 10:
        problems.append("reason must say why in at least 10 characters")
    if "::" not in fields["resource"] or not fields["resource"].rpartition("::")[2].strip("*"):
        problems.append("resource must end in ::<name>: without a name it would except whatever comes later")
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", fields["expires"]):
            raise ValueError
        last = date.fromisoformat(fields["expires"])
    except ValueError:
        return [*problems, f"expires must be a day, for example '2027-03-31'; got {fields['expires']!r}"]
    if last < today:
        problems.append(f"expired on {last}: remove it, or have it reviewed and write a new last day")
    if problems:
        return problems
    return Exemption(fields["rule"], fields["resource"], fields["reason"].strip(), last)
