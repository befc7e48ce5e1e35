"""WorkloadIdentityCluster: hardened by default, and the way to its trust."""

import pulumi
import pytest
import yaml
from aks_workload_identity import (
    Defender,
    InvalidArgumentError,
)

from tests import azure_mocks
from tests.azure_mocks import TENANT, AzureMocks, issuer_url
from tests.components.builders import ADMINS, GROUP, cluster
from tests.components.clusters import registered
from tests.recorder import Secret, attempt, run

pytestmark = pytest.mark.capability("A1")
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"


@pytest.mark.parametrize(
    ("setting", "value"),
    {
        "oidcIssuerProfile": {"enabled": True},
        "disableLocalAccounts": True,
        "aadProfile": {
            "managed": True,
            "enableAzureRBAC": True,
            "adminGroupObjectIDs": [ADMINS],
            "tenantID": TENANT,
        },
        "addonProfiles": {
            "azureKeyvaultSecretsProvider": {
                "enabled": True,
                "config": {"enableSecretRotation": "true", "rotationPollInterval": "2m"},
            },
            "azurepolicy": {"enabled": True},
        },
        "securityProfile": {
            "workloadIdentity": {"enabled": True},
            "imageCleaner": {"enabled": True, "intervalHours": 168},
        },
        "apiServerAccessProfile": {"disableRunCommand": True, "enablePrivateCluster": False},
        "nodeResourceGroupProfile": {"restrictionLevel": "ReadOnly"},
        "autoUpgradeProfile": {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"},
        "sku": {"name": "Base", "tier": "Standard"},
    }.items(),
)
def test_a_cluster_is_hardened_by_default(setting: str, value: object):
    assert registered()[setting] == value


@pytest.mark.parametrize(
    "setting", ["oidc_issuer_profile", "workload_identity", "disable_local_accounts", "run_command"]
)
def test_what_trust_rests_on_is_no_option(setting: str):
    with pytest.raises(InvalidArgumentError, match=f"{setting} is not known"):
        registered(**{setting: False})


def test_trust_offers_the_issuer_unchanged_and_a_provider_that_survives_previews():
    seen: list[str] = []

    def program() -> None:
        made = cluster()
        made.issuer_url.apply(seen.append)
        assert made.trust.key == "aks"
        assert made.trust.cluster is made.cluster

    provider = run(program).one("pulumi:providers:kubernetes")

    assert seen == [issuer_url(CLUSTER_ID)]
    assert provider.inputs["clusterIdentifier"] == CLUSTER_ID


@pytest.mark.parametrize("issuer", ["", "http://issuer/", issuer_url(CLUSTER_ID).rstrip("/")])
def test_an_issuer_that_no_token_matches_is_told_without_a_traceback(issuer: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(azure_mocks, "issuer_url", lambda *_: issuer)

    recording = attempt(cluster)

    assert type(recording.error) is pulumi.RunError
    assert "issuer_url must be the cluster's OIDC issuer URL exactly as Azure gives it" in str(recording.error)


def test_the_kubeconfig_is_a_secret_and_asks_nobody_to_log_in():
    recording = run(lambda: pulumi.export("kubeconfig", cluster(kubelogin_mode="workloadidentity").kubeconfig))

    kubeconfig = recording.outputs["kubeconfig"]
    assert isinstance(kubeconfig, Secret)
    user = yaml.safe_load(kubeconfig.value)["users"][0]["user"]["exec"]
    assert user["args"][:3] == ["get-token", "--login", "workloadidentity"]
    assert user["interactiveMode"] == "Never"
    assert isinstance(recording.one("pulumi:providers:kubernetes").inputs["kubeconfig"], Secret)


def test_a_cluster_known_only_after_deployment_is_previewed():
    recording = run(cluster, preview=True)

    assert recording.one("ManagedCluster").inputs["resourceName"] == "aks"


def test_the_policy_add_on_can_be_left_off():
    assert registered(azure_policy=False)["addonProfiles"]["azurepolicy"] == {"enabled": False}
    assert run(lambda: cluster(azure_policy=False).add_on_identities["azureKeyvaultSecretsProvider"])


@pytest.mark.capability("A11")
@pytest.mark.parametrize("sku", ["Base", "Automatic"])
def test_defenders_sensor_reports_to_the_workspace(sku: str):
    workspace = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/log"

    security = registered(sku=sku, defender=Defender(workspace_id=workspace))["securityProfile"]

    assert security["defender"] == {
        "logAnalyticsWorkspaceResourceId": workspace,
        "securityMonitoring": {"enabled": True},
    }


@pytest.mark.capability("A11")
def test_without_defender_nothing_is_said_about_it_so_that_the_subscriptions_own_setting_stays():
    assert "defender" not in registered()["securityProfile"]


def test_everything_that_takes_tags_is_tagged():
    recording = run(lambda: cluster(tags={"owner": "a"}))

    tagged = [r for r in recording.resources if r.inputs.get("tags") == {"owner": "a"}]
    assert sorted(r.name for r in tagged) == ["aks", "aks-control-plane", "aks-kubelet"]
    assert recording.one("ManagedCluster").inputs["agentPoolProfiles"][0]["tags"] == {"owner": "a"}


def test_automatic_is_not_sent_what_it_owns():
    inputs = registered(sku="Automatic")

    assert inputs["sku"] == {"name": "Automatic", "tier": "Standard"}
    assert not inputs.keys() & {"networkProfile", "autoUpgradeProfile", "nodeResourceGroupProfile"}
    assert inputs["securityProfile"] == {"workloadIdentity": {"enabled": True}}
    assert set(inputs["addonProfiles"]) == {"azureKeyvaultSecretsProvider"}
    assert inputs["agentPoolProfiles"] == [{"name": "systempool", "mode": "System", "count": 3}]
    assert inputs["oidcIssuerProfile"] == {"enabled": True}


def test_the_preview_of_an_update_knows_the_issuer_so_that_no_credential_seems_changed():
    seen: list[str] = []

    run(lambda: cluster().issuer_url.apply(seen.append), preview=True, mocks=AzureMocks(resources_exist=True))

    assert seen == [issuer_url(CLUSTER_ID)]
