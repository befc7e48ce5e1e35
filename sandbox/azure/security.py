"""Microsoft.Security/pricings: the Defender plans of the subscription. Every plan is there from the first day, as Free.

Sources: azure-rest-api-specs security 2024-01-01 (Pricings_Get, _Update, _Delete; ListPricings_example.json has the
plans); the refusal of DELETE as quoted in Azure/terraform-provider-azapi issue 818, that of another name in
MicrosoftDocs/azure-docs issue 49667, without its code. Which extensions Azure turns on by itself when a plan starts
is not documented: here there are those that were sent.
"""

from datetime import UTC, datetime
from typing import Any

from .cloud import Cloud
from .errors import ArmError, bad_request
from .resource_type import Endpoint, NameRule, ResourceType, Write
from .store import Json

PRICINGS = "Microsoft.Security/pricings"
PLANS = (
    "VirtualMachines",
    "SqlServers",
    "AppServices",
    "StorageAccounts",
    "SqlServerVirtualMachines",
    "KubernetesService",
    "ContainerRegistry",
    "KeyVaults",
    "Dns",
    "Arm",
    "OpenSourceRelationalDatabases",
    "Containers",
    "CloudPosture",
)
TIERS = ("Free", "Standard")
_FREE: Json = {
    "pricingTier": "Free",
    "freeTrialRemainingTime": "PT0S",
    "enforce": "False",
    "resourcesCoverageStatus": "NotCovered",
}


def _check(write: Write) -> None:
    if write.address.scope.lower() != f"/subscriptions/{write.cloud.store.subscription_id}":
        raise bad_request("The sandbox has the plans of the subscription, and none of a single resource.")
    if write.get("properties.pricingTier") not in TIERS:
        raise bad_request(f"The pricingTier must be one of {', '.join(TIERS)}.")
    extensions: list[Any] = write.get("properties.extensions") or []
    for extension in extensions:
        if not extension.get("name") or extension.get("isEnabled") not in ("True", "False"):
            raise bad_request("An extension must have a name, and isEnabled, which is 'True' or 'False'.")


def _complete(write: Write) -> None:
    if write.get("properties.pricingTier") == "Free":
        write.drop("properties.enablementTime")
        write.set("properties.resourcesCoverageStatus", "NotCovered")
        return
    write.set("properties.resourcesCoverageStatus", "FullyCovered")
    if write.was("properties.pricingTier") != "Standard":
        now = datetime.fromtimestamp(write.cloud.timing.now(), UTC)
        write.set("properties.enablementTime", now.isoformat())


def _removing(cloud: Cloud, body: Json) -> None:
    raise ArmError(
        400,
        "InvalidUrlConfiguration",
        "Delete operation is supported only for single resources scope (not subscriptions). Use PUT to Enabled or "
        "Disable specific pricing bundles on a subscription.",
    )


PRICING = ResourceType(
    name=PRICINGS,
    api_versions=("2024-01-01", "2023-01-01"),
    name_rule=NameRule(
        f"(?i:{'|'.join(PLANS)})",
        "BadRequest",
        f"The name '{{name}}' is not a valid name. Possible pricing bundle names: {', '.join(PLANS)}.",
    ),
    located=False,
    required=("properties.pricingTier",),
    read_only=(
        "properties.freeTrialRemainingTime",
        "properties.enablementTime",
        "properties.resourcesCoverageStatus",
    ),
    defaults={"properties.enforce": "False"},
    patchable=(),
    from_start=dict.fromkeys(PLANS, _FREE),
    check=_check,
    complete=_complete,
    removing=_removing,
)

TYPES = (PRICING,)
ENDPOINTS: tuple[Endpoint, ...] = ()
