"""What changes between two property bags, and whether it needs a replacement."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pulumi.runtime.proto import provider_pb2 as proto

from sandbox.plain import is_list, is_map
from sandbox.plugins.properties import Properties

_REPLACING = {
    proto.PropertyDiff.ADD: proto.PropertyDiff.ADD_REPLACE,
    proto.PropertyDiff.DELETE: proto.PropertyDiff.DELETE_REPLACE,
    proto.PropertyDiff.UPDATE: proto.PropertyDiff.UPDATE_REPLACE,
}
_INDEX = re.compile(r"\[\d+\]")


def _identical(_path: str, before: Any, after: Any) -> bool:
    return bool(before == after)


def diff_response(
    old: Properties,
    new: Properties,
    *,
    replaces: Callable[[str], bool],
    delete_before_replace: bool,
    same: Callable[[str, Any, Any], bool] = _identical,
) -> proto.DiffResponse:
    """The engine's answer for a change of inputs from `old` to `new`.

    Args:
        replaces: Whether a change at a path, written as in `agentPoolProfiles[].name`, needs a replacement.
        delete_before_replace: Whether the old resource goes first; matters only when something replaces.
        same: Whether two values mean the same to the service.
    """
    response = proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE, hasDetailedDiff=True)
    for path, kind in _changes(old, new, "", same):
        root = re.split(r"[.\[]", path, maxsplit=1)[0]
        if any(replaces(_INDEX.sub("[]", part)) for part in _prefixes(path)):
            kind = _REPLACING[kind]
            response.replaces.append(root)
        response.detailedDiff[path].kind = kind
        response.diffs.append(root)
    if response.diffs:
        response.changes = proto.DiffResponse.DIFF_SOME
    response.deleteBeforeReplace = bool(response.replaces) and delete_before_replace
    return response


def _changes(
    old: Any, new: Any, path: str, same: Callable[[str, Any, Any], bool]
) -> Iterator[tuple[str, proto.PropertyDiff.Kind.ValueType]]:
    if is_map(old) and is_map(new):
        for name in sorted({*old, *new}):
            below = f"{path}.{name}" if path else name
            if name not in new:
                yield below, proto.PropertyDiff.DELETE
            elif name not in old:
                yield below, proto.PropertyDiff.ADD
            else:
                yield from _changes(old[name], new[name], below, same)
    elif is_list(old) and is_list(new):
        for index in range(max(len(old), len(new))):
            below = f"{path}[{index}]"
            if index >= len(new):
                yield below, proto.PropertyDiff.DELETE
            elif index >= len(old):
                yield below, proto.PropertyDiff.ADD
            else:
                yield from _changes(old[index], new[index], below, same)
    elif not same(path, old, new):
        yield path, proto.PropertyDiff.UPDATE


def _prefixes(path: str) -> Iterator[str]:
    for match in re.finditer(r"\.", path):
        yield path[: match.start()]
    yield path
