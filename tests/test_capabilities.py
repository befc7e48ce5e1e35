"""The table of capabilities is what the marks of the tests say, and every row has a test."""

from pathlib import Path

import pytest

from tests.capabilities import CAPABILITIES, OPEN, TESTS, document, main, problems, shown

MARKED = """
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.capability("A1")]


@pytest.mark.capability("A3", "A4")
@pytest.mark.parametrize("x", [1])
def test_one(x): ...


@pytest.mark.capability("A5")
class TestMore:
    pytestmark = pytest.mark.capability("A6")

    async def test_two(self): ...

    def helper(self): ...


def test_three(): ...
"""


def found_in(folder: Path, source: str) -> dict[str, list[str]]:
    tests = folder / "tests"
    tests.mkdir()
    (tests / "test_x.py").write_text(source)
    return {row: [test.test for test in each] for row, each in shown(tests).items()}


def test_marks_of_modules_classes_and_tests_are_found(tmp_path: Path):
    assert found_in(tmp_path, MARKED) == {
        "A1": ["test_one", "test_two", "test_three"],
        "A3": ["test_one"],
        "A4": ["test_one"],
        "A5": ["test_two"],
        "A6": ["test_two"],
    }


def test_a_row_that_cannot_be_read_is_an_error(tmp_path: Path):
    with pytest.raises(ValueError, match="must be named as plain text"):
        found_in(tmp_path, "@pytest.mark.capability(ROW)\ndef test_one(): ...")


def test_what_the_source_says_is_what_pytest_collects(request: pytest.FixtureRequest):
    """Of the tests of this run, those whose mark the source does not show."""
    known = {(row, test.path, test.test) for row, tests in shown().items() for test in tests}

    collected = {
        (row, item.path.relative_to(TESTS.parent).as_posix(), getattr(item, "originalname", item.name))
        for item in request.session.items
        for mark in item.iter_markers("capability")
        for row in mark.args
    }

    assert collected - known == set()


def test_every_row_has_a_test_and_every_mark_a_row():
    assert problems(shown()) == []


def test_a_row_without_a_test_is_told_unless_it_is_open(tmp_path: Path):
    found_in(tmp_path, "@pytest.mark.capability('A99')\ndef test_one(): ...")
    found = shown(tmp_path / "tests")

    told = problems(found, open_=CAPABILITIES.keys() - {"A7"})

    assert told == ["tests/test_x.py:2 names A99, which is no row", "A7 has no test"]
    assert problems(shown(), open_=frozenset({"A99"}) | OPEN) == ["A99 is listed as open and is no row"]


def test_the_document_is_in_date():
    path = TESTS.parent / "docs" / "capabilities.md"

    assert path.read_text() == document(shown()), "out of date: make generate"


def test_the_command_writes_the_document_and_finds_a_stale_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "capabilities.md"

    assert main(["--check", str(path)]) == 1
    assert main([str(path)]) == 0
    assert main(["--check", str(path)]) == 0
    assert "is out of date: make generate" in capsys.readouterr().err
