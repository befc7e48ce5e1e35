"""What a principal may do with a resource's data: role assignments, their roles' data actions and their conditions.

Sources: Microsoft Learn, role-based-access-control/{overview, role-definitions, conditions-overview,
conditions-format}.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lark import Lark, LarkError, Token, Transformer

from .authorization import ASSIGNMENTS, covers, role_guid
from .role_definitions import built_in_roles
from .store import Json, Store
from .timing import Timing

_GRAMMAR = r"""
?condition: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: term (_AND term)*
?term: "(" condition ")" | negation | action | test
negation: _NOT term
action: "ActionMatches"i "{" STRING "}"
test: ATTRIBUTE OPERATOR STRING
_OR: "OR"i | "||"
_AND: "AND"i | "&&"
_NOT: "!" | "NOT"i
ATTRIBUTE: /@(Resource|Request)\[[^\]]+\]/i
OPERATOR: /(String(Equals|NotEquals|StartsWith|NotStartsWith|Like|NotLike)(IgnoreCase)?)/i
STRING: /'[^']*'/
%import common.WS
%ignore WS
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", start="condition")


class UnknownConditionError(Exception):
    """The sandbox cannot judge this condition; it neither allows nor denies on a guess."""


def may(
    store: Store, timing: Timing, principal_id: str, data_action: str, resource_id: str, attributes: Mapping[str, str]
) -> bool:
    """Whether any assignment of the principal that has spread allows a data action.

    Args:
        principal_id: object id; roles of its groups are not looked for, as no role of the sandbox names a group's data.
        data_action: such as `Microsoft.KeyVault/vaults/secrets/getSecret/action`.
        resource_id: what it is done to; assignments above it and on it count.
        attributes: what conditions may ask of the resource or request, such as the name of the secret.

    Raises:
        UnknownConditionError: It depends on a condition with parts that the sandbox does not know.
    """
    newest = timing.now() - timing.role_assignment_replication_seconds
    unknown: UnknownConditionError | None = None
    for assignment in store.of_principal(ASSIGNMENTS, principal_id):
        properties = assignment["properties"]
        reaches = covers(properties["scope"], resource_id) and store.created(assignment["id"]) <= newest
        if not reaches or not _role_allows(role_guid(assignment), data_action):
            continue
        condition = properties.get("condition")
        try:
            if not condition or _Evaluation(data_action, attributes).holds(condition):
                return True
        except UnknownConditionError as error:
            unknown = error
    if unknown:
        raise unknown
    return False


def _role_allows(guid: str, data_action: str) -> bool:
    role: Json = built_in_roles().get(guid, {"permissions": []})
    return any(
        _any_matches(part.get("dataActions", []), data_action)
        and not _any_matches(part.get("notDataActions", []), data_action)
        for part in role["permissions"]
    )


def _any_matches(patterns: Iterable[str], action: str) -> bool:
    return any(_matches(pattern, action) for pattern in patterns)


def _matches(pattern: str, action: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None


class _Evaluation(Transformer[Token, Any]):
    """A condition's truth for one request."""

    def __init__(self, data_action: str, attributes: Mapping[str, str]) -> None:
        super().__init__()
        self._action = data_action
        self._attributes = {name.lower(): value for name, value in attributes.items()}

    def holds(self, condition: str) -> bool:
        try:
            return bool(self.transform(_PARSER.parse(condition)))  # pyright: ignore[reportUnknownMemberType]
        except LarkError as error:
            raise UnknownConditionError(f"the sandbox cannot judge the condition {condition}: {error}") from error

    def disjunction(self, parts: list[bool]) -> bool:
        return any(parts)

    def conjunction(self, parts: list[bool]) -> bool:
        return all(parts)

    def negation(self, parts: list[bool]) -> bool:
        return not parts[0]

    def action(self, parts: list[Token]) -> bool:
        return _matches(_text(parts[0]), self._action)

    def test(self, parts: list[Token]) -> bool:
        attribute, operator, wanted = str(parts[0]), str(parts[1]).lower(), _text(parts[2])
        name = attribute.partition("[")[2].rstrip("]").lower()
        if name not in self._attributes:
            raise UnknownConditionError(f"the sandbox knows no attribute {attribute}")
        return _compare(operator, self._attributes[name], wanted)


def _text(token: Token) -> str:
    return str(token)[1:-1]


def _compare(operator: str, value: str, wanted: str) -> bool:
    if operator.endswith("ignorecase"):
        operator, value, wanted = operator.removesuffix("ignorecase"), value.lower(), wanted.lower()
    negated = operator.startswith("stringnot")
    kind = operator.removeprefix("stringnot" if negated else "string")
    if kind == "equals":
        found = value == wanted
    elif kind == "startswith":
        found = value.startswith(wanted)
    else:
        pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
        found = re.fullmatch(pattern, value) is not None
    return found != negated
