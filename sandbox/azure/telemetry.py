"""Microsoft.Insights: data collection rules and Application Insights components.

Sources: azure-rest-api-specs monitor and applicationinsights; Microsoft Learn, azure-monitor/data-collection/
data-collection-rule-structure.
"""

from typing import Any, cast

from .errors import bad_request
from .resource_type import NameRule, ResourceType, Write

RULES = "Microsoft.Insights/dataCollectionRules"
COMPONENTS = "Microsoft.Insights/components"
RULE_VERSIONS = ("2022-06-01", "2023-03-11", "2024-03-11", "2021-09-01-preview")
COMPONENT_VERSIONS = ("2020-02-02", "2020-02-02-preview", "2015-05-01")


def _check_rule(write: Write) -> None:
    """Each flow goes to destinations that the rule has."""
    kinds: dict[str, Any] = write.get("properties.destinations") or {}
    several = [cast(list[Any], kind) if isinstance(kind, list) else [kind] for kind in kinds.values()]
    names: set[str] = {each["name"] for destinations in several for each in destinations}
    flows: list[dict[str, list[str]]] = write.get("properties.dataFlows") or []
    for flow in flows:
        missing = set(flow.get("destinations", [])) - names
        if missing:
            raise bad_request(f"The data flow names destinations that the rule does not have: {', '.join(missing)}.")


def _complete_rule(write: Write) -> None:
    write.set("properties.immutableId", write.was("properties.immutableId") or f"dcr-{write.guid('rule')}")
    write.set("properties.provisioningState", "Succeeded")


def _complete_component(write: Write) -> None:
    for name in ("InstrumentationKey", "AppId"):
        write.set(f"properties.{name}", write.was(f"properties.{name}") or write.guid(name))
    place = write.get("location")
    write.set("properties.ApplicationId", write.address.name)
    write.set(
        "properties.ConnectionString",
        f"InstrumentationKey={write.get('properties.InstrumentationKey')};"
        f"IngestionEndpoint=https://{place}-5.in.applicationinsights.azure.com/",
    )
    write.set("properties.TenantId", write.cloud.store.tenant_id)
    write.set("properties.provisioningState", "Succeeded")


_NAME = NameRule(
    r"[^%&\\?/]{0,259}[^%&\\?/. ]",
    "BadRequest",
    "The name '{name}' must be 1 to 260 characters without %, &, \\, ? and /, and not end with a period or a space.",
)
RULE = ResourceType(
    name=RULES,
    api_versions=RULE_VERSIONS,
    name_rule=_NAME,
    read_only=("properties.immutableId",),
    patchable=("tags", "identity"),
    check=_check_rule,
    complete=_complete_rule,
)
COMPONENT = ResourceType(
    name=COMPONENTS,
    api_versions=COMPONENT_VERSIONS,
    name_rule=_NAME,
    required=("kind", "properties.Application_Type"),
    read_only=("properties.InstrumentationKey", "properties.AppId", "properties.ConnectionString"),
    defaults={
        "properties.IngestionMode": "LogAnalytics",
        "properties.DisableLocalAuth": False,
        "properties.publicNetworkAccessForIngestion": "Enabled",
        "properties.publicNetworkAccessForQuery": "Enabled",
    },
    patchable=("tags",),
    complete=_complete_component,
    created=200,
)

TYPES = (RULE, COMPONENT)
ENDPOINTS = ()
