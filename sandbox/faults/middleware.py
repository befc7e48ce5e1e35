"""Lets the requests of a sandbox meet the faults of a plan."""

import asyncio
import logging

from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.azure.errors import ArmError
from sandbox.azure.store import Store
from sandbox.azure.timing import injected_seconds
from sandbox.faults.plan import Failure, Faults, Plan
from sandbox.faults.target import Target, target_of
from sandbox.kubernetes.status import StatusError

_LOOK_SECONDS = 0.1
_MESSAGE = "The sandbox was told to fail here."
LOG = logging.getLogger(__name__)


class FaultMiddleware(BaseHTTPMiddleware):
    """Answers in place of the application, or after it, where a fault says so."""

    def __init__(self, app: ASGIApp, *, store: Store, plan: Plan) -> None:
        super().__init__(app)
        self._store = store
        self._faults = Faults(plan.faults)

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        target = await target_of(request, self._store)
        fault = self._faults.meet(target) if target else None
        if target is None or fault is None:
            return await call_next(request)
        LOG.warning("sandbox fault: %s %s %s: %s", target.operation, target.type, target.name, fault)
        if fault.hang:
            while not await request.is_disconnected():
                await asyncio.sleep(_LOOK_SECONDS)
            return Response()
        if fault.fail:
            await asyncio.sleep(fault.delay)
            return _refusal(target, fault.fail)
        writes_azure = target.azure and target.operation != "read"
        injected_seconds.set(fault.delay if writes_azure else 0.0)
        response = await call_next(request)
        if not writes_azure:
            await asyncio.sleep(fault.delay)
        return _BrokenResponse() if fault.drop else response


class _BrokenResponse(Response):
    """The head of an answer and nothing after it: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": head})


def _refusal(target: Target, failure: Failure) -> Response:
    if target.azure:
        return JSONResponse(ArmError(failure.status, failure.spelled, _MESSAGE).body, failure.status)
    return JSONResponse(StatusError(failure.status, failure.spelled, _MESSAGE).body, failure.status)
