"""Microsoft.Resources: the tenant, the subscription and its resource groups."""

from collections.abc import Mapping

from sandbox.directory import NAME as DIRECTORY

from .cloud import Cloud
from .errors import ArmError
from .ids import RESOURCE_GROUPS
from .resource_type import Answer, Endpoint, NameRule, Request, ResourceType, Write
from .store import Json

VERSIONS = ("2024-11-01", "2025-04-01", "2025-03-01", "2024-07-01", "2023-07-01", "2022-09-01", "2021-04-01")
SUBSCRIPTION_VERSIONS = ("2022-12-01", "2022-09-01", "2021-01-01", "2020-01-01", "2019-11-01", "2016-06-01")


def _moved(write: Write, location: str) -> ArmError:
    """Source: Microsoft Learn, azure-resource-manager/troubleshooting (InvalidResourceGroupLocation)."""
    return ArmError(
        409,
        "InvalidResourceGroupLocation",
        f"Invalid resource group location '{location}'. "
        f"The Resource group already exists in location '{write.was('location')}'.",
    )


def _complete(write: Write) -> None:
    write.set("properties.provisioningState", "Succeeded")


RESOURCE_GROUP = ResourceType(
    name=RESOURCE_GROUPS,
    api_versions=VERSIONS,
    # Source: Microsoft Learn, resource-name-rules, Microsoft.Resources. The code is not documented.
    name_rule=NameRule(
        r"[\w().-]{0,89}[\w()-]",
        "InvalidParameter",
        "The resource group name '{name}' must be 1 to 90 letters, digits, '_', '-', '.', '(' or ')' "
        "and must not end with '.'.",
    ),
    moved=_moved,
    immutable=("managedBy",),
    read_only=("properties",),
    complete=_complete,
    long_delete=True,
)


def _subscription(cloud: Cloud) -> Json:
    subscription = cloud.store.subscription_id
    return {
        "id": f"/subscriptions/{subscription}",
        "subscriptionId": subscription,
        "tenantId": cloud.store.tenant_id,
        "displayName": "Sandbox",
        "state": "Enabled",
        "authorizationSource": "RoleBased",
    }


def _subscriptions(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    return Answer(200, {"value": [_subscription(cloud)]})


def _one_subscription(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    check_subscription(cloud, found["subscription"])
    return Answer(200, _subscription(cloud))


def _tenants(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    tenant = cloud.store.tenant_id
    return Answer(200, {"value": [{"id": f"/tenants/{tenant}", "tenantId": tenant, "displayName": DIRECTORY}]})


def check_subscription(cloud: Cloud, subscription: str) -> None:
    if subscription.lower() != cloud.store.subscription_id:
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


TYPES = (RESOURCE_GROUP,)
ENDPOINTS = (
    Endpoint("GET", "/tenants", SUBSCRIPTION_VERSIONS, _tenants),
    Endpoint("GET", "/subscriptions", SUBSCRIPTION_VERSIONS, _subscriptions),
    Endpoint("GET", "/subscriptions/{subscription}", SUBSCRIPTION_VERSIONS, _one_subscription),
)
