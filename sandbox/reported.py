"""Where the words of a refusal come from: documents, and reports of people whom Azure refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reported:
    """What is known of one refusal.

    Args:
        status: its HTTP status.
        code: the code in its body.
        sources: links to documents and reports that show it.
        unknown: what none of them says, and in brackets what is done here; left out, nothing.
    """

    status: int
    code: str
    sources: tuple[str, ...]
    unknown: str = ""


def found_in(text: str, known: Mapping[str, Reported]) -> list[Reported]:
    """The refusals that a text speaks of, by the words that `known` has for them."""
    return [each for words, each in known.items() if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text)]


def learn(page: str) -> str:
    """The link to a page of Microsoft Learn."""
    return f"https://learn.microsoft.com/{page}"


def thread(repository: str, number: int) -> str:
    """The link to a thread of GitHub."""
    return f"https://github.com/{repository}/issues/{number}"
