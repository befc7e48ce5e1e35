"""Lists across types: every resource of the subscription or of one group, with the filters that ARM knows."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from .cloud import Cloud
from .errors import ArmError, resource_group_not_found
from .ids import DEPLOYMENTS, RESOURCE_GROUPS, resource_group_of
from .paths import value_at
from .resource_type import Answer, Endpoint, Request
from .resources import VERSIONS as RESOURCE_VERSIONS
from .resources import check_subscription
from .store import Json

# The oldest one is what the Azure CLI looks vaults up with.
VERSIONS = (*RESOURCE_VERSIONS, "2015-11-01")
SHOWN = ("id", "name", "type", "location", "tags", "identity", "sku", "kind")

_READ: Mapping[str, Callable[[Json], str]] = {
    "resourcetype": lambda body: body["type"],
    "resourcegroup": lambda body: resource_group_of(body["id"]),
    "name": lambda body: body["name"],
    "location": lambda body: body["location"],
}


def _list(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """Top-level located resources. Source: REST reference, Resources - List and - List By Resource Group."""
    check_subscription(cloud, found["subscription"])
    scope = f"/subscriptions/{found['subscription']}"
    if group := found.get("group"):
        scope = f"{scope}/resourceGroups/{group}"
        if cloud.store.get(scope) is None:
            raise resource_group_not_found(group)
    wanted = _filter(request.query.get("$filter", ""))
    expand = request.query.get("$expand", "").lower().split(",")
    bodies = [
        _view(cloud, body, expand)
        for body in reversed(cloud.store.under(scope))
        if body["type"] not in (RESOURCE_GROUPS, DEPLOYMENTS)
        and body["type"].count("/") == 1
        and body.get("location")
        and wanted(body)
    ]
    return Answer(200, {"value": bodies})


def _view(cloud: Cloud, body: Json, expand: list[str]) -> Json:
    """Of the changed time the sandbox keeps nothing."""
    view = {name: body[name] for name in SHOWN if name in body}
    if "createdtime" in expand:
        view["createdTime"] = datetime.fromtimestamp(cloud.store.created(body["id"]), UTC).isoformat()
    if "provisioningstate" in expand:
        view["provisioningState"] = value_at(body, "properties.provisioningState") or "Succeeded"
    return view


def _filter(text: str) -> Callable[[Json], bool]:
    """Clauses joined by `and`; a tag is two of them, its name and its value."""
    clauses: list[Callable[[Json], bool]] = []
    tag = ""
    for part in re.split(r"\s+and\s+", text, flags=re.IGNORECASE) if text else []:
        clause = re.fullmatch(r"\s*(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*", part, re.IGNORECASE)
        name, value = (clause[1].lower(), clause[3].replace("''", "'")) if clause else ("", "")
        equal = clause is not None and clause[2].lower() == "eq"
        if name == "tagname" and equal:
            tag = value
            clauses.append(lambda body, tag=tag: tag in body.get("tags", {}))
        elif name == "tagvalue" and equal and tag:
            clauses.append(lambda body, tag=tag, value=value: body.get("tags", {}).get(tag) == value)
        elif name in _READ:
            read = _READ[name]
            clauses.append(
                lambda body, read=read, value=value, equal=equal: (read(body).lower() == value.lower()) == equal
            )
        else:
            raise ArmError(
                400, "InvalidFilterInQueryString", f"Invalid $filter '{text}' specified in the query string."
            )
    return lambda body: all(clause(body) for clause in clauses)


TYPES = ()
ENDPOINTS = (
    Endpoint("GET", "/subscriptions/{subscription}/resources", VERSIONS, _list),
    Endpoint("GET", "/subscriptions/{subscription}/resourceGroups/{group}/resources", VERSIONS, _list),
)
