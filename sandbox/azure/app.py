"""The sandbox's public hosts as one ASGI application."""

import json
import logging
import uuid
from collections.abc import Callable
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Host, Mount, Route, Router

from . import (
    appconfiguration,
    authorization,
    cognitiveservices,
    compute,
    containerregistry,
    containerservice,
    deployments,
    documentdb,
    eventhub,
    insights,
    inventory,
    keyvault,
    managedidentity,
    names_free,
    network,
    operationalinsights,
    operations,
    permissions,
    policy,
    privatedns,
    privateendpoints,
    providers,
    resources,
    search,
    security,
    servicebus,
    storage,
    tags,
    telemetry,
)
from .arm import Arm
from .circumstances import Circumstances
from .cloud import Cloud
from .errors import ArmError
from .resource_type import Answer, Request
from .store import Json, Store
from .timing import Timing

PROVIDERS = (
    resources,
    inventory,
    providers,
    tags,
    managedidentity,
    authorization,
    containerservice,
    keyvault,
    containerregistry,
    storage,
    cognitiveservices,
    compute,
    names_free,
    permissions,
    insights,
    operationalinsights,
    network,
    privateendpoints,
    privatedns,
    policy,
    servicebus,
    eventhub,
    appconfiguration,
    search,
    documentdb,
    telemetry,
    security,
    deployments,
)
METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]
LOG = logging.getLogger(__name__)


def create_app(
    store: Store,
    ca_pem: bytes = b"",
    *,
    timing: Timing | None = None,
    circumstances: Circumstances | None = None,
    bearer: Callable[[str], None] | None = None,
) -> Starlette:
    """Azure's public hosts over one store.

    Args:
        ca_pem: the authority that clusters' kubeconfigs trust.
        timing: how long things take; left out, nothing waits that need not.
        circumstances: how the subscription stands; left out, as a first update needs it.
        bearer: refuses an `Authorization` header by raising ArmError; left out, any will do.
    """
    types = {kind.name.lower(): kind for provider in PROVIDERS for kind in provider.TYPES}
    extra = tuple(endpoint for provider in PROVIDERS for endpoint in provider.ENDPOINTS)
    arm = Arm(
        Cloud(store, timing or Timing(), types, ca_pem, circumstances or Circumstances()),
        (*operations.endpoints(types), *extra),
    )

    async def management(http: HttpRequest) -> Response:
        try:
            _check_login(http, bearer)
            answer = await arm.answer(await _read(http))
        except ArmError as refusal:
            answer = Answer(refusal.status, refusal.body)
        except Exception:
            LOG.exception("%s %s", http.method, http.url.path)
            answer = Answer(500, ArmError(500, "InternalServerError", "The sandbox failed; its log says why.").body)
        return _respond(http, store, answer)

    return Starlette(
        routes=[
            Host("management.azure.com", Router([Route("/{path:path}", management, methods=METHODS)])),
            Mount("/", app=_no_such_host),
        ]
    )


def _check_login(http: HttpRequest, bearer: Callable[[str], None] | None) -> None:
    if "authorization" not in http.headers:
        raise ArmError(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    if bearer is not None:
        bearer(http.headers["authorization"])


async def _read(http: HttpRequest) -> Request:
    text = await http.body()
    try:
        body: Any = json.loads(text) if text.strip() else {}
    except ValueError as problem:
        raise _invalid_content(str(problem)) from problem
    if not isinstance(body, dict):
        raise _invalid_content("the body must be a JSON object")
    path = http.url.path.rstrip("/") or "/"
    return Request(
        http.method, path, {name.lower(): value for name, value in http.query_params.items()}, cast(Json, body)
    )


def _invalid_content(problem: str) -> ArmError:
    return ArmError(
        400, "InvalidRequestContent", f"The request content was invalid and could not be deserialized: '{problem}'."
    )


def _respond(http: HttpRequest, store: Store, answer: Answer) -> Response:
    request_id = str(uuid.uuid4())
    headers = {
        **answer.headers,
        "x-ms-request-id": request_id,
        "x-ms-correlation-request-id": http.headers.get("x-ms-correlation-request-id", request_id),
    }
    if answer.status == 401:
        authority = f"https://login.microsoftonline.com/{store.tenant_id}"
        headers["WWW-Authenticate"] = f'Bearer authorization_uri="{authority}"'
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)


async def _no_such_host(scope: Any, receive: Any, send: Any) -> None:
    host = HttpRequest(scope).headers.get("host", "")
    refusal = ArmError(404, "HostNotFound", f"The sandbox has nothing at '{host}'; it has management.azure.com.")
    await JSONResponse(refusal.body, status_code=404)(scope, receive, send)
