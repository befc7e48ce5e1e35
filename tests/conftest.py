"""What holds for every test."""

import gc
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.engine.deployed import DeployedDevStack
from tests.engine.engine import Engine

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


def pytest_collection_finish() -> None:
    """What collection left stays until the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Libraries written in C++ report what nobody cleared away as leaked."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def deployed_dev_stack(tmp_path_factory: pytest.TempPathFactory) -> DeployedDevStack:
    return DeployedDevStack.in_folder(tmp_path_factory.mktemp("deployed") / "home")


@pytest.fixture
def deployed_dev(deployed_dev_stack: DeployedDevStack, tmp_path: Path) -> Engine:
    """The dev stack as its first update left it, for one test alone."""
    return deployed_dev_stack.copied(tmp_path / "home")
