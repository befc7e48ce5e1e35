"""graph.microsoft.com as an ASGI application: service principals, and their groups; no people, no app registrations.

Sources: Microsoft Learn, graph/api/{serviceprincipal-list, serviceprincipal-get, directoryobject-getbyids,
directoryobject-checkmembergroups} and graph/errors.
"""

import re
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.circumstances import Circumstances
from sandbox.azure.store import Store
from sandbox.entra.principals import Principal, by_client_id, by_object_id, caller, principals
from sandbox.plain import is_list

_CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#"
_SERVICE_PRINCIPAL = "#microsoft.graph.servicePrincipal"
_MOST_IDS = 1000
_MOST_GROUPS = 20
_EMPTY = "users|groups|applications|oauth2PermissionGrants"


class GraphError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}


def create_app(store: Store, circumstances: Circumstances | None = None) -> Starlette:
    """The directory of one tenant.

    Args:
        circumstances: whose member the caller is; left out, of the administrators' group.
    """
    stands = circumstances or Circumstances()

    async def listed(request: Request) -> Response:
        wanted = _filter(request.query_params.get("$filter", ""))
        found = [_shown(each) for each in principals(store) if wanted(each)]
        return JSONResponse({"@odata.context": f"{_CONTEXT}servicePrincipals", "value": found})

    async def one(request: Request) -> Response:
        by_id = request.path_params["id"]
        found = by_object_id(store, by_id)
        if found is None:
            raise _not_found(by_id)
        return JSONResponse({"@odata.context": f"{_CONTEXT}servicePrincipals/$entity", **_shown(found)})

    async def by_app_id(request: Request) -> Response:
        app_id = request.path_params["app_id"]
        found = by_client_id(store, app_id)
        if found is None:
            raise _not_found(app_id)
        return JSONResponse({"@odata.context": f"{_CONTEXT}servicePrincipals/$entity", **_shown(found)})

    async def by_ids(request: Request) -> Response:
        """Objects that are not there are left out of the answer, which is no error."""
        body: Any = await request.json()
        ids: Any = body.get("ids")
        if not is_list(ids) or len(ids) > _MOST_IDS:
            raise GraphError(400, "Request_BadRequest", f"'ids' must be a list of at most {_MOST_IDS} ids.")
        found = [each for each in (by_object_id(store, str(wanted)) for wanted in ids) if each]
        objects = [{"@odata.type": _SERVICE_PRINCIPAL, **_shown(each)} for each in found]
        return JSONResponse({"@odata.context": f"{_CONTEXT}directoryObjects", "value": objects})

    async def member_groups(request: Request) -> Response:
        """Of the groups that are asked for, those whose member it is, directly or not."""
        found = by_object_id(store, request.path_params["id"])
        if found is None:
            raise _not_found(request.path_params["id"])
        if not stands.directory_readable:
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        body: Any = await request.json()
        ids: Any = body.get("groupIds")
        if not is_list(ids) or not ids or len(ids) > _MOST_GROUPS:
            raise GraphError(400, "Request_BadRequest", f"'groupIds' must be a list of 1 to {_MOST_GROUPS} ids.")
        groups = stands.caller_groups if found == caller(store) else ()
        value = [str(each) for each in ids if str(each).lower() in (group.lower() for group in groups)]
        return JSONResponse({"@odata.context": f"{_CONTEXT}Collection(Edm.String)", "value": value})

    return Starlette(
        routes=[
            Route("/v1.0/servicePrincipals", listed),
            Route("/v1.0/servicePrincipals(appId='{app_id}')", by_app_id),
            Route("/v1.0/servicePrincipals/{id}", one),
            Route("/v1.0/servicePrincipals/{id}/checkMemberGroups", member_groups, methods=["POST"]),
            Route("/v1.0/directoryObjects/getByIds", by_ids, methods=["POST"]),
            Route("/v1.0/me", _me),
            Route("/v1.0/{path:path}", _nothing),
        ],
        exception_handlers={GraphError: _refused},
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphError)
    return JSONResponse(error.body, status_code=error.status)


async def _me(request: Request) -> Response:
    raise GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.")


async def _nothing(request: Request) -> Response:
    kind, _, name = request.path_params["path"].partition("/")
    if not re.fullmatch(_EMPTY, kind):
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{kind}'.")
    if name:
        raise _not_found(name)
    return JSONResponse({"@odata.context": f"{_CONTEXT}{kind}", "value": []})


def _not_found(name: str) -> GraphError:
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{name}' does not exist or one of its queried reference-property objects are not present.",
    )


def _shown(principal: Principal) -> dict[str, Any]:
    managed = principal.resource_id is not None
    return {
        "id": principal.object_id,
        "accountEnabled": True,
        "alternativeNames": ["isExplicit=True", principal.resource_id] if managed else [],
        "appId": principal.client_id,
        "displayName": principal.name,
        "servicePrincipalNames": [principal.client_id],
        "servicePrincipalType": "ManagedIdentity" if managed else "Application",
    }


def _filter(text: str) -> Callable[[Principal], bool]:
    clauses = [_clause(clause.strip()) for clause in re.split(r"\s+and\s+", text) if clause.strip()]
    return lambda principal: all(clause(principal) for clause in clauses)


def _clause(text: str) -> Callable[[Principal], bool]:
    """Source: Microsoft Learn, graph/filter-query-parameter; of its operators those that the Azure CLI uses."""
    readers: dict[str, Callable[[Principal, str], bool]] = {
        r"servicePrincipalNames/any\((\w+):\s*\1 eq '(?P<value>[^']*)'\)": lambda p, value: p.client_id == value,
        r"appId eq '(?P<value>[^']*)'": lambda p, value: p.client_id == value,
        r"id eq '(?P<value>[^']*)'": lambda p, value: p.object_id == value,
        r"displayName eq '(?P<value>[^']*)'": lambda p, value: p.name.lower() == value,
        r"startswith\(displayName,\s*'(?P<value>[^']*)'\)": lambda p, value: p.name.lower().startswith(value),
    }
    for pattern, reads in readers.items():
        if found := re.fullmatch(pattern, text, re.IGNORECASE):
            value = found["value"].lower()
            return lambda principal, reads=reads, value=value: reads(principal, value)
    raise GraphError(400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause specified: '{text}'")
