"""/applications/{id}/federatedIdentityCredentials: whose tokens become an application.

Sources: Microsoft Learn, graph/api/resources/federatedidentitycredential, graph/api/{
application-post-federatedidentitycredentials, federatedidentitycredential-update} and
entra/workload-id/workload-identity-federation-considerations (names and limits, which managed identities have too).
"""

import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.store import Json, Store
from sandbox.directory import CREDENTIALS, credentials_of, row
from sandbox.graph.access import Access
from sandbox.graph.applications import CONTEXT, json_of, registration
from sandbox.graph.errors import bad_credential, bad_request, exists, not_found, too_large
from sandbox.graph.filters import wanted
from sandbox.plain import is_list

_MOST = 20
_LONGEST = 600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,119}")
_FIELDS = ("name", "issuer", "subject", "audiences", "description")


def routes(store: Store, access: Access, created: Callable[[], float]) -> list[Route]:
    """What is served, by either id of the application, and by the credential's id or name."""

    async def listed(request: Request) -> Response:
        access.check(request)
        passes = wanted(request.query_params.get("$filter", ""))
        found = [each["object"] for each in credentials_of(store, registration(store, request))]
        context = f"{CONTEXT}applications('{request.path_params.get('id')}')/federatedIdentityCredentials"
        return JSONResponse({"@odata.context": context, "value": [each for each in found if passes(each)]})

    async def create(request: Request) -> Response:
        body = await json_of(request)
        with store.transaction():
            app = registration(store, request)
            access.check_write(request, app["owners"])
            shown = {"description": None, **body}
            _check(shown, credentials_of(store, app))
            shown["id"] = store.guid(store.birth(f"{app['id']}/credentials"))
            path = f"{app['id']}/federatedIdentityCredentials/{shown['id']}"
            store.put(row(CREDENTIALS, path, shown), created=created())
        return JSONResponse(shown, status_code=201)

    async def one(request: Request) -> Response:
        access.check(request)
        return JSONResponse(_named(store, request)["object"])

    async def update(request: Request) -> Response:
        body = await json_of(request)
        with store.transaction():
            app, found = registration(store, request), _named(store, request)
            access.check_write(request, app["owners"])
            shown = {**found["object"], **body}
            if shown["name"] != found["object"]["name"]:
                raise bad_credential("The name of a federated identity credential cannot be changed.")
            _check(shown, [each for each in credentials_of(store, app) if each["id"] != found["id"]])
            store.put({**found, "object": shown}, created=0)
        return Response(status_code=204)

    async def delete(request: Request) -> Response:
        app, found = registration(store, request), _named(store, request)
        access.check_write(request, app["owners"])
        store.delete(found["id"])
        return Response(status_code=204)

    return [
        route
        for path in ("/applications(appId='{app_id}')", "/applications/{id}")
        for route in (
            Route(f"{path}/federatedIdentityCredentials", listed),
            Route(f"{path}/federatedIdentityCredentials", create, methods=["POST"]),
            Route(f"{path}/federatedIdentityCredentials/{{credential}}", one),
            Route(f"{path}/federatedIdentityCredentials/{{credential}}", update, methods=["PATCH"]),
            Route(f"{path}/federatedIdentityCredentials/{{credential}}", delete, methods=["DELETE"]),
        )
    ]


def _named(store: Store, request: Request) -> Json:
    name = request.path_params["credential"]
    for each in credentials_of(store, registration(store, request)):
        if name in (each["object"]["id"], each["object"]["name"]):
            return each
    raise not_found(name)


def _check(shown: Json, others: list[Json]) -> None:
    for field in shown:
        if field not in (*_FIELDS, "id"):
            raise bad_request(f"Invalid property '{field}'.")
    name = shown.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad_credential("The name must be 3 to 120 letters, digits, '-' or '_' and start with a letter or digit.")
    audiences = shown.get("audiences")
    if not is_list(audiences) or len(audiences) != 1:
        raise bad_credential("The audiences must be exactly one.")
    for field, value in (
        ("issuer", shown.get("issuer")),
        ("subject", shown.get("subject")),
        ("audience", audiences[0]),
    ):
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
            raise bad_credential(f"The {field} must be a text of 1 to {_LONGEST} characters.")
    if len(shown["description"] or "") > _LONGEST:
        raise bad_credential(f"The description can have at most {_LONGEST} characters.")
    _check_unique(shown, [each["object"] for each in others])
    if len(others) >= _MOST:
        raise too_large()


def _check_unique(shown: Json, others: list[Json]) -> None:
    if any(each["name"] == shown["name"] for each in others):
        raise exists(f"FederatedIdentityCredential with name {shown['name']} already exists.")
    if any((each["issuer"], each["subject"]) == (shown["issuer"], shown["subject"]) for each in others):
        raise bad_credential(
            "The combination of issuer and subject must be unique for the application. "
            f"Issuer {shown['issuer']} and Subject: {shown['subject']} already exist."
        )
