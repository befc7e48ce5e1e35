"""Which resources are excepted from which rule, why and until when."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import Any, cast

LONGEST = timedelta(days=366)
"""How far ahead the last day of an exception may be: then somebody looks again."""
_RESOURCE = (
    "The resource's URN; `*` stands for any text. With a `*` in the name it must end in the type and the first 3 "
    "characters of the name at least: `…:RoleAssignment::import-*`."
)
_NAMES_A_TYPE = re.compile(r".*:[A-Za-z0-9]+")
_NAMES_SOME = re.compile(r"[^*]{3,}.*")
_EXCEPTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rule", "resource", "reason", "expires"],
    "properties": {
        "rule": {"type": "string", "description": "The rule's name."},
        "resource": {"type": "string", "minLength": 3, "description": _RESOURCE},
        "reason": {"type": "string", "minLength": 10, "description": "Why, in words, for whoever reviews it."},
        "expires": {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "description": "The last day on which it holds, at most a year ahead, such as 2027-03-31.",
        },
    },
}
EXCEPTIONS = {
    "type": "array",
    "items": _EXCEPTION,
    "description": "Resources that a rule does not stop: each with its reason, until its last day.",
}


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


def exemptions_of(
    given: object, rules: set[str], final: set[str], today: date
) -> tuple[tuple[Exemption, ...], list[str]]:
    """The exceptions of a configuration, and what is wrong with those that are none: each with its entry."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return (), ["exceptions must be a list"]
    found: list[Exemption] = []
    problems: list[str] = []
    for index, entry in enumerate(cast(Sequence[Any], given)):
        read = _exemption(entry, rules, final, today)
        if isinstance(read, Exemption):
            found.append(read)
        else:
            problems += [f"exceptions[{index}] ({_shown(entry)}): {problem}" for problem in read]
    return tuple(found), problems


def _shown(entry: Any) -> object:
    if not isinstance(entry, Mapping):
        return entry
    return ", ".join(f"{name} {value!r}" for name, value in cast(Mapping[str, Any], entry).items())


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
    if wide := _too_wide(fields["resource"]):
        problems.append(wide)
    last = _day(fields["expires"])
    if last is None:
        return [*problems, f"expires must be a day, for example '2027-03-31'; got {fields['expires']!r}"]
    if last < today:
        problems.append(f"expired on {last}: remove it, or have it reviewed and write a new last day")
    elif last > today + LONGEST:
        problems.append(f"expires must be at most a year ahead, by {today + LONGEST}; got {last}")
    return problems or Exemption(fields["rule"], fields["resource"], fields["reason"].strip(), last)


def _too_wide(resource: str) -> str | None:
    """What a resource's pattern lacks, so that it would except whatever comes later."""
    before, separator, name = resource.rpartition("::")
    if not separator or not name.strip("*"):
        return "resource must end in ::<name>: without a name it would except whatever comes later"
    if "*" in name and not (_NAMES_A_TYPE.fullmatch(before) and _NAMES_SOME.fullmatch(name)):
        return (
            "resource with a * in the name must end in the type and the beginning of the name, 3 characters or more, "
            "for example 'urn:pulumi:dev::shop::*:RoleAssignment::import-*'"
        )
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None
