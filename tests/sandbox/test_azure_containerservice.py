"""Clusters and agent pools, refused and accepted as AKS does."""

import base64
import re
from typing import Any

import pytest
import yaml

from .azure_client import AzureClient, a_cluster, cluster, identity, zone
from .conftest import CA_PEM

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OIDC_ON = {"enabled": True}
WORKLOAD_IDENTITY_ON = {"workloadIdentity": {"enabled": True}}
SECRETS_PROVIDER = "azureKeyvaultSecretsProvider"


def pool(name: str = "system", **properties: Any) -> dict[str, Any]:
    return {"name": name, "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5", **properties}


def node_group(azure: AzureClient, name: str = "dev") -> str:
    return f"{azure.subscription}/resourceGroups/MC_rg_{name}_westeurope"


@pytest.fixture
def own(rg: AzureClient) -> AzureClient:
    """An Azure with the identities `id-plane` and `id-kubelet`."""
    rg.make_identity("id-plane")
    rg.make_identity("id-kubelet")
    return rg


def own_identities(azure: AzureClient, **kubelet: Any) -> dict[str, Any]:
    """A cluster that brings both of its identities."""
    chosen = azure.get(identity("id-kubelet")).body
    ids = {"clientId": chosen["properties"]["clientId"], "objectId": chosen["properties"]["principalId"]}
    profile = {"kubeletidentity": {"resourceId": chosen["id"], **ids, **kubelet}}
    plane = azure.id(identity("id-plane"))
    return {
        **a_cluster(identityProfile=profile),
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {plane: {}}},
    }


def let_plane_assign(azure: AzureClient, scope: str) -> None:
    principal = azure.get(identity("id-plane")).body["properties"]["principalId"]
    assert azure.assign(scope, principal, "Managed Identity Operator", principalType="ServicePrincipal").status == 201


def test_a_cluster_reads_back_with_what_aks_adds(rg: AzureClient):
    created = rg.put(cluster(), a_cluster(oidcIssuerProfile=OIDC_ON, securityProfile=WORKLOAD_IDENTITY_ON))

    assert created.status == 201
    assert created.body["properties"]["provisioningState"] == "Creating"
    properties = rg.get(cluster()).body["properties"]
    issuer = rf"https://westeurope\.oic\.prod-aks\.azure\.com/{rg.store.tenant_id}/{GUID}/"
    assert re.fullmatch(issuer, properties["oidcIssuerProfile"]["issuerURL"])
    assert re.fullmatch(r"dev-[0-9a-f]{8}\.hcp\.westeurope\.azmk8s\.io", properties["fqdn"])
    assert properties["provisioningState"] == "Succeeded"
    assert properties["securityProfile"] == WORKLOAD_IDENTITY_ON
    assert properties["nodeResourceGroup"] == "MC_rg_dev_westeurope"
    assert properties["powerState"] == {"code": "Running"}
    assert properties["currentKubernetesVersion"].startswith(properties["kubernetesVersion"])
    assert [part["name"] for part in properties["agentPoolProfiles"]] == ["system"]
    assert rg.get(node_group(rg)).body["managedBy"] == rg.get(cluster()).body["id"]


def test_a_cluster_acts_as_identities_in_its_node_resource_group(rg: AzureClient):
    addons = {SECRETS_PROVIDER: {"enabled": True, "config": {"enableSecretRotation": "true"}}}

    made = rg.make(cluster(), a_cluster(addonProfiles=addons))

    assert made["identity"]["principalId"]
    addon = made["properties"]["addonProfiles"][SECRETS_PROVIDER]
    assert addon["config"] == {"enableSecretRotation": "true"}
    for reference, name in (
        (addon["identity"], "azurekeyvaultsecretsprovider-dev"),
        (made["properties"]["identityProfile"]["kubeletidentity"], "dev-agentpool"),
    ):
        there = rg.get(f"{node_group(rg)}/providers/{identity(name)}").body
        assert reference == {
            "resourceId": there["id"],
            "clientId": there["properties"]["clientId"],
            "objectId": there["properties"]["principalId"],
        }


def test_turning_the_addon_off_removes_its_identity(rg: AzureClient):
    rg.make(cluster(), a_cluster(addonProfiles={SECRETS_PROVIDER: {"enabled": True}}))

    made = rg.make(cluster(), a_cluster(addonProfiles={SECRETS_PROVIDER: {"enabled": False}}))

    assert made["properties"]["addonProfiles"][SECRETS_PROVIDER] == {"enabled": False}
    gone = rg.get(f"{node_group(rg)}/providers/{identity('azurekeyvaultsecretsprovider-dev')}")
    assert gone.status == 404


def test_a_changed_tag_changes_nothing_else(rg: AzureClient):
    before = rg.make(cluster(), a_cluster(oidcIssuerProfile=OIDC_ON))

    updated = rg.put(cluster(), {**a_cluster(oidcIssuerProfile=OIDC_ON), "tags": {"team": "shop"}})

    assert updated.status == 200
    assert updated.body["properties"]["provisioningState"] == "Updating"
    assert rg.get(cluster()).body == {**before, "tags": {"team": "shop"}}


def test_what_is_read_can_be_written_back(rg: AzureClient):
    before = rg.make(
        cluster(), a_cluster(oidcIssuerProfile=OIDC_ON, addonProfiles={SECRETS_PROVIDER: {"enabled": True}})
    )

    after = rg.make(cluster(), before)

    assert after == before


def test_what_only_azure_sets_is_ignored_when_sent(rg: AzureClient):
    sent = a_cluster(maxAgentPools=1, fqdn="mine", oidcIssuerProfile={"enabled": False, "issuerURL": "https://mine/"})

    made = rg.make(cluster(), sent)["properties"]

    assert made["maxAgentPools"] == 100
    assert made["fqdn"] != "mine"
    assert made["oidcIssuerProfile"] == {"enabled": False}


def test_patch_changes_tags_only(rg: AzureClient):
    before = rg.make(cluster(), a_cluster())

    rg.patch(cluster(), {"tags": {"team": "shop"}, "properties": {"disableLocalAccounts": True}})

    assert rg.get(cluster()).body == {**before, "tags": {"team": "shop"}}


def test_deleting_a_cluster_removes_its_node_resource_group(rg: AzureClient):
    rg.make(cluster(), a_cluster())

    answer = rg.delete(cluster())

    assert answer.status == 202
    assert rg.get(cluster()).refusal == (404, "ResourceNotFound")
    assert rg.get(node_group(rg)).refusal == (404, "ResourceGroupNotFound")


def test_a_cluster_made_anew_has_a_new_issuer(rg: AzureClient):
    before = rg.make(cluster(), a_cluster(oidcIssuerProfile=OIDC_ON))["properties"]["oidcIssuerProfile"]
    rg.delete(cluster())

    after = rg.make(cluster(), a_cluster(oidcIssuerProfile=OIDC_ON))["properties"]["oidcIssuerProfile"]

    assert after["issuerURL"] != before["issuerURL"]


@pytest.mark.parametrize("name", ["-dev", "dev-", "a.b", "x" * 64])
def test_a_cluster_name_has_a_form(rg: AzureClient, name: str):
    assert rg.put(cluster(name), a_cluster()).refusal == (400, "InvalidParameter")


@pytest.mark.parametrize("prefix", [None, "-dev", "dev-", "d.e", "x" * 55])
def test_a_dns_prefix_is_needed_and_has_a_form(rg: AzureClient, prefix: str | None):
    refused = rg.put(cluster(), a_cluster(dnsPrefix=prefix))

    assert refused.refusal == (400, "InvalidParameter")
    assert "dnsPrefix" in refused.message


def test_a_cluster_needs_an_identity(rg: AzureClient):
    without = rg.put(cluster(), {**a_cluster(), "identity": None})
    none = rg.put(cluster(), {**a_cluster(), "identity": {"type": "UserAssigned"}})
    missing: dict[str, Any] = {"type": "UserAssigned", "userAssignedIdentities": {rg.id(identity("nobody")): {}}}

    assert "servicePrincipalProfile" in without.message
    assert "exactly one user-assigned identity" in none.message
    assert rg.put(cluster(), {**a_cluster(), "identity": missing}).refusal == (400, "FailedIdentityOperation")


def test_an_issuer_cannot_be_turned_off(rg: AzureClient):
    rg.make(cluster(), a_cluster(oidcIssuerProfile=OIDC_ON))

    refused = rg.put(cluster(), a_cluster(oidcIssuerProfile={"enabled": False}))

    assert refused.refusal == (400, "OIDCIssuerFeatureCannotBeDisabled")


def test_an_issuer_can_be_turned_on_later(rg: AzureClient):
    off = rg.make(cluster(), a_cluster(oidcIssuerProfile={"enabled": False}))
    on = rg.make(cluster(), a_cluster(oidcIssuerProfile=OIDC_ON))

    assert "issuerURL" not in off["properties"]["oidcIssuerProfile"]
    assert on["properties"]["oidcIssuerProfile"]["issuerURL"]


@pytest.mark.parametrize(("version", "enabled"), [("1.33.2", False), ("1.34", True), ("1.36.1", True)])
def test_the_issuer_is_on_by_default_from_1_34(rg: AzureClient, version: str, enabled: bool):
    made = rg.make(cluster(), a_cluster(kubernetesVersion=version))

    assert made["properties"]["oidcIssuerProfile"]["enabled"] is enabled


def test_workload_identity_needs_the_issuer(rg: AzureClient):
    refused = rg.put(cluster(), a_cluster(oidcIssuerProfile={"enabled": False}, securityProfile=WORKLOAD_IDENTITY_ON))

    assert refused.status == 400
    assert "oidcIssuerProfile" in refused.message


def test_local_accounts_are_disabled_only_with_entra_id(rg: AzureClient):
    refused = rg.put(cluster(), a_cluster(disableLocalAccounts=True))
    accepted = rg.put(cluster(), a_cluster(disableLocalAccounts=True, aadProfile={"managed": True}))

    assert "aadProfile" in refused.message
    assert accepted.status == 201


@pytest.mark.parametrize("path", ["dnsPrefix", "nodeResourceGroup", "networkProfile.serviceCidr"])
def test_what_is_fixed_at_creation_cannot_change(rg: AzureClient, path: str):
    before = rg.make(cluster(), a_cluster(networkProfile={"serviceCidr": "10.0.0.0/16"}))["properties"]
    outer, _, inner = path.partition(".")
    changed = {outer: {**before[outer], inner: "new"} if inner else "new"}

    refused = rg.put(cluster(), a_cluster(**changed))

    assert refused.refusal == (400, "PropertyChangeNotAllowed")
    assert f"'properties.{path}'" in refused.message


def test_a_node_resource_group_is_new(rg: AzureClient):
    refused = rg.put(cluster(), a_cluster(nodeResourceGroup="rg"))

    assert "must not exist yet" in refused.message


def test_an_own_kubelet_identity_is_used_when_the_control_plane_may_assign_it(own: AzureClient):
    let_plane_assign(own, identity("id-kubelet"))

    made = own.make(cluster(), own_identities(own))

    plane = own.get(identity("id-plane")).body
    assert made["identity"]["userAssignedIdentities"] == {
        plane["id"]: {name: plane["properties"][name] for name in ("clientId", "principalId")}
    }
    assert made["properties"]["identityProfile"]["kubeletidentity"]["resourceId"] == own.id(identity("id-kubelet"))


def test_an_own_kubelet_identity_needs_the_managed_identity_operator(own: AzureClient):
    let_plane_assign(own, identity("id-plane"))

    refused = own.put(cluster(), own_identities(own))

    assert refused.refusal == (400, "CustomKubeletIdentityMissingPermissionError")
    assert "Managed Identity Operator" in refused.message


def test_a_role_on_the_resource_group_reaches_the_kubelet_identity(own: AzureClient):
    let_plane_assign(own, own.group)

    assert own.put(cluster(), own_identities(own)).status == 201


def test_an_own_kubelet_identity_needs_an_own_control_plane_identity(own: AzureClient):
    body = {**own_identities(own), "identity": {"type": "SystemAssigned"}}

    refused = own.put(cluster(), body)

    assert refused.refusal == (400, "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster")


def test_the_ids_of_a_kubelet_identity_belong_together(own: AzureClient):
    let_plane_assign(own, identity("id-kubelet"))

    refused = own.put(cluster(), own_identities(own, clientId="00000000-0000-4000-8000-000000000000"))

    assert refused.refusal == (400, "CustomKubeletIdentityPropertyError")


@pytest.mark.parametrize(
    ("pools", "because"),
    [
        ([], "at least one system pool"),
        ([pool(mode="User")], "at least one system pool"),
        ([pool("System")], "agent pool name"),
        ([pool("x" * 13)], "agent pool name"),
        ([pool(count=0)], "count of 1 to 1000"),
        ([pool(vmSize=None)], "vmSize"),
        ([pool(minCount=1, maxCount=3)], "enableAutoScaling is not set"),
        ([pool(enableAutoScaling=True, minCount=3, maxCount=1)], "scales by itself"),
        ([pool(enableAutoScaling=True)], "scales by itself"),
        ([pool(), pool("windows", osType="Windows", mode="User")], "at most 6"),
    ],
)
def test_agent_pools_have_rules(rg: AzureClient, pools: list[Any], because: str):
    refused = rg.put(cluster(), a_cluster(agentPoolProfiles=pools))

    assert refused.status == 400
    assert because in refused.message
    assert rg.get(cluster()).status == 404


def test_a_pool_added_by_itself_shows_in_the_cluster(rg: AzureClient):
    rg.make(cluster(), a_cluster())

    rg.make(f"{cluster()}/agentPools/work", {"properties": {"count": 0, "vmSize": "Standard_D2s_v5"}})

    profiles = rg.get(cluster()).body["properties"]["agentPoolProfiles"]
    assert [(part["name"], part["mode"]) for part in profiles] == [("system", "System"), ("work", "User")]


def test_the_last_system_pool_stays(rg: AzureClient):
    rg.make(cluster(), a_cluster(agentPoolProfiles=[pool(), pool("work", mode="User")]))

    refused = rg.delete(f"{cluster()}/agentPools/system")
    accepted = rg.delete(f"{cluster()}/agentPools/work")

    assert refused.refusal == (400, "MustDefineAtLeastOneSystemPool")
    assert accepted.status == 202


def test_a_pools_size_is_fixed(rg: AzureClient):
    rg.make(cluster(), a_cluster())

    refused = rg.put(cluster(), a_cluster(agentPoolProfiles=[pool(vmSize="Standard_D4s_v5")]))
    scaled = rg.put(cluster(), a_cluster(agentPoolProfiles=[pool(count=3)]))

    assert refused.refusal == (400, "PropertyChangeNotAllowed")
    assert scaled.status == 200


def test_the_user_kubeconfig_signs_in_with_kubelogin(rg: AzureClient):
    made = rg.make(cluster(), a_cluster(disableLocalAccounts=True, aadProfile={"managed": True}))

    answer = rg.post(f"{cluster()}/listClusterUserCredential", query="format=exec")

    assert [part["name"] for part in answer.body["kubeconfigs"]] == ["clusterUser"]
    config = yaml.safe_load(base64.b64decode(answer.body["kubeconfigs"][0]["value"]))
    server = config["clusters"][0]["cluster"]
    assert server["server"] == f"https://{made['properties']['fqdn']}:443"
    assert base64.b64decode(server["certificate-authority-data"]) == CA_PEM
    plugin = config["users"][0]["user"]["exec"]
    assert plugin["command"] == "kubelogin"
    assert plugin["args"][0] == "get-token"
    assert dict(zip(plugin["args"][1::2], plugin["args"][2::2], strict=True)) == {
        "--environment": "AzurePublicCloud",
        "--server-id": "6dae42f8-4368-4678-94ff-3960e28e3630",
        "--client-id": "80faf920-1908-4b52-b5ef-a8e7bedfc67a",
        "--tenant-id": rg.store.tenant_id,
        "--login": "devicecode",
    }


def test_the_admin_kubeconfig_needs_local_accounts(rg: AzureClient):
    rg.make(cluster("open"), a_cluster())
    rg.make(cluster("closed"), a_cluster(disableLocalAccounts=True, aadProfile={"managed": True}))

    accepted = rg.post(f"{cluster('open')}/listClusterAdminCredential")
    refused = rg.post(f"{cluster('closed')}/listClusterAdminCredential")

    assert accepted.body["kubeconfigs"][0]["name"] == "clusterAdmin"
    assert refused.refusal == (400, "BadRequest")
    assert "disable local accounts" in refused.message


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"networkProfile": {"podCidr": "172.16.0.0/12"}}, "overlaps with the reserved range '172.30.0.0/15'"),
        ({"networkProfile": {"serviceCidr": "10.0.0.1/16"}}, "has host bits set"),
        ({"networkProfile": {"outboundType": "userDefinedRouting"}}, "needs a subnet in an existing virtual network"),
        (
            {
                "networkProfile": {"outboundType": "managedNATGateway"},
                "agentPoolProfiles": [pool(vnetSubnetID="/v/subnets/a")],
            },
            "needs a virtual network that AKS manages",
        ),
        (
            {"agentPoolProfiles": [pool(vnetSubnetID="/v/subnets/a"), pool("apps", vnetSubnetID="/w/subnets/a")]},
            "must belong to the same virtual network",
        ),
        ({"supportPlan": "AKSLongTermSupport"}, "does not go with the sku tier"),
    ],
)
def test_a_cluster_that_aks_cannot_place_or_support_is_refused(rg: AzureClient, properties: Any, message: str):
    refused = rg.put(cluster(), a_cluster(**properties))

    assert refused.refusal == (400, "InvalidParameter")
    assert message in refused.message


@pytest.mark.parametrize(
    ("taint", "status"),
    [("sku=gpu:NoSchedule", 400), ("CriticalAddonsOnly=true:NoSchedule", 201), ("spot=yes:PreferNoSchedule", 201)],
)
def test_a_system_pool_takes_taints_that_let_the_pods_of_aks_in(rg: AzureClient, taint: str, status: int):
    answer = rg.put(cluster(), a_cluster(agentPoolProfiles=[pool(nodeTaints=[taint])]))

    assert answer.status == status
    assert status == 201 or answer.code == "SystemPoolHasRestrictedTaint"


def test_a_zone_of_ones_own_needs_a_control_plane_that_may_write_it(own: AzureClient):
    name = "privatelink.westeurope.azmk8s.io"
    own.make(zone(name), {"location": "global"})
    private = {"enablePrivateCluster": True, "privateDNSZone": own.id(zone(name))}
    body = own_identities(own)
    let_plane_assign(own, own.id(identity("id-kubelet")))
    body["properties"]["apiServerAccessProfile"] = private

    without = own.put(cluster(), body)
    principal = own.get(identity("id-plane")).body["properties"]["principalId"]
    given = own.assign(zone(name), principal, "Private DNS Zone Contributor", principalType="ServicePrincipal")

    assert without.refusal == (400, "CustomPrivateDNSZoneMissingPermissionError")
    assert given.status == 201
    assert own.put(cluster(), body).status == 201
