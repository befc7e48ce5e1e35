"""The bench compares like with like."""

import json
import runpy
from pathlib import Path

import pytest

from tests.azure_mocks import SUBSCRIPTION
from tests.recorder import run

PROGRAMS = Path(__file__).parent.parent / "bench" / "programs"


def registered(program: str) -> list[str]:
    """Type and inputs of what a provider makes of a program's workloads."""
    recording = run(lambda: runpy.run_path(str(PROGRAMS / f"{program}.py")))
    made = [each for each in recording.resources if each.custom and not each.type.startswith("pulumi:")]
    return sorted(json.dumps([each.type, each.inputs], sort_keys=True, default=str) for each in made)


def test_the_components_and_the_flat_program_register_the_same_with_equal_inputs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION)
    monkeypatch.setenv("BENCH_WORKLOADS", "2")

    components, flat = registered("components"), registered("flat")

    assert components == flat
    assert len(flat) == 8
