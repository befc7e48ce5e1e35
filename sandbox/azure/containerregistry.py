"""Microsoft.ContainerRegistry: registries.

Sources: Microsoft Learn, resource-name-rules, container-registry/{container-registry-authentication,
anonymous-pull-access, container-registry-skus, container-registry-access-selected-networks}; azure-rest-api-specs
containerregistry.
"""

from datetime import UTC, datetime

from .errors import ArmError, bad_request
from .resource_type import Endpoint, LongRunning, NameRule, ResourceType, Write

VERSIONS = ("2023-01-01-preview", "2023-07-01", "2025-04-01", "2025-11-01", "2026-09-01-preview")
REGISTRIES = "Microsoft.ContainerRegistry/registries"
SKUS = ("Basic", "Standard", "Premium", "Classic")


def _check(write: Write) -> None:
    """The codes of refused SKUs, of network rules and of anonymous pull are not documented."""
    name = write.address.name
    if write.new and write.cloud.taken(REGISTRIES, name):
        raise ArmError(
            409,
            "AlreadyInUse",
            f"The registry DNS name {name.lower()}.azurecr.io is already in use. You can check if the name is already "
            "claimed using following API: "
            "https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
        )
    sku = write.get("sku.name")
    if sku not in SKUS:
        raise bad_request(f"The SKU name '{sku}' is not valid. It must be one of {', '.join(SKUS)}.")
    if sku != "Premium" and (
        write.get("properties.publicNetworkAccess") == "Disabled"
        or write.get("properties.networkRuleSet.defaultAction") == "Deny"
    ):
        raise bad_request(f"The SKU '{sku}' has no network rules; they are available in the Premium SKU only.")
    if write.get("properties.anonymousPullEnabled") and sku not in ("Standard", "Premium"):
        raise bad_request("Anonymous pull is available in the Standard and Premium SKUs only.")


def _complete(write: Write) -> None:
    write.set("sku.tier", write.get("sku.name"))
    write.set("properties.loginServer", f"{write.address.name.lower()}.azurecr.io")
    if write.new:
        write.set("properties.creationDate", datetime.fromtimestamp(write.cloud.timing.now(), UTC).isoformat())


REGISTRY = ResourceType(
    name=REGISTRIES,
    api_versions=VERSIONS,
    # The pattern is that of resource-name-rules; the code is not documented.
    name_rule=NameRule(
        r"[a-zA-Z0-9]{5,50}",
        "BadRequest",
        "The registry name '{name}' must be 5 to 50 letters and digits.",
    ),
    required=("sku.name",),
    read_only=("properties.provisioningState", "properties.loginServer", "properties.creationDate", "sku.tier"),
    defaults={
        "properties.adminUserEnabled": False,
        "properties.anonymousPullEnabled": False,
        "properties.publicNetworkAccess": "Enabled",
        "properties.networkRuleBypassOptions": "AzureServices",
        "properties.zoneRedundancy": "Disabled",
        "properties.dataEndpointEnabled": False,
    },
    patchable=("tags", "sku", "properties", "identity"),
    check=_check,
    complete=_complete,
    long_running=LongRunning(),
    long_delete=True,
)

TYPES = (REGISTRY,)
ENDPOINTS: tuple[Endpoint, ...] = ()
