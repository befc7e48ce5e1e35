"""Which logs of a resource a stack sends anywhere."""

from collections.abc import Collection

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.resource import Part, StackResource, UnreadableError
from aks_workload_identity_policy.stack import Stack

DIAGNOSTICS = ("monitor:DiagnosticSetting", "insights:DiagnosticSetting")
# azure-rest-api-specs: monitor 2021-05-01-preview, DiagnosticSettings
_DESTINATIONS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")
_GROUPS = ("audit", "alllogs")


def goes_somewhere(stack: Stack, resource: StackResource, categories: Collection[str], type_: str) -> bool:
    """Whether a diagnostic setting of the stack sends one of the categories of the resource to a place.

    Args:
        stack: The stack.
        resource: Whose logs.
        categories: Any of which will do.
        type_: The last word of the resource's type in its id, in lower case.
    """
    settings = stack.graph.shared.get("diagnostics")
    if settings is None:
        settings = stack.graph.shared["diagnostics"] = _by_resource(stack)
    wanted = {category.lower() for category in categories}
    name = resource.known("resourceName") or resource.known("vaultName") or resource.known("name")
    found: list[StackResource] = settings.get(resource.urn, []) + settings.get(f"{type_}/{name}".lower(), [])
    return any(_sends(setting, wanted) for setting in found)


def _by_resource(stack: Stack) -> dict[str, list[StackResource]]:
    """The settings by the URN of the resource that they are of, or by the last two words of its id."""
    found: dict[str, list[StackResource]] = {}
    for setting in stack.of(*DIAGNOSTICS):
        uri = setting.known("resourceUri")
        for urn in setting.made_from("resourceUri") if uri is None else ():
            found.setdefault(urn, []).append(setting)
        if uri:
            found.setdefault("/".join(uri.lower().strip("/").split("/")[-2:]), []).append(setting)
    return found


def _sends(setting: StackResource, wanted: set[str]) -> bool:
    if not any(setting.known(name) or setting.made_from(name) for name in _DESTINATIONS):
        return False
    try:
        return any(_is_wanted(log, wanted) for log in setting.given.parts("logs"))
    except UnknownValueError:
        return True  # what is not known yet is judged at the update
    except UnreadableError:
        return False


def _is_wanted(log: Part, wanted: set[str]) -> bool:
    chosen = (log.text("category") or "").lower() in wanted or (log.text("categoryGroup") or "").lower() in _GROUPS
    return chosen and log.flag("enabled") is True
