"""The commands and the configuration of docs/policies.md, as they stand there."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.engine.engine import PACK, REPOSITORY, Engine
from tests.engine.policy_document import block
from tests.engine.test_policy_rules import KNOWN_SCOPE, PROGRAM, SCOPE, own_pack

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def shell(engine: Engine, script: str) -> subprocess.CompletedProcess[str]:
    """A script in the program's folder, as a person or a pipeline runs it there."""
    moved = f"cd {shlex.quote(str(engine.project))} && {script}"
    return engine.sandbox("bash", "-c", moved, PULUMI_ENABLE_STREAMING_JSON_PREVIEW="")


def test_the_commands_of_the_document_run_as_they_stand(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % KNOWN_SCOPE)
    for place, target in (("policy", PACK), (".venv", REPOSITORY / ".venv"), ("path/to/this/checkout", REPOSITORY)):
        (engine.project / place).parent.mkdir(parents=True, exist_ok=True)
        (engine.project / place).symlink_to(target)
    (engine.project / "pack.json").write_text(block("json", "Configuration"))
    assert engine.up().exit_code == 0
    assert shell(engine, "pulumi stack select dev").returncode == 0

    judged = shell(engine, block("console", "The policy pack"))
    in_a_pipeline = shell(engine, block("console", "In a pipeline"))
    existing = shell(engine, block("console", "What exists already"))
    own = engine.preview(*own_pack(tmp_path, block("python", "With rules of your own")))

    assert judged.returncode != 0
    assert SCOPE in judged.stdout + judged.stderr
    events = json.loads("[" + re.sub(r"^}\n{", "},{", in_a_pipeline.stdout, flags=re.MULTILINE) + "]")
    assert {SCOPE, "pack-settings"} <= {one["policyName"] for one in events}, in_a_pipeline.stderr
    assert existing.returncode != 0
    assert SCOPE in existing.stdout + existing.stderr
    assert {("identity-has-an-owner", "mandatory"), (SCOPE, "mandatory")} <= {one[:2] for one in own.violations}
