"""The HTTP side of the API servers: paths, verbs and media types."""

import json
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.azure.store import Store
from sandbox.kubernetes import status
from sandbox.kubernetes.api import Cluster, Target
from sandbox.kubernetes.kinds import KINDS, Kind
from sandbox.kubernetes.managed_fields import Writer
from sandbox.kubernetes.objects import Objects
from sandbox.kubernetes.status import StatusError
from sandbox.plain import is_map, part

_CLUSTERS = "Microsoft.ContainerService/managedClusters"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_PATCHES = ("application/merge-patch+json", "application/apply-patch+yaml", "application/strategic-merge-patch+json")
_NAMESPACES = "/namespaces/{namespace}"
_NAMED = "/{plural}/{name}"


def create_app(store: Store) -> Starlette:
    """The API server of every cluster in `store`, told apart by host name."""
    objects = Objects(store)

    async def answer(request: Request) -> JSONResponse:
        try:
            cluster = _cluster(request, store, objects)
            return await _answer(request, cluster)
        except StatusError as refusal:
            return JSONResponse(refusal.body, refusal.code)

    paths = ["/version", "/api", "/apis"]
    for base in ("/api/{version}", "/apis/{group}/{version}"):
        paths += [base, f"{base}/{{plural}}", f"{base}{_NAMED}"]
        paths += [f"{base}{_NAMESPACES}/{{plural}}", f"{base}{_NAMESPACES}{_NAMED}"]
    return Starlette(
        routes=[Route(path, answer, methods=_METHODS) for path in paths]
        + [Route("/{path:path}", _nothing, methods=_METHODS)]
    )


async def _nothing(_request: Request) -> JSONResponse:
    refusal = status.no_such_path()
    return JSONResponse(refusal.body, refusal.code)


def _cluster(request: Request, store: Store, objects: Objects) -> Cluster:
    host = request.headers["host"].partition(":")[0].lower()
    servers = {body["properties"]["fqdn"].lower(): body for body in store.of_type(_CLUSTERS)}
    found = servers.get(host)
    if found is None:
        # A name that no cluster has does not resolve in Azure; the sandbox's names all lead here.
        raise StatusError(503, "ServiceUnavailable", f"no cluster answers at {host}")
    if "authorization" not in request.headers:
        raise status.unauthorized()
    cluster = Cluster(key=_key(found), add_ons=_add_ons(found), objects=objects)
    with objects.transaction():
        objects.prepare(cluster.key)
    return cluster


def _key(cluster: dict[str, Any]) -> str:
    return str(cluster["properties"]["resourceUID"])


def _add_ons(cluster: dict[str, Any]) -> frozenset[str]:
    profiles = part(cluster, "properties", "addonProfiles")
    return frozenset(name for name, profile in profiles.items() if profile.get("enabled"))


async def _answer(request: Request, cluster: Cluster) -> JSONResponse:
    path = request.path_params
    api_version = "/".join(path[part] for part in ("group", "version") if part in path)
    kinds = [kind for kind in KINDS if cluster.has(kind)]
    if request.url.path == "/version":
        return JSONResponse({"major": "1", "minor": "33", "gitVersion": "v1.33.0", "platform": "linux/amd64"})
    if request.url.path == "/api":
        return JSONResponse({"kind": "APIVersions", "versions": ["v1"]})
    if request.url.path == "/apis":
        return JSONResponse(_groups(kinds))
    if "plural" not in path:
        described = [kind.described for kind in kinds if kind.api_version == api_version]
        if not described:
            raise status.no_such_path()
        return JSONResponse({"kind": "APIResourceList", "groupVersion": api_version, "resources": described})
    kind = next((kind for kind in kinds if (kind.api_version, kind.plural) == (api_version, path["plural"])), None)
    if kind is None or ("namespace" in path and not kind.namespaced):
        raise status.no_such_path()
    target = Target(kind, path.get("namespace", ""), path.get("name", ""))
    code, body = cluster.handle(request.method, target, await _body(request), _writer(request))
    return JSONResponse(body, code)


def _groups(kinds: list[Kind]) -> dict[str, Any]:
    versions = {kind.group: kind.api_version for kind in kinds if kind.group}
    entries = [{"groupVersion": value, "version": value.rpartition("/")[2]} for value in versions.values()]
    groups = [
        {"name": name, "versions": [entry], "preferredVersion": entry}
        for name, entry in zip(versions, entries, strict=True)
    ]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip()


def _applies(request: Request) -> bool:
    return _content_type(request) == "application/apply-patch+yaml"


def _writer(request: Request) -> Writer:
    """kubernetes.io, "Server-Side Apply": only an apply must say its manager; otherwise the client's name is it."""
    query, applies = request.query_params, _applies(request)
    manager = query.get("fieldManager") or request.headers.get("user-agent", "").partition("/")[0] or "unknown"
    if applies and "fieldManager" not in query:
        raise status.no_field_manager()
    return Writer(manager, applies, force=query.get("force") == "true")


async def _body(request: Request) -> dict[str, Any]:
    if request.method not in ("POST", "PUT", "PATCH"):
        return {}
    if request.method == "PATCH" and _content_type(request) not in _PATCHES:
        raise status.unsupported_media_type(_content_type(request))
    try:
        text = await request.body()
        body: Any = yaml.safe_load(text) if _applies(request) else json.loads(text)
    except (ValueError, yaml.YAMLError) as error:
        raise status.bad_request(f"the object provided is unrecognized: {error}") from error
    if not is_map(body):
        raise status.bad_request("the object provided is unrecognized: it must be a mapping")
    return body
