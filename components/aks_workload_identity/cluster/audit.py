"""ClusterAudit: who asked the API server for what, kept where the cluster cannot change it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import pulumi
from pulumi_azure_native import monitor
from pydantic import Field

from ..arguments import Arguments
from ..component import Component
from ..names import EachOnce
from ..resource_ids import ClusterId
from ..services.log_analytics import WorkspaceId, send_logs

Category = Literal["kube-audit", "kube-audit-admin", "guard"]
Categories = Annotated[Sequence[Category], Field(min_length=1), EachOnce]
DEFAULT_CATEGORIES: Sequence[Category] = ("kube-audit", "kube-audit-admin", "guard")


class ClusterAuditArgs(Arguments):
    """Arguments of `ClusterAudit`."""

    cluster_id: ClusterId
    """The cluster's resource id, made here or elsewhere."""
    workspace_id: WorkspaceId
    """The resource id of the Log Analytics workspace."""
    categories: Categories = DEFAULT_CATEGORIES
    """What is kept: all requests to the API server (`kube-audit`), those that change something
    (`kube-audit-admin`, which `kube-audit` has too, in a smaller table), logins and their authorisation (`guard`);
    left out, all three. `kube-audit` is by far the largest."""


class ClusterAudit(Component):
    """The audit logs of one cluster, sent to a Log Analytics workspace, in a table for each kind.

    It keeps no logs of pods: those are the workload's own.

    Creates:
        - a `DiagnosticSetting` of the cluster

    Args:
        name: the logical name of the component and of the setting.
        args: see `ClusterAuditArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Monitor Azure Kubernetes Service"; "AKS monitoring data reference".
    """

    setting: monitor.DiagnosticSetting
    """The diagnostic setting."""

    def __init__(
        self, name: str, args: ClusterAuditArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = ClusterAuditArgs.of(args)
        super().__init__("aks-workload-identity:index:ClusterAudit", name, {}, opts)
        self.setting = send_logs(
            name,
            resource_id=args.cluster_id,
            workspace_id=args.workspace_id,
            categories=args.categories,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
