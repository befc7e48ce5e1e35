"""`make shell`: the tools people know, in the sandbox."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.az.conftest import DevStack
from tests.engine.engine import REPOSITORY

pytestmark = pytest.mark.engine


def shell(repository: Path, home: Path, *, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("IN_SANDBOX", "CMD", "TARGET")}
    return subprocess.run(
        [str(repository / "tools" / "shell")],
        env={**kept, "SANDBOX_HOME": str(home), **variables},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_one_command_runs_logged_in_and_keeps_its_quotes_and_exit_code(stack: DevStack):
    done = shell(
        REPOSITORY, stack.engine.home, CMD="az identity list --query \"[?name=='orders'].name\" -o tsv; exit 7"
    )

    assert (done.returncode, done.stdout) == (7, "orders\n"), done.stderr


def test_the_shell_says_where_one_is_and_finds_the_tools(stack: DevStack):
    typed = "dirname $(command -v az)\necho $PS1\npulumi stack ls --json | grep -c name\nexit 3\n"

    done = shell(REPOSITORY, stack.engine.home, typed=typed)

    tools, prompt, stacks = done.stdout.splitlines()[:3]
    assert done.returncode == 3, done.stderr
    assert (tools, stacks) == (str(REPOSITORY / ".tools" / "az" / "cli"), "1")
    assert prompt.startswith("(sandbox)")
    assert "not to Azure" in done.stderr
    assert "exit" in done.stderr


def test_without_az_the_shell_says_how_to_get_it(tmp_path: Path):
    (tmp_path / "tools").mkdir()
    shutil.copy(REPOSITORY / "tools" / "shell", tmp_path / "tools")

    done = shell(tmp_path, tmp_path / "home")

    assert (done.returncode, done.stderr) == (
        2,
        "error: the Azure CLI is missing; install it with: tools/az/install\n",
    )


def test_on_azure_there_is_no_shell(tmp_path: Path):
    done = shell(REPOSITORY, tmp_path / "home", TARGET="azure")

    assert done.returncode == 2
    assert "use your own az" in done.stderr
