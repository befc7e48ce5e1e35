"""docs/refusals.md: `python -m tests.reported docs/refusals.md` renews what stands under its heading.

What the sandbox's Azure says when it refuses comes from the tables beside the code, and so does this document.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.ai_account import errors as ai_account
from sandbox.entra import bearer
from sandbox.entra import errors as entra
from sandbox.reported import Reported
from sandbox.vault import errors as vault

HEADING = "## Who says what\n\n"
TABLES: Mapping[str, Mapping[str, Reported]] = {
    "Microsoft Entra ID": entra.REPORTED,
    "Azure Resource Manager, of a login": bearer.REPORTED,
    "Azure Key Vault": vault.REPORTED,
    "AI accounts": ai_account.REPORTED,
}


def tables() -> str:
    """A table for each part of Azure."""
    return "\n\n".join(f"### {name}\n\n{_table(known)}" for name, known in TABLES.items())


def renewed(document: str) -> str:
    """The document with everything under its heading replaced."""
    return f"{document.partition(HEADING)[0]}{HEADING}{tables()}\n"


def _table(known: Mapping[str, Reported]) -> str:
    rows = [
        f"| {words} | {each.status} {f'`{each.code}`' if each.code else ''} | {_links(each)} | {each.unknown} |"
        for words, each in known.items()
    ]
    return "\n".join(["| words | status and code | where they are reported | not known |", "|---|---|---|---|", *rows])


def _links(reported: Reported) -> str:
    return ", ".join(f"[{_name(link)}]({link})" for link in reported.sources) or "nowhere"


def _name(link: str) -> str:
    repository, _, number = link.removeprefix("https://github.com/").partition("/issues/")
    return f"{repository}#{number}" if number else link.removeprefix("https://").rstrip("/")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text()))
