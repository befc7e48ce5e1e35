"""Microsoft.Search: search services.

Sources: azure-rest-api-specs search (limits, and that authOptions excludes disableLocalAuth); Microsoft Learn,
search/search-create-service-portal. No code of this provider is documented, so they are `BadRequest`.
"""

from .errors import bad_request
from .resource_type import LongRunning, NameRule, ResourceType, Write

VERSIONS = ("2025-05-01", "2026-03-01-preview", "2025-02-01-preview", "2023-11-01", "2022-09-01")
SERVICES = "Microsoft.Search/searchServices"
TIERS = (
    *("free", "basic", "standard", "standard2", "standard3"),
    *("storage_optimized_l1", "storage_optimized_l2"),
)


def _check(write: Write) -> None:
    tier = write.get("sku.name")
    if tier not in TIERS:
        raise bad_request(f"The SKU '{tier}' must be one of {', '.join(TIERS)}.")
    if not 1 <= write.get("properties.replicaCount") <= 12:
        raise bad_request("The replicaCount must be 1 to 12.")
    if write.get("properties.partitionCount") not in (1, 2, 3, 4, 6, 12):
        raise bad_request("The partitionCount must be 1, 2, 3, 4, 6 or 12.")
    if write.get("properties.disableLocalAuth") and write.get("properties.authOptions"):
        raise bad_request("The authOptions cannot be set when disableLocalAuth is true.")
    if any(body["id"].lower() != write.address.key for body in write.cloud.store.named(SERVICES, write.address.name)):
        raise bad_request(f"The service name '{write.address.name}' is already in use.")


def _complete(write: Write) -> None:
    write.set("properties.status", "running")
    write.set("properties.endpoint", f"https://{write.address.name}.search.windows.net")
    if not write.get("properties.disableLocalAuth") and not write.get("properties.authOptions"):
        write.set("properties.authOptions", {"apiKeyOnly": {}})


SERVICE = ResourceType(
    name=SERVICES,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"(?=.{2,60}$)[a-z0-9]{2}(-?[a-z0-9])*",
        "BadRequest",
        "The service name '{name}' must be 2 to 60 lower-case letters, digits and single hyphens, with letters or "
        "digits as its first two and its last character.",
    ),
    required=("sku.name",),
    read_only=("properties.provisioningState", "properties.status"),
    defaults={
        "properties.replicaCount": 1,
        "properties.partitionCount": 1,
        "properties.hostingMode": "default",
        "properties.publicNetworkAccess": "enabled",
        "properties.disableLocalAuth": False,
    },
    patchable=("tags", "sku", "properties", "identity"),
    check=_check,
    complete=_complete,
    long_running=LongRunning(creating="provisioning", updating="provisioning", operation=False),
)

TYPES = (SERVICE,)
ENDPOINTS = ()
