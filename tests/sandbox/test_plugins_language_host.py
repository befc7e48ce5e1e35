"""The Python language host, and how a plugin lives and ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import language_pb2 as proto
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeStub

from sandbox.home import REPOSITORY
from sandbox.plugins.language_host import LanguageHost
from sandbox.plugins.launchers import write_launchers

SHIM = "import json, os, sys; open(os.environ['SEEN'], 'w').write(json.dumps([sys.argv[1:], dict(os.environ)]))\n"


class Context:
    def add_callback(self, _callback: Any) -> None:
        pass


@pytest.fixture
def shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "shim"
    path.write_text(SHIM)
    monkeypatch.setenv("PULUMI_LANGUAGE_PYTHON_EXEC", str(path))
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    return path


def info(folder: Path, **options: str) -> proto.ProgramInfo:
    bag = struct_pb2.Struct()
    bag.update(options)
    return proto.ProgramInfo(root_directory=str(folder), program_directory=str(folder), entry_point=".", options=bag)


def run_program(folder: Path, **options: str) -> proto.RunResponse:
    request = proto.RunRequest(
        project="p",
        stack="dev",
        pwd=str(folder),
        dryRun=True,
        parallel=4,
        monitor_address="m",
        config={"p:a": "1"},
        configSecretKeys=["p:b"],
        info=info(folder, **options),
    )
    return LanguageHost("the engine").Run(request, Context())


def test_a_program_is_run_with_what_the_engine_says(shim: Path, tmp_path: Path) -> None:
    assert run_program(tmp_path) == proto.RunResponse()
    arguments, environment = json.loads((tmp_path / "seen").read_text())
    options = dict(zip(arguments[:-1:2], arguments[1:-1:2], strict=True))
    assert options["--engine"] == "the engine"
    assert (options["--monitor"], options["--dry_run"], options["--parallel"]) == ("m", "true", "4")
    assert arguments[-1] == str(tmp_path)
    assert json.loads(environment["PULUMI_CONFIG"]) == {"p:a": "1"}
    assert json.loads(environment["PULUMI_CONFIG_SECRET_KEYS"]) == ["p:b"]
    assert environment.get("PYTHONPATH") == os.environ.get("PYTHONPATH")


@pytest.mark.parametrize(
    ("code", "response"),
    [
        (0, proto.RunResponse()),
        (32, proto.RunResponse(bail=True)),
        (1, proto.RunResponse(error="Program exited with non-zero exit code: 1")),
    ],
)
def test_the_exit_code_of_a_program_is_judged(shim: Path, tmp_path: Path, code: int, response: object) -> None:
    shim.write_text(f"raise SystemExit({code})")

    assert run_program(tmp_path) == response


def test_a_program_runs_in_its_virtual_environment(shim: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    shim.write_text("import os, sys; open(os.environ['SEEN'], 'w').write(sys.prefix + os.environ['VIRTUAL_ENV'])")

    assert run_program(tmp_path, virtualenv="env") == proto.RunResponse()
    assert (tmp_path / "seen").read_text() == f"{tmp_path}/env" * 2


def test_a_missing_virtual_environment_says_how_to_make_it(shim: Path, tmp_path: Path) -> None:
    error = run_program(tmp_path, virtualenv="nowhere").error

    assert error.startswith("the runtime option virtualenv must name a virtual environment, relative to ")
    assert error.endswith(f"got 'nowhere'; create it with: python3 -m venv {tmp_path}/nowhere")


def test_a_missing_shim_says_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_LANGUAGE_PYTHON_EXEC", raising=False)

    assert run_program(tmp_path).error == (
        "pulumi-language-python-exec was not found; set PULUMI_LANGUAGE_PYTHON_EXEC to its path"
    )


def test_a_plugin_is_run_with_its_output_forwarded(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(
        "import os, sys; print('out', sys.argv[1], os.environ['A']); print('err', file=sys.stderr); sys.exit(3)"
    )
    request = proto.RunPluginRequest(pwd=str(tmp_path), info=info(tmp_path), args=["x"], env=["A=b=c"], kind="resource")

    messages = list(LanguageHost("e").RunPlugin(request, Context()))
    assert b"".join(message.stdout for message in messages) == b"out x b=c\n"
    assert b"".join(message.stderr for message in messages) == b"err\n"
    assert messages[-1].exitcode == 3


def test_the_interpreter_is_described(tmp_path: Path) -> None:
    about = LanguageHost("e").About(proto.AboutRequest(info=info(tmp_path)), Context())

    assert about.version == ".".join(map(str, sys.version_info[:3]))


class Plugin:
    """The language host as the CLI starts it: through its launcher, by a parent of its own."""

    def __init__(self, home: Path) -> None:
        write_launchers(home)
        launcher = next(home.glob("plugins/language-python-*/pulumi-language-python"))
        self.parent = subprocess.Popen(
            ["sh", "-c", f"'{launcher}' 127.0.0.1:1 & echo $!; wait"], stdout=subprocess.PIPE, text=True
        )
        assert self.parent.stdout is not None
        self.pid = int(self.parent.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(self.parent.stdout.readline())}")
        self.stub = LanguageRuntimeStub(self.channel)

    def ends(self) -> bool:
        for _ in range(50):
            if not Path(f"/proc/{self.pid}").exists():
                return True
            time.sleep(0.1)
        return False

    def close(self) -> None:
        self.channel.close()
        if Path(f"/proc/{self.pid}").exists():
            os.kill(self.pid, signal.SIGKILL)
        self.parent.kill()
        self.parent.communicate()


@pytest.fixture
def plugin(tmp_path: Path) -> Generator[Plugin]:
    started = Plugin(tmp_path)
    yield started
    started.close()


def test_a_plugin_prints_its_port_and_serves(plugin: Plugin) -> None:
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()).version == ""


def test_a_plugin_ends_with_the_process_that_started_it(plugin: Plugin) -> None:
    plugin.stub.GetPluginInfo(empty_pb2.Empty())
    plugin.parent.kill()

    assert plugin.ends()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_plugin_ends_at_a_signal(plugin: Plugin, number: int) -> None:
    os.kill(plugin.pid, number)

    assert plugin.ends()


def test_a_program_ends_with_its_language_host(plugin: Plugin, tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("import os, time; print(os.getpid(), flush=True); time.sleep(100)")
    request = proto.RunPluginRequest(pwd=str(tmp_path), info=info(tmp_path), kind="resource")
    program = int(next(iter(plugin.stub.RunPlugin(request))).stdout)

    os.kill(plugin.pid, signal.SIGKILL)
    plugin.pid = program
    assert plugin.ends()


def test_launchers_do_not_depend_on_the_folder_or_the_python_path(tmp_path: Path) -> None:
    write_launchers(tmp_path)

    for launcher in tmp_path.glob("plugins/*/pulumi-*"):
        assert str(REPOSITORY) in launcher.read_text()
        assert "PYTHONPATH" not in launcher.read_text()
