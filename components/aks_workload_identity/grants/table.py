"""The catalogue as a table: python -m aks_workload_identity.grants.table docs/grants.md writes it into a document."""

import inspect
import re
import sys
from operator import attrgetter
from pathlib import Path

from .. import grants
from .catalogue import CATALOGUE

_BETWEEN = re.compile(r"(?<=<!-- catalogue -->\n).*?(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    """One row a verb: what it is granted on, its role, and what its docstring says that the role allows."""
    rows = ["| Verb | On | Role | What it allows |", "|---|---|---|---|"]
    for verb in CATALOGUE:
        function = attrgetter(verb.name)(grants)
        says = " ".join((inspect.getdoc(function) or "").partition("\n\nArgs:")[0].split())
        types = ", ".join(f"`{each}`" for each in verb.resource_types)
        rows.append(f"| `{verb.name}` | {types} | {verb.role.name}<br>`{verb.role.guid}` | {says} |")
    return "\n".join(rows) + "\n"


def renewed(document: str) -> str:
    """The document with the table of today between its two marks."""
    return _BETWEEN.sub(lambda _: f"\n{table()}\n", document)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
