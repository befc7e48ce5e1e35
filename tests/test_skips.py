"""A test that cannot run is skipped with its reason, and fails where nothing may be skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.engine import REPOSITORY

TESTS = """
import pytest

@pytest.mark.skipif(True, reason="this machine allows none")
def test_marked(): pass

def test_decided_late(): pytest.skip("nobody may")

@pytest.mark.xfail(reason="known")
def test_known(): assert False

def test_passes(): pass
"""


@pytest.mark.parametrize(
    ("strict", "summary"), [("", "1 passed, 2 skipped, 1 xfailed"), ("1", "1 failed, 1 passed, 1 xfailed, 1 error")]
)
def test_what_is_skipped_fails_where_it_is_said(tmp_path: Path, strict: str, summary: str):
    (tmp_path / "test_some.py").write_text(TESTS)
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-rA", f"--rootdir={tmp_path}"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=REPOSITORY,
        env={**os.environ, "SKIPS_FAIL": strict},
        capture_output=True,
        text=True,
    )

    assert summary in done.stdout
    assert "this machine allows none" in done.stdout
    assert "nobody may" in done.stdout


def test_what_a_change_must_pass_skips_nothing():
    assert "export SKIPS_FAIL=1\n" in (REPOSITORY / ".ci" / "run").read_text()
