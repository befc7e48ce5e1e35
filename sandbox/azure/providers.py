"""The resource providers of the subscription: which types there are and in which API versions.

Clients that are given an id alone, such as `az resource show --ids`, choose an API version from here.

Source: REST reference, Providers - List and - Get.
"""

from collections.abc import Mapping

from .cloud import Cloud
from .errors import ArmError
from .resource_type import Answer, Endpoint, Request
from .resources import VERSIONS, check_subscription
from .store import Json

# AKS makes machines and networks with them, and the Azure Policy add-on reports to one; the sandbox does not.
_WITHOUT_TYPES = ("Microsoft.Compute", "Microsoft.Network", "Microsoft.PolicyInsights")


def _provider(cloud: Cloud, namespace: str) -> Json:
    """It has one region's worth of capabilities everywhere."""
    kinds = [kind for kind in cloud.types.values() if kind.name.partition("/")[0] == namespace]
    return {
        "id": f"/subscriptions/{cloud.store.subscription_id}/providers/{namespace}",
        "namespace": namespace,
        "registrationState": "NotRegistered" if cloud.unregistered(namespace) else "Registered",
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": [
            {
                "resourceType": kind.name.partition("/")[2],
                "locations": [],
                "apiVersions": sorted(kind.api_versions, reverse=True),
                "capabilities": "None",
            }
            for kind in kinds
        ],
    }


def _namespaces(cloud: Cloud) -> list[str]:
    return sorted({*_WITHOUT_TYPES, *(kind.name.partition("/")[0] for kind in cloud.types.values())})


def _list(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    check_subscription(cloud, found["subscription"])
    return Answer(200, {"value": [_provider(cloud, namespace) for namespace in _namespaces(cloud)]})


def _get(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    check_subscription(cloud, found["subscription"])
    for namespace in _namespaces(cloud):
        if namespace.lower() == found["namespace"].lower():
            return Answer(200, _provider(cloud, namespace))
    raise ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{found['namespace']}' is invalid.")


TYPES = ()
ENDPOINTS = (
    Endpoint("GET", "/subscriptions/{subscription}/providers", VERSIONS, _list),
    Endpoint("GET", "/subscriptions/{subscription}/providers/{namespace}", VERSIONS, _get),
)
