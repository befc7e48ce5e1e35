"""/servicePrincipals: what roles are given to. Those of registrations are written here, those of identities read.

Sources: Microsoft Learn, graph/api/{serviceprincipal-list, serviceprincipal-get,
serviceprincipal-post-serviceprincipals, serviceprincipal-update, serviceprincipal-delete,
directoryobject-checkmembergroups}.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.circumstances import Circumstances
from sandbox.azure.store import Json, Store
from sandbox.directory import SERVICE_PRINCIPALS, application, row, service_principal
from sandbox.entra.principals import Principal, by_client_id, by_object_id, caller, principals
from sandbox.graph.access import Access
from sandbox.graph.applications import CONTEXT, bound_owners, json_of, owner_routes
from sandbox.graph.errors import bad_request, denied, exists, not_found
from sandbox.graph.filters import wanted
from sandbox.plain import is_list

_MOST_GROUPS = 20
_OWNERS = "owners@odata.bind"
_BY_DEFAULT: Json = {
    "accountEnabled": True,
    "alternativeNames": [],
    "appRoleAssignmentRequired": False,
    "description": None,
    "homepage": None,
    "loginUrl": None,
    "logoutUrl": None,
    "notes": None,
    "notificationEmailAddresses": [],
    "preferredSingleSignOnMode": None,
    "replyUrls": [],
    "tags": [],
}
_WRITABLE = {"appId", *_BY_DEFAULT}


def routes(store: Store, access: Access, stands: Circumstances, created: Callable[[], float]) -> list[Route]:
    """What is served, by either id."""

    async def listed(request: Request) -> Response:
        access.check(request)
        passes = wanted(request.query_params.get("$filter", ""))
        found = [shown(store, each) for each in principals(store)]
        return JSONResponse({"@odata.context": f"{CONTEXT}servicePrincipals", "value": [f for f in found if passes(f)]})

    async def create(request: Request) -> Response:
        body = await json_of(request)
        owners = bound_owners(body.pop(_OWNERS, []))
        app_id = body.get("appId")
        registered = application(store, app_id) if isinstance(app_id, str) else None
        if registered is None or registered["object"]["appId"] != app_id:
            text = f"The appId '{app_id}' of the service principal does not reference a valid application object."
            raise bad_request(text)
        access.check_write(request, registered["owners"])
        if service_principal(store, str(app_id)):
            text = "The service principal cannot be created, updated, or restored because the service principal name "
            raise exists(f"{text}{app_id} is already in use.")
        _check(body)
        made = {**_BY_DEFAULT, **body, "id": store.guid(store.birth("/servicePrincipals"))}
        with store.transaction():
            store.put(row(SERVICE_PRINCIPALS, f"/servicePrincipals/{made['id']}", made, owners), created=created())
        found = by_object_id(store, made["id"])
        assert found is not None
        return _answer(store, found, 201)

    async def one(request: Request) -> Response:
        access.check(request)
        return _answer(store, _principal(store, request), 200)

    async def update(request: Request) -> Response:
        body = await json_of(request)
        found = _own(store, request)
        access.check_write(request, found["owners"])
        _check(body)
        store.put({**found, "object": {**found["object"], **body}}, created=0)
        return Response(status_code=204)

    async def delete(request: Request) -> Response:
        found = _own(store, request)
        access.check_write(request, found["owners"])
        store.delete(found["id"])
        return Response(status_code=204)

    async def member_groups(request: Request) -> Response:
        """Of the groups that are asked for, those whose member it is, directly or not."""
        found = _principal(store, request)
        if not stands.directory_readable:
            raise denied()
        ids: Any = (await json_of(request)).get("groupIds")
        if not is_list(ids) or not ids or len(ids) > _MOST_GROUPS:
            raise bad_request(f"'groupIds' must be a list of 1 to {_MOST_GROUPS} ids.")
        groups = stands.caller_groups if found == caller(store) else ()
        value = [str(each) for each in ids if str(each).lower() in (group.lower() for group in groups)]
        return JSONResponse({"@odata.context": f"{CONTEXT}Collection(Edm.String)", "value": value})

    return [
        Route("/servicePrincipals", listed),
        Route("/servicePrincipals", create, methods=["POST"]),
        *(
            route
            for path in ("/servicePrincipals(appId='{app_id}')", "/servicePrincipals/{id}")
            for route in (
                Route(path, one),
                Route(path, update, methods=["PATCH"]),
                Route(path, delete, methods=["DELETE"]),
                Route(f"{path}/checkMemberGroups", member_groups, methods=["POST"]),
                *owner_routes(store, access, path, _own),
            )
        ),
    ]


def shown(store: Store, principal: Principal) -> Json:
    """What Graph shows of a service principal, whatever it belongs to."""
    managed = principal.resource_id is not None
    made = service_principal(store, principal.object_id)
    kept: Json = made["object"] if made else {}
    return {
        **_BY_DEFAULT,
        "alternativeNames": ["isExplicit=True", principal.resource_id] if managed else [],
        **kept,
        "id": principal.object_id,
        "appDisplayName": None if managed else principal.name,
        "appId": principal.client_id,
        "appOwnerOrganizationId": None if managed else store.tenant_id,
        "displayName": principal.name,
        "servicePrincipalNames": [principal.client_id],
        "servicePrincipalType": "ManagedIdentity" if managed else "Application",
    }


def _answer(store: Store, principal: Principal, status: int) -> Response:
    context = {"@odata.context": f"{CONTEXT}servicePrincipals/$entity"}
    return JSONResponse({**context, **shown(store, principal)}, status_code=status)


def _principal(store: Store, request: Request) -> Principal:
    if app_id := request.path_params.get("app_id"):
        found = by_client_id(store, app_id)
    else:
        found = by_object_id(store, request.path_params["id"])
    if found is None:
        raise not_found(str(app_id or request.path_params["id"]))
    return found


def _own(store: Store, request: Request) -> Json:
    """One of a registration; those of managed identities come and go with their resource in Azure."""
    principal = _principal(store, request)
    found = service_principal(store, principal.object_id)
    if found is None:
        raise denied()
    return found


def _check(body: Json) -> None:
    for name in body:
        if name not in _WRITABLE:
            raise bad_request(f"Invalid property '{name}'.")
