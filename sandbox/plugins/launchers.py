"""Puts the plugins where the Pulumi CLI looks for them."""

import shlex
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from sandbox.home import REPOSITORY

# The engine takes the version of a provider from the Python SDK that registers the resource.
_PLUGINS = {
    "language-python": ("pulumi", "language_host"),
    "resource-azure-native": ("pulumi-azure-native", "azure_native"),
    "resource-kubernetes": ("pulumi-kubernetes", "kubernetes"),
    "resource-azuread": ("pulumi-azuread", "azuread"),
}


def write_launchers(pulumi_home: Path) -> None:
    """Write the launchers into the CLI's plugin cache.

    The CLI takes a language host or provider on PATH or beside its own binary first, so an official
    language host is used where there is one, and these cause no warning.

    Source: pulumi/pulumi sdk/go/common/workspace/plugins.go, getPluginInfoAndPath.
    """
    cache = pulumi_home / "plugins"
    cache.mkdir(parents=True, exist_ok=True)
    for plugin, (distribution, module) in _PLUGINS.items():
        folder = cache / f"{plugin}-v{version(distribution)}"
        for other in cache.glob(f"{plugin}-v*"):
            if other != folder and other.is_dir():  # the CLI keeps notes beside the folders
                shutil.rmtree(other)
        folder.mkdir(exist_ok=True)
        launcher = folder / f"pulumi-{plugin}"
        launcher.write_text(_script(module), encoding="utf-8")
        launcher.chmod(0o755)


def _script(module: str) -> str:
    # Not PYTHONPATH: the programs that a language host starts would inherit it.
    code = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r}); from sandbox.plugins.{module} import main; main()"
    return f'#!/bin/sh\nexec {shlex.join([sys.executable, "-P", "-c", code])} "$@"\n'
