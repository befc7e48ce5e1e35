"""pulumi-language-python: runs Python programs and policy packs for the Pulumi engine."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2 as proto
from pulumi.runtime.proto import plugin_pb2
from pulumi.runtime.proto.language_pb2_grpc import LanguageRuntimeServicer, add_LanguageRuntimeServicer_to_server

from sandbox.leash import leashed
from sandbox.plugins.interpreter import MissingVirtualenvError, interpreter
from sandbox.plugins.serving import serve

_SHIM = "pulumi-language-python-exec"
_SHIM_VARIABLE = "PULUMI_LANGUAGE_PYTHON_EXEC"
_SHOWN_TO_USER = 32  # exit code of the shim: the message was shown already
_STOP_SECONDS = 5
_CHUNK_BYTES = 64 * 1024


class LanguageHost(LanguageRuntimeServicer):
    """The part of the language runtime protocol that running programs and policy packs needs.

    Source: pulumi/pulumi proto/pulumi/language.proto and sdk/python/cmd/pulumi-language-python.
    """

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopping = False
        self._lock = threading.Lock()

    def Handshake(self, request: proto.LanguageHandshakeRequest, context: Any) -> proto.LanguageHandshakeResponse:
        return proto.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: Any) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(
        self, request: proto.GetRequiredPackagesRequest, context: Any
    ) -> proto.GetRequiredPackagesResponse:
        return proto.GetRequiredPackagesResponse()

    def RuntimeOptionsPrompts(self, request: proto.RuntimeOptionsRequest, context: Any) -> proto.RuntimeOptionsResponse:
        return proto.RuntimeOptionsResponse()

    def GetProgramDependencies(
        self, request: proto.GetProgramDependenciesRequest, context: Any
    ) -> proto.GetProgramDependenciesResponse:
        return proto.GetProgramDependenciesResponse()

    def About(self, request: proto.AboutRequest, context: Any) -> proto.AboutResponse:
        python, environment = interpreter(Path(request.info.root_directory), _options(request.info))
        version = subprocess.run(
            [python, "--version"], env=environment, capture_output=True, text=True, check=True
        ).stdout
        return proto.AboutResponse(executable=python, version=version.removeprefix("Python ").strip())

    def InstallDependencies(
        self, request: proto.InstallDependenciesRequest, context: Any
    ) -> Iterator[proto.InstallDependenciesResponse]:
        text = "The virtual environment is kept by make; nothing is installed here.\n"
        yield proto.InstallDependenciesResponse(stdout=text.encode())

    def Run(self, request: proto.RunRequest, context: Any) -> proto.RunResponse:
        try:
            python, environment = interpreter(Path(request.info.root_directory), _options(request.info))
        except MissingVirtualenvError as error:
            return proto.RunResponse(error=str(error))
        shim = _shim()
        if shim is None:
            return proto.RunResponse(error=f"{_SHIM} was not found; set {_SHIM_VARIABLE} to its path")
        arguments = {
            "--monitor": request.monitor_address,
            "--engine": self._engine_address,
            "--project": request.project,
            "--root_directory": request.info.root_directory,
            "--stack": request.stack,
            "--pwd": request.pwd,
            "--dry_run": "true" if request.dryRun else "false",
            "--parallel": str(request.parallel),
            "--organization": request.organization,
        }
        command = [python, "-u", shim]
        for option, value in arguments.items():
            if value:
                command += [option, value]
        environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        program = str(Path(request.info.program_directory) / request.info.entry_point)
        child = self._start([*command, program, *request.args], environment, request.pwd)
        code = self._wait(child)
        if code == 0:
            return proto.RunResponse()
        if code == _SHOWN_TO_USER:
            return proto.RunResponse(bail=True)
        return proto.RunResponse(error=f"Program exited with non-zero exit code: {code}")

    def RunPlugin(self, request: proto.RunPluginRequest, context: Any) -> Iterator[proto.RunPluginResponse]:
        try:
            python, environment = interpreter(Path(request.info.root_directory), _options(request.info))
        except MissingVirtualenvError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
            return
        environment |= dict(entry.split("=", 1) for entry in request.env if "=" in entry)
        folder = request.info.program_directory
        policy_pack = request.kind == "analyzer"
        command = ["-m", "pulumi.policy", *request.args, folder] if policy_pack else [folder, *request.args]
        child = self._start([python, "-u", *command], environment, request.pwd, piped=True)
        context.add_callback(lambda: _stop(child))
        for name, text in _output(child):
            yield proto.RunPluginResponse(stdout=text) if name == "stdout" else proto.RunPluginResponse(stderr=text)
        yield proto.RunPluginResponse(exitcode=self._wait(child))

    def Cancel(self, request: empty_pb2.Empty, context: Any) -> empty_pb2.Empty:
        self.stop()
        return empty_pb2.Empty()

    def stop(self) -> None:
        """Stop every program that runs; none is started afterwards."""
        with self._lock:
            self._stopping = True
            children = list(self._children)
        for child in children:
            _stop(child)

    def _start(
        self, command: list[str], environment: Mapping[str, str], folder: str, *, piped: bool = False
    ) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE if piped else None
        with self._lock:
            if self._stopping:
                raise RuntimeError("the language host is stopping")
            child = subprocess.Popen(
                leashed(command), env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
            )
            self._children.add(child)
        return child

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        code = child.wait()
        with self._lock:
            self._children.discard(child)
        return code


def _output(child: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def forward(name: str, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), _CHUNK_BYTES):
                chunks.put((name, chunk))
        chunks.put((name, b""))

    streams = {name: stream for name, stream in (("stdout", child.stdout), ("stderr", child.stderr)) if stream}
    for name, stream in streams.items():
        threading.Thread(target=forward, args=(name, stream), daemon=True).start()
    open_streams = len(streams)
    while open_streams:
        name, chunk = chunks.get()
        if chunk:
            yield name, chunk
        else:
            open_streams -= 1


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _options(info: proto.ProgramInfo) -> dict[str, object]:
    return json_format.MessageToDict(info.options)


def _shim() -> str | None:
    path = os.environ.get(_SHIM_VARIABLE)
    return path if path and Path(path).is_file() else None


def main() -> None:
    host = LanguageHost(engine_address=sys.argv[-1])
    serve(lambda server: add_LanguageRuntimeServicer_to_server(host, server), on_end=host.stop)
