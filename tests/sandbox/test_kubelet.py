"""How programs of pods find the pods' volumes, as far as no cluster has to run for it."""

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.control_plane import kubelet
from sandbox.control_plane.kubelet import Kubelet
from sandbox.control_plane.namespaces import mount_command
from sandbox.errors import SandboxError
from sandbox.home import REPOSITORY

TOKEN = "/var/run/secrets/azure/tokens/azure-identity-token"
READ = ["sh", "-c", 'cat "$AZURE_FEDERATED_TOKEN_FILE" && echo && echo "$0"', TOKEN]
needs_mounts = pytest.mark.skipif(mount_command() is None, reason="this machine allows no mount namespace")
# Seen from below /mnt, nothing of the clone lies anywhere else.
CLONE = """
set -e
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/clone /mnt/home
mount --rbind "$0" /mnt/clone
mkdir -p /mnt/home/kubelet && echo authority >/mnt/home/ca.crt
cd /mnt/clone
exec "$@"
"""
PROGRAM = """
import sys
from pathlib import Path
from tests.sandbox.test_kubelet import a_kubelet, a_pod
from sandbox.home import REPOSITORY
home = Path("/mnt/home")
assert str(REPOSITORY) == "/mnt/clone", REPOSITORY
script = "import sandbox.home, sys; print(sandbox.home.__file__, *(open(each).read() for each in sys.argv[1:]))"
command = [sys.executable, "-c", script, f"{home}/ca.crt", sys.argv[1]]
done = a_kubelet(home).run(a_pod(), command, {"PYTHONPATH": str(REPOSITORY)})
print(done.stdout, done.stderr)
"""


KILLED = """
import sys
from pathlib import Path
from tests.sandbox.test_kubelet import a_kubelet, a_pod
home = Path(sys.argv[1])
a_kubelet(home).run(a_pod(), ["sh", "-c", f"echo $$ >{home}/pid; exec sleep 600"], {})
"""


def a_kubelet(home: Path) -> Kubelet:
    """The kubelet of a cluster that gives every pod the same token."""
    plane: Any = SimpleNamespace(settings=SimpleNamespace(ca_path=home / "ca.crt"))
    made = Kubelet(plane, home / "kubelet")
    made.token = lambda *_: "the token"
    return made


def a_pod(at: str = "/var/run/secrets/azure/tokens") -> dict[str, Any]:
    """A pod as the webhook leaves it."""
    projected = {"sources": [{"serviceAccountToken": {"path": "azure-identity-token", "audience": "someone"}}]}
    container = {
        "env": [{"name": "AZURE_FEDERATED_TOKEN_FILE", "value": TOKEN}],
        "volumeMounts": [{"name": "token", "mountPath": at}],
    }
    spec = {"containers": [container], "volumes": [{"name": "token", "projected": projected}]}
    return {"metadata": {"uid": "1"}, "spec": spec}


@needs_mounts
def test_a_program_finds_its_token_at_the_pods_path(tmp_path: Path):
    done = a_kubelet(tmp_path).run(a_pod(), READ, {})

    assert (done.stdout, done.stderr) == (f"the token\n{TOKEN}\n", "")
    assert not Path(TOKEN).exists()


@needs_mounts
def test_a_program_sees_nothing_else_that_this_machine_runs(tmp_path: Path):
    done = a_kubelet(tmp_path).run(a_pod(), ["ls", "/run", "/mnt"], {})

    shown = [Path(part) for part in (REPOSITORY, sys.prefix, sys.base_prefix, tmp_path)]
    kept = {"mount", *(path.parts[2] for path in shown if path.parts[1] in ("run", "mnt"))}  # mount(8) keeps notes
    assert set(done.stdout.split()) - kept == {"/mnt:", "/run:", "secrets"}


@needs_mounts
def test_a_volume_elsewhere_is_refused(tmp_path: Path):
    with pytest.raises(SandboxError, match=r"volumes must be below /run, /mnt; got '/etc/tokens'"):
        a_kubelet(tmp_path).run(a_pod("/etc/tokens"), READ, {})


@needs_mounts
def test_a_clone_may_lie_where_pods_have_their_volumes(tmp_path: Path):
    enclosing = mount_command()
    assert enclosing
    python = Path(sys.executable).relative_to(REPOSITORY)
    command = ["sh", "-c", CLONE, str(REPOSITORY), str(python), "-c", PROGRAM, TOKEN]

    done = subprocess.run([*enclosing, *command], capture_output=True, text=True)

    assert done.stdout.strip() == "/mnt/clone/sandbox/home.py authority\n the token", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux the kernel stops a program with its parent")
def test_a_program_ends_with_whoever_is_killed_while_it_runs(tmp_path: Path):
    os.mkfifo(tmp_path / "pid")
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=REPOSITORY) as killed:
        program = os.pidfd_open(pid := int((tmp_path / "pid").read_text()))
        killed.kill()

    ended, _, _ = select.select([program], [], [], 30)
    os.close(program)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    assert ended


def test_a_program_has_the_pods_variables_and_no_others(tmp_path: Path):
    env = [shutil.which("env") or "env"]

    done = a_kubelet(tmp_path).run(a_pod(), env, {"HTTPS_PROXY": "http://127.0.0.1:1"})

    told = {line.partition("=")[0] for line in done.stdout.splitlines()}
    # The shell that mounts the volumes has its own, as a container's would.
    assert told - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "HTTPS_PROXY", "AZURE_FEDERATED_TOKEN_FILE"}


def test_without_a_mount_namespace_a_program_is_told_where_its_token_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(kubelet, "mount_command", lambda: None)

    done = a_kubelet(tmp_path).run(a_pod(), READ, {})

    token, told = done.stdout.splitlines()
    assert (token, told.startswith(f"{tmp_path}/")) == ("the token", True)
    assert capsys.readouterr().err.startswith("This machine allows no mount namespace: ")


def test_a_machine_without_unshare_has_no_mount_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert shutil.which("true")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))

    assert mount_command() is None
