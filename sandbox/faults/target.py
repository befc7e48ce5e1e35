"""What a request is about: a resource of Azure or an object of Kubernetes, and what happens to it."""

import json
from dataclasses import dataclass
from typing import Literal, TypeAlias

from starlette.requests import Request

from sandbox.azure.ids import parse
from sandbox.azure.store import Store
from sandbox.kubernetes.kinds import KINDS
from sandbox.plain import part

Operation: TypeAlias = Literal["create", "update", "delete", "read"]

_ARM = "management.azure.com"
_API_SERVERS = ".azmk8s.io"
_KUBERNETES: dict[str, Operation] = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


@dataclass(frozen=True)
class Target:
    """One resource or object and the operation on it; a list has no name."""

    type: str
    operation: Operation
    name: str
    azure: bool


async def target_of(request: Request, store: Store) -> Target | None:
    """What the request is about; None for what is neither, such as the state of an operation."""
    host = request.headers.get("host", "").partition(":")[0].lower()
    if host == _ARM:
        return _resource(request, store)
    if host.endswith(_API_SERVERS):
        return await _object(request)
    return None


def _resource(request: Request, store: Store) -> Target | None:
    path, method = request.url.path, request.method
    address = parse(path.rpartition("/")[0] if method == "POST" else path)
    if address is None or "/locations/" in address.type.lower():
        return None
    operation: Operation = "read"
    if method in ("PUT", "PATCH"):
        operation = "update" if store.get(str(address)) else "create"
    elif method == "DELETE":
        operation = "delete"
    return Target(address.type, operation, "" if address.is_collection else address.name, azure=True)


async def _object(request: Request) -> Target | None:
    """Source: kubernetes.io, "Kubernetes API Concepts", resource URIs."""
    root, *steps = request.url.path.strip("/").split("/")
    version = steps[: 2 if root == "apis" else 1]
    rest = steps[len(version) :]
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        rest = rest[2:]
    kind = next((kind for kind in KINDS if [kind.api_version, kind.plural] == ["/".join(version), *rest[:1]]), None)
    if kind is None:
        return None
    name = rest[1] if len(rest) > 1 else ""
    if request.method == "POST":
        name = await _sent_name(request)
    return Target(kind.name, _KUBERNETES.get(request.method, "read"), name, azure=False)


async def _sent_name(request: Request) -> str:
    try:
        return str(part(json.loads(await request.body()), "metadata").get("name", ""))
    except ValueError:
        return ""
