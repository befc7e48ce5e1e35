"""WorkloadIdentityCluster: hardened by default, and the way to its trust."""

from typing import Any

import pulumi
import pytest
import yaml
from aks_workload_identity import (
    ApiServerAccess,
    Autoscaling,
    Defender,
    InvalidArgumentError,
    NetworkProfile,
    NodePool,
    RegistryAttachment,
    registered_access_map,
)
from pulumi_azure_native.managedidentity import UserAssignedIdentity

from tests import azure_mocks
from tests.azure_mocks import SUBSCRIPTION, TENANT, AzureMocks, identity_ids, issuer_url
from tests.components.builders import ADMINS, GROUP, REGISTRY_ID, WORKSPACE_ID, cluster
from tests.recorder import Recording, Resource, Secret, attempt, run

pytestmark = pytest.mark.capability("A1")
NETWORK_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
SUBNET_ID = f"{NETWORK_ID}/subnets/nodes"
SUBNET, SHARED = {"subnet_id": SUBNET_ID}, {"subnet_id": f"{SUBNET_ID}-2"}
ZONE_ID = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io"
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks"


def identity_id(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"


def registered(**changes: Any) -> dict[str, Any]:
    return run(lambda: cluster(**changes)).one("ManagedCluster").inputs


def role_of(assignment: Resource) -> str:
    return assignment.inputs["roleDefinitionId"].rpartition("/")[2]


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


def test_control_plane_and_kubelets_have_identities_of_their_own():
    inputs = registered()

    kubelet = identity_ids(identity_id("aks-kubelet"))
    assert inputs["identity"] == {
        "type": "UserAssigned",
        "userAssignedIdentities": [identity_id("aks-control-plane")],
    }
    assert inputs["identityProfile"]["kubeletidentity"] == {
        "resourceId": identity_id("aks-kubelet"),
        "clientId": kubelet["clientId"],
        "objectId": kubelet["principalId"],
    }


def test_the_control_plane_may_assign_exactly_the_kubelet_identity_before_the_cluster_is_made():
    recording = run(cluster)

    operator = recording.one("RoleAssignment", "aks-kubelet-operator")
    assert role_of(operator) == "f1a07417-d97a-45cb-824c-7a7467783830"
    assert operator.inputs["scope"] == identity_id("aks-kubelet")
    assert operator.inputs["principalId"] == identity_ids(identity_id("aks-control-plane"))["principalId"]
    assert operator.urn in recording.one("ManagedCluster").dependencies


def scopes_of(recording: Recording, role: str) -> dict[str, str]:
    roles = {"network": "4d97b98b-1d4f-4787-a291-c67834d212e7", "zone": "b12aa53e-6015-4669-85d0-8515ebb3ae7f"}
    return {
        each.name: each.inputs["scope"]
        for each in recording.of_type("RoleAssignment")
        if role_of(each) == roles[role]
        and each.inputs["principalId"] == identity_ids(identity_id("aks-control-plane"))["principalId"]
        and each.urn in recording.one("ManagedCluster").dependencies
    }


@pytest.mark.parametrize("deferred", [False, True])
def test_the_control_plane_may_change_exactly_the_subnets_of_the_pools_before_the_cluster_is_made(deferred: bool):
    def given(value: str) -> Any:
        return pulumi.Output.from_input(value) if deferred else value

    def program() -> None:
        nodes = NodePool(subnet_id=given(SUBNET_ID))
        cluster(system_pool=nodes, node_pools={"apps": nodes, "gpu": NodePool(subnet_id=given(f"{SUBNET_ID}-2"))})

    recording = run(program)

    assert scopes_of(recording, "network") == {"aks-subnet-system": SUBNET_ID, "aks-subnet-gpu": f"{SUBNET_ID}-2"}
    assert len(recording.of_type("RoleAssignment")) == 3


def test_a_network_that_aks_makes_needs_no_role():
    assert [each.name for each in run(cluster).of_type("RoleAssignment")] == ["aks-kubelet-operator"]


def test_pools_of_one_subnet_in_other_letters_need_one_role():
    pools = {"apps": NodePool(subnet_id=SUBNET_ID.upper())}
    recording = run(lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID), node_pools=pools))

    assert scopes_of(recording, "network") == {"aks-subnet-system": SUBNET_ID}


@pytest.mark.parametrize("deferred", [False, True])
def test_the_role_on_a_subnet_stays_the_same_whichever_of_its_pools_goes(deferred: bool):
    def assigned(*names: str) -> list[tuple[str, dict[str, Any]]]:
        def program() -> None:
            system, apps = (
                pulumi.Output.from_input(each) if deferred else each for each in (SUBNET_ID, f"{SUBNET_ID}-2")
            )
            pool = NodePool(subnet_id=apps, subnet_key="apps")
            cluster(system_pool=NodePool(subnet_id=system), node_pools=dict.fromkeys(names, pool))

        assignments = run(program).of_type("RoleAssignment")
        return sorted((each.name, each.inputs) for each in assignments if each.name.startswith("aks-subnet-"))

    both = assigned("apps", "gpu")

    assert [name for name, _ in both] == ["aks-subnet-apps", "aks-subnet-system"]
    assert assigned("gpu") == both
    assert assigned("apps") == both


def test_pools_beside_the_system_pool_in_its_subnet_need_no_key():
    pools = {"apps": NodePool(subnet_id=SUBNET_ID), "gpu": NodePool(subnet_id=SUBNET_ID, subnet_key="nodes")}
    recording = run(
        lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID, subnet_key="nodes"), node_pools=pools),
    )

    assert scopes_of(recording, "network") == {"aks-subnet-nodes": SUBNET_ID}


@pytest.mark.parametrize(
    "changes",
    [
        {"assign_control_plane_roles": False, "control_plane_identity": identity_id("control")},
        {"control_plane_identity": identity_id("control")},
        {"api_server": ApiServerAccess(private=True, private_dns_zone=ZONE_ID)},
    ],
)
def test_a_role_that_is_not_called_after_a_pool_needs_no_key(changes: Any):
    shared = NodePool(subnet_id=f"{SUBNET_ID}-2")
    pools = {"system_pool": NodePool(subnet_id=SUBNET_ID), "node_pools": {"apps": shared, "gpu": shared}}

    names = [each.name for each in run(lambda: cluster(**pools, **changes)).of_type("RoleAssignment")]

    assert not [name for name in names if "subnet" in name]


def test_one_subnet_in_two_outputs_is_told_instead_of_refused_by_azure():
    def program() -> None:
        first, second = (pulumi.Output.from_input(each) for each in (SUBNET_ID, SUBNET_ID.lower()))
        cluster(system_pool=NodePool(subnet_id=first), node_pools={"apps": NodePool(subnet_id=second)})

    recording = attempt(program)

    assert type(recording.error) is pulumi.RunError
    assert "subnet_id must be one value or Output for all pools in a subnet" in str(recording.error)
    assert [each.name for each in recording.of_type("RoleAssignment")] == ["aks-kubelet-operator", "aks-subnet-system"]


@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize("sku", ["Base", "Automatic"])
def test_a_zone_of_ones_own_is_kept_by_the_control_plane_which_links_it_to_the_network(deferred: bool, sku: str):
    def program() -> None:
        zone, subnet = (pulumi.Output.from_input(each) if deferred else each for each in (ZONE_ID, SUBNET_ID))
        pool = {"system_pool": NodePool(subnet_id=subnet)} if sku == "Base" else {}
        cluster(sku=sku, api_server=ApiServerAccess(private=True, private_dns_zone=zone), **pool)

    recording = run(program)

    assert scopes_of(recording, "zone") == {"aks-private-dns-zone": ZONE_ID}
    assert scopes_of(recording, "network") == ({"aks-network": NETWORK_ID} if sku == "Base" else {})


def test_without_a_zone_of_ones_own_the_role_on_the_subnet_is_enough():
    access = ApiServerAccess(private=True, private_dns_zone="none")
    recording = run(lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID), api_server=access))

    assert scopes_of(recording, "network") == {"aks-subnet-system": SUBNET_ID}


def test_clusters_that_are_given_one_identity_share_its_role_on_their_subnet():
    def program() -> None:
        plane = {"control_plane_identity": identity_id("control")}
        for name in ("blue", "green"):
            cluster(name, system_pool=NodePool(subnet_id=SUBNET_ID), **plane)
        cluster("red", system_pool=NodePool(subnet_id=f"{SUBNET_ID}-2"), **plane)

    recording = run(program)

    joins = [each for each in recording.of_type("RoleAssignment") if "Microsoft.Network" in each.inputs["scope"]]
    assert {each.name: each.inputs["scope"] for each in joins} == {
        "control-vnet-nodes": SUBNET_ID,
        "control-vnet-nodes-2": f"{SUBNET_ID}-2",
    }
    for name in ("blue", "green"):
        assert joins[0].urn in recording.one("ManagedCluster", name).dependencies


def test_roles_that_somebody_else_assigns_are_not_assigned_twice():
    plane = {"control_plane_identity": identity_id("control"), "assign_control_plane_roles": False}
    recording = run(lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID), **plane))

    assert recording.of_type("RoleAssignment") == []


def test_the_access_map_shows_what_the_control_plane_may_change():
    def program() -> None:
        cluster(system_pool=NodePool(subnet_id=SUBNET_ID))
        pulumi.export("map", registered_access_map())

    shown = str(run(program).outputs["map"])

    assert "Network Contributor" in shown
    assert SUBNET_ID in shown


def test_given_identities_are_used_and_not_made():
    recording = run(
        lambda: cluster(control_plane_identity=identity_id("control"), kubelet_identity=identity_id("kubelet"))
    )

    assert recording.of_type("UserAssignedIdentity") == []
    inputs = recording.one("ManagedCluster").inputs
    assert inputs["identity"]["userAssignedIdentities"] == [identity_id("control")]
    assert inputs["identityProfile"]["kubeletidentity"]["resourceId"] == identity_id("kubelet")


@pytest.mark.capability("A8")
@pytest.mark.parametrize(
    ("permissions", "role"),
    [
        ("rbac", "7f951dda-4ed3-4680-a7ca-43fe172d538d"),
        ("rbac-abac", "b93aa761-3e63-49ed-ac28-beffa264f7ac"),
    ],
)
def test_an_attached_registry_trusts_the_kubelet_identity_in_the_registrys_mode(permissions: Any, role: str):
    attachment = RegistryAttachment(registry_id=REGISTRY_ID, permissions=permissions)
    pull = run(lambda: cluster(registries={"apps": attachment})).one("RoleAssignment", "aks-pull-apps")

    assert role_of(pull) == role
    assert pull.inputs["scope"] == REGISTRY_ID
    assert pull.inputs["principalId"] == identity_ids(identity_id("aks-kubelet"))["principalId"]
    assert pull.inputs["roleDefinitionId"].startswith(f"/subscriptions/{SUBSCRIPTION}/")


@pytest.mark.parametrize("names", [["blue", "green"], ["blue"], ["green"]], ids=" and ".join)
@pytest.mark.parametrize("made", [False, True], ids=["by id", "as resources"])
def test_roles_of_shared_identities_are_the_same_assignments_whichever_cluster_goes(names: list[str], made: bool):
    def identity(name: str) -> str | UserAssignedIdentity:
        return UserAssignedIdentity(name, resource_group_name="rg", resource_name_=name) if made else identity_id(name)

    def program() -> None:
        control_plane, kubelet = identity("control"), identity("nodes")
        for name in names:
            cluster(
                name,
                control_plane_identity=control_plane,
                kubelet_identity=kubelet,
                registries={"apps": RegistryAttachment(registry_id=REGISTRY_ID)},
            )

    recording = run(program)

    assignments = {each.name: each for each in recording.of_type("RoleAssignment")}
    assert sorted(assignments) == ["control-nodes-operator", "nodes-pull-apps"]
    assert {each.inputs["roleAssignmentName"] for each in assignments.values()} == {
        "01cb0aab-04f5-51f5-b113-e791fe50d00e",
        "8d0aaf0b-13ca-51c5-98f3-0c5d2c6a4e87",
    }
    for each in recording.of_type("ManagedCluster"):
        assert assignments["control-nodes-operator"].urn in each.dependencies


def test_one_registry_under_two_keys_of_shared_nodes_is_refused_as_neither_could_go_without_the_other():
    def program() -> None:
        for name in ("blue", "green"):
            cluster(
                name,
                control_plane_identity=identity_id("control"),
                kubelet_identity=identity_id("nodes"),
                registries={name: RegistryAttachment(registry_id=REGISTRY_ID)},
            )

    assert "role must be assigned once on one resource; got AcrPull for 'nodes' as 'nodes-pull-green'" in str(
        attempt(program).error
    )


@pytest.mark.parametrize("deferred", [False, True])
def test_a_registry_is_attached_once(deferred: bool):
    def program() -> None:
        registry_id = pulumi.Output.from_input(REGISTRY_ID) if deferred else REGISTRY_ID
        attachment = RegistryAttachment(registry_id=registry_id)
        other = attachment if deferred else RegistryAttachment(registry_id=REGISTRY_ID.upper())
        cluster(registries={"apps": attachment, "tools": other})

    recording = attempt(program)

    assert "registries must hold each registry once; got one of them as 'apps' and 'tools'" in str(recording.error)
    assert recording.resources == []


def test_a_key_of_a_registry_is_used_once():
    def program() -> None:
        made = cluster(registries={"apps": RegistryAttachment(registry_id=REGISTRY_ID)})
        made.attach_registry("apps", RegistryAttachment(registry_id=f"{REGISTRY_ID}2"))

    assert "key must be a key of its own; got 'apps'" in str(attempt(program).error)


@pytest.mark.parametrize(
    ("key", "attachment", "message"),
    [("apps", "x", "args must be RegistryAttachment"), ("A b", {"registry_id": REGISTRY_ID}, "key must be a map key")],
)
def test_an_attachment_that_is_none_is_told_in_words(key: str, attachment: Any, message: str):
    assert message in str(attempt(lambda: cluster().attach_registry(key, attachment)).error)


def test_pulling_does_not_wait_for_the_cluster():
    attachment = RegistryAttachment(registry_id=REGISTRY_ID)
    recording = run(lambda: cluster(registries={"apps": attachment}))

    assert recording.one("ManagedCluster").urn not in recording.one("RoleAssignment", "aks-pull-apps").dependencies


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


def test_more_node_pools_are_resources_that_go_with_the_cluster():
    recording = run(lambda: cluster(node_pools={"apps": NodePool(vm_size="Standard_D8ds_v5", count=5)}))

    pool = recording.one("AgentPool", "aks-apps")
    assert pool.inputs["mode"] == "User"
    assert pool.inputs["count"] == 5
    assert pool.options.deleted_with == recording.one("ManagedCluster").urn


def test_a_pool_that_scales_itself_is_not_scaled_back_by_the_next_update():
    bounds = Autoscaling(min_count=2, max_count=9)
    recording = run(
        lambda: cluster(system_pool=NodePool(autoscaling=bounds), node_pools={"apps": NodePool(autoscaling=bounds)})
    )

    assert recording.one("AgentPool").options.ignore_changes == ("count",)
    assert recording.one("ManagedCluster").options.ignore_changes == ("agentPoolProfiles[0].count",)
    profile = recording.one("ManagedCluster").inputs["agentPoolProfiles"][0]
    assert (profile["minCount"], profile["maxCount"], profile["enableAutoScaling"]) == (2, 9, True)


@pytest.mark.parametrize(("count", "start"), [(1, 2), (5, 5), (50, 9)])
def test_a_pool_that_scales_itself_starts_within_its_bounds(count: int, start: int):
    pool = NodePool(count=count, autoscaling=Autoscaling(min_count=2, max_count=9))
    recording = run(lambda: cluster(system_pool=pool, node_pools={"apps": pool}))

    assert recording.one("AgentPool").inputs["count"] == start
    assert recording.one("ManagedCluster").inputs["agentPoolProfiles"][0]["count"] == start


@pytest.mark.parametrize("taint", ["sku=gpu:NoSchedule", "spot:NoExecute", "example.com/a=:PreferNoSchedule"])
def test_every_form_of_taint_that_kubernetes_knows_passes(taint: str):
    assert NodePool(taints=[taint]).taints == [taint]


def test_labels_of_the_whole_syntax_pass():
    labels = {"example.com/Tier_1.a": "x" * 63, "team": ""}

    assert NodePool(labels=labels).labels == labels


def test_fifty_tags_of_the_longest_names_and_values_pass():
    tags = {f"{number:->512}": "v" * 256 for number in range(50)}

    assert registered(tags=tags)["tags"] == tags


def test_one_identity_given_as_the_same_resource_twice_is_refused():
    def program() -> None:
        made = UserAssignedIdentity("one", resource_group_name="rg")
        cluster(control_plane_identity=made, kubelet_identity=made)

    assert "must be another identity than control_plane_identity" in str(attempt(program).error)


def test_ranges_apart_from_the_network_pass():
    network = NetworkProfile(vnet_cidrs=["10.1.0.0/16", "fd00::/8"])

    assert "vnetCidrs" not in registered(network=network)["networkProfile"]


@pytest.mark.parametrize(("tier", "plan"), [("Standard", "KubernetesOfficial"), ("Premium", "AKSLongTermSupport")])
def test_the_premium_tier_is_the_one_with_long_term_support(tier: str, plan: str):
    assert registered(tier=tier)["supportPlan"] == plan


def test_a_network_at_the_limits_of_its_ranges_passes():
    network = NetworkProfile(pod_cidr="10.244.0.0/24", service_cidr="10.0.0.0/30", dns_service_ip="10.0.0.2")

    assert registered(network=network)["networkProfile"]["serviceCidr"] == "10.0.0.0/30"


@pytest.mark.parametrize("outbound_type", ["loadBalancer", "userAssignedNATGateway", "userDefinedRouting"])
def test_pools_in_a_subnet_reach_the_internet_in_every_way_that_fits(outbound_type: Any):
    network, pool = NetworkProfile(outbound_type=outbound_type), NodePool(subnet_id=SUBNET_ID)

    inputs = registered(network=network, system_pool=pool, node_pools={"apps": pool})

    assert inputs["networkProfile"]["outboundType"] == outbound_type


def test_a_system_pool_keeps_other_pods_out_as_aks_allows():
    taints = ["CriticalAddonsOnly=true:NoSchedule", "spot=yes:PreferNoSchedule"]
    pool = NodePool(taints=taints, vm_size="Standard_DS2_v2", count=1)

    assert registered(system_pool=pool)["agentPoolProfiles"][0]["nodeTaints"] == taints


def test_a_pool_beside_the_system_pool_may_be_empty():
    pools = {"none": NodePool(count=0), "spare": NodePool(autoscaling=Autoscaling(min_count=0, max_count=3), count=0)}
    recording = run(lambda: cluster(node_pools=pools))

    assert recording.one("AgentPool", "aks-none").inputs["count"] == 0
    assert recording.one("AgentPool", "aks-spare").inputs["minCount"] == 0


@pytest.mark.parametrize("zone", ["none", ZONE_ID, ZONE_ID.replace("privatelink", "shop.privatelink")])
def test_a_private_api_server_takes_a_zone_that_aks_takes(zone: str):
    access = ApiServerAccess(private=True, private_dns_zone=zone)

    assert registered(api_server=access)["apiServerAccessProfile"]["privateDNSZone"] == zone


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


def test_zones_taints_labels_subnet_and_tags_reach_the_pool():
    pool = NodePool(
        availability_zones=["1", "3"], taints=["sku=gpu:NoSchedule"], labels={"tier": "gpu"}, subnet_id=SUBNET_ID
    )
    system, pools = NodePool(subnet_id=SUBNET_ID), {"gpu": pool}
    inputs = run(lambda: cluster(system_pool=system, node_pools=pools, tags={"owner": "a"})).one("AgentPool").inputs

    assert inputs["availabilityZones"] == ["1", "3"]
    assert inputs["nodeTaints"] == ["sku=gpu:NoSchedule"]
    assert inputs["nodeLabels"] == {"tier": "gpu"}
    assert inputs["vnetSubnetID"] == SUBNET_ID
    assert inputs["tags"] == {"owner": "a"}


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


@pytest.mark.parametrize(
    "owned",
    [
        {"azure_policy": False},
        {"network": NetworkProfile()},
        {"node_pools": {"apps": NodePool()}},
        {"upgrade_channel": "rapid"},
    ],
)
def test_automatic_refuses_arguments_it_would_ignore(owned: dict[str, Any]):
    with pytest.raises(InvalidArgumentError, match=f"{next(iter(owned))} must be left out when sku is 'Automatic'"):
        registered(sku="Automatic", **owned)


def test_a_private_api_server_has_no_public_ranges():
    inputs = registered(api_server=ApiServerAccess(private=True))

    assert inputs["apiServerAccessProfile"]["enablePrivateCluster"] is True
    assert inputs["apiServerAccessProfile"]["privateDNSZone"] == "system"
    with pytest.raises(InvalidArgumentError, match="authorized_ip_ranges must be left out"):
        ApiServerAccess(private=True, authorized_ip_ranges=["203.0.113.0/24"])


def test_authorized_ranges_reach_the_cluster():
    ranges = ["203.0.113.7/32", "203.0.113.9", "0.0.0.0/32"]

    access = ApiServerAccess(authorized_ip_ranges=ranges)

    assert registered(api_server=access)["apiServerAccessProfile"]["authorizedIPRanges"] == ranges


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"admin_group_object_ids": []}, "admin_group_object_ids must"),
        ({"admin_group_object_ids": ["admins"]}, "admin_group_object_ids.0 must be a GUID"),
        ({"location": "West Europe"}, "location must be an Azure region's short name"),
        ({"cluster_name": "-aks"}, "cluster_name must be a cluster name"),
        ({"node_pools": {"My-Pool": NodePool()}}, "must be a node pool name"),
        ({"kubernetes_version": "latest"}, "kubernetes_version must be a Kubernetes version"),
        ({"image_cleaner_interval_hours": 1}, "image_cleaner_interval_hours must be 24 hours"),
        ({"secret_rotation_interval": "2 minutes"}, "secret_rotation_interval must be a duration"),
        ({"kubelogin_mode": "devicecode"}, "kubelogin_mode must be 'azurecli'"),
        ({"network": {"dns_service_ip": "10.1.0.10"}}, "network.dns_service_ip must be inside service_cidr"),
        ({"network": {"pod_cidr": "10.244.0.1/16"}}, "(10.244.0.1/16 has host bits set)"),
        ({"system_pool": {"autoscaling": {"min_count": 3, "max_count": 2}}}, "max_count must be at least min_count"),
        (
            {"registries": {"apps": {"registry_id": GROUP}}},
            "registries.apps.registry_id must be the resource id of a registry",
        ),
        ({"resource_group_name": "rg."}, "resource_group_name must be a resource group name"),
        ({"secret_rotation_interval": "0m"}, "secret_rotation_interval must be a duration"),
        ({"secret_rotation_interval": "2"}, "secret_rotation_interval must be a duration"),
        ({"image_cleaner_interval_hours": "168"}, "image_cleaner_interval_hours must be 24 hours"),
        (
            {"assign_control_plane_roles": False},
            "assign_control_plane_roles must be left out without control_plane_identity",
        ),
        ({"system_pool": {"count": True}}, "system_pool.count must be 0-1000 nodes"),
        ({"system_pool": {"count": "3"}}, "system_pool.count must be 0-1000 nodes"),
        ({"system_pool": {"vm_size": ""}}, "system_pool.vm_size must be a virtual machine size"),
        ({"system_pool": {"vm_size": "Standard_D4ds v5"}}, "system_pool.vm_size must be a virtual machine size"),
        ({"system_pool": {"taints": ["gpu"]}}, "system_pool.taints.0 must be a Kubernetes taint"),
        ({"system_pool": {"taints": ["sku=gpu:Never"]}}, "(the effect 'Never')"),
        ({"system_pool": {"taints": ["-sku=gpu:NoSchedule"]}}, "(the name '-sku')"),
        ({"system_pool": {"labels": {"a b": "c"}}}, "system_pool.labels must be Kubernetes labels"),
        ({"system_pool": {"labels": {"a": "b c"}}}, "(the value 'b c')"),
        ({"system_pool": {"labels": {"a\n/b": "c"}}}, "(the prefix of 'a\\n/b' is no DNS name)"),
        ({"system_pool": {"labels": {"A_/b": "c"}}}, "(the prefix of 'A_/b' is no DNS name)"),
        ({"system_pool": {"labels": {"kubernetes.azure.com/mode": "user"}}}, "has a prefix that only AKS may use"),
        ({"node_pools": {"system": NodePool()}}, "node_pools must not have 'system'"),
        ({"tags": {str(number): "" for number in range(51)}}, "tags must be at most 50 tags"),
        ({"tags": {"a?": "b"}}, "(the tag 'a?')"),
        ({"tags": {"a": "b" * 257}}, "(the tag 'a')"),
        ({"tags": {"Owner": "a", "owner": "b"}}, "two names that differ in case only"),
        ({"network": {"pod_cidr": "10.0.128.0/17"}}, "network.pod_cidr must not overlap service_cidr 10.0.0.0/16"),
        (
            {"network": {"vnet_cidrs": ["10.244.8.0/24"]}},
            "network.pod_cidr must not overlap 10.244.8.0/24 of vnet_cidrs",
        ),
        ({"network": {"vnet_cidrs": ["10.0.0.0/8"]}}, "must not overlap 10.0.0.0/8 of vnet_cidrs"),
        ({"network": {"dns_service_ip": "10.0.0.0"}}, "network.dns_service_ip must not be the network's own"),
        ({"network": {"dns_service_ip": "10.0.0.1"}}, "network.dns_service_ip must not be the network's own"),
        ({"network": {"dns_service_ip": "10.0.255.255"}}, "network.dns_service_ip must not be the network's own"),
        ({"network": {"service_cidr": "10.0.0.10/32"}}, "(/32)"),
        ({"network": {"service_cidr": "11.0.0.0/12"}}, "network.service_cidr must be an IPv4 range of /13 to /30"),
        ({"network": {"service_cidr": "172.30.0.0/16"}}, "(172.30.0.0/15 is AKS's own)"),
        ({"network": {"pod_cidr": "10.244.0.1"}}, "(/32)"),
        ({"network": {"pod_cidr": "10.244.0.0/25"}}, "network.pod_cidr must be an IPv4 range of /24 or larger"),
        ({"network": {"pod_cidr": "172.16.0.0/12"}}, "(172.30.0.0/15 is AKS's own)"),
        ({"network": {"pod_cidr": "192.0.2.0/24"}}, "(192.0.2.0/24 is AKS's own)"),
        ({"network": {"pod_cidr": "169.254.0.0/20"}}, "(169.254.0.0/16 is AKS's own)"),
        ({"network": {"pod_cidr": "fd00::/64"}}, "network.pod_cidr must be an IPv4 range"),
        ({"network": {"outbound_type": "userDefinedRouting"}}, "system_pool.subnet_id is required with outbound_type"),
        ({"network": {"outbound_type": "userAssignedNATGateway"}}, "system_pool.subnet_id is required"),
        (
            {"network": {"outbound_type": "managedNATGateway"}, "system_pool": {"subnet_id": SUBNET_ID}},
            "network.outbound_type must be 'userAssignedNATGateway' or another",
        ),
        ({"node_pools": {"apps": {"subnet_id": SUBNET_ID}}}, "system_pool.subnet_id must be given"),
        ({"system_pool": {"subnet_key": "a"}}, "system_pool.subnet_key must be left out without subnet_id; got 'a'"),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": SHARED, "gpu": {**SHARED, "subnet_key": "gpu"}}},
            "node_pools.apps.subnet_key is required where pools share a subnet, for example 'gpu' for all",
        ),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": SHARED, "gpu": SHARED}},
            "node_pools.gpu.subnet_key is required where pools share a subnet, for example 'apps' for all",
        ),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": {**SUBNET, "subnet_key": "apps"}}},
            "node_pools.apps.subnet_key must be the same for all pools in a subnet, 'system'; got 'apps'",
        ),
        (
            {"system_pool": SUBNET, "node_pools": {"apps": {**SHARED, "subnet_key": "system"}}},
            "node_pools.apps.subnet_key must be of one subnet; got 'system', which names another one too",
        ),
        (
            {"system_pool": {"subnet_id": SUBNET_ID}, "node_pools": {"apps": {}}},
            "node_pools.apps.subnet_id must be given",
        ),
        ({"system_pool": {"subnet_id": "nodes"}}, "system_pool.subnet_id must be the id of a subnet"),
        ({"system_pool": {"taints": ["sku=gpu:NoSchedule"]}}, "system_pool.taints must let AKS's own pods in"),
        ({"system_pool": {"vm_size": "Standard_B4ms"}}, "system_pool.vm_size must be no B size"),
        ({"system_pool": {"vm_size": "Standard_DS1_v2"}}, "system_pool.vm_size must be no B size"),
        ({"system_pool": {"count": 0}}, "system_pool.count must be at least 1 in the system pool"),
        (
            {"system_pool": {"autoscaling": {"min_count": 0, "max_count": 3}}},
            "system_pool.autoscaling.min_count must be at least 1 in the system pool",
        ),
        (
            {"node_pools": {"apps": {"availability_zones": ["1", "1"]}}},
            "node_pools.apps.availability_zones must have each entry once; got ['1', '1']",
        ),
        ({"kubernetes_version": "1.1"}, "kubernetes_version must be a Kubernetes version"),
        ({"api_server": {"authorized_ip_ranges": ["0.0.0.0/0"]}}, "(all addresses: leave the argument out)"),
        ({"api_server": {"authorized_ip_ranges": ["10.0.0.0/8"]}}, "(a private address, which never reaches"),
        ({"api_server": {"authorized_ip_ranges": ["100.64.0.0/12"]}}, "(a private address, which never reaches"),
        ({"api_server": {"authorized_ip_ranges": ["2001:db8::/32"]}}, "must be a public IPv4 address or range"),
        (
            {"api_server": {"private": True, "private_dns_zone": "foo"}},
            "api_server.private_dns_zone must be none, the id",
        ),
        (
            {"api_server": {"private": True, "private_dns_zone": ZONE_ID.replace("privatelink", "private")}},
            "api_server.private_dns_zone must be none, the id",
        ),
        ({"api_server": {"private": "yes"}}, "api_server.private must be true or false"),
        ({"api_server": {"authorized_ip_ranges": ["203.0.113.7/32"] * 201}}, "at most 200 entries"),
        ({"sku": "Automatic", "tier": "Free"}, "tier must be 'Standard' or 'Premium' when sku is 'Automatic'"),
        (
            {"defender": {"workspace_id": f"{WORKSPACE_ID}\n"}},
            "workspace_id must be the resource id of a Log Analytics workspace",
        ),
        (
            {"defender": {"workspace_id": GROUP}},
            "workspace_id must be the resource id of a Log Analytics workspace",
        ),
        (
            {"control_plane_identity": identity_id("One"), "kubelet_identity": identity_id("one")},
            "kubelet_identity must be another identity than control_plane_identity",
        ),
        ({"kubelet_identity": "kubelet"}, "kubelet_identity must be the resource id of a user-assigned identity"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_registered(changes: dict[str, Any], message: str):
    recording = attempt(lambda: cluster(**changes))

    assert isinstance(recording.error, InvalidArgumentError)
    assert message in str(recording.error)
    assert recording.resources == []


@pytest.mark.parametrize("name", ["my cluster", "aks\n"])
def test_a_component_name_that_is_no_cluster_name_asks_for_one(name: str):
    recording = attempt(lambda: cluster(name))

    assert "cluster_name must be given" in str(recording.error)


def test_add_on_identities_are_known_so_that_nobody_grants_them_anything():
    seen: list[str] = []

    def program() -> None:
        identities = cluster().add_on_identities
        assert set(identities) == {"azureKeyvaultSecretsProvider", "azurepolicy"}
        for identity in identities.values():
            for value in (identity.client_id, identity.object_id, identity.resource_id):
                value.apply(seen.append)

    run(program)

    assert len(set(seen)) == 6
    assert all(seen)


def test_the_preview_of_an_update_knows_the_issuer_so_that_no_credential_seems_changed():
    seen: list[str] = []

    run(lambda: cluster().issuer_url.apply(seen.append), preview=True, mocks=AzureMocks(resources_exist=True))

    assert seen == [issuer_url(CLUSTER_ID)]
