"""The grammar of conditions, and what one says as a tree.

Source: Microsoft Learn, "Azure role assignment condition format and syntax"; its `AND` and `OR` have no order among
themselves, so a text that mixes them without parentheses is none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lark import Lark, UnexpectedInput

from .operators import EQUALS, Operator, operator

_GRAMMAR = r"""
?condition: term | all | any
all: term (_AND term)+
any: term (_OR term)+
?term: "(" condition ")" | not | action | suboperation | exists | test
not: _NOT term
action: "ActionMatches"i "{" STRING "}"
suboperation: "SubOperationMatches"i "{" STRING "}"
exists: "Exists"i ATTRIBUTE
test: ATTRIBUTE OPERATOR _values
_values: _value | "{" _value ("," _value)* "}"
_value: STRING | GUID | NUMBER | FLAG | ATTRIBUTE
_AND: "AND"i | "&&"
_OR: "OR"i | "||"
_NOT: "NOT"i | "!"
ATTRIBUTE: /@(Resource|Request|Principal|Environment)\[[^\[\]']+\]/i
OPERATOR: /[A-Za-z]+(:[A-Za-z]+)?/
STRING: /'(?:[^'\\]|\\.)*'/
GUID.2: /[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/
NUMBER: /-?\d+/
FLAG: /true|false/i
%import common.WS
%ignore WS
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", start="condition")
# Microsoft Learn: the same page (attributes); custom security attributes have names of the directory's own.
_ATTRIBUTES = {
    "environment": r"isPrivateLink|UtcNow|Microsoft\.Network/(?:privateEndpoints|virtualNetworks/subnets)",
    "principal": r"Microsoft\.Directory/CustomSecurityAttributes/Id:\w+",
    "resource": r"[\w.]+(?:/[\w.]+)+:\S.*",
    "request": r"[\w.]+(?:/[\w.]+)+:\S.*|subOperation",
}


class UnreadableConditionError(Exception):
    """Azure cannot read the condition; the message says why, without a subject."""


@dataclass(frozen=True)
class World:
    """One request, as a condition sees it."""

    action: str
    suboperation: str
    existing: Mapping[str, bool]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Node:
    """A part of a condition; attributes and operators only where it compares some."""

    what: str
    parts: tuple["Node", ...] = ()
    attribute: str = ""
    operator: Operator = EQUALS
    literals: tuple[str, ...] = ()
    """What it compares with: text without quotes, or another attribute."""

    def holds(self, world: World) -> bool:
        """Whether it is true of a request."""
        if self.what == "test":
            wanted = [world.values.get(one, one) for one in self.literals]
            return self.operator.holds(world.values[self.attribute], wanted)
        if self.what == "action":
            return matches(self.literals[0], world.action)
        if self.what == "suboperation":
            return self.literals[0].lower() == world.suboperation.lower()
        if self.what == "exists":
            return world.existing[self.attribute]
        found = (part.holds(world) for part in self.parts)
        return all(found) if self.what == "all" else any(found) if self.what == "any" else not next(found)

    def each(self, what: str) -> Iterator["Node"]:
        """Every part of a kind, itself included."""
        if self.what == what:
            yield self
        for part in self.parts:
            yield from part.each(what)


def matches(pattern: str, action: str) -> bool:
    """Whether an action is one of a pattern's, as in the permissions of a role."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) is not None


def parse(condition: str) -> Node:
    """What a condition says.

    Raises:
        UnreadableConditionError: It says nothing that Azure reads.
    """
    try:
        return _node(_PARSER.parse(condition))  # pyright: ignore[reportUnknownMemberType]
    except UnexpectedInput as error:
        at = error.pos_in_stream or 0
        ended = at < 0 or getattr(error, "token", None) == ""
        where = "to its end: something is missing there" if ended else f"from {condition[at:][:30]!r} on"
        raise UnreadableConditionError(f"cannot be read {where}") from error


def _node(read: Any) -> Node:
    children: list[Any] = read.children
    if read.data in ("all", "any", "not"):
        return Node(read.data, tuple(_node(child) for child in children))
    tokens = [str(child) for child in children]
    if read.data in ("action", "suboperation"):
        return Node(read.data, literals=(tokens[0].strip("'"),))
    attribute = _attribute(tokens[0])
    if read.data == "exists":
        return Node("exists", attribute=attribute)
    chosen = operator(tokens[1])
    if chosen is None:
        raise UnreadableConditionError(f"compares by {tokens[1]}, which is no operator; take StringEquals, for example")
    return Node("test", (), attribute, chosen, tuple(_literal(chosen, tokens[1], one) for one in tokens[2:]))


def _attribute(token: str) -> str:
    source, _, name = token[1:-1].partition("[")
    if not re.fullmatch(_ATTRIBUTES[source.lower()], name, re.IGNORECASE):
        raise UnreadableConditionError(
            f"compares {token}, which is no attribute; write it as @Resource[Microsoft.KeyVault/vaults/secrets:name]"
        )
    return token.lower()


def _literal(chosen: Operator, name: str, literal: str) -> str:
    if literal.startswith("@"):
        return _attribute(literal)
    if chosen.refuses(literal):
        raise UnreadableConditionError(f"compares by {name} with {literal}, which is none of its values")
    if chosen.is_empty(literal):
        raise UnreadableConditionError(f"compares by {name} with {literal}, which everything is; name what is meant")
    return literal.strip("'")
