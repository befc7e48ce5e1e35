"""The rules as a Markdown table: `python -m aks_workload_identity_policy.table <document>` renews it there."""

import sys
from pathlib import Path

from aks_workload_identity_policy.pack import RULES

_HEADING = "## Rules\n\n"


def table() -> str:
    """One row for each rule, in the pack's order."""
    rows = [f"| `{rule.name}` | {rule.severity.value} | {rule.why} |" for rule in RULES]
    return "\n".join(["| rule | severity | why |", "|---|---|---|", *rows])


def renewed(document: str) -> str:
    """The document with everything under its last heading replaced by the table."""
    return f"{document.partition(_HEADING)[0]}{_HEADING}{table()}\n"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text()))
