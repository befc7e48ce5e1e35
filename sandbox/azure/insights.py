"""Microsoft.Insights: diagnostic settings, which send a resource's logs to a workspace.

Sources: Microsoft Learn, azure-monitor/platform/diagnostic-settings and reference/supported-logs;
azure-rest-api-specs monitor 2021-05-01-preview. The refusals are in the words that callers have reported
(Azure/azure-cli#8570, hashicorp/terraform#20534, Azure/bicep-registry-modules#3407, Azure/avdaccelerator#473). Codes
without a documented spelling are `BadRequest`.
"""

from collections.abc import Iterable
from typing import Any

from sandbox.plain import part

from .errors import ArmError, bad_request, resource_not_found
from .ids import parse
from .operationalinsights import WORKSPACES
from .resource_type import Endpoint, NameRule, ResourceType, Write
from .store import Json

VERSIONS = ("2021-05-01-preview",)
SETTINGS = "Microsoft.Insights/diagnosticSettings"
LIMIT = 5
SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId", "serviceBusRuleId")
# Of the types that are not here the sandbox does not know the categories, and takes any.
CATEGORIES = {
    "microsoft.keyvault/vaults": ("AuditEvent", "AzurePolicyEvaluationDetails"),
    "microsoft.containerservice/managedclusters": (
        "cloud-controller-manager",
        "cluster-autoscaler",
        "csi-azuredisk-controller",
        "csi-azurefile-controller",
        "csi-snapshot-controller",
        "fleet-mcs-controller-manager",
        "fleet-member-agent",
        "fleet-member-net-controller-manager",
        "guard",
        "karpenter-events",
        "kube-apiserver",
        "kube-audit",
        "kube-audit-admin",
        "kube-controller-manager",
        "kube-scheduler",
    ),
}
GROUPS = {"microsoft.keyvault/vaults": ("allLogs", "audit"), "microsoft.containerservice/managedclusters": ("allLogs",)}


def _check(write: Write) -> None:
    scope = write.address.scope
    target = parse(scope)
    if target is None or not write.cloud.exists(scope):
        type_name, names, group = (target.type, target.names, target.resource_group) if target else ("", (scope,), "")
        raise resource_not_found(type_name, names, group)
    sinks = [str(write.get(f"properties.{name}")) for name in SINKS if write.get(f"properties.{name}")]
    if not sinks:
        raise bad_request("At least one data sink needs to be specified.")
    workspace = write.get("properties.workspaceId")
    if workspace:
        _check_workspace(write, str(workspace))
    for log in _logs(write.body):
        _check_log(target.type.lower(), log)
    _check_others(write, {sink.lower() for sink in sinks})


def _check_workspace(write: Write, workspace: str) -> None:
    address = parse(workspace)
    if address is None or address.type.lower() != WORKSPACES.lower():
        raise bad_request(f"The workspace id '{workspace}' is not the resource id of a Log Analytics workspace.")
    if not write.cloud.exists(workspace):
        raise resource_not_found(WORKSPACES, address.names, address.resource_group)


def _check_log(type_name: str, log: Json) -> None:
    if part(log, "retentionPolicy").get("enabled"):
        raise bad_request("Diagnostic settings does not support retention for new diagnostic settings.")
    for name, known in ((log.get("category"), CATEGORIES), (log.get("categoryGroup"), GROUPS)):
        if name and type_name in known and name.lower() not in {each.lower() for each in known[type_name]}:
            raise bad_request(f"Category '{name}' is not supported.")


def _check_others(write: Write, sinks: set[str]) -> None:
    others = [
        body
        for body in write.cloud.store.of_type(SETTINGS, under=write.address.scope)
        if body["id"].lower() != write.address.key and _scope(body) == write.address.scope.lower()
    ]
    if write.new and len(others) >= LIMIT:
        raise bad_request(f"A resource can have at most {LIMIT} diagnostic settings.")
    wanted = set(_enabled(write.body))
    for other in others:
        theirs = {str(other["properties"][name]).lower(): name for name in SINKS if other["properties"].get(name)}
        for sink in sinks & theirs.keys():
            for category in wanted.intersection(_enabled(other)):
                raise ArmError(
                    409,
                    "Conflict",
                    f"Data sink '{other['properties'][theirs[sink]]}' is already used in diagnostic setting "
                    f"'{other['name']}' for category '{category}'. Data sinks can't be reused in different settings on "
                    "the same category for the same resource.",
                )


def _scope(setting: Json) -> str:
    address = parse(setting["id"])
    return address.scope.lower() if address else ""


def _logs(setting: Json) -> list[Json]:
    logs: Any = setting["properties"].get("logs")
    return list(logs or [])


def _enabled(setting: Json) -> Iterable[str]:
    return [str(log["category"]) for log in _logs(setting) if log.get("enabled") and log.get("category")]


SETTING = ResourceType(
    name=SETTINGS,
    api_versions=VERSIONS,
    # The length is that of resource-name-rules for Microsoft.Insights; the code is not documented.
    name_rule=NameRule(r"[^<>*%&:\\?+/]{1,260}", "BadRequest", "The diagnostic setting name '{name}' is not valid."),
    located=False,
    patchable=(),
    check=_check,
    created=200,
)

TYPES = (SETTING,)
ENDPOINTS: tuple[Endpoint, ...] = ()
