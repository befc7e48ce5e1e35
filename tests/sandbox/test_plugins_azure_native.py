"""The azure-native stand-in against the sandbox's Azure."""

import re
from typing import Any

import pytest
import requests
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2

from sandbox.azure.store import Store
from sandbox.plugins.arm_client import ArmClient, ArmFailureError
from sandbox.plugins.azure_native import AzureNative
from sandbox.plugins.login import FederatedLogin
from sandbox.plugins.properties import UNKNOWN, Properties

from .engine_side import Engine, RefusedError

GROUP = "azure-native:resources:ResourceGroup"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
CREDENTIAL = "azure-native:managedidentity:FederatedIdentityCredential"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
CLUSTER = "azure-native:containerservice:ManagedCluster"
VAULT = "azure-native:keyvault:Vault"
AN_IDENTITY: Properties = {"resourceGroupName": "rg", "resourceName": "id-orders"}
A_CLUSTER: Properties = {
    "resourceGroupName": "rg",
    "resourceName": "dev",
    "dnsPrefix": "dev",
    "identity": {"type": "SystemAssigned"},
    "oidcIssuerProfile": {"enabled": True},
    "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
}


@pytest.fixture
def engine(online: Store) -> Engine:
    engine = Engine(AzureNative())
    engine.make(GROUP, "rg", {"resourceGroupName": "rg", "location": "westeurope"})
    return engine


def in_azure(store: Store, method: str, path: str, body: Any = None) -> requests.Response:
    url = f"https://management.azure.com/subscriptions/{store.subscription_id}/resourceGroups/rg/providers/{path}"
    token = FederatedLogin().get_token("https://management.azure.com/.default").token
    return requests.request(method, url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def test_a_created_resource_has_the_outputs_that_the_sdk_reads(engine: Engine, online: Store) -> None:
    identifier, _, outputs = engine.make(IDENTITY, "id", AN_IDENTITY)

    assert identifier.endswith(
        "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-orders"
    )
    assert outputs["name"] == "id-orders"
    assert outputs["tenantId"] == online.tenant_id
    assert re.fullmatch(r"[0-9a-f-]{36}", outputs["principalId"])
    assert outputs["azureApiVersion"] == "2023-01-31"


def test_a_vault_keeps_its_properties_together(engine: Engine, online: Store) -> None:
    properties = {"tenantId": online.tenant_id, "sku": {"family": "A", "name": "standard"}}

    _, _, outputs = engine.make(
        VAULT, "kv", {"resourceGroupName": "rg", "vaultName": "kv-orders-1", "properties": properties}
    )

    assert outputs["properties"]["vaultUri"] == "https://kv-orders-1.vault.azure.net/"
    assert outputs["properties"]["accessPolicies"] == []


def test_a_name_that_is_left_out_is_the_logical_name_and_eight_digits(engine: Engine) -> None:
    checked = engine.check(IDENTITY, "orders", {"resourceGroupName": "rg"})

    assert re.fullmatch(r"orders[0-9a-f]{8}", checked["resourceName"])


def test_the_name_of_a_role_assignment_that_is_left_out_is_a_uuid(engine: Engine) -> None:
    checked = engine.check(ASSIGNMENT, "orders", {"scope": "/subscriptions/x", "principalId": "p"})

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", checked["roleAssignmentName"])


def test_a_made_up_name_is_kept(engine: Engine) -> None:
    first = engine.check(IDENTITY, "orders", {"resourceGroupName": "rg"})
    second = engine.check(IDENTITY, "other", {"resourceGroupName": "rg"}, old=first)

    assert second["resourceName"] == first["resourceName"]


def test_a_location_that_is_left_out_is_that_of_the_group(engine: Engine) -> None:
    assert engine.check(IDENTITY, "orders", AN_IDENTITY)["location"] == "westeurope"


def test_a_missing_parent_is_a_failure_of_the_check(engine: Engine) -> None:
    assert engine.failures(CREDENTIAL, {"resourceGroupName": "rg", "issuer": "i"}) == [
        "missing required property 'resourceName'"
    ]


def test_an_existing_resource_is_not_created_again(engine: Engine) -> None:
    identifier, checked, _ = engine.make(IDENTITY, "id", AN_IDENTITY)

    with pytest.raises(RefusedError, match=re.escape(f"cannot create already existing resource '{identifier}'")):
        engine.create(IDENTITY, checked)


def test_a_refusal_names_status_code_and_message(engine: Engine) -> None:
    missing = {**AN_IDENTITY, "resourceGroupName": "nowhere", "location": "westeurope"}

    with pytest.raises(RefusedError, match=r'^Status=404 Code="ResourceGroupNotFound" Message="Resource group'):
        engine.make(IDENTITY, "id", missing)


def test_an_unknown_type_is_refused_with_those_that_exist(engine: Engine) -> None:
    with pytest.raises(
        RefusedError, match=r"the sandbox has no azure-native:web:WebApp; it has \w+:\w+, .*keyvault:Vault"
    ):
        engine.check("azure-native:web:WebApp", "x", {})


def test_every_spelling_of_a_token_is_understood(engine: Engine) -> None:
    _, _, outputs = engine.make("azure-native:managedidentity/v20230131:UserAssignedIdentity", "id", AN_IDENTITY)

    assert outputs["azureApiVersion"] == "2023-01-31"


def test_a_preview_of_a_creation_knows_the_inputs_only(engine: Engine) -> None:
    checked = engine.check(CLUSTER, "dev", A_CLUSTER)

    identifier, outputs = engine.create(CLUSTER, checked, preview=True)

    assert identifier == ""
    assert outputs["dnsPrefix"] == "dev"
    assert outputs["oidcIssuerProfile"] == {"enabled": True, "issuerURL": UNKNOWN}
    assert outputs["name"] == UNKNOWN
    assert outputs["fqdn"] == UNKNOWN
    assert "resourceName" not in outputs


def test_a_preview_of_an_update_knows_the_name_too(engine: Engine) -> None:
    identifier, inputs, outputs = engine.make(IDENTITY, "id", AN_IDENTITY)

    preview = engine.update(IDENTITY, identifier, inputs, {**inputs, "tags": {"a": "b"}}, outputs, preview=True)

    assert preview["name"] == "id-orders"
    assert preview["location"] == "westeurope"
    assert preview["principalId"] == UNKNOWN


def test_whole_numbers_reach_azure_as_integers(engine: Engine, online: Store) -> None:
    engine.make(CLUSTER, "dev", A_CLUSTER)

    live = in_azure(online, "GET", "Microsoft.ContainerService/managedClusters/dev?api-version=2025-09-01")
    assert '"count":1,' in live.text.replace(" ", "")


def test_no_change_is_no_difference(engine: Engine) -> None:
    checked = engine.check(CLUSTER, "dev", A_CLUSTER)

    assert engine.diff(CLUSTER, checked, checked).changes == proto.DiffResponse.DIFF_NONE


def test_a_tag_is_changed_in_place(engine: Engine) -> None:
    difference = engine.diff(CLUSTER, A_CLUSTER, {**A_CLUSTER, "tags": {"a": "b"}})

    assert list(difference.diffs) == ["tags"]
    assert not difference.replaces


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"resourceName": "other"}, "resourceName"),
        ({"dnsPrefix": "other"}, "dnsPrefix"),
        ({"networkProfile": {"networkPlugin": "none"}}, "networkProfile.networkPlugin"),
    ],
)
def test_what_azure_cannot_change_is_replaced(engine: Engine, change: Properties, path: str) -> None:
    before = {**A_CLUSTER, "networkProfile": {"networkPlugin": "azure", "loadBalancerSku": "standard"}}
    after = {
        **before,
        "networkProfile": {"networkPlugin": "azure", "loadBalancerSku": "standard"} | change.get("networkProfile", {}),
    }
    after |= {name: value for name, value in change.items() if name != "networkProfile"}

    difference = engine.diff(CLUSTER, before, after)

    assert difference.detailedDiff[path].kind == proto.PropertyDiff.UPDATE_REPLACE
    assert difference.deleteBeforeReplace


def test_a_resource_with_a_made_up_name_is_created_before_the_old_one_goes(engine: Engine) -> None:
    checked = engine.check(IDENTITY, "orders", {"resourceGroupName": "rg"})

    assert not engine.diff(IDENTITY, checked, {**checked, "location": "northeurope"}).deleteBeforeReplace


def test_the_spelling_of_a_location_is_no_difference(engine: Engine) -> None:
    difference = engine.diff(IDENTITY, {"location": "West Europe"}, {"location": "westeurope"})

    assert difference.changes == proto.DiffResponse.DIFF_NONE


def test_a_resource_as_it_was_made_has_not_drifted(engine: Engine) -> None:
    identifier, inputs, outputs = engine.make(CLUSTER, "dev", A_CLUSTER)

    assert engine.read(CLUSTER, identifier, inputs, outputs) == (identifier, inputs)


def test_a_tag_set_in_the_portal_is_drift(engine: Engine, online: Store) -> None:
    identifier, inputs, outputs = engine.make(IDENTITY, "id", AN_IDENTITY)
    path = "Microsoft.ManagedIdentity/userAssignedIdentities/id-orders?api-version=2023-01-31"
    in_azure(online, "PATCH", path, {"tags": {"made": "by hand"}}).raise_for_status()

    _, now = engine.read(IDENTITY, identifier, inputs, outputs)

    assert now == {**inputs, "tags": {"made": "by hand"}}


def test_a_changed_list_element_is_drift_and_its_defaults_are_not(engine: Engine, online: Store) -> None:
    identifier, inputs, outputs = engine.make(CLUSTER, "dev", A_CLUSTER)
    path = "Microsoft.ContainerService/managedClusters/dev?api-version=2025-09-01"
    live = in_azure(online, "GET", path).json()
    live["properties"]["agentPoolProfiles"][0]["count"] = 3
    in_azure(online, "PUT", path, live).raise_for_status()

    _, now = engine.read(CLUSTER, identifier, inputs, outputs)

    assert now["agentPoolProfiles"] == [{**A_CLUSTER["agentPoolProfiles"][0], "count": 3}]


def test_a_resource_deleted_by_hand_is_gone(engine: Engine, online: Store) -> None:
    identifier, inputs, outputs = engine.make(IDENTITY, "id", AN_IDENTITY)
    in_azure(online, "DELETE", "Microsoft.ManagedIdentity/userAssignedIdentities/id-orders?api-version=2023-01-31")

    assert engine.read(IDENTITY, identifier, inputs, outputs)[0] == ""


def test_an_imported_resource_has_the_inputs_of_its_id(engine: Engine) -> None:
    identifier, _, _ = engine.make(IDENTITY, "id", AN_IDENTITY)

    assert engine.read(IDENTITY, identifier, {}, {}) == (identifier, {**AN_IDENTITY, "location": "westeurope"})


def test_a_delete_is_done_when_it_returns(engine: Engine) -> None:
    identifier, inputs, outputs = engine.make(CLUSTER, "dev", A_CLUSTER)
    engine.delete(CLUSTER, identifier, outputs)

    assert engine.read(CLUSTER, identifier, inputs, outputs)[0] == ""


def test_a_delete_of_what_is_gone_is_no_error(engine: Engine) -> None:
    identifier, _, outputs = engine.make(IDENTITY, "id", AN_IDENTITY)
    engine.delete(IDENTITY, identifier, outputs)

    engine.delete(IDENTITY, identifier, outputs)


def test_a_creation_that_fails_after_azure_took_it_enters_the_state(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = engine.provider._arm.put  # pyright: ignore

    def put_and_fail(*arguments: Any) -> None:
        put(*arguments)
        raise ArmFailureError('Status=200 Code="InternalError" Message="it broke"', status=200, accepted=True)

    monkeypatch.setattr(engine.provider._arm, "put", put_and_fail)  # pyright: ignore
    checked = engine.check(IDENTITY, "id", AN_IDENTITY)

    with pytest.raises(RefusedError, match="it broke"):
        engine.create(IDENTITY, checked)
    status = status_pb2.Status.FromString(engine.call.trailers["grpc-status-details-bin"])
    detail = proto.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert detail.id.endswith("/userAssignedIdentities/id-orders")


def test_the_caller_is_known(engine: Engine, online: Store) -> None:
    answer = engine.invoke("azure-native:authorization:getClientConfig", {})

    assert (answer["subscriptionId"], answer["tenantId"]) == (online.subscription_id, online.tenant_id)
    assert (answer["clientId"], answer["objectId"]) == (online.caller_client_id, online.caller_object_id)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ARM_OIDC_TOKEN", None, "no login was found: the variable ARM_OIDC_TOKEN is not set"),
        ("ARM_OIDC_TOKEN", "a.b.c", "AADSTS50027"),
        ("ARM_CLIENT_ID", "0f2b6c1e-7d4a-4f0b-9c55-000000000001", "AADSTS700016"),
    ],
)
@pytest.mark.usefixtures("online")
def test_a_refused_login_is_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, message: str) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)

    with pytest.raises(ArmFailureError, match=message):
        ArmClient().get("/subscriptions", "2022-12-01")


def test_an_existing_resource_is_looked_up(engine: Engine) -> None:
    identifier, _, outputs = engine.make(IDENTITY, "id", AN_IDENTITY)

    answer = engine.invoke("azure-native:managedidentity:getUserAssignedIdentity", AN_IDENTITY)

    assert (answer["id"], answer["clientId"]) == (identifier, outputs["clientId"])


def test_a_look_up_of_nothing_is_an_error(engine: Engine) -> None:
    with pytest.raises(RefusedError, match='Status=404 Code="ResourceNotFound"'):
        engine.invoke("azure-native:managedidentity:getUserAssignedIdentity", AN_IDENTITY)


def test_the_kubeconfig_of_a_cluster_is_listed(engine: Engine) -> None:
    engine.make(CLUSTER, "dev", A_CLUSTER)

    answer = engine.invoke(
        "azure-native:containerservice:listManagedClusterUserCredentials",
        {"resourceGroupName": "rg", "resourceName": "dev", "format": "exec"},
    )

    assert answer["kubeconfigs"][0]["name"] == "clusterUser"
