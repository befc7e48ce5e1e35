"""`python -m sandbox -- <command>` as a process."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.home import REPOSITORY

REPORT = "trap 'echo got INT; exit 5' INT; trap 'echo got TERM; exit 6' TERM; echo ready; while :; do sleep 0.1; done"


def start(home: Path, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *command],
        cwd=REPOSITORY,
        env={**os.environ, "SANDBOX_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(home: Path, *command: str) -> tuple[int, str, str]:
    process = start(home, *command)
    stdout, stderr = process.communicate(timeout=60)
    return process.returncode, stdout, stderr


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def ends(pid: int) -> bool:
    for _ in range(100):
        if not is_running(pid):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("code", [0, 7])
def test_the_exit_code_is_that_of_the_command(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, "--", "sh", "-c", f"exit {code}")[0] == code


@pytest.mark.parametrize("arguments", [(), ("--",), ("echo", "x")])
def test_a_wrong_call_shows_the_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, _, stderr = run(tmp_path, *arguments)

    assert (code, stderr) == (2, "usage: python -m sandbox -- <command> [argument…]\n")


def test_a_command_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    code, _, stderr = run(tmp_path, "--", "no-such-command")

    assert (code, stderr) == (127, "cannot run no-such-command: No such file or directory\n")


def test_a_command_reaches_azure_by_its_public_name(tmp_path: Path) -> None:
    ask = "import requests; print(requests.get('https://management.azure.com/subscriptions').status_code)"

    assert run(tmp_path, "--", sys.executable, "-c", ask)[:2] == (0, "401\n")


def test_what_a_command_made_is_there_for_the_next(tmp_path: Path) -> None:
    tenants = {run(tmp_path, "--", "sh", "-c", "echo $ARM_TENANT_ID")[1] for _ in range(2)}

    assert len(tenants) == 1


@pytest.mark.parametrize(("number", "code", "word"), [(signal.SIGINT, 5, "INT"), (signal.SIGTERM, 6, "TERM")])
def test_a_signal_reaches_the_command_once(tmp_path: Path, number: int, code: int, word: str) -> None:
    process = start(tmp_path, "--", "sh", "-c", REPORT)
    assert line(process) == "ready"

    process.send_signal(number)
    stdout, _ = process.communicate(timeout=20)
    assert (process.returncode, stdout) == (code, f"got {word}\n")


def test_what_a_command_left_running_ends_with_it(tmp_path: Path) -> None:
    _, stdout, _ = run(tmp_path, "--", "sh", "-c", "sleep 100 >/dev/null 2>&1 & echo $!")

    assert ends(int(stdout))


def test_a_command_that_a_signal_ended_counts_as_in_a_shell(tmp_path: Path) -> None:
    assert run(tmp_path, "--", "sh", "-c", "kill -9 $$")[0] == 128 + 9


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux stops the children of a killed process")
def test_a_killed_sandbox_leaves_no_process(tmp_path: Path) -> None:
    process = start(tmp_path, "--", "sh", "-c", "echo $$; exec sleep 100")
    command = int(line(process))

    process.kill()
    process.communicate(timeout=20)
    assert ends(command)
    assert run(tmp_path, "--", "true")[0] == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux stops the children of a killed process")
def test_the_next_command_waits_for_what_a_killed_one_left(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    stays = f"trap '' TERM; echo ready; read line <{tmp_path}/pipe; touch {tmp_path}/ended"
    first = start(tmp_path, "--", "sh", "-c", stays)
    assert line(first) == "ready"
    first.kill()
    first.wait()

    second = start(tmp_path, "--", "test", "-f", str(tmp_path / "ended"))
    assert second.stderr is not None
    said = second.stderr.readline()
    (tmp_path / "pipe").write_text("end\n")
    _, stderr = second.communicate(timeout=60)

    assert said == f"Waiting for what is left of process {first.pid} (sh -c {shlex.quote(stays)}), which was killed …\n"
    assert (second.returncode, stderr) == (0, "")
    first.communicate()


def test_the_next_command_does_not_wait_for_what_one_that_ended_left(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    stays = f"(trap '' TERM; touch {tmp_path}/stays; read line <{tmp_path}/pipe) >/dev/null 2>&1 &"
    first = run(tmp_path, "--", "sh", "-c", f"{stays} until [ -f {tmp_path}/stays ]; do sleep 0.1; done")

    assert first == (0, "", "")
    assert run(tmp_path, "--", "true") == (0, "", "")
    (tmp_path / "pipe").write_text("end\n")


def test_the_sandbox_ends_when_its_caller_is_killed(tmp_path: Path) -> None:
    caller = subprocess.Popen(
        ["sh", "-c", f"'{sys.executable}' -m sandbox -- sh -c 'echo $PPID; echo $$; exec sleep 100'; true"],
        cwd=REPOSITORY,
        env={**os.environ, "SANDBOX_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    sandbox, command = int(line(caller)), int(line(caller))

    caller.kill()
    caller.wait()
    assert ends(sandbox)
    assert ends(command)
    assert caller.stdout is not None
    caller.stdout.close()


def test_a_home_serves_one_command_at_a_time(tmp_path: Path) -> None:
    first = start(tmp_path, "--", "sh", "-c", "echo ready; sleep 100")
    assert line(first) == "ready"

    code, _, stderr = run(tmp_path, "--", "true")
    assert code == 1
    assert stderr.startswith(f"error: the sandbox in {tmp_path} is in use by process {first.pid} (sh -c")
    first.terminate()
    first.communicate(timeout=20)


def test_two_homes_serve_two_commands(tmp_path: Path) -> None:
    first = start(tmp_path / "one", "--", "sh", "-c", "echo $ARM_TENANT_ID; sleep 100")
    tenant = line(first)

    code, stdout, _ = run(tmp_path / "two", "--", "sh", "-c", "echo $ARM_TENANT_ID")
    assert (code, stdout.strip() != tenant) == (0, True)
    first.terminate()
    first.communicate(timeout=20)


def test_a_damaged_store_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_text("this is no database, and long enough to be looked at" * 10)

    code, _, stderr = run(tmp_path, "--", "true")
    assert code == 1
    assert stderr.startswith("error: ")
    assert f"remove the folder {tmp_path} to start afresh" in stderr
    assert stderr.count("\n") == 1
