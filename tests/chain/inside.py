"""The real Pulumi CLI in a sandbox that the tests hold open, beside its running control planes."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.leash import leashed
from tests.engine.engine import REPOSITORY, Engine


@dataclass
class InsideEngine(Engine):
    """Runs its commands with the variables of an open sandbox instead of opening one for each.

    No sandbox runs between the tests and a command that would end it: the command ends with the thread that starts it.
    """

    inside: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)

    def start(self, *command: str, **variables: str) -> subprocess.Popen[str]:
        streaming = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"}
        return subprocess.Popen(
            leashed(list(command)),
            cwd=REPOSITORY,
            env={**self.inside, **streaming, **self.variables, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
