"""What stands in docs/policies.md."""

import re

from tests.engine.engine import REPOSITORY

_DOCUMENT = (REPOSITORY / "docs" / "policies.md").read_text(encoding="utf-8")


def block(language: str, heading: str) -> str:
    """The first block of code under a heading."""
    section = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", _DOCUMENT, re.DOTALL | re.MULTILINE)
    found = section and re.search(rf"```{language}\n(.*?)```", section[1], re.DOTALL)
    assert found, heading
    return found[1]
