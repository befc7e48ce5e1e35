"""ExistingCluster: looked up by plain names, never owned, used like a cluster of one's own."""

from typing import Any

import pulumi
import pytest
import yaml
from aks_workload_identity import (
    Cluster,
    ClusterTrust,
    ExistingCluster,
    ExistingClusterArgs,
    FederatedWorkload,
    InvalidArgumentError,
    RegistryAttachment,
    TeamGroup,
    TeamNamespace,
)
from aks_workload_identity.arguments import as_output
from pulumi_azure_native import Provider

from tests.azure_mocks import SUBSCRIPTION, TENANT, AzureMocks, arm_id, guid, identity_ids, issuer_url
from tests.azure_mocks import _existing_cluster as described  # pyright: ignore[reportPrivateUsage]
from tests.components.builders import ADMINS, GROUP, ISSUER, REGISTRY_ID, cluster, mount, workload, workload_args
from tests.recorder import Secret, attempt, run

pytestmark = pytest.mark.capability("A2")
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"
GET = "azure-native:containerservice:getManagedCluster"
CREDENTIALS = "azure-native:containerservice:listManagedClusterUserCredentials"
UPDATE = f"az aks update --resource-group rg --name aks --subscription {SUBSCRIPTION}"
NODE_GROUP = "MC_rg_aks_westeurope"


def existing(name: str = "aks", opts: pulumi.ResourceOptions | None = None, **changes: Any) -> ExistingCluster:
    return ExistingCluster(name, ExistingClusterArgs(**{"resource_group_name": "rg", **changes}), opts)


def answering(**changes: Any) -> AzureMocks:
    return AzureMocks({GET: lambda args: {**described(args), **changes}})


def seen_of(made: Cluster, into: dict[str, str]) -> None:
    parts = {
        "name": made.name,
        "id": made.id,
        "group": made.resource_group_name,
        "node group": made.node_resource_group,
        "issuer": made.issuer_url,
        "control plane": made.control_plane_identity.object_id,
        "kubelet client": made.kubelet_identity.client_id,
        "kubelet object": made.kubelet_identity.object_id,
        "kubelet id": made.kubelet_identity.resource_id,
        "add-on": made.add_on_identities["azureKeyvaultSecretsProvider"].object_id,
        "policy add-on": made.add_on_identities["azurepolicy"].resource_id,
    }
    for key, value in parts.items():
        value.apply(lambda known, key=key: into.update({key: known}))


def test_it_is_used_and_nothing_of_it_is_registered():
    recording = run(existing)

    assert {resource.type for resource in recording.resources} == {
        "aks-workload-identity:index:ExistingCluster",
        "pulumi:providers:kubernetes",
    }


def test_it_offers_what_an_own_cluster_offers():
    own, found = dict[str, str](), dict[str, str]()

    run(lambda: seen_of(cluster(), own))
    run(lambda: seen_of(existing(), found))

    assert own.keys() == found.keys()
    assert all(own.values())
    assert all(found.values())
    same = ("name", "id", "group", "node group", "issuer", "add-on", "policy add-on")
    assert {key: own[key] for key in same} == {key: found[key] for key in same}


def test_its_identities_are_those_that_azure_tells():
    found = dict[str, str]()

    run(lambda: seen_of(existing(), found))

    kubelet = arm_id("managedidentity:UserAssignedIdentity", NODE_GROUP, resourceName="aks-agentpool")
    assert found["control plane"] == guid("control-plane", CLUSTER_ID.lower())
    assert found["kubelet id"] == kubelet
    assert found["kubelet client"] == identity_ids(kubelet)["clientId"]
    assert found["kubelet object"] == identity_ids(kubelet)["principalId"]


def test_a_user_assigned_control_plane_is_told_with_all_its_ids():
    plane, seen = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/plane", list[str]()
    ids = {"clientId": "client", "principalId": "principal"}
    identity = {"type": "UserAssigned", "userAssignedIdentities": {plane: ids}}

    def program() -> None:
        made = existing().control_plane_identity
        assert made.name == "plane"
        for value in (made.client_id, made.object_id, made.resource_id):
            value.apply(seen.append)

    run(program, mocks=answering(identity=identity))

    assert sorted(seen) == sorted(["client", "principal", plane])


def test_its_trust_knows_the_issuer_in_every_preview_and_owns_no_cluster():
    def program() -> None:
        trust = existing().trust
        assert trust.key == "aks"
        assert trust.cluster is None
        as_output(trust.checked_issuer()).apply(seen.append)

    seen: list[str] = []
    run(program, preview=True)

    assert seen == [issuer_url(CLUSTER_ID)]


def test_a_workload_on_it_is_registered_as_on_an_own_cluster():
    def program(make: Any) -> Any:
        return lambda: FederatedWorkload("orders", workload_args(clusters={"blue": make().trust}))

    def credentials(make: Any) -> list[dict[str, Any]]:
        return [resource.inputs for resource in run(program(make)).of_type("FederatedIdentityCredential")]

    assert credentials(existing) == credentials(cluster)
    assert len(credentials(existing)) == 1


def test_its_objects_are_deleted_one_by_one_because_the_cluster_stays():
    recording = run(lambda: FederatedWorkload("orders", workload_args(clusters={"blue": existing().trust})))

    assert recording.one("ServiceAccount").options.deleted_with is None


def test_registries_are_attached_to_its_kubelet_identity():
    attachment = RegistryAttachment(registry_id=REGISTRY_ID)
    pull = run(lambda: existing(registries={"apps": attachment})).one("RoleAssignment", "aks-pull-apps")

    kubelet = arm_id("managedidentity:UserAssignedIdentity", NODE_GROUP, resourceName="aks-agentpool")
    assert pull.inputs["principalId"] == identity_ids(kubelet)["principalId"]
    assert pull.inputs["scope"] == REGISTRY_ID


def test_its_kubeconfig_is_secret_and_asks_nobody_to_log_in():
    recording = run(lambda: pulumi.export("kubeconfig", existing(kubelogin_mode="msi").kubeconfig))

    kubeconfig = recording.outputs["kubeconfig"]
    assert isinstance(kubeconfig, Secret)
    user = yaml.safe_load(kubeconfig.value)["users"][0]["user"]["exec"]
    assert user["args"][:3] == ["get-token", "--login", "msi"]
    assert recording.one("pulumi:providers:kubernetes").inputs["clusterIdentifier"] == CLUSTER_ID


def test_a_cluster_of_another_subscription_is_asked_of_the_provider_in_opts():
    other = "99999999-1111-2222-3333-444444444444"
    config = "azure-native:authorization:getClientConfig"
    mocks = AzureMocks({config: {"clientId": "c", "objectId": "o", "subscriptionId": other, "tenantId": TENANT}})
    seen: list[str] = []

    def program() -> None:
        provider = Provider("other", subscription_id=other)
        made = existing(opts=pulumi.ResourceOptions(provider=provider))
        made.attach_registry("apps", RegistryAttachment(registry_id=REGISTRY_ID))
        made.id.apply(seen.append)

    recording = run(program, mocks=mocks)

    assert seen == [CLUSTER_ID.replace(SUBSCRIPTION, other)]
    urn = recording.one("pulumi:providers:azure-native").urn
    asked = {invoke.token: invoke.provider for invoke in recording.invokes}
    assert (asked[GET] or "").startswith(urn)
    assert (asked[CREDENTIALS] or "").startswith(urn)
    assert (recording.one("RoleAssignment").provider or "").startswith(urn)


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        (
            {"oidcIssuerProfile": {"enabled": False}},
            [f"OIDC issuer is on; got 'aks'; turn it on with: {UPDATE} --enable-oidc-issuer"],
        ),
        ({"oidcIssuerProfile": None}, [f"{UPDATE} --enable-oidc-issuer"]),
        (
            {"securityProfile": {"workloadIdentity": {"enabled": False}}},
            [f"webhook is on; got 'aks'; turn it on with: {UPDATE} --enable-workload-identity"],
        ),
        ({"securityProfile": None}, [f"{UPDATE} --enable-workload-identity"]),
        (
            {"oidcIssuerProfile": None, "securityProfile": {}},
            ["OIDC issuer is on", "webhook is on", f"{UPDATE} --enable-oidc-issuer --enable-workload-identity"],
        ),
        (
            {"aadProfile": None},
            [f"log in with Entra ID, as kubelogin does; got 'aks'; turn it on with: {UPDATE} --enable-aad"],
        ),
        (
            {"oidcIssuerProfile": {"enabled": True}},
            ["that tells its OIDC issuer; got 'aks'; wait until Azure has made it: az aks wait --resource-group rg"],
        ),
        ({"powerState": {"code": "Stopped"}}, ["must be a cluster that runs; got 'aks'; start it with: az aks start"]),
    ],
)
def test_a_cluster_that_lacks_something_is_refused_with_the_command_for_it(
    changes: dict[str, Any], messages: list[str]
):
    recording = attempt(existing, mocks=answering(**changes))

    assert isinstance(recording.error, InvalidArgumentError)
    assert [message for message in messages if message not in str(recording.error)] == []
    assert recording.resources == []


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (GET, f"cluster_name must be a cluster in resource group 'rg' of subscription {SUBSCRIPTION}; got 'aks': "),
        (CREDENTIALS, "must be a cluster on which you have 'Azure Kubernetes Service Cluster User Role'; got 'aks': "),
    ],
)
def test_what_azure_says_against_the_look_up_is_passed_on(function: str, message: str):
    recording = attempt(existing, mocks=AzureMocks({function: Exception("ResourceNotFound, said Azure")}))

    assert message in str(recording.error)
    assert "ResourceNotFound, said Azure" in str(recording.error)
    assert recording.resources == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"resource_group_name": "rg."}, "resource_group_name must be a resource group name"),
        ({"cluster_name": "-aks"}, "cluster_name must be a cluster name"),
        ({"kubelogin_mode": "devicecode"}, "kubelogin_mode must be 'azurecli'"),
        ({"tags": {}}, "tags is not known"),
    ],
)
def test_a_wrong_argument_is_refused(changes: dict[str, Any], message: str):
    recording = attempt(lambda: existing(**changes))

    assert message in str(recording.error)
    assert recording.resources == []


def test_names_known_only_later_are_refused_because_they_cannot_be_looked_up():
    recording = attempt(lambda: existing(resource_group_name=pulumi.Output.from_input("rg")))

    assert "resource_group_name must be a resource group name" in str(recording.error)


@pytest.mark.parametrize("name", ["my cluster", "aks\n"])
def test_a_component_name_that_is_no_cluster_name_asks_for_one(name: str):
    assert "cluster_name must be given" in str(attempt(lambda: existing(name)).error)


def test_two_clusters_of_one_name_are_refused_until_one_has_another_trust_key():
    keys: list[str] = []

    def program(**changes: Any) -> None:
        keys.append(cluster().trust.key)
        keys.append(existing("second", cluster_name="aks", resource_group_name="rg-2", **changes).trust.key)

    recording = attempt(program)
    assert "trust_key must be the cluster's own in this program" in str(recording.error)
    assert "for example 'aks-2'" in str(recording.error)
    assert recording.of_type("ExistingCluster") == []

    keys.clear()
    run(lambda: program(trust_key="aks-2"))
    assert keys == ["aks", "aks-2"]


def test_a_second_cluster_whose_key_differs_only_in_case_is_refused():
    def program() -> None:
        cluster()
        cluster("second", cluster_name="AKS")

    recording = attempt(program)

    assert "WorkloadIdentityCluster 'second':\n  - trust_key must be" in str(recording.error)
    assert [each.name for each in recording.of_type("WorkloadIdentityCluster")] == ["aks"]


def test_one_cluster_may_be_looked_up_twice():
    def program() -> None:
        existing()
        existing("again", cluster_name="aks")

    assert len(run(program).of_type("ExistingCluster")) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"kubeconfigs": []}, "kubeconfig must be had of Azure; AKS answered none"),
        ({"kubeconfigs": [{"name": "a", "value": "dXNlcnM6IFtdCg=="}]}, "kubeconfig must have a user"),
        ({"kubeconfigs": [{"name": "a", "value": "Y2x1c3RlcnM6IFtdCg=="}]}, "kubeconfig must have a user"),
    ],
)
@pytest.mark.parametrize(("make", "kind"), [(existing, InvalidArgumentError), (cluster, pulumi.RunError)])
def test_a_kubeconfig_with_nobody_in_it_is_told(answer: dict[str, Any], message: str, make: Any, kind: type[Exception]):
    recording = attempt(make, mocks=AzureMocks({CREDENTIALS: answer}))

    assert type(recording.error) is kind
    assert message in str(recording.error)


@pytest.mark.parametrize("later", [False, True])
def test_a_cluster_whose_nodes_have_no_identity_attaches_no_registry(later: bool):
    apps = {"apps": RegistryAttachment(registry_id=REGISTRY_ID)}
    mocks = answering(identityProfile=None, servicePrincipalProfile={"clientId": "principal"})

    def program() -> None:
        made = existing(registries={} if later else apps)
        made.attach_registry("apps", apps["apps"])

    recording = attempt(program, mocks=mocks)

    assert isinstance(recording.error, InvalidArgumentError)
    assert "registries must be left out, because 'aks' has no kubelet identity" in str(recording.error)
    assert "--assignee principal --role AcrPull --scope <registry id>" in str(recording.error)
    assert recording.of_type("RoleAssignment") == []


@pytest.mark.parametrize("profiles", [None, {}, {"azureKeyvaultSecretsProvider": {"enabled": False}}])
def test_a_mount_is_refused_on_a_cluster_without_the_key_vault_add_on(profiles: Any):
    recording = attempt(
        lambda: mount(workload(clusters={"blue": existing().trust})), mocks=answering(addonProfiles=profiles)
    )

    assert isinstance(recording.error, InvalidArgumentError)
    enable = UPDATE.replace("update", "enable-addons")
    add_on = "--addons azure-keyvault-secrets-provider --enable-secret-rotation"
    assert (
        f"workload must be on clusters whose Key Vault add-on is on; got 'aks'; turn it on with: {enable} {add_on}"
        in (str(recording.error))
    )
    assert recording.of_type("SecretProviderClass") == []
    assert recording.of_type("KeyVaultMount") == []


def test_a_mount_is_made_on_a_cluster_with_the_key_vault_add_on():
    recording = run(lambda: mount(workload(clusters={"blue": existing().trust})))

    assert len(recording.of_type("SecretProviderClass")) == 1


def test_a_driver_of_ones_own_is_used_through_a_trust_of_ones_own():
    def program() -> None:
        found = existing()
        own = ClusterTrust(key="aks", issuer_url=ISSUER, kubernetes_provider=found.kubernetes_provider)
        mount(workload(clusters={"blue": own}))

    assert len(run(program, mocks=answering(addonProfiles={})).of_type("SecretProviderClass")) == 1


def team(made: Cluster, **changes: Any) -> TeamNamespace:
    groups = {"developers": TeamGroup(group_object_id=ADMINS, access="view")}
    least = {"cluster": made.trust, "namespace": "shop", "groups": groups, "authorization": "azure"}
    return TeamNamespace("shop", {**least, "cluster_id": made.id, **changes})


@pytest.mark.parametrize("rbac", [{"managed": True, "enableAzureRBAC": False}, {"managed": True}])
def test_rights_in_azure_are_refused_on_a_cluster_that_does_not_ask_azure(rbac: dict[str, Any]):
    recording = attempt(lambda: team(existing()), mocks=answering(aadProfile=rbac))

    assert isinstance(recording.error, InvalidArgumentError)
    assert f"without Azure RBAC; turn it on with: {UPDATE} --enable-azure-rbac" in str(recording.error)
    assert recording.of_type("TeamNamespace") == []


def test_rights_in_the_cluster_need_no_azure_rbac():
    recording = run(
        lambda: team(existing(), authorization="kubernetes", cluster_id=None),
        mocks=answering(aadProfile={"managed": True}),
    )

    assert len(recording.of_type("RoleBinding")) == 1


@pytest.mark.parametrize("make", [existing, cluster])
def test_rights_in_azure_are_given_on_a_cluster_with_a_key_of_its_own(make: Any):
    recording = run(lambda: team(make(trust_key="blue-2")))

    assert recording.one("RoleAssignment", "shop-developers").inputs["scope"] == f"{CLUSTER_ID}/namespaces/shop"


@pytest.mark.parametrize("deferred", [False, True])
def test_a_cluster_of_the_same_name_in_another_group_is_another_cluster(deferred: bool):
    other = CLUSTER_ID.replace("/rg/", "/rg-2/")

    recording = attempt(lambda: team(existing(), cluster_id=pulumi.Output.from_input(other) if deferred else other))

    assert "cluster_id must be the id of the cluster that the namespace is in" in str(recording.error)
    assert recording.of_type("RoleAssignment") == []
