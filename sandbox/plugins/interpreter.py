"""Which Python runs a Pulumi program or policy pack, and with which environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path


class MissingVirtualenvError(Exception):
    """The runtime option `virtualenv` names a folder that is no virtual environment."""


def interpreter(root: Path, options: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """The interpreter and the environment for a program whose runtime options are `options`.

    Args:
        root: Folder of Pulumi.yaml or PulumiPolicy.yaml; `virtualenv` is relative to it.
        options: Runtime options of that file. Without `virtualenv`, the interpreter that runs this process.

    Source: pulumi/pulumi sdk/python/toolchain/pip.go (virtualenv, PATH, VIRTUAL_ENV, PYTHONHOME).
    """
    environment = dict(os.environ)
    folder = options.get("virtualenv")
    if not isinstance(folder, str) or not folder:
        return sys.executable, environment
    virtualenv = Path(os.path.normpath(root / folder))
    python = virtualenv / "bin" / "python"
    if not python.exists():
        raise MissingVirtualenvError(
            f"the runtime option virtualenv must name a virtual environment, relative to {root}; got {folder!r}; "
            f"create it with: python3 -m venv {virtualenv}"
        )
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment.get('PATH', '')}"
    environment["VIRTUAL_ENV"] = str(virtualenv)
    environment.pop("PYTHONHOME", None)
    return str(python), environment
