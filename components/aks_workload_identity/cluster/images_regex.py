"""A regular expression of whole image names, which Azure Policy's add-on and Python read alike."""

import re
from typing import Annotated

from ..arguments import Rule

# What the add-on's expressions (RE2) and Python's read alike: an escape, a class without a bracket in it that is not
# escaped, a group without a flag, a comment or a condition, or one character.
_TOKEN = re.compile(r"\\[^0-9]|\[\^?(?:\\[^0-9]|[^\\\[\]])+\]|\(\?:|\((?!\?)|[^\\\[\](]", re.DOTALL)


def _anchored(value: str) -> str | None:
    tokens: list[str] = []
    position = 0
    while found := _TOKEN.match(value, position):
        tokens.append(found[0])
        position = found.end()
    if position < len(value):
        return f"of groups only ( and (?: are known, and brackets in a class are escaped; not {value[position:]!r}"
    try:
        re.compile(value)
    except re.error as error:
        return str(error)
    if len(tokens) < 2 or tokens[0] != "^" or tokens[-1] != "$":
        return "it would match in the middle of another image's name"
    depth = 0
    for each in tokens:
        depth += {"(": 1, "(?:": 1, ")": -1}.get(each, 0)
        if each == "|" and depth == 0:
            return "alternatives outside of parentheses are not held by ^ and $"
    return None


ImagesRegex = Annotated[
    str,
    Rule(
        "a regular expression of whole image names, from ^ to $",
        r"^crshop\.azurecr\.io/.+$",
        _anchored,
    ),
]
