"""Everything that an API server holds, whoever put it there."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import requests

from sandbox.control_plane.control_plane import ControlPlane
from tests.chain.mounting import eventually

# What the API server and its controllers write as time goes by.
_PASSING = {"events", "leases"}

Objects: TypeAlias = dict[str, tuple[dict[str, str], dict[str, str]]]


def objects(plane: ControlPlane) -> Objects:
    """The labels and annotations of every object, by kind, namespace and name; found through discovery."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {plane.administrator_token}"
        session.verify = str(plane.settings.ca_path)

        def ready(path: str) -> dict[str, Any]:
            answer = session.get(f"{plane.server}{path}", timeout=20)
            if answer.status_code == requests.codes.too_many_requests:
                return {}  # the kind was defined just now, and the API server still makes room for it
            answer.raise_for_status()
            return answer.json()

        def read(path: str) -> dict[str, Any]:
            return eventually(lambda: ready(path))

        found: Objects = {}
        for path, kind in _kinds(read):
            for each in read(path)["items"]:
                about = each["metadata"]
                name = f"{kind} {about.get('namespace', '')}/{about['name']}"
                found[name] = (about.get("labels", {}), about.get("annotations", {}))
        return found


def _kinds(read: Any) -> Iterator[tuple[str, str]]:
    """The path that lists all objects of a kind, and its name."""
    groups = [f"/apis/{group['preferredVersion']['groupVersion']}" for group in read("/apis")["groups"]]
    for base in ("/api/v1", *groups):
        for each in read(base)["resources"]:
            if "list" in each["verbs"] and "/" not in each["name"] and each["name"] not in _PASSING:
                yield f"{base}/{each['name']}", each["kind"]
