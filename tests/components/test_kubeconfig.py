"""The kubeconfig: AKS's own, with a login that needs nobody at the keyboard."""

import base64
from typing import Any, get_args

import pytest
import yaml
from aks_workload_identity.cluster.kubeconfig import KubeloginMode, exec_kubeconfig

from tests.azure_mocks import TENANT

pytestmark = pytest.mark.capability("A1")

FROM_AKS = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [
        {"name": "aks", "cluster": {"server": "https://aks.azmk8s.io:443", "certificate-authority-data": "Q0E="}}
    ],
    "users": [
        {
            "name": "clusterUser_rg_aks",
            "user": {"exec": {"command": "kubelogin", "args": ["get-token", "--login", "devicecode"]}},
        }
    ],
    "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "clusterUser_rg_aks"}}],
    "current-context": "aks",
}


def rewritten(mode: KubeloginMode) -> dict[str, Any]:
    return yaml.safe_load(exec_kubeconfig(base64.b64encode(yaml.safe_dump(FROM_AKS).encode()).decode(), mode, TENANT))


def arguments(mode: KubeloginMode) -> list[str]:
    return rewritten(mode)["users"][0]["user"]["exec"]["args"]


@pytest.mark.parametrize("mode", get_args(KubeloginMode))
def test_cluster_and_certificate_are_kept_and_only_the_login_changes(mode: KubeloginMode):
    kubeconfig = rewritten(mode)

    assert {key: kubeconfig[key] for key in FROM_AKS if key != "users"} == {
        key: FROM_AKS[key] for key in FROM_AKS if key != "users"
    }
    assert [user["name"] for user in kubeconfig["users"]] == ["clusterUser_rg_aks"]


@pytest.mark.parametrize("mode", get_args(KubeloginMode))
def test_every_mode_asks_for_the_aks_servers_application(mode: KubeloginMode):
    assert arguments(mode)[:5] == ["get-token", "--login", mode, "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"]


def test_a_service_principal_is_told_its_tenant_and_never_its_secret():
    assert arguments("spn")[5:] == ["--environment", "AzurePublicCloud", "--tenant-id", TENANT]


def test_the_cloud_and_the_servers_application_are_those_that_aks_names():
    login = ["get-token", "--environment", "AzureUSGovernmentCloud", "--server-id", "another", "--login", "devicecode"]
    given = {**FROM_AKS, "users": [{"name": "user", "user": {"exec": {"command": "kubelogin", "args": login}}}]}

    written = yaml.safe_load(exec_kubeconfig(base64.b64encode(yaml.safe_dump(given).encode()).decode(), "spn", TENANT))

    assert written["users"][0]["user"]["exec"]["args"] == [
        *("get-token", "--login", "spn", "--server-id", "another"),
        *("--environment", "AzureUSGovernmentCloud", "--tenant-id", TENANT),
    ]
