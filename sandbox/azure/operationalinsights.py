"""Microsoft.OperationalInsights: Log Analytics workspaces.

Sources: Microsoft Learn, resource-name-rules, azure-monitor/logs/{data-retention-configure, delete-workspace};
azure-rest-api-specs operationalinsights. Codes without a documented spelling are `BadRequest`.
"""

from datetime import UTC, datetime

from .errors import bad_request
from .resource_type import Endpoint, LongRunning, NameRule, ResourceType, Write

VERSIONS = ("2023-09-01", "2025-02-01", "2025-07-01")
WORKSPACES = "Microsoft.OperationalInsights/workspaces"
SKUS = ("Free", "Standard", "Premium", "PerNode", "PerGB2018", "Standalone", "CapacityReservation", "LACluster")


def _check(write: Write) -> None:
    sku = str(write.get("properties.sku.name"))
    if sku.lower() not in {name.lower() for name in SKUS}:
        raise bad_request(f"The SKU name '{sku}' is not valid. It must be one of {', '.join(SKUS)}.")
    days = write.get("properties.retentionInDays")
    if sku.lower() == "pergb2018" and (not isinstance(days, int) or not 30 <= days <= 730):
        raise bad_request(f"The retention of {days} days is not valid. It must be between 30 and 730 days.")


def _complete(write: Write) -> None:
    now = datetime.fromtimestamp(write.cloud.timing.now(), UTC).isoformat()
    # A deleted workspace is kept for 14 days and comes back under its name, so the id is that of the name.
    write.set("properties.customerId", write.cloud.store.guid("workspace", write.address.key))
    write.set("properties.createdDate", write.was("properties.createdDate") or now)
    write.set("properties.modifiedDate", now)


WORKSPACE = ResourceType(
    name=WORKSPACES,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
        "BadRequest",
        "The workspace name '{name}' must be 4 to 63 letters, digits or hyphens, with a letter or digit at both ends.",
    ),
    read_only=(
        "properties.provisioningState",
        "properties.customerId",
        "properties.createdDate",
        "properties.modifiedDate",
    ),
    defaults={
        "properties.sku.name": "PerGB2018",
        "properties.retentionInDays": 30,
        "properties.publicNetworkAccessForIngestion": "Enabled",
        "properties.publicNetworkAccessForQuery": "Enabled",
        "properties.features.enableLogAccessUsingOnlyResourcePermissions": True,
    },
    patchable=("tags", "properties", "identity"),
    check=_check,
    complete=_complete,
    long_running=LongRunning(operation=False),
    long_delete=True,
)

TYPES = (WORKSPACE,)
ENDPOINTS: tuple[Endpoint, ...] = ()
