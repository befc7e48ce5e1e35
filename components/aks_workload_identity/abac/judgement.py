"""Whether a condition narrows anything: whether there is a request that it refuses."""

from collections.abc import Iterable, Iterator, Set
from itertools import islice, product

from .language import Node, UnreadableConditionError, World, matches, parse

_WORLDS = 20_000
"""Requests that are tried; a condition that refuses none of them is taken for one that refuses none."""
_UNNAMED = "\x00"
_OTHER = "Microsoft.Other/things/read"


def fault(condition: str, role_actions: Set[str] | None) -> str | None:
    """See `fault_of`."""
    try:
        root = parse(condition)
    except UnreadableConditionError as error:
        return str(error)
    if not any(root.each("test")) and not any(root.each("exists")):
        return "compares no attribute of @Resource, @Request, @Principal or @Environment, so it narrows no action"
    named = sorted({one.literals[0] for one in _negated(root)})
    if role_actions is not None and named and not any(_is_of(role_actions, one) for one in named):
        return f"is about {', '.join(named)}, which the role does not give, so it narrows nothing"
    for action in named:
        if not _refuses_one(root, [_plain(action)]):
            return f"lets {action} pass whatever the attributes are, so it does not narrow it"
    every = [_OTHER, *(_plain(one.literals[0]) for one in root.each("action"))]
    if not named and not _refuses_one(root, every):
        return "is true of every request, so it narrows nothing"
    return None


def _negated(node: Node, *, negated: bool = False) -> Iterator[Node]:
    """The actions that a condition lets pass where they are not the request's: those it is about."""
    if node.what == "action" and negated:
        yield node
    for part in node.parts:
        yield from _negated(part, negated=negated != (node.what == "not"))


def _is_of(role_actions: Iterable[str], pattern: str) -> bool:
    """Whether a role gives an action of a pattern."""
    return any(matches(one, _plain(pattern)) or matches(pattern, _plain(one)) for one in role_actions)


def _refuses_one(root: Node, actions: list[str]) -> bool:
    """Whether the condition is false of some request."""
    return any(not root.holds(world) for world in islice(_worlds(root, actions), _WORLDS))


def _worlds(root: Node, actions: list[str]) -> Iterator[World]:
    """Requests that differ in whatever the condition asks for: values that it names, and values that it does not."""
    values = _values(root)
    existing = sorted({one.attribute for one in root.each("exists")})
    suboperations = ["Other", *sorted({one.literals[0] for one in root.each("suboperation")})]
    chosen = product(*values.values())
    for these in chosen:
        for there in product((True, False), repeat=len(existing)):
            for action, suboperation in product(actions, suboperations):
                yield World(
                    action,
                    suboperation,
                    dict(zip(existing, there, strict=True)),
                    dict(zip(values, these, strict=True)),
                )


def _values(root: Node) -> dict[str, list[str]]:
    """For each attribute what it may be: first what the condition does not name, then what it does, and beside that."""
    found: dict[str, dict[str, None]] = {}
    for test in root.each("test"):
        own = found.setdefault(test.attribute, {})
        own.setdefault(_unnamed(test.operator.kind, len(found)))
        for literal in test.literals:
            if literal.startswith("@"):
                other = found.setdefault(literal, {})
                other.setdefault(_unnamed(test.operator.kind, len(found)))
            else:
                own.update(dict.fromkeys(_around(test.operator.kind, literal)))
    return {attribute: list(own) for attribute, own in found.items()}


def _unnamed(kind: str, number: int) -> str:
    """A value that no condition names, another for each attribute."""
    return {
        "bool": "true",  # a condition can name all that there are
        "datetime": f"0001-01-{number:02d}T00:00:00Z",
        "guid": f"00000000-0000-0000-0000-{number:012d}",
        "numeric": str(-(10**17) - number),
        "string": f"{_UNNAMED}{number}",
    }[kind]


def _around(kind: str, literal: str) -> Iterator[str]:
    yield literal
    if kind == "numeric":
        yield from (str(int(literal) - 1), str(int(literal) + 1))
    elif kind == "datetime":
        yield "9999-12-31T23:59:59Z"
    elif kind == "bool":
        yield from ("true", "false")
    elif kind == "string":
        for one in (literal, _plain(literal, ""), _plain(literal, _UNNAMED)):
            yield from (one, one + _UNNAMED)


def _plain(pattern: str, many: str = "x") -> str:
    """A text of a pattern."""
    return pattern.replace("*", many).replace("?", many or _UNNAMED)
