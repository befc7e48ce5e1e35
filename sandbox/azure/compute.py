"""Microsoft.Compute: which sizes of virtual machines there are and how much of each family's quota is used.

Sources: REST reference, Resource Skus - List and Usage - List; Microsoft Learn, virtual-machines/sizes (vCPUs and
families of the sizes) and azure-resource-manager/management/azure-subscription-service-limits (default quotas differ
by subscription; the sandbox has one figure).
"""

from collections.abc import Mapping
from typing import Any

from .cloud import Cloud
from .errors import bad_request
from .resource_type import Answer, Endpoint, Request
from .resources import check_subscription

LIMIT = 100
SIZES = {
    "Standard_D2s_v5": ("standardDSv5Family", 2),
    "Standard_D4s_v5": ("standardDSv5Family", 4),
    "Standard_D8s_v5": ("standardDSv5Family", 8),
    "Standard_D2ds_v5": ("standardDDSv5Family", 2),
    "Standard_D4ds_v5": ("standardDDSv5Family", 4),
    "Standard_D8ds_v5": ("standardDDSv5Family", 8),
    "Standard_D16ds_v5": ("standardDDSv5Family", 16),
}


def _skus(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    """Only the filter by region is supported, as the reference says; the sandbox has every size in every region."""
    check_subscription(cloud, found["subscription"])
    wanted = request.query.get("$filter", "")
    location = wanted.partition("location eq '")[2].rstrip("'")
    if wanted and not location:
        raise bad_request(f"The filter '{wanted}' is not supported.")
    return Answer(200, {"value": [_sku(name, location or "westeurope") for name in SIZES]})


def _sku(name: str, location: str) -> dict[str, Any]:
    family, cores = SIZES[name]
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "tier": "Standard",
        "size": name.removeprefix("Standard_"),
        "family": family,
        "locations": [location],
        "locationInfo": [{"location": location, "zones": ["1", "2", "3"]}],
        "capabilities": [{"name": "vCPUs", "value": str(cores)}],
        "restrictions": [],
    }


def _usages(cloud: Cloud, request: Request, found: Mapping[str, str]) -> Answer:
    check_subscription(cloud, found["subscription"])
    families = sorted({family for family, _ in SIZES.values()})
    used = cloud.circumstances.vcpus_used
    rows = [_usage("cores", "Total Regional vCPUs", used * len(families), LIMIT * 10)]
    rows += [_usage(family, f"{family} vCPUs", used, LIMIT) for family in families]
    return Answer(200, {"value": rows})


def _usage(name: str, words: str, used: int, limit: int) -> dict[str, Any]:
    return {"unit": "Count", "currentValue": used, "limit": limit, "name": {"value": name, "localizedValue": words}}


_IN = "/subscriptions/{subscription}/providers/Microsoft.Compute"
TYPES = ()
ENDPOINTS = (
    Endpoint("GET", f"{_IN}/skus", ("2021-07-01",), _skus),
    Endpoint("GET", f"{_IN}/locations/{{location}}/usages", ("2026-04-01", "2024-07-01"), _usages),
)
