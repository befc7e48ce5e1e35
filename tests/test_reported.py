"""What the sandbox says when it refuses has a source, and docs/refusals.md lists it."""

import inspect
import itertools
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from sandbox.ai_account import errors as ai_account
from sandbox.entra import errors as entra
from sandbox.reported import Reported, found_in
from sandbox.vault import errors as vault
from tests.engine.engine import REPOSITORY
from tests.reported import TABLES, renewed

KNOWN = [(words, each) for known in TABLES.values() for words, each in known.items()]


def test_the_document_lists_what_the_code_says():
    document = (REPOSITORY / "docs" / "refusals.md").read_text()

    assert document == renewed(document), "out of date: make generate"


@pytest.mark.parametrize(("words", "reported"), KNOWN, ids=lambda each: each if isinstance(each, str) else "")
def test_every_refusal_has_a_source_or_says_that_none_is_known(words: str, reported: Reported):
    assert reported.sources or reported.unknown
    assert all(link.startswith("https://") for link in reported.sources)
    assert reported.unknown == "" or reported.unknown.endswith(")"), "what is done is said in brackets at the end"


# What an argument can be; of one that is not here, any text or number does.
VALUES = {"number": (700211, 700212, 700213, 7002138), "kind": ("secret", "key", "certificate")}


@pytest.mark.parametrize("module", [entra, vault, ai_account], ids=lambda module: module.__name__)
def test_no_refusal_is_made_without_its_row_and_no_row_is_left_over(module: ModuleType):
    rows: dict[str, Reported] = module.REPORTED

    said: list[Reported] = []
    for refusal in refusals(module):
        (row,) = found_in(f"{refusal} {getattr(refusal, 'body', '')}", rows)
        assert refusal.status == row.status
        said.append(row)

    assert [words for words, row in rows.items() if row not in said] == []


def refusals(module: ModuleType) -> Iterator[Any]:
    """What each public function of a module makes."""
    for name, maker in inspect.getmembers(module, inspect.isfunction):
        if maker.__module__ == module.__name__ and not name.startswith("_"):
            stated = inspect.signature(maker).parameters.values()
            choices = [VALUES.get(each.name, ("x",) if each.annotation is str else (1,)) for each in stated]
            yield from (maker(*arguments) for arguments in itertools.product(*choices))
