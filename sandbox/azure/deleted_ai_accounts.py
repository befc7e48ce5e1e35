"""Microsoft.CognitiveServices: what soft delete keeps of AI accounts, for 48 hours.

Sources: Microsoft Learn, ai-services/recover-purge-resources; azure-rest-api-specs cognitiveservices.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from .cloud import Cloud
from .errors import ArmError
from .resource_type import Answer, Endpoint, Request
from .store import Json

VERSIONS = (
    "2025-06-01",
    *("2023-05-01", "2024-10-01", "2025-09-01", "2025-12-01", "2026-03-01", "2026-05-01", "2026-07-01"),
    "2026-05-15-preview",  # what the Azure CLI asks for
)
ACCOUNTS = "Microsoft.CognitiveServices/accounts"
RETENTION_SECONDS = 48 * 3600


def as_text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def keep_deleted(cloud: Cloud, body: Json) -> None:
    cloud.store.soft_delete(body, at=cloud.timing.now(), key=body["id"])


def deleted_accounts(cloud: Cloud) -> list[tuple[Json, float]]:
    """Deleted accounts that can still be restored."""
    kept = cloud.store.soft_deleted(ACCOUNTS)
    return [(body, at) for body, at in kept if cloud.timing.now() < at + RETENTION_SECONDS]


def _deleted_id(body: Json) -> str:
    parts = str(body["id"]).split("/")
    place = f"/subscriptions/{parts[2]}/providers/Microsoft.CognitiveServices/locations/{body['location']}"
    return f"{place}/resourceGroups/{parts[4]}/deletedAccounts/{body['name']}"


def _deleted_view(body: Json, at: float) -> Json:
    dates = {"deletionDate": as_text(at), "scheduledPurgeDate": as_text(at + RETENTION_SECONDS)}
    properties = {**body["properties"], **dates, "provisioningState": "Succeeded"}
    return {
        **body,
        "id": _deleted_id(body),
        "type": "Microsoft.CognitiveServices/deletedAccounts",
        "properties": properties,
    }


def _list_deleted(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    return Answer(200, {"value": [_deleted_view(body, at) for body, at in deleted_accounts(cloud)]})


def _get_deleted(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    for body, at in deleted_accounts(cloud):
        if _deleted_id(body).lower() == request.path.lower():
            return Answer(200, _deleted_view(body, at))
    raise ArmError(404, "ResourceNotFound", f"The deleted account '{found['account']}' was not found.")


def _purge(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    for body, _ in deleted_accounts(cloud):
        if _deleted_id(body).lower() == request.path.lower():
            cloud.store.purge(ACCOUNTS, body["id"])
            return Answer(200)
    return Answer(204)


_OF_SUBSCRIPTION = "/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
_OF_GROUP = _OF_SUBSCRIPTION + "/locations/{location}/resourceGroups/{group}/deletedAccounts/{account}"
DELETED_ACCOUNTS = (
    Endpoint("GET", f"{_OF_SUBSCRIPTION}/deletedAccounts", VERSIONS, _list_deleted),
    Endpoint("GET", _OF_GROUP, VERSIONS, _get_deleted),
    Endpoint("DELETE", _OF_GROUP, VERSIONS, _purge),
)
