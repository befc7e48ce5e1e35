"""One SQLite file that holds the sandbox's Azure: resources, soft-deleted ones, operations, the identity of it all."""

import json
import sqlite3
import threading
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from sandbox.errors import SandboxError

Json: TypeAlias = dict[str, Any]

LAYOUT = 1
TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS generations (key TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS resources (
    key TEXT PRIMARY KEY, type TEXT NOT NULL, body TEXT NOT NULL, created REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS resources_by_name
    ON resources (type, lower(json_extract(body, '$.name')));
CREATE INDEX IF NOT EXISTS resources_by_principal
    ON resources (type, lower(json_extract(body, '$.properties.principalId')));
CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS soft_deleted (
    type TEXT, name TEXT, body TEXT NOT NULL, deleted REAL NOT NULL, PRIMARY KEY (type, name)
);
CREATE TABLE IF NOT EXISTS operations (
    id TEXT PRIMARY KEY, target TEXT NOT NULL, kind TEXT NOT NULL,
    started REAL NOT NULL, due REAL NOT NULL, done INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS vault_objects (
    vault TEXT, kind TEXT, name TEXT, version TEXT, body TEXT NOT NULL, PRIMARY KEY (vault, kind, name, version)
);
CREATE INDEX IF NOT EXISTS operations_unfinished ON operations (target) WHERE done = 0;
"""


@dataclass(frozen=True)
class Operation:
    """A long-running operation on one resource; `kind` is create, update or delete."""

    id: str
    target: str
    kind: str
    started: float
    due: float
    done: bool


class Store:
    """The sandbox's Azure as it stands.

    Every write is on disk when its request is answered, so a killed run loses nothing it was told of. Ids are not
    random: they follow from a seed kept in the file, so the same requests in the same order give the same ids.

    Args:
        path: the file; made with its folder when it is missing.
        seed: what the ids of a new file follow from; left out, a random one.

    Raises:
        SandboxError: the file is not a store this version can read.
    """

    def __init__(self, path: Path, *, seed: str | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._open(seed or str(uuid.uuid4()))
        except sqlite3.DatabaseError as problem:
            raise SandboxError(
                f"The sandbox's store {path} cannot be read ({problem}); "
                f"remove the folder {path.parent} to start afresh."
            ) from problem

    def _open(self, seed: str) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        fault = str(self._db.execute("PRAGMA quick_check(1)").fetchone()[0])
        if fault != "ok":
            raise sqlite3.DatabaseError(fault)
        layout = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if layout not in (0, LAYOUT):
            raise sqlite3.DatabaseError(f"it has layout {layout}, this version reads layout {LAYOUT}")
        self._db.executescript(TABLES)
        self._db.execute(f"PRAGMA user_version = {LAYOUT}")
        self._db.execute("INSERT OR IGNORE INTO facts VALUES ('seed', ?)", (seed,))
        kept = self._db.execute("SELECT value FROM facts WHERE name = 'seed'").fetchone()[0]
        self._namespace = uuid.uuid5(uuid.NAMESPACE_OID, str(kept))

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All of it or nothing; may be nested."""
        with self._lock:
            self._depth += 1
            if self._depth == 1:
                self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    # Ids

    @property
    def tenant_id(self) -> str:
        return self.guid("tenant")

    @property
    def subscription_id(self) -> str:
        return self.guid("subscription")

    @property
    def caller_object_id(self) -> str:
        return self.guid("caller")

    @property
    def caller_client_id(self) -> str:
        return self.guid("caller", "client")

    @property
    def caller_secret(self) -> str:
        return self.guid("caller", "secret")

    def guid(self, *of: str) -> str:
        """The GUID of a thing of this sandbox: the same words give the same one."""
        return str(uuid.uuid5(self._namespace, "/".join(of)))

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """A text that is made once and kept with everything else."""
        with self.transaction():
            if not self._rows("SELECT value FROM facts WHERE name = ?", name):
                self._rows("INSERT INTO facts VALUES (?, ?)", name, make())
            return str(self._rows("SELECT value FROM facts WHERE name = ?", name)[0][0])

    def birth(self, resource_id: str) -> str:
        """Words for `guid` that differ each time a resource of this id is created anew."""
        key = resource_id.lower()
        with self.transaction():
            self._rows(
                "INSERT INTO generations VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET count = count + 1",
                key,
            )
            count = self._rows("SELECT count FROM generations WHERE key = ?", key)[0][0]
            return f"{key}#{count}"

    # Resources

    def get(self, resource_id: str) -> Json | None:
        rows = self._rows("SELECT body FROM resources WHERE key = ?", resource_id.lower())
        return json.loads(rows[0][0]) if rows else None

    def put(self, body: Json, *, created: float) -> None:
        """Keeps a resource under its own `id`; `created` counts for a new one only."""
        self._rows(
            "INSERT INTO resources VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
            body["id"].lower(),
            body["type"].lower(),
            json.dumps(body),
            created,
        )

    def created(self, resource_id: str) -> float:
        return float(self._rows("SELECT created FROM resources WHERE key = ?", resource_id.lower())[0][0])

    def delete(self, resource_id: str) -> None:
        self._rows("DELETE FROM resources WHERE key = ?", resource_id.lower())
        self._rows("DELETE FROM sent WHERE key = ?", resource_id.lower())

    def keep_sent(self, resource_id: str, body: Json) -> None:
        """Keeps what a resource was last asked to be, word for word: what Azure ignores is in no resource."""
        self._rows("INSERT OR REPLACE INTO sent VALUES (?, ?)", resource_id.lower(), json.dumps(body))

    def sent(self, resource_id: str) -> Json | None:
        """The body of the last PUT that was accepted; None for what nobody wrote."""
        rows = self._rows("SELECT body FROM sent WHERE key = ?", resource_id.lower())
        return json.loads(rows[0][0]) if rows else None

    def of_type(self, type_name: str, *, under: str = "") -> list[Json]:
        """Resources of one type, all or those whose id continues `under`, in the order of their ids."""
        prefix = f"{under.lower()}/"
        rows = self._rows(
            "SELECT body FROM resources WHERE type = ? AND substr(key, 1, ?) = ? ORDER BY key",
            type_name.lower(),
            len(prefix),
            prefix,
        )
        return [json.loads(body) for (body,) in rows]

    def under(self, resource_id: str) -> list[Json]:
        """Everything whose id continues this one, deepest first."""
        key = resource_id.lower()
        rows = self._rows(
            "SELECT body FROM resources WHERE key > ? AND key < ? ORDER BY key DESC", f"{key}/", f"{key}0"
        )
        return [json.loads(body) for (body,) in rows]

    def named(self, type_name: str, name: str) -> list[Json]:
        rows = self._rows(
            "SELECT body FROM resources WHERE type = ? AND lower(json_extract(body, '$.name')) = ? ORDER BY key",
            type_name.lower(),
            name.lower(),
        )
        return [json.loads(body) for (body,) in rows]

    def of_principal(self, type_name: str, principal_id: str) -> list[Json]:
        rows = self._rows(
            "SELECT body FROM resources WHERE type = ? AND lower(json_extract(body, '$.properties.principalId')) = ? "
            "ORDER BY key",
            type_name.lower(),
            principal_id.lower(),
        )
        return [json.loads(body) for (body,) in rows]

    # What Azure keeps of deleted resources

    def soft_delete(self, body: Json, *, at: float, key: str = "") -> None:
        """Keeps a deleted resource under a key of its type; left out, its name."""
        self._rows(
            "INSERT OR REPLACE INTO soft_deleted VALUES (?, ?, ?, ?)",
            body["type"].lower(),
            (key or body["name"]).lower(),
            json.dumps(body),
            at,
        )

    def soft_deleted(self, type_name: str) -> list[tuple[Json, float]]:
        rows = self._rows("SELECT body, deleted FROM soft_deleted WHERE type = ? ORDER BY name", type_name.lower())
        return [(json.loads(body), float(at)) for body, at in rows]

    def purge(self, type_name: str, key: str) -> None:
        self._rows("DELETE FROM soft_deleted WHERE type = ? AND name = ?", type_name.lower(), key.lower())

    # What vaults hold

    def add_vault_object(self, vault_id: str, kind: str, name: str, version: str, body: Json) -> None:
        """A new version of a secret, key or certificate; names differ without case."""
        row = (vault_id.lower(), kind, name.lower(), version, json.dumps(body))
        self._rows("INSERT INTO vault_objects VALUES (?, ?, ?, ?, ?)", *row)

    def vault_objects(self, vault_id: str, kind: str, name: str = "") -> list[tuple[str, str, Json]]:
        """Name, version and body of all versions of one object, or of all objects of a kind; the oldest first."""
        sql = "SELECT name, version, body FROM vault_objects WHERE vault = ? AND kind = ? AND (name = ? OR ? = '')"
        rows = self._rows(f"{sql} ORDER BY rowid", vault_id.lower(), kind, name.lower(), name)
        return [(str(row[0]), str(row[1]), json.loads(row[2])) for row in rows]

    def delete_vault_objects(self, vault_id: str) -> None:
        """Remove everything that a vault held."""
        self._rows("DELETE FROM vault_objects WHERE vault = ?", vault_id.lower())

    # Operations

    def begin(self, target: str, kind: str, *, started: float, due: float) -> Operation:
        operation = Operation(self.guid(self.birth(f"operation/{target}")), target, kind, started, due, False)
        self._rows("INSERT INTO operations VALUES (?, ?, ?, ?, ?, 0)", operation.id, target.lower(), kind, started, due)
        return operation

    def operation(self, operation_id: str) -> Operation | None:
        found = self._operations("id = ?", operation_id.lower())
        return found[0] if found else None

    def unfinished(self, target: str) -> Operation | None:
        found = self._operations("done = 0 AND target = ?", target.lower())
        return found[0] if found else None

    def due(self, now: float) -> list[Operation]:
        return self._operations("done = 0 AND due <= ?", now)

    def finish(self, operation_id: str) -> None:
        self._rows("UPDATE operations SET done = 1 WHERE id = ?", operation_id)

    def _operations(self, condition: str, value: object) -> list[Operation]:
        rows = self._rows(f"SELECT id, target, kind, started, due, done FROM operations WHERE {condition}", value)  # noqa: S608 - a constant of this file
        return [Operation(*row[:5], done=bool(row[5])) for row in rows]
