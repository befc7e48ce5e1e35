"""The real Pulumi CLI on a sandbox of its own, and what it says as data."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
PACK = REPOSITORY / "policy"


@dataclass(frozen=True)
class Step:
    """One thing that the engine does or would do."""

    op: str
    type: str
    name: str


@dataclass(frozen=True)
class Run:
    """One command of the CLI that has ended."""

    exit_code: int
    events: list[dict[str, Any]]
    text: str
    """Everything that was printed and is no event."""

    @classmethod
    def of_output(cls, done: subprocess.CompletedProcess[str]) -> "Run":
        """What a command that has ended printed as JSON, an event on each line."""
        return _run(done)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind, without their envelope."""
        return [event[kind] for event in self.events if kind in event]

    @property
    def changes(self) -> dict[str, int]:
        """The engine's change summary."""
        return self.of("summaryEvent")[-1]["resourceChanges"] if self.of("summaryEvent") else {}

    @property
    def steps(self) -> list[Step]:
        """Everything but what stays the same, in order."""
        found: list[Step] = []
        for event in self.of("resourcePreEvent"):
            metadata = event["metadata"]
            if metadata["op"] != "same":
                found.append(Step(metadata["op"], metadata["type"], metadata["urn"].rpartition("::")[2]))
        return found

    @property
    def violations(self) -> list[tuple[str, str, str]]:
        """Policy, level and message."""
        return [(e["policyName"], e["enforcementLevel"], e["message"]) for e in self.of("policyEvent")]

    @property
    def errors(self) -> str:
        """All error diagnostics."""
        return "\n".join(e["message"] for e in self.of("diagnosticEvent") if e["severity"] == "error") + self.text

    def counted(self, op: str) -> Counter[str]:
        """How many resources of each type have a step of this kind."""
        return Counter(step.type for step in self.steps if step.op == op)


@dataclass
class Engine:
    """A stack called `dev` of one project, on the sandbox in one folder."""

    home: Path
    project: Path = REPOSITORY
    config: dict[str, Any] = field(default_factory=dict[str, Any])
    """Configuration of the stack; keys without a colon belong to the project."""
    variables: dict[str, str] = field(default_factory=dict[str, str])
    """Variables of every command, such as SANDBOX_FAULTS."""

    @classmethod
    def of_dev_stack(cls, home: Path) -> "Engine":
        """The program of this repository with its committed configuration."""
        return cls.of_project(home, REPOSITORY)

    @classmethod
    def of_project(cls, home: Path, project: Path) -> "Engine":
        """The program in a folder with its committed configuration; programs in one home share a sandbox."""
        committed = yaml.safe_load((project / "Pulumi.dev.yaml").read_text())["config"]
        return cls(home, project, config={key.partition(":")[2]: value for key, value in committed.items()})

    @classmethod
    def of_program(cls, folder: Path, source: str, *, name: str = "trial", **config: Any) -> "Engine":
        """A program of a test's own; programs of different names in one folder share a sandbox."""
        project = folder / name
        project.mkdir()
        options = {"toolchain": "pip", "virtualenv": str(REPOSITORY / ".venv")}
        runtime = {"name": "python", "options": options}
        (project / "Pulumi.yaml").write_text(yaml.safe_dump({"name": name, "runtime": runtime}))
        (project / "__main__.py").write_text(source)
        return cls(folder / "home", project, config)

    def up(self, *options: str) -> Run:
        return self._on_stack("up", "--yes", "--skip-preview", *options)

    def up_after_preview(self, *options: str) -> Run:
        """What a user's `pulumi up --yes` does: a preview, and the update if nothing stops that."""
        return self._on_stack("up", "--yes", *options)

    def preview(self, *options: str) -> Run:
        return self._on_stack("preview", *options)

    def refresh(self, *options: str) -> Run:
        return self._on_stack("refresh", *options)

    def destroy(self, *options: str) -> Run:
        return self._on_stack("destroy", "--yes", "--skip-preview", *options)

    def state(self) -> list[dict[str, Any]]:
        """The resources in the state, providers and the stack itself left out."""
        exported = json.loads(
            self.sandbox("pulumi", "-C", str(self.project), "stack", "export", "--stack", "dev").stdout
        )
        resources: list[dict[str, Any]] = exported["deployment"].get("resources", [])
        return [r for r in resources if not r["type"].startswith(("pulumi:providers:", "pulumi:pulumi:"))]

    def sandbox(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Any command inside the sandbox."""
        with self.start(*command, **variables) as process:
            try:
                stdout, stderr = process.communicate(timeout=300)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def start(self, *command: str, **variables: str) -> subprocess.Popen[str]:
        """Any command inside the sandbox, still running."""
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--", *command],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "SANDBOX_HOME": str(self.home),
                "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1",
                **self.variables,
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def azure(self, method: str, path: str, body: object = None) -> Any:
        """A request to the sandbox's Azure behind Pulumi's back; returns the answer's body."""
        script = (
            "import json, requests, sys; from sandbox.plugins.login import FederatedLogin; m, p, b = sys.argv[1:]; "
            "arm = 'https://management.azure.com'; token = FederatedLogin().get_token(arm + '/.default').token; "
            "r = requests.request(m, arm + p, json=json.loads(b), headers={'Authorization': 'Bearer ' + token}); "
            "r.raise_for_status(); print(r.text or 'null')"
        )
        done = self.sandbox(sys.executable, "-c", script, method, path, json.dumps(body))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def command(self, verb: str, *options: str) -> tuple[str, ...]:
        """The command line of the CLI for one verb on the stack, which is made when it is not there yet."""
        config = self._own / "config.yaml"
        if not (self._own / "initialised").exists():
            self._init()
        salt = yaml.safe_load((self._own / "Pulumi.dev.yaml").read_text())
        keys = {key if ":" in key else f"{self._name}:{key}": value for key, value in self.config.items()}
        config.write_text(yaml.safe_dump({"config": keys, **salt}))
        command = ("pulumi", "-C", str(self.project), "--non-interactive", verb, "--stack", "dev")
        return (*command, "--config-file", str(config), *options)

    @property
    def _name(self) -> str:
        return str(yaml.safe_load((self.project / "Pulumi.yaml").read_text())["name"])

    @property
    def _own(self) -> Path:
        """What this stack alone keeps in the sandbox's folder."""
        return self.home / "init" / self._name

    def _on_stack(self, verb: str, *options: str) -> Run:
        return _run(self.sandbox(*self.command(verb, "--json", *options)))

    def _init(self) -> None:
        """Make the stack from a copy of the project, because Pulumi writes its salt beside Pulumi.yaml."""
        self._own.mkdir(parents=True)
        (self._own / "Pulumi.yaml").write_text((self.project / "Pulumi.yaml").read_text())
        done = self.sandbox("pulumi", "-C", str(self._own), "stack", "init", "dev")
        assert done.returncode == 0, done.stderr
        (self._own / "initialised").touch()


def _run(done: subprocess.CompletedProcess[str]) -> Run:
    events: list[dict[str, Any]] = []
    text = done.stderr
    for line in done.stdout.splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            text += line + "\n"
    return Run(done.returncode, events, text)
