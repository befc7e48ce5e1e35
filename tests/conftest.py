"""What holds for every test."""

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

# An Output inside an f-string raises instead of yielding text that looks like a subject.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"

# How long an example takes says something of the machine's load, nothing of the code.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, pytest.TestReport]:
    """With SKIPS_FAIL=1 a test that this machine cannot run fails: where all can run, none may vanish unseen."""
    report: pytest.TestReport = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("SKIPS_FAIL") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"SKIPS_FAIL=1, and this test was not run: {reason}"
    return report
