"""/applications: app registrations and who owns them.

Sources: Microsoft Learn, graph/api/{application-post-applications, application-list, application-get,
application-update, application-delete, application-list-owners, application-post-owners, application-delete-owners}
and graph/api/resources/application.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.store import Json, Store
from sandbox.directory import APPLICATIONS, application, row, service_principal
from sandbox.graph.access import Access
from sandbox.graph.errors import GraphError, bad_request, not_found
from sandbox.graph.filters import wanted
from sandbox.plain import is_list, is_map

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#"
_OWNERS = "owners@odata.bind"
_LONGEST_NAME = 256
_AUDIENCES = (
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
)
_BY_DEFAULT: Json = {
    "deletedDateTime": None,
    "description": None,
    "identifierUris": [],
    "isDeviceOnlyAuthSupported": None,
    "isFallbackPublicClient": None,
    "keyCredentials": [],
    "notes": None,
    "passwordCredentials": [],
    "publisherDomain": None,
    "requiredResourceAccess": [],
    "signInAudience": "AzureADandPersonalMicrosoftAccount",
    "tags": [],
}
_READ_ONLY = ("deletedDateTime", "keyCredentials", "passwordCredentials", "publisherDomain")
_WRITABLE = {"displayName", *_BY_DEFAULT} - set(_READ_ONLY)


def routes(store: Store, access: Access, created: Callable[[], float]) -> list[Route]:
    """What is served, by either id of an application."""

    async def listed(request: Request) -> Response:
        access.check(request)
        passes = wanted(request.query_params.get("$filter", ""))
        found = [each["object"] for each in store.of_type(APPLICATIONS)]
        return JSONResponse({"@odata.context": f"{CONTEXT}applications", "value": [f for f in found if passes(f)]})

    async def create(request: Request) -> Response:
        access.check_write(request)
        body = await json_of(request)
        owners = bound_owners(body.pop(_OWNERS, []))
        birth = store.birth("/applications")
        shown = {**_BY_DEFAULT, **body, "id": store.guid(birth, "object"), "appId": store.guid(birth, "client")}
        _check(body, shown)
        with store.transaction():
            store.put(row(APPLICATIONS, f"/applications/{shown['id']}", shown, owners), created=created())
        return JSONResponse({"@odata.context": f"{CONTEXT}applications/$entity", **shown}, status_code=201)

    async def one(request: Request) -> Response:
        access.check(request)
        found = registration(store, request)
        return JSONResponse({"@odata.context": f"{CONTEXT}applications/$entity", **found["object"]})

    async def update(request: Request) -> Response:
        with_body = await json_of(request)
        found = registration(store, request)
        access.check_write(request, found["owners"])
        shown = {**found["object"], **with_body}
        _check(with_body, shown)
        store.put({**found, "name": shown["displayName"], "object": shown}, created=0)
        return Response(status_code=204)

    async def delete(request: Request) -> Response:
        """What it was becomes nobody: its service principal in its own tenant and its credentials go with it."""
        found = registration(store, request)
        access.check_write(request, found["owners"])
        principal = service_principal(store, found["object"]["appId"])
        with store.transaction():
            for each in (*store.under(found["id"]), *([principal] if principal else []), found):
                store.delete(each["id"])
        return Response(status_code=204)

    return [
        Route("/applications", listed),
        Route("/applications", create, methods=["POST"]),
        *(
            route
            for path in ("/applications(appId='{app_id}')", "/applications/{id}")
            for route in (
                Route(path, one),
                Route(path, update, methods=["PATCH"]),
                Route(path, delete, methods=["DELETE"]),
                *owner_routes(store, access, path, registration),
            )
        ),
    ]


def owner_routes(
    store: Store, access: Access, path: str, named: Callable[[Store, Request], Json]
) -> tuple[Route, Route, Route]:
    """Who owns an object of the directory; the sandbox checks no owner, because it has no people."""

    async def owners(request: Request) -> Response:
        access.check(request)
        value = [
            {"@odata.type": "#microsoft.graph.directoryObject", "id": each} for each in named(store, request)["owners"]
        ]
        return JSONResponse({"@odata.context": f"{CONTEXT}directoryObjects", "value": value})

    async def add(request: Request) -> Response:
        body = await json_of(request)
        found = named(store, request)
        access.check_write(request, found["owners"])
        (owner,) = bound_owners([body.get("@odata.id")])
        if owner in found["owners"]:
            raise bad_request(
                "One or more added object references already exist for the following modified properties: 'owners'."
            )
        store.put({**found, "owners": [*found["owners"], owner]}, created=0)
        return Response(status_code=204)

    async def remove(request: Request) -> Response:
        found = named(store, request)
        access.check_write(request, found["owners"])
        owner = request.path_params["owner"].lower()
        if owner not in found["owners"]:
            raise not_found(owner)
        store.put({**found, "owners": [each for each in found["owners"] if each != owner]}, created=0)
        return Response(status_code=204)

    return (
        Route(f"{path}/owners", owners),
        Route(f"{path}/owners/$ref", add, methods=["POST"]),
        Route(f"{path}/owners/{{owner}}/$ref", remove, methods=["DELETE"]),
    )


def registration(store: Store, request: Request) -> Json:
    """The application that a request names.

    Raises:
        GraphError: there is none.
    """
    name = str(request.path_params.get("id") or request.path_params["app_id"])
    found = application(store, name)
    if found is None or (found["object"]["id"] == name.lower()) != ("id" in request.path_params):
        raise not_found(name)
    return found


async def json_of(request: Request) -> dict[str, Any]:
    """The body of a request.

    Raises:
        GraphError: it is no JSON object.
    """
    try:
        body: Any = await request.json()
    except ValueError:
        body = None
    if not is_map(body):
        raise GraphError(400, "BadRequest", "Unable to read JSON request payload.")
    return body


def bound_owners(references: Any) -> list[str]:
    """The object ids at the end of references such as `https://graph.microsoft.com/v1.0/directoryObjects/<id>`."""
    if not is_list(references) or not all(isinstance(each, str) and each for each in references):
        raise bad_request("Invalid value specified for property 'owners' of resource 'Application'.")
    return [str(each).rstrip("/").rpartition("/")[2].lower() for each in references]


def _check(body: Json, shown: Json) -> None:
    for name in body:
        if name not in _WRITABLE:
            raise bad_request(f"Invalid property '{name}'.")
    name = shown.get("displayName")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise bad_request("Invalid value specified for property 'displayName' of resource 'Application'.")
    if shown["signInAudience"] not in _AUDIENCES:
        raise bad_request("Invalid value specified for property 'signInAudience' of resource 'Application'.")
