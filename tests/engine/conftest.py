"""Every test of the real engine starts on an empty sandbox of its own."""

from pathlib import Path

import pytest

from tests.engine.engine import Engine


@pytest.fixture
def dev(tmp_path: Path) -> Engine:
    """The dev stack, not yet deployed."""
    return Engine.of_dev_stack(tmp_path / "home")
