"""`python -m bench.update PROGRAM FOLDER`, inside an empty sandbox: one `up`, and what then exists."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import yaml

from bench.preview import FOLDER
from sandbox.home import REPOSITORY, find_pulumi

PARALLEL = 128
DEV_STACK = "dev stack"


def _pulumi(project: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [str(find_pulumi()), "-C", str(project), "--non-interactive", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"error: pulumi {arguments[0]} failed\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> int:
    program, folder = sys.argv[1], Path(sys.argv[2])
    own = folder / "project"
    own.mkdir()
    (folder / "state").mkdir()
    os.environ["PULUMI_BACKEND_URL"] = (folder / "state").as_uri()
    # The state is written once, at the end: after every step it takes longer than the steps, and waits for no resource.
    os.environ |= {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
    options = {"toolchain": "pip", "virtualenv": str(REPOSITORY / ".venv")}
    config: dict[str, object] = {}
    if program == DEV_STACK:
        project = REPOSITORY
        (own / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        config = yaml.safe_load((REPOSITORY / "Pulumi.dev.yaml").read_text(encoding="utf-8"))
    else:
        project = own
        described = {"name": "bench", "runtime": {"name": "python", "options": options}}
        (own / "Pulumi.yaml").write_text(yaml.safe_dump(described), encoding="utf-8")
        source = (FOLDER / "programs" / f"{program}.py").read_text(encoding="utf-8")
        (own / "__main__.py").write_text(source, encoding="utf-8")
    _pulumi(own, "stack", "init", "dev")
    file = own / "Pulumi.dev.yaml"
    salt: dict[str, object] = (yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else None) or {}
    file.write_text(yaml.safe_dump({**config, **salt}), encoding="utf-8")
    on_stack = ("--stack", "dev", "--config-file", str(file))
    began = time.perf_counter()
    _pulumi(project, "up", "--yes", "--skip-preview", "--parallel", str(PARALLEL), *on_stack)
    seconds = time.perf_counter() - began
    exported = json.loads(_pulumi(own, "stack", "export", "--stack", "dev"))
    taken = {"seconds": seconds, "resources": exported["deployment"]["resources"]}
    (folder / "taken.json").write_text(json.dumps(taken), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
