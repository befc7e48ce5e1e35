"""The real Azure CLI in a sandbox: many commands in one go, because a sandbox starts more slowly than az."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine import REPOSITORY, Engine

AZ = REPOSITORY / ".tools" / "az" / "cli" / "az"


@dataclass(frozen=True)
class Answer:
    """What one command said."""

    code: int
    text: str
    errors: str

    @property
    def json(self) -> Any:
        """The output of a command that must have succeeded."""
        assert self.code == 0, self.errors
        return json.loads(self.text) if self.text else None


def run(engine: Engine, lines: Mapping[str, str]) -> dict[str, Answer]:
    """Run lines of shell, one after the other in one shell; each line's answer by its name."""
    if not AZ.exists():
        pytest.fail("the Azure CLI is missing; install it with: tools/az/install", pytrace=False)
    folder = engine.home / "answers"
    folder.mkdir(exist_ok=True)
    # As tools/shell sets them.
    script = [
        f"PATH={shlex.quote(str(AZ.parent))}:$PATH",
        "export AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no AZURE_CORE_SURVEY_MESSAGE=false AZURE_CORE_OUTPUT=json",
    ]
    for name, line in lines.items():
        at = shlex.quote(str(folder / name))
        script.append(f"{{ {line}\n}} >{at}.out 2>{at}.err; echo $? >{at}.code")
    done = engine.sandbox("bash", "-c", "\n".join(script))
    assert done.returncode == 0, done.stderr
    return {name: _answer(folder / name) for name in lines}


def _answer(path: Path) -> Answer:
    code, text, errors = (path.with_suffix(f".{part}").read_text() for part in ("code", "out", "err"))
    return Answer(int(code), text, errors)
