"""Who manages which field of an object, and what an apply may change.

Sources: kubernetes.io, "Server-Side Apply" (field management, conflicts, shared fields, giving fields up);
kubernetes/apimachinery pkg/util/managedfields. Lists are one field each here: their merge keys are not modelled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.kubernetes import status
from sandbox.kubernetes.kinds import Kind
from sandbox.plain import is_map

_SERVERS_OWN = ("creationTimestamp", "generation", "managedFields", "name", "namespace", "resourceVersion", "uid")
_NOT_MANAGED = frozenset({("apiVersion",), ("kind",), ("status",), *(("metadata", name) for name in _SERVERS_OWN)})

Path = tuple[str, ...]
Managers = dict[tuple[str, str], set[Path]]


@dataclass(frozen=True)
class Writer:
    """Who writes.

    Attributes:
        manager: The field manager's name.
        applies: Whether this is a server-side apply.
        force: Whether an apply takes over the fields that others manage.
    """

    manager: str
    applies: bool = False
    force: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.manager, "Apply" if self.applies else "Update"


def made(body: dict[str, Any], writer: Writer) -> dict[str, Any]:
    """A new object: all its fields are its writer's."""
    return _with_managers(body, {writer.key: set(_fields(body))}, {})


def updated(existing: dict[str, Any], body: dict[str, Any], writer: Writer) -> dict[str, Any]:
    """An object after an update: what changed is now the writer's and nobody else's."""
    was, now = _fields(existing), _fields(body)
    changed = {path for path, value in now.items() if path not in was or was[path] != value}
    managers = {
        owner: {path for path in paths - changed if path in now} for owner, paths in _managers(existing).items()
    }
    managers[writer.key] = managers.get(writer.key, set[Path]()) | changed
    return _with_managers(body, managers, existing)


def applied(kind: Kind, existing: dict[str, Any], sent: dict[str, Any], writer: Writer) -> dict[str, Any]:
    """An object after an apply: what was sent is set; what the manager no longer sends and nobody else has is gone.

    Raises:
        StatusError: 409 when another manager has a field with another value, and the apply is not forced.
    """
    ours, live, managers = _fields(sent), _fields(existing), _managers(existing)
    mine = managers.pop(writer.key, set[Path]())
    changed = {path for path, value in ours.items() if path not in live or live[path] != value}
    taken = [(owner[0], path) for owner, paths in managers.items() for path in sorted(paths & changed)]
    if taken and not writer.force:
        raise status.apply_conflict(kind, [(manager, "." + ".".join(path)) for manager, path in taken])
    managers = {owner: paths - changed for owner, paths in managers.items()}
    result = existing
    for path in mine - ours.keys() - set[Path]().union(*managers.values()):
        result = _without(result, path)
    for path, value in ours.items():
        result = _set(result, path, value)
    return _with_managers(result, {**managers, writer.key: set(ours)}, existing)


def _fields(body: dict[str, Any]) -> dict[Path, Any]:
    """The fields that managers have, and their values."""
    found: dict[Path, Any] = {}

    def walk(value: Any, path: Path) -> None:
        if path in _NOT_MANAGED:
            return
        if is_map(value) and (value or not path):
            for name, each in value.items():
                walk(each, (*path, name))
        else:
            found[path] = value

    walk(body, ())
    return found


def _managers(body: dict[str, Any]) -> Managers:
    entries: list[dict[str, Any]] = body["metadata"].get("managedFields", [])
    return {(entry["manager"], entry["operation"]): set(_read(entry["fieldsV1"], ())) for entry in entries}


def _read(fields: dict[str, Any], path: Path) -> Iterable[Path]:
    for name, below in fields.items():
        here = (*path, name.removeprefix("f:"))
        if below:
            yield from _read(below, here)
        else:
            yield here


def _with_managers(body: dict[str, Any], managers: Managers, before: dict[str, Any]) -> dict[str, Any]:
    """The object with its managers; an entry whose fields stay the same keeps its time."""
    kept = {(e["manager"], e["operation"]): e for e in before.get("metadata", {}).get("managedFields", [])}
    entries: list[dict[str, Any]] = []
    for (manager, operation), paths in managers.items():
        tree: dict[str, Any] = {}
        for path in sorted(paths):
            tree = _set(tree, tuple(f"f:{step}" for step in path), {})
        entry = kept.get((manager, operation))
        if tree and (entry is None or entry["fieldsV1"] != tree):
            entry = {
                "manager": manager,
                "operation": operation,
                "apiVersion": body["apiVersion"],
                "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "fieldsType": "FieldsV1",
                "fieldsV1": tree,
            }
        if tree and entry:
            entries.append(entry)
    # kubernetes/apimachinery pkg/util/managedfields/internal/managedfields.go, sortEncodedManagedFields
    entries.sort(key=lambda entry: (entry["operation"], entry["time"], entry["manager"]))
    metadata = {name: value for name, value in body["metadata"].items() if name != "managedFields"}
    return {**body, "metadata": {**metadata, **({"managedFields": entries} if entries else {})}}


def _set(value: Any, path: Path, to: Any) -> dict[str, Any]:
    known: dict[str, Any] = value if is_map(value) else {}
    first, *rest = path
    return {**known, first: _set(known.get(first), tuple(rest), to) if rest else to}


def _without(value: dict[str, Any], path: Path) -> dict[str, Any]:
    """The value without one field; a map that becomes empty by that goes too."""
    first, *rest = path
    below = value.get(first)
    if first not in value or (rest and not is_map(below)):
        return value
    kept = _without(below, tuple(rest)) if rest and is_map(below) else None
    others = {name: each for name, each in value.items() if name != first}
    return {**others, first: kept} if kept else others
