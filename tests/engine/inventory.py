"""Everything that the sandbox's Azure, its directory and its clusters hold, asked over REST.

Run inside a sandbox (`python -m tests.engine.inventory`), it prints a JSON list of names.
"""

import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import requests

from sandbox.azure.app import PROVIDERS
from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.insights import SETTINGS
from sandbox.azure.policy import ASSIGNMENTS as POLICY_ASSIGNMENTS
from sandbox.azure.resources import VERSIONS
from sandbox.kubernetes.kinds import KINDS, SYSTEM_NAMESPACES
from sandbox.plugins.arm_client import ArmClient
from sandbox.plugins.graph_client import GraphClient
from tests.engine.engine import Engine

TYPES = {kind.name.lower(): kind for provider in PROVIDERS for kind in provider.TYPES}
# Not made as resources of their own: a cluster lists its pools itself.
INNER = f"{CLUSTERS}/agentPools".lower()
# What lies on a resource is not listed among the resources of its group; these are the types that have some here.
_AUDITED = (CLUSTERS.lower(), "microsoft.keyvault/vaults")
_APPLICATIONS = "/applications"


def kept(engine: Engine) -> list[str]:
    """What the sandbox holds, but for what Azure and Kubernetes make by themselves."""
    done = engine.sandbox(sys.executable, "-m", "tests.engine.inventory")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def stored(engine: Engine) -> list[str]:
    """Every row of the sandbox's store that stands for something there is, soft-deleted names apart."""
    with contextlib.closing(sqlite3.connect(engine.home / "store.sqlite")) as database:
        return [
            row
            for query in (
                "SELECT key FROM resources",
                "SELECT key FROM sent",
                "SELECT cluster || ' ' || kind || ' ' || namespace || '/' || name FROM kubernetes_objects",
                "SELECT vault || ' ' || kind || '/' || name FROM vault_objects",
                "SELECT target FROM operations WHERE done = 0",
            )
            for (row,) in database.execute(query)
        ]


def recorded(engine: Engine) -> list[str]:
    """What the state holds, named as `kept` names it; a patch of an object is none of its own."""
    found: list[str] = []
    for resource in engine.state():
        kind = resource["type"].rpartition(":")[2]
        if kind.endswith("Patch"):
            continue
        if resource["type"].startswith("kubernetes:"):
            found.append(f"{kind} {resource['id']}")
        elif resource.get("id"):
            found.append(resource["id"].lower())
    return sorted(found)


def _azure(arm: ArmClient, subscription: str) -> Iterator[str]:
    groups = [
        group["id"] for group in _listed(arm, f"{subscription}/resourceGroups", VERSIONS[0]) if "managedBy" not in group
    ]
    below = {group: _listed(arm, f"{group}/resources", VERSIONS[0]) for group in groups}
    assignments = _listed(arm, f"{subscription}/providers/{ASSIGNMENTS}", TYPES[ASSIGNMENTS.lower()].api_versions[0])
    yield from groups
    yield from (assignment["id"] for assignment in assignments)
    for resource in (each for resources in below.values() for each in resources):
        yield from _with_children(arm, resource)


def _with_children(arm: ArmClient, resource: Any) -> Iterator[str]:
    if resource["name"] != "default":  # a service of a storage account, which is always there
        yield resource["id"]
    if resource["type"].lower() in _AUDITED:
        for setting in _listed(arm, f"{resource['id']}/providers/{SETTINGS}", TYPES[SETTINGS.lower()].api_versions[0]):
            yield setting["id"]
    if resource["type"] == CLUSTERS:
        assigned = f"{resource['id']}/providers/{POLICY_ASSIGNMENTS}"
        for assignment in _listed(arm, assigned, TYPES[POLICY_ASSIGNMENTS.lower()].api_versions[0]):
            if assignment["properties"]["scope"].lower() == resource["id"].lower():
                yield assignment["id"]
    for name, kind in TYPES.items():
        if name.rpartition("/")[0] == resource["type"].lower() and name != INNER:
            path = f"{resource['id']}/{kind.name.rpartition('/')[2]}"
            for child in _listed(arm, path, kind.api_versions[0]):
                yield from _with_children(arm, child)


def _directory(graph: GraphClient) -> Iterator[str]:
    """App registrations with their credentials, and their service principals, named as azuread names them."""
    for application in graph.get(_APPLICATIONS)["value"]:
        path = f"{_APPLICATIONS}/{application['id']}"
        yield path
        for credential in graph.get(f"{path}/federatedIdentityCredentials")["value"]:
            yield f"{application['id']}/federatedIdentityCredential/{credential['id']}"
        for principal in graph.get("/servicePrincipals", **{"$filter": f"appId eq '{application['appId']}'"})["value"]:
            yield f"/servicePrincipals/{principal['id']}"


def _objects(arm: ArmClient, subscription: str) -> Iterator[str]:
    path = f"{subscription}/resources"
    for resource in _listed(arm, path, VERSIONS[0]):
        if resource["type"] != CLUSTERS:
            continue
        cluster: Any = arm.get(resource["id"], TYPES[CLUSTERS.lower()].api_versions[0])
        server = f"https://{cluster['properties']['fqdn']}"
        for kind in KINDS:
            base = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.api_version}"
            answer = requests.get(f"{server}{base}/{kind.plural}", headers={"Authorization": "Bearer x"}, timeout=20)
            for item in answer.json().get("items", []):
                name, namespace = item["metadata"]["name"], item["metadata"].get("namespace")
                if name not in SYSTEM_NAMESPACES:
                    yield f"{kind.name} {namespace}/{name}" if namespace else f"{kind.name} {name}"


def _listed(arm: ArmClient, path: str, api_version: str) -> list[Any]:
    return (arm.get(path, api_version) or {})["value"]


if __name__ == "__main__":
    of = f"/subscriptions/{os.environ['ARM_SUBSCRIPTION_ID']}"
    client = ArmClient()
    resources = [each.lower() for each in (*_azure(client, of), *_directory(GraphClient()))]
    print(json.dumps(sorted([*resources, *_objects(client, of)])))  # noqa: T201
