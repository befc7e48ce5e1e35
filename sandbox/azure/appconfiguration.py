"""Microsoft.AppConfiguration: configuration stores.

Sources: Microsoft Learn, resource-name-rules and azure-app-configuration/{faq,
howto-disable-access-key-authentication}; azure-rest-api-specs appconfiguration. Soft-deleted stores, which keep
their names for some days, are left out.
"""

from .errors import ArmError, bad_request
from .resource_type import LongRunning, NameRule, ResourceType, Write

VERSIONS = ("2024-05-01", "2024-06-01", "2025-06-01-preview", "2023-03-01", "2022-05-01")
STORES = "Microsoft.AppConfiguration/configurationStores"
TIERS = ("free", "developer", "standard", "premium")


def _check(write: Write) -> None:
    tier = str(write.get("sku.name")).lower()
    if tier not in TIERS:
        raise bad_request(f"The SKU '{tier}' must be one of {', '.join(TIERS)}.")
    if any(body["id"].lower() != write.address.key for body in write.cloud.store.named(STORES, write.address.name)):
        raise ArmError(409, "NameUnavailable", f"The specified name '{write.address.name}' is already in use.")
    if tier == "free" and write.get("properties.enablePurgeProtection"):
        raise bad_request("Purge protection needs another tier than free.")


def _complete(write: Write) -> None:
    write.set("properties.endpoint", f"https://{write.address.name.lower()}.azconfig.io")


STORE = ResourceType(
    name=STORES,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[a-zA-Z0-9_-]{5,50}",
        "BadRequest",
        "The store name '{name}' must be 5 to 50 letters, digits, hyphens and underscores.",
    ),
    required=("sku.name",),
    read_only=("properties.provisioningState", "properties.endpoint"),
    defaults={"properties.disableLocalAuth": False},
    patchable=("tags", "sku", "properties", "identity"),
    check=_check,
    complete=_complete,
    long_running=LongRunning(),
    long_delete=True,
)

TYPES = (STORE,)
ENDPOINTS = ()
