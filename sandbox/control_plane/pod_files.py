"""How a pod's program finds the pod's volumes: at their paths in a mount namespace, or told of where they are."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import REPOSITORY

# What lies in these folders of this machine is not the pod's, but for what its program runs on.
_OWN = ("/run", "/mnt")
_ALIAS = "/var/run/"


def enclosed(command: list[str], mounts: Mapping[str, Path], *, root: Path, keep: Iterable[Path]) -> list[str]:
    """The command line, run in a mount namespace, of a script that mounts the volumes and becomes what follows it.

    Args:
        command: what makes the mount namespace.
        mounts: where the volumes lie, by their paths in the pod.
        root: a folder that nobody else uses.
        keep: folders that the program needs, beside this repository and its Python.

    Raises:
        SandboxError: A path is below none of the folders that a pod has for itself.
    """
    needed = {REPOSITORY, REPOSITORY / ".tools", Path(sys.prefix), Path(sys.base_prefix), *keep}
    bound = {str(each): each for path in needed for each in (path, path.resolve()) if _is_own(str(each))}
    for at, source in mounts.items():
        path = at.removeprefix("/var") if at.startswith(_ALIAS) else at
        if not _is_own(path):
            raise SandboxError(f"a pod's volumes must be below {', '.join(_OWN)}; got {at!r}")
        bound[path] = source
    root.mkdir(parents=True, exist_ok=True)
    # The folders are put together elsewhere first: a clone may lie below one of them.
    steps = [f'mkdir "$0{own}"' for own in _OWN]
    pairs = [text for at, source in sorted(bound.items()) for text in (str(source), at)]
    steps += ['while [ "$1" != -- ]; do mkdir -p "$0$2" && mount --rbind "$1" "$0$2" && shift 2 || exit 1; done']
    steps += [f'mount --rbind "$0{own}" {own}' for own in _OWN]
    script = " && ".join(['mount -t tmpfs tmpfs "$0"', *steps, 'shift && exec "$@"'])
    return [*command, "sh", "-c", script, str(root), *pairs, "--"]


def told(text: str, mounts: Mapping[str, Path]) -> str:
    """What a program is told where no namespace puts the volumes at their paths."""
    for at, source in mounts.items():
        text = text.replace(at, str(source))
    return text


def _is_own(path: str) -> bool:
    return path.startswith(tuple(f"{folder}/" for folder in _OWN))
