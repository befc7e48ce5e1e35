"""LogAnalyticsWorkspace and ClusterAudit: audit logs go to a workspace that takes no key."""

from typing import Any

import pytest
from aks_workload_identity import (
    ClusterAudit,
    ClusterAuditArgs,
    InvalidArgumentError,
    LogAnalyticsWorkspace,
    LogAnalyticsWorkspaceArgs,
)

from tests.components.builders import GROUP, WORKSPACE_ID
from tests.recorder import Recording, run

CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"


def workspace(name: str = "shop", **changes: Any) -> Recording:
    least: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}
    return run(lambda: LogAnalyticsWorkspace(name, LogAnalyticsWorkspaceArgs(**{**least, **changes})))


def audit(**changes: Any) -> Recording:
    least: dict[str, Any] = {"cluster_id": CLUSTER_ID, "workspace_id": WORKSPACE_ID}
    return run(lambda: ClusterAudit("shop", ClusterAuditArgs(**{**least, **changes})))


def test_a_workspace_takes_no_key_and_keeps_logs_as_long_as_told():
    inputs = workspace(retention_in_days=365).one("Workspace").inputs

    assert inputs["features"] == {"disableLocalAuth": True, "enableLogAccessUsingOnlyResourcePermissions": True}
    assert (inputs["retentionInDays"], inputs["sku"]) == (365, {"name": "PerGB2018"})
    assert inputs["workspaceName"] == "log-shop"


@pytest.mark.parametrize("name", ["shop_", "shop\n"])
def test_a_name_that_makes_no_workspace_name_asks_for_one(name: str):
    with pytest.raises(InvalidArgumentError, match="workspace_name must be given"):
        workspace(name)


@pytest.mark.parametrize(
    "changes",
    [
        *({"retention_in_days": 7}, {"retention_in_days": 731}, {"workspace_name": "-log"}, {"sku": "Free"}),
        {"tags": {f"tag-{number}": "x" for number in range(60)}},
    ],
)
def test_a_wrong_argument_of_a_workspace_is_refused(changes: dict[str, Any]):
    with pytest.raises(InvalidArgumentError, match=next(iter(changes))):
        workspace(**changes)


@pytest.mark.capability("A14")
def test_the_audit_logs_of_a_cluster_go_to_tables_of_their_own():
    setting = audit().one("DiagnosticSetting").inputs

    assert setting == {
        "name": "audit",
        "resourceUri": CLUSTER_ID,
        "workspaceId": WORKSPACE_ID,
        "logAnalyticsDestinationType": "Dedicated",
        "logs": [{"category": name, "enabled": True} for name in ("kube-audit", "kube-audit-admin", "guard")],
    }


def test_the_largest_log_may_be_left_out():
    logs = audit(categories=["kube-audit-admin", "guard"]).one("DiagnosticSetting").inputs["logs"]

    assert [log["category"] for log in logs] == ["kube-audit-admin", "guard"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cluster_id": WORKSPACE_ID}, "cluster_id must be the resource id of the cluster"),
        ({"categories": ["guard", "guard"]}, "categories must have each entry once"),
        ({"categories": []}, "categories must have at least 1"),
        ({"categories": ["kube-scheduler"]}, r"categories\.0 must be 'kube-audit'"),
        ({"workspace_id": "72f988bf-86f1-41af-91ab-2d7cd011db47"}, "workspace_id must be the resource id of a Log"),
        ({"workspace_id": CLUSTER_ID}, "workspace_id must be the resource id of a Log Analytics workspace"),
    ],
)
def test_a_wrong_argument_of_an_audit_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentError, match=message):
        audit(**changes)
