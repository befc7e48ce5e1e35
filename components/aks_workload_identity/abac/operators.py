"""What conditions compare with, and how.

Source: Microsoft Learn, "Azure role assignment condition format and syntax" (operators; special characters).
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_ORDER: Mapping[str, Callable[[str, str], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "notequals": lambda value, wanted: value != wanted,
    "greaterthan": lambda value, wanted: value > wanted,
    "greaterthanequals": lambda value, wanted: value >= wanted,
    "lessthan": lambda value, wanted: value < wanted,
    "lessthanequals": lambda value, wanted: value <= wanted,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "equals": lambda value, wanted: value == wanted,
    "startswith": lambda value, wanted: value.startswith(wanted),
    "like": lambda value, wanted: like(wanted).fullmatch(value) is not None,
}
_FORMS = {
    "string": re.compile(r"'.*'", re.DOTALL),
    "numeric": re.compile(r"-?\d+"),
    "datetime": re.compile(r"'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z'"),
    "bool": re.compile(r"true|false", re.IGNORECASE),
    "guid": re.compile(r"'?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'?", re.IGNORECASE),
}
_NAME = re.compile(
    r"(?:For(?:Any|All)Of(?P<of>Any|All)Values:(?=String|Numeric|Guid))?(?:"
    r"(?P<string>String)(?P<text>(?:Not)?(?:Equals|StartsWith|Like))(?P<case>IgnoreCase)?"
    r"|(?P<ordered>Numeric|DateTime)(?P<order>(?:Not)?Equals|(?:Greater|Less)Than(?:Equals)?)"
    r"|(?P<equal>Bool|Guid)(?P<same>(?:Not)?Equals))",
    re.IGNORECASE,
)


def like(pattern: str) -> re.Pattern[str]:
    """What a pattern matches: `*` any text, `?` one character, a backslash before either itself."""
    parts: list[str] = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    wildcards = {"*": ".*", "?": "."}
    return re.compile("".join(wildcards.get(one) or re.escape(one[-1]) for one in parts), re.DOTALL)


class Operator(NamedTuple):
    """How an attribute is compared with values."""

    kind: str
    """Of what type the values are."""
    compares: str
    """In lower case, such as `notlike`."""
    ignores_case: bool
    of_all: bool
    """Whether the comparison must hold with every value, and not with one of them."""

    def refuses(self, literal: str) -> bool:
        """Whether what is written is no value of this operator's type."""
        return not _FORMS[self.kind].fullmatch(literal)

    def is_empty(self, literal: str) -> bool:
        """Whether everything compares with this value: a pattern of wildcards alone, or the beginning of all texts."""
        bare = literal.strip("'")
        return ("like" in self.compares and bool(bare) and not bare.strip("*?")) or (
            "startswith" in self.compares and not bare
        )

    def holds(self, value: str, wanted: list[str]) -> bool:
        """Whether a value of the attribute compares as asked."""
        compared = (self._compare(value, each) for each in wanted)
        return all(compared) if self.of_all else any(compared)

    def _compare(self, value: str, wanted: str) -> bool:
        if self.ignores_case or self.kind in ("bool", "guid"):
            value, wanted = value.lower(), wanted.lower()
        if self.kind == "numeric":
            value, wanted = _sortable(value), _sortable(wanted)
        if self.kind != "string":
            return _ORDER[self.compares](value, wanted)
        negated = self.compares.startswith("not")
        return _TEXTS[self.compares.removeprefix("not")](value, wanted) != negated


EQUALS = Operator("string", "equals", ignores_case=False, of_all=False)


def operator(name: str) -> Operator | None:
    """The operator of this name; None if there is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    kind = found["string"] or found["ordered"] or found["equal"]
    compares = found["text"] or found["order"] or found["same"]
    return Operator(kind.lower(), compares.lower(), bool(found["case"]), (found["of"] or "").lower() == "all")


def _sortable(number: str) -> str:
    """A whole number as text that sorts as the number does; what is none sorts before all."""
    return f"{int(number) + 10**18:020d}" if _FORMS["numeric"].fullmatch(number) else ""
