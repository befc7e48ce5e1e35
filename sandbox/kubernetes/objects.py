"""The objects of all clusters, kept beside the resources of Azure in the same file."""

import json
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sandbox.azure.store import Store
from sandbox.kubernetes.kinds import NAMESPACE, SERVICE_ACCOUNT, SYSTEM_NAMESPACES, Kind
from sandbox.plain import part

_TABLES = """
CREATE TABLE IF NOT EXISTS kubernetes_objects (
    cluster TEXT, kind TEXT, namespace TEXT, name TEXT, version INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (cluster, kind, namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kubernetes_version (only INTEGER PRIMARY KEY CHECK (only = 0), version INTEGER NOT NULL);
INSERT OR IGNORE INTO kubernetes_version VALUES (0, 0);
CREATE TRIGGER IF NOT EXISTS kubernetes_objects_go_with_their_cluster
    AFTER DELETE ON resources WHEN old.type = 'microsoft.containerservice/managedclusters'
BEGIN
    DELETE FROM kubernetes_objects WHERE cluster = json_extract(old.body, '$.properties.resourceUID');
END;
"""


class Objects:
    """What the clusters hold, each for as long as its cluster is there.

    A cluster is known by a key of its own, so one built anew under an old name is empty.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._database = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False, timeout=10)
        self._database.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All of it or nothing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def prepare(self, cluster: str) -> None:
        """Give a cluster seen for the first time what a new one has."""
        if self.get(cluster, NAMESPACE, "", "default") is not None:
            return
        for name in SYSTEM_NAMESPACES:
            self.add_namespace(cluster, {"metadata": {"name": name}})

    def get(self, cluster: str, kind: Kind, namespace: str, name: str) -> dict[str, Any] | None:
        row = self._database.execute(
            "SELECT body FROM kubernetes_objects WHERE cluster = ? AND kind = ? AND namespace = ? AND name = ?",
            (cluster, kind.resource, namespace, name),
        ).fetchone()
        return json.loads(row[0]) if row else None

    def list(self, cluster: str, kind: Kind, namespace: str | None) -> list[dict[str, Any]]:
        """Objects of one kind, of one namespace or, for None, of all."""
        rows = self._database.execute(
            "SELECT body FROM kubernetes_objects WHERE cluster = ? AND kind = ? AND (? IS NULL OR namespace = ?)"
            " ORDER BY namespace, name",
            (cluster, kind.resource, namespace, namespace),
        )
        return [json.loads(body) for (body,) in rows]

    def add(self, cluster: str, kind: Kind, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        """Keep a new object and fill in what the server gives it."""
        (version,) = self._database.execute("SELECT version FROM kubernetes_version").fetchone()
        given = {
            "uid": self._store.guid(cluster, kind.resource, namespace, body["metadata"]["name"], str(version)),
            "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "generation": 1,
        }
        if kind.namespaced:
            given["namespace"] = namespace
        return self._keep(cluster, kind, namespace, {**body, "metadata": {**body["metadata"], **given}})

    def add_namespace(self, cluster: str, body: dict[str, Any]) -> dict[str, Any]:
        """A namespace comes with an account: kubernetes.io, "Service Accounts", default service accounts."""
        name = body["metadata"]["name"]
        labels = {"kubernetes.io/metadata.name": name, **part(body, "metadata", "labels")}
        namespace: dict[str, Any] = {
            **body,
            "metadata": {**body["metadata"], "labels": labels},
            "status": {"phase": "Active"},
        }
        kept = self.add(cluster, NAMESPACE, "", _typed(NAMESPACE, namespace))
        self.add(cluster, SERVICE_ACCOUNT, name, _typed(SERVICE_ACCOUNT, {"metadata": {"name": "default"}}))
        return kept

    def replace(self, cluster: str, kind: Kind, existing: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Keep a changed object; one that did not change keeps its version."""
        fixed = {
            name: existing["metadata"][name]
            for name in ("name", "namespace", "uid", "creationTimestamp", "generation", "resourceVersion")
            if name in existing["metadata"]
        }
        changed = {**body, "metadata": {**body["metadata"], **fixed}}
        if "status" in existing:
            changed["status"] = existing["status"]
        if changed == existing:
            return existing
        if changed.get("spec") != existing.get("spec"):
            changed["metadata"]["generation"] = existing["metadata"]["generation"] + 1
        return self._keep(cluster, kind, existing["metadata"].get("namespace", ""), changed)

    def remove(self, cluster: str, kind: Kind, namespace: str, name: str) -> None:
        """Delete an object, and with a namespace everything in it."""
        self._database.execute(
            "DELETE FROM kubernetes_objects WHERE cluster = ? AND kind = ? AND namespace = ? AND name = ?",
            (cluster, kind.resource, namespace, name),
        )
        if kind == NAMESPACE:
            self._database.execute(
                "DELETE FROM kubernetes_objects WHERE cluster = ? AND namespace = ?", (cluster, name)
            )

    def _keep(self, cluster: str, kind: Kind, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        (version,) = self._database.execute(
            "UPDATE kubernetes_version SET version = version + 1 RETURNING version"
        ).fetchone()
        body["metadata"]["resourceVersion"] = str(version)
        self._database.execute(
            "INSERT OR REPLACE INTO kubernetes_objects VALUES (?, ?, ?, ?, ?, ?)",
            (cluster, kind.resource, namespace, body["metadata"]["name"], version, json.dumps(body)),
        )
        return body


def _typed(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind.name, "apiVersion": kind.api_version, **body}
