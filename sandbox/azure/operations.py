"""Long-running operations: how they begin and how a caller asks after them.

Source: Microsoft Learn, azure-resource-manager/management/async-operations.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from .cloud import Cloud
from .errors import ArmError
from .ids import RESOURCE_GROUPS
from .resource_type import Answer, Endpoint, Request, ResourceType
from .store import Json, Operation

HOST = "https://management.azure.com"
SOONEST_POLL_MS = 10
LATEST_POLL_MS = 1000


def begin(cloud: Cloud, kind: ResourceType, resource_id: str, operation: str) -> Operation:
    if unfinished := cloud.store.unfinished(resource_id):
        cloud.store.finish(unfinished.id)
    now = cloud.timing.now()
    return cloud.store.begin(resource_id, operation, started=now, due=now + cloud.timing.seconds(kind.name, operation))


def poll(cloud: Cloud, operation: Operation, body: Json) -> dict[str, str]:
    """The headers that tell a caller where to ask."""
    subscription = f"{HOST}/subscriptions/{cloud.store.subscription_id}"
    if body["type"] == RESOURCE_GROUPS:
        headers = {"Location": f"{subscription}/operationresults/{operation.id}?api-version=2024-11-01"}
    else:
        namespace = body["type"].partition("/")[0]
        place = f"{subscription}/providers/{namespace}/locations/{body.get('location', 'global')}"
        kind = cloud.types[body["type"].lower()]
        version = kind.api_versions[0]
        headers = {"Azure-AsyncOperation": f"{place}/operations/{operation.id}?api-version={version}"}
        result = f"{place}/operationresults/{operation.id}?api-version={version}"
        if operation.kind == "delete":
            headers["Location"] = result
        elif operation.kind == "create" and kind.created == 202:
            headers = {"Location": result}
    return headers


def wait(cloud: Cloud, operation: Operation | None) -> dict[str, str]:
    """When to ask again, in milliseconds as the Azure SDKs understand it: Retry-After counts whole seconds only."""
    if operation is None or operation.done:
        return {}
    left = round((operation.due - cloud.timing.now()) * 1000)
    return {"retry-after-ms": str(min(max(left, SOONEST_POLL_MS), LATEST_POLL_MS))}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _known(cloud: Cloud, operation_id: str) -> Operation:
    operation = cloud.store.operation(operation_id)
    if operation is None:
        raise ArmError(404, "OperationNotFound", f"The operation '{operation_id}' could not be found.")
    return operation


def _status(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    operation = _known(cloud, found["operation"])
    status: Json = {
        "id": request.path,
        "name": operation.id,
        "status": "Succeeded" if operation.done else "InProgress",
        "startTime": _time(operation.started),
    }
    if operation.done:
        status["endTime"] = _time(operation.due)
    return Answer(200, status, wait(cloud, operation))


def _result(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    operation = _known(cloud, found["operation"])
    if operation.done:
        body = cloud.store.get(operation.target)
        return Answer(200, cloud.types[body["type"].lower()].view(cloud, body)) if body else Answer(204)
    location = f"{HOST}{request.path}?api-version={request.api_version}"
    return Answer(202, None, {"Location": location, **wait(cloud, operation)})


def endpoints(types: Mapping[str, ResourceType]) -> tuple[Endpoint, ...]:
    versions = tuple(sorted({version for kind in types.values() for version in kind.api_versions}))
    place = "/subscriptions/{subscription}/providers/{namespace}/locations/{location}"
    return (
        Endpoint("GET", place + "/operations/{operation}", versions, _status),
        Endpoint("GET", place + "/operationresults/{operation}", versions, _result),
        Endpoint("GET", "/subscriptions/{subscription}/operationresults/{operation}", versions, _result),
    )
