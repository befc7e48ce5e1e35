"""LogAnalyticsWorkspace: where audit logs are kept and asked; and how a resource sends its logs there."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any

import pulumi
from pulumi_azure_native import monitor, operationalinsights
from pydantic import Field

from ..arguments import Arguments, Deferred, Rule
from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..labels import Tags
from ..names import WORKSPACE_NAME_PATTERN, InputResourceGroupName, Location, WorkspaceName

_WORKSPACE_ID = re.compile(
    r"^/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/Microsoft\.OperationalInsights/workspaces/[^/\s]+$",
    re.IGNORECASE,
)


def _workspace(value: str) -> str | None:
    return None if _WORKSPACE_ID.fullmatch(value) else "no Log Analytics workspace's resource id"


WorkspaceId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the resource id of a Log Analytics workspace (not its workspace id, a GUID), or an Output",
            "/subscriptions/…/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-shop",
            _workspace,
        )
    ),
]
RetentionDays = Annotated[int, Field(ge=30, le=730), Rule("30-730 days", 90)]


class LogAnalyticsWorkspaceArgs(Arguments):
    """Arguments of `LogAnalyticsWorkspace`."""

    resource_group_name: InputResourceGroupName
    """The resource group of the workspace."""
    location: Location
    """The Azure region of the workspace."""
    workspace_name: WorkspaceName | None = None
    """The name, unique in the resource group; left out, `log-<name>`."""
    retention_in_days: RetentionDays = 90
    """Days that logs are kept, 30-730; left out, 90. Azure charges for what is kept longer than 31 days."""
    tags: Tags = {}
    """Azure tags; left out, none."""


class LogAnalyticsWorkspace(Component):
    """A Log Analytics workspace for audit logs, which takes no workspace key.

    Who may read a resource may read its logs here, nobody needs a right on the workspace for that. A deleted
    workspace is kept for 14 days; made again under the same name, it has its logs again.

    Creates:
        - a `Workspace`

    Args:
        name: the logical name of the component and of the workspace.
        args: see `LogAnalyticsWorkspaceArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Manage access to Log Analytics workspaces"; "Delete and recover a workspace".
    """

    workspace: operationalinsights.Workspace
    """The workspace."""
    id: pulumi.Output[str]
    """Its resource id, which audit settings name."""

    def __init__(
        self,
        name: str,
        args: LogAnalyticsWorkspaceArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
        args = LogAnalyticsWorkspaceArgs.of(args)
        azure_name = args.workspace_name or f"log-{name}"
        if not re.fullmatch(WORKSPACE_NAME_PATTERN, azure_name):
            text = f"must be given where 'log-' and the component's name are no workspace name; got {azure_name!r}"
            raise InvalidArgumentError(f"LogAnalyticsWorkspace {name!r}", [Problem(("workspace_name",), text)])
        super().__init__("aks-workload-identity:index:LogAnalyticsWorkspace", name, {}, opts)

        self.workspace = operationalinsights.Workspace(
            name,
            resource_group_name=args.resource_group_name,
            location=args.location,
            workspace_name=azure_name,
            sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
            retention_in_days=args.retention_in_days,
            features=operationalinsights.WorkspaceFeaturesArgs(
                # A workspace key lets anyone write into the evidence.
                disable_local_auth=True,
                enable_log_access_using_only_resource_permissions=True,
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.workspace.id
        self.register_outputs({"id": self.id})


def send_logs(
    name: str,
    *,
    resource_id: pulumi.Input[str],
    workspace_id: pulumi.Input[str],
    categories: Sequence[str],
    opts: pulumi.ResourceOptions,
) -> monitor.DiagnosticSetting:
    """Register the diagnostic setting `audit` of a resource: these log categories go to this workspace.

    Azure refuses a second setting of the resource that sends one of these categories to the same workspace.

    Args:
        name: the logical name.
        resource_id: the resource whose logs are sent.
        workspace_id: the workspace's resource id.
        categories: log categories that the resource's type has.
        opts: options of the child.

    Source: Microsoft Learn, "Diagnostic settings in Azure Monitor".
    """
    return monitor.DiagnosticSetting(
        name,
        name="audit",
        resource_uri=resource_id,
        workspace_id=workspace_id,
        # A table for each kind of log, with typed columns; the default is one table for all resources of Azure.
        log_analytics_destination_type="Dedicated",
        # How long they are kept is the workspace's business; Azure refuses retention in new settings.
        logs=[monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True) for category in categories],
        opts=opts,
    )
