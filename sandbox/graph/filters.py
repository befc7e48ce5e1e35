"""`$filter`, as far as the Azure CLI and the azuread provider use it.

Source: Microsoft Learn, graph/filter-query-parameter.
"""

import re
from collections.abc import Callable
from typing import Any

from sandbox.graph.errors import GraphError

Shown = dict[str, Any]

_READERS: dict[str, Callable[[Shown, str], bool]] = {
    r"servicePrincipalNames/any\((\w+):\s*\1 eq '(?P<value>[^']*)'\)": lambda each, value: (
        value in each.get("servicePrincipalNames", ())
    ),
    r"identifierUris/any\((\w+):\s*\1 eq '(?P<value>[^']*)'\)": lambda each, value: (
        value in (uri.lower() for uri in each.get("identifierUris", ()))
    ),
    r"appId eq '(?P<value>[^']*)'": lambda each, value: each.get("appId") == value,
    r"id eq '(?P<value>[^']*)'": lambda each, value: each["id"] == value,
    r"displayName eq '(?P<value>[^']*)'": lambda each, value: each.get("displayName", "").lower() == value,
    r"startswith\(displayName,\s*'(?P<value>[^']*)'\)": lambda each, value: (
        each.get("displayName", "").lower().startswith(value)
    ),
}


def wanted(text: str) -> Callable[[Shown], bool]:
    """What a filter lets through.

    Raises:
        GraphError: for a clause that the sandbox cannot read.
    """
    clauses = [_clause(clause.strip()) for clause in re.split(r"\s+and\s+", text) if clause.strip()]
    return lambda each: all(clause(each) for clause in clauses)


def _clause(text: str) -> Callable[[Shown], bool]:
    for pattern, reads in _READERS.items():
        if found := re.fullmatch(pattern, text, re.IGNORECASE):
            value = found["value"].lower()
            return lambda each, reads=reads, value=value: reads(each, value)
    raise GraphError(400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause specified: '{text}'")
