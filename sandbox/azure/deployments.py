"""Microsoft.Resources/deployments at the scope of the subscription: the resources of a template, put as one.

A refused resource refuses the deployment, and nothing of it stays, as Azure's validation before a deployment does. A
deployment is the record of what was done: what it made outlives it. Template expressions are not evaluated here.

Sources: Microsoft Learn, azure-resource-manager/templates/deploy-to-subscription (location, resources that can be
deployed there) and troubleshooting/common-deployment-errors (DeploymentActive, InvalidTemplate); azure-rest-api-specs
resources 2024-03-01 (Deployments_*AtSubscriptionScope). Codes of other refusals are not documented.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from . import authorization, policy, security
from .arm import known_type
from .errors import ArmError, bad_request
from .ids import DEPLOYMENTS, RESOURCE_GROUPS, Address, parse
from .paths import put_at
from .resource_type import Endpoint, LongRunning, NameRule, ResourceType, Write
from .store import Json

ACTIVE = ("Accepted", "Running")
# Of the sandbox's types, those that can be deployed to a subscription without a group.
AT_SUBSCRIPTION = (RESOURCE_GROUPS, authorization.ASSIGNMENTS, policy.ASSIGNMENTS, security.PRICINGS)


def _moved(write: Write, location: str) -> ArmError:
    return ArmError(
        409,
        "InvalidDeploymentLocation",
        f"Invalid deployment location '{location}'. The deployment '{write.address.name}' already exists in location "
        f"'{write.was('location')}'.",
    )


def _check(write: Write) -> None:
    if write.address.scope.lower() != f"/subscriptions/{write.cloud.store.subscription_id}":
        raise bad_request("The sandbox has deployments of the subscription, and none of a group.")
    if write.was("properties.provisioningState") in ACTIVE:
        raise ArmError(
            409,
            "DeploymentActive",
            f"The deployment with resource id '{write.address}' cannot be saved, because this would overwrite an "
            "existing deployment which is still active.",
        )
    if write.get("properties.mode") != "Incremental":
        raise bad_request("A deployment at the scope of a subscription must have the mode Incremental.")


def _complete(write: Write) -> None:
    template: Any = write.get("properties.template")
    resources: Any = template.get("resources") if isinstance(template, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(resources, list):
        raise _invalid("the template must have a list of resources")
    text = json.dumps(template, sort_keys=True)
    made = [_put(write, resource) for resource in resources]  # pyright: ignore[reportUnknownVariableType]
    write.set(
        "properties",
        {
            "templateHash": str(int(hashlib.sha256(text.encode()).hexdigest()[:16], 16)),
            "mode": write.get("properties.mode"),
            "provisioningState": "Accepted",
            "timestamp": datetime.fromtimestamp(write.cloud.timing.now(), UTC).isoformat(),
            "duration": "PT0S",
            "correlationId": write.guid("correlation"),
            "providers": _providers(made),
            "dependencies": [],
            "outputResources": [{"id": body["id"]} for body in made],
        },
    )


def _put(write: Write, resource: Any) -> Json:
    """One resource of the template, as its own PUT would have made it; what takes its time there is done here."""
    cloud = write.cloud
    if not isinstance(resource, dict) or not all(
        isinstance(resource.get(name), str)  # pyright: ignore[reportUnknownMemberType]
        for name in ("type", "apiVersion", "name")
    ):
        raise _invalid("a resource must have type, apiVersion and name")
    sent: Json = {str(name): value for name, value in resource.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if expression := _expression(sent):
        raise bad_request(f"The sandbox evaluates no expressions in templates; got '{expression}'.")
    address = Address(write.address.scope, sent.pop("type"), tuple(sent.pop("name").split("/")))
    api_version = sent.pop("apiVersion")
    kind = known_type(cloud, address, api_version, str(sent.get("location", "")))
    if kind.name not in AT_SUBSCRIPTION:
        raise bad_request(f"The sandbox deploys {', '.join(AT_SUBSCRIPTION)} to a subscription; got '{kind.name}'.")
    if len(address.names) != kind.name.count("/"):
        raise _invalid(f"the resource '{'/'.join(address.names)}' has not as many names as its type has segments")
    address = cloud.canonical(address)
    before = cloud.found(address)
    if before:
        address = parse(before["id"]) or address
    made = kind.write(cloud, address, api_version, sent, before).body
    if kind.long_running:
        put_at(made, "properties.provisioningState", "Succeeded")
    cloud.put(made)
    cloud.store.keep_sent(str(address), sent)
    return made


def _expression(value: Any) -> str:
    """The first text that Resource Manager would evaluate; two brackets are one that stands for itself."""
    if isinstance(value, str):
        return value if value.startswith("[") and value.endswith("]") and not value.startswith("[[") else ""
    inner: list[Any] = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
    return next((found for each in inner if (found := _expression(each))), "")


def _providers(made: list[Json]) -> list[Json]:
    found: dict[str, list[str]] = {}
    for body in made:
        namespace, _, kind = body["type"].partition("/")
        found.setdefault(namespace, []).append(kind)
    return [
        {"namespace": namespace, "resourceTypes": [{"resourceType": kind} for kind in sorted(set(kinds))]}
        for namespace, kinds in found.items()
    ]


def _invalid(problem: str) -> ArmError:
    return ArmError(400, "InvalidTemplate", f"Deployment template validation failed: '{problem}'.")


DEPLOYMENT = ResourceType(
    name=DEPLOYMENTS,
    api_versions=(
        "2024-03-01",
        "2026-06-01",
        "2025-04-01",
        "2025-03-01",
        "2024-11-01",
        "2024-07-01",
        "2022-09-01",
        "2021-04-01",
    ),
    name_rule=NameRule(
        r"[-\w.()]{1,64}",
        "BadRequest",
        "The deployment name '{name}' must be 1 to 64 letters, digits, '-', '_', '.', '(' or ')'.",
    ),
    moved=_moved,
    required=("properties.mode", "properties.template"),
    patchable=(),
    check=_check,
    complete=_complete,
    long_running=LongRunning(creating="Accepted", updating="Accepted"),
    long_delete=True,
)

TYPES = (DEPLOYMENT,)
ENDPOINTS: tuple[Endpoint, ...] = ()
