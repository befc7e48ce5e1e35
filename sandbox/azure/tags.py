"""Microsoft.Resources/tags: the tags of a resource or a group, read and written apart from the rest of it.

Sources: REST reference, Tags - Get, Create Or Update, Update and Delete At Scope; Microsoft Learn,
azure-resource-manager/management/tag-resources (limits). The codes of broken limits are not documented.
"""

from collections.abc import Mapping
from typing import Any

from .cloud import Cloud
from .errors import ArmError, bad_request, resource_not_found
from .ids import Address, parse
from .resource_type import Answer, Endpoint, Request
from .resources import VERSIONS
from .store import Json

MOST_TAGS = 50
LONGEST_NAME = 512
LONGEST_VALUE = 256


def _tagged(cloud: Cloud, found: Mapping[str, str]) -> Json:
    address = parse(found["scope"])
    body = cloud.store.get(str(address)) if address else None
    if address is None or body is None:
        missing = address or Address("", found["scope"], ())
        raise resource_not_found(missing.type, missing.names, missing.resource_group)
    return body


def _answer(body: Json) -> Answer:
    tags = {
        "id": f"{body['id']}/providers/Microsoft.Resources/tags/default",
        "name": "default",
        "type": "Microsoft.Resources/tags",
        "properties": {"tags": body.get("tags", {})},
    }
    return Answer(200, tags)


def _sent(request: Request) -> dict[str, str]:
    properties: Any = request.body.get("properties")
    tags: Any = properties.get("tags") if isinstance(properties, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(tags, dict):
        raise bad_request("The request must have properties.tags, an object of names and values.")
    return {str(name): str(value) for name, value in tags.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _keep(cloud: Cloud, body: Json, tags: dict[str, str]) -> Answer:
    if len(tags) > MOST_TAGS:
        raise bad_request(f"A resource can have at most {MOST_TAGS} tags; got {len(tags)}.")
    for name, value in tags.items():
        if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise bad_request(
                f"The tag '{name}' must have at most {LONGEST_NAME} characters and its value at most {LONGEST_VALUE}."
            )
    with cloud.store.transaction():
        cloud.put({**body, "tags": tags})
    return _answer({**body, "tags": tags})


def _get(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    return _answer(_tagged(cloud, found))


def _put(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    return _keep(cloud, _tagged(cloud, found), _sent(request))


def _patch(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    body, sent = _tagged(cloud, found), _sent(request)
    before: dict[str, str] = body.get("tags", {})
    match str(request.body.get("operation", "")).lower():
        case "merge":
            return _keep(cloud, body, {**before, **sent})
        case "replace":
            return _keep(cloud, body, sent)
        case "delete":
            return _keep(cloud, body, {name: value for name, value in before.items() if sent.get(name) != value})
        case other:
            raise ArmError(400, "BadRequest", f"The operation must be Merge, Replace or Delete; got '{other}'.")


def _delete(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    _keep(cloud, _tagged(cloud, found), {})
    return Answer(200)


_PATH = "{scope}/providers/Microsoft.Resources/tags/default"
TYPES = ()
ENDPOINTS = (
    Endpoint("GET", _PATH, VERSIONS, _get),
    Endpoint("PUT", _PATH, VERSIONS, _put),
    Endpoint("PATCH", _PATH, VERSIONS, _patch),
    Endpoint("DELETE", _PATH, VERSIONS, _delete),
)
