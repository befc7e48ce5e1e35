"""One row of the table, and the table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """How a check ended; the value is the sign in the table."""

    PASSED = "✓"
    """It is as the first update needs it."""
    FAILED = "✗"
    """The first update would fail; the row says what to do."""
    UNKNOWN = "?"
    """It could not be checked; the row says why."""


@dataclass(frozen=True)
class Row:
    """What one check found.

    Args:
        check: what was looked at, in a few words.
        status: how it ended.
        found: what is so.
        command: what puts it right, or finds out what could not be checked; empty where it is as needed.
        hand_over: what to ask of whom, when the login cannot do it itself; empty otherwise.
    """

    check: str
    status: Status
    found: str
    command: str = ""
    hand_over: str = ""


def passed(check: str, found: str) -> Row:
    """A row for what is as it must be."""
    return Row(check, Status.PASSED, found)


def failed(check: str, found: str, command: str, hand_over: str = "") -> Row:
    """A row for what must be put right first."""
    return Row(check, Status.FAILED, found, command, hand_over)


def unknown(check: str, why: str, command: str = "") -> Row:
    """A row for what could not be checked."""
    return Row(check, Status.UNKNOWN, f"not checked: {why}", command)


def table(rows: Iterable[Row]) -> str:
    """The rows as text: a line each, under it the command; the texts to hand over at the end.

    Args:
        rows: what `preflight` returned, in the order in which they are shown.
    """
    return "\n".join(_lines(list(rows)))


def _lines(rows: list[Row]) -> Iterator[str]:
    width = max((len(row.check) for row in rows), default=0)
    for row in rows:
        yield f"{row.status.value} {row.check:<{width}}  {row.found}"
        if row.command:
            yield f"  {'':<{width}}  → {row.command}"
    counts = Counter(row.status for row in rows)
    yield ""
    words = {Status.PASSED: "as needed", Status.FAILED: "to put right", Status.UNKNOWN: "not checked"}
    yield ", ".join(f"{counts[status]} {text}" for status, text in words.items())
    for row in rows:
        if row.hand_over:
            yield ""
            yield row.hand_over
