"""graph.microsoft.com as an ASGI application: app registrations, service principals and their groups; no people.

Sources: Microsoft Learn, graph/api/directoryobject-getbyids and graph/errors; those of the rest stand where it is.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.azure.circumstances import Circumstances
from sandbox.azure.store import Store
from sandbox.entra.principals import by_object_id
from sandbox.entra.tokens import Tokens
from sandbox.graph import applications, credentials, service_principals
from sandbox.graph.access import Access
from sandbox.graph.applications import CONTEXT, json_of
from sandbox.graph.errors import GraphError, bad_request, not_found
from sandbox.plain import is_list

_SERVICE_PRINCIPAL = "#microsoft.graph.servicePrincipal"
_MOST_IDS = 1000
_EMPTY = "users|groups|oauth2PermissionGrants"


def create_app(
    store: Store,
    circumstances: Circumstances | None = None,
    *,
    tokens: Tokens | None = None,
    now: Callable[[], float] = time.time,
) -> Starlette:
    """The directory of one tenant.

    Args:
        circumstances: whose member the caller is, and what it may write; left out, the administrators' group and all.
        tokens: whose access tokens are taken; left out, requests need none.
        now: the clock, in seconds since 1970.
    """
    stands = circumstances or Circumstances()
    access = Access(store, stands, tokens)

    async def by_ids(request: Request) -> Response:
        """Objects that are not there are left out of the answer, which is no error."""
        access.check(request)
        ids: Any = (await json_of(request)).get("ids")
        if not is_list(ids) or len(ids) > _MOST_IDS:
            raise bad_request(f"'ids' must be a list of at most {_MOST_IDS} ids.")
        found = [each for each in (by_object_id(store, str(wanted)) for wanted in ids) if each]
        objects = [{"@odata.type": _SERVICE_PRINCIPAL, **service_principals.shown(store, each)} for each in found]
        return JSONResponse({"@odata.context": f"{CONTEXT}directoryObjects", "value": objects})

    served = [
        *credentials.routes(store, access, now),
        *applications.routes(store, access, now),
        *service_principals.routes(store, access, stands, now),
        Route("/directoryObjects/getByIds", by_ids, methods=["POST"]),
        Route("/me", _me),
        Route("/{path:path}", _nothing, methods=["GET", "POST", "PATCH", "DELETE"]),
    ]
    return Starlette(routes=[Mount("/v1.0", routes=served)], exception_handlers={GraphError: _refused})


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, GraphError)
    return error.response()


async def _me(request: Request) -> Response:
    raise GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.")


async def _nothing(request: Request) -> Response:
    kind, _, name = request.path_params["path"].partition("/")
    if request.method != "GET" or not re.fullmatch(_EMPTY, kind):
        raise GraphError(400, "BadRequest", f"Resource not found for the segment '{kind}'.")
    if name:
        raise not_found(name)
    return JSONResponse({"@odata.context": f"{CONTEXT}{kind}", "value": []})
