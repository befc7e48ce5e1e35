"""The recorder tells the truth about registrations, and leaves nothing behind."""

from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi_azure_native import authorization, containerservice, keyvault, managedidentity, resources

from tests.azure_mocks import SUBSCRIPTION, AzureMocks
from tests.recorder import UNKNOWN, Secret, attempt, run


def an_identity(name: str = "orders", **options: Any) -> managedidentity.UserAssignedIdentity:
    return managedidentity.UserAssignedIdentity(
        name, resource_group_name="rg", resource_name_="id-orders", opts=pulumi.ResourceOptions(**options)
    )


def test_inputs_are_recorded_under_wire_names():
    recording = run(an_identity)

    assert recording.one("UserAssignedIdentity").inputs == {"resourceGroupName": "rg", "resourceName": "id-orders"}


def test_computed_properties_flow_between_resources():
    def program():
        vault = keyvault.Vault(
            "kv",
            resource_group_name="rg",
            vault_name="kv-shop",
            properties=keyvault.VaultPropertiesArgs(
                tenant_id="t", sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD)
            ),
        )
        authorization.RoleAssignment(
            "read", scope=vault.id, role_definition_id="r", principal_id=an_identity().principal_id
        )
        pulumi.export("uri", vault.properties.vault_uri)

    recording = run(program)

    assignment = recording.one("RoleAssignment")
    assert assignment.inputs["scope"] == (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop"
    )
    assert len(assignment.inputs["principalId"]) == 36
    assert assignment.property_dependencies["principalId"] == {recording.one("UserAssignedIdentity").urn}
    assert recording.outputs == {"uri": "https://kv-shop.vault.azure.net/"}


def a_cluster() -> containerservice.ManagedCluster:
    kubelet = an_identity("kubelet")
    return containerservice.ManagedCluster(
        "aks",
        resource_group_name="rg",
        resource_name_="aks-dev",
        location="northeurope",
        identity=containerservice.ManagedClusterIdentityArgs(
            type=containerservice.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[kubelet.id]
        ),
        identity_profile={"kubeletidentity": containerservice.UserAssignedIdentityArgs(resource_id=kubelet.id)},
        oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
        addon_profiles={"azureKeyvaultSecretsProvider": containerservice.ManagedClusterAddonProfileArgs(enabled=True)},
    )


def export_cluster():
    cluster = a_cluster()
    pulumi.export("name", cluster.name)
    pulumi.export("location", cluster.location)
    pulumi.export("enabled", cluster.oidc_issuer_profile.apply(lambda p: p and p.enabled))
    pulumi.export("issuer", cluster.oidc_issuer_profile.apply(lambda p: p and p.issuer_url))
    pulumi.export("kubelet", cluster.identity_profile.apply(lambda p: p and p["kubeletidentity"].object_id))
    pulumi.export("addon", cluster.addon_profiles.apply(lambda p: p and p["azureKeyvaultSecretsProvider"].identity))


def test_a_cluster_answers_with_issuer_and_identities():
    recording = run(export_cluster)

    outputs = recording.outputs
    assert outputs["name"] == "aks-dev"
    assert outputs["issuer"].startswith("https://northeurope.oic.prod-aks.azure.com/")
    assert outputs["issuer"].endswith("/")
    assert outputs["kubelet"] != outputs["addon"]["object_id"]


def test_a_preview_of_a_creation_knows_inputs_only():
    recording = run(export_cluster, preview=True)

    outputs = recording.outputs
    assert outputs["location"] == "northeurope"
    assert {outputs["name"], outputs["issuer"], outputs["kubelet"]} == {UNKNOWN}
    assert recording.one("ManagedCluster").inputs["identity"]["userAssignedIdentities"] == [UNKNOWN]


def test_a_preview_of_an_update_knows_names_and_ids_too():
    recording = run(export_cluster, preview=True, mocks=AzureMocks(resources_exist=True))

    assert recording.outputs["name"] == "aks-dev"
    assert recording.outputs["issuer"] == UNKNOWN
    assert recording.one("ManagedCluster").inputs["identity"]["userAssignedIdentities"] != [UNKNOWN]


def test_parents_dependencies_providers_and_options_are_recorded():
    class Shop(pulumi.ComponentResource):
        def __init__(self, opts: pulumi.ResourceOptions) -> None:
            super().__init__("aks-workload-identity:index:Shop", "shop", None, opts)
            self.namespace = k8s.core.v1.Namespace("shop", opts=pulumi.ResourceOptions(parent=self))
            self.register_outputs({"namespace": self.namespace.metadata.name, "nothing": None})

    def program():
        cluster = k8s.Provider("k", kubeconfig=pulumi.Output.secret("{}"), cluster_identifier="aks")
        first = an_identity("first", protect=True)
        an_identity("second", depends_on=[first], aliases=[pulumi.Alias(name="old")])
        Shop(pulumi.ResourceOptions(providers=[cluster]))

    recording = run(program)

    first, second = recording.of_type("UserAssignedIdentity")
    provider = recording.one("pulumi:providers:kubernetes")
    shop = recording.one("Shop")
    namespace = recording.one("Namespace")
    assert first.options.protect
    assert first.parent is None
    assert second.dependencies == {first.urn}
    assert "::old" in second.options.aliases
    assert provider.inputs["kubeconfig"] == Secret("{}")
    assert recording.children(shop) == [namespace]
    assert (namespace.provider or "").startswith(f"{provider.urn}::")
    assert recording.component_outputs[shop.urn].keys() == {"namespace"}
    assert recording.component_outputs[shop.urn]["namespace"].startswith("shop-")


def test_functions_are_recorded_and_their_answers_can_be_replaced():
    def program():
        found = containerservice.get_managed_cluster(resource_group_name="rg", resource_name="aks")
        assert found.oidc_issuer_profile is None or found.oidc_issuer_profile.issuer_url == ""
        pulumi.export("name", found.name)

    answer: dict[str, Any] = {"name": "aks", "oidcIssuerProfile": {"enabled": False, "issuerURL": ""}}
    recording = run(program, mocks=AzureMocks({"azure-native:containerservice:getManagedCluster": answer}))

    assert recording.invokes[0].args == {"resourceGroupName": "rg", "resourceName": "aks"}
    assert recording.outputs == {"name": "aks"}


def test_a_name_used_twice_is_an_error():
    def program():
        an_identity()
        an_identity()

    with pytest.raises(Exception, match="Duplicate resource URN"):
        run(program)


def test_an_error_keeps_what_was_registered_before_it():
    def program():
        resources.ResourceGroup("rg")
        raise pulumi.RunError("name must be short")

    recording = attempt(program)

    assert isinstance(recording.error, pulumi.RunError)
    assert [r.name for r in recording.resources] == ["rg"]


def test_an_error_inside_an_apply_is_raised():
    def program():
        def refuse(_: str) -> None:
            raise ValueError("refused")

        an_identity().principal_id.apply(refuse)

    with pytest.raises(ValueError, match="refused"):
        run(program)


def test_a_type_without_a_mock_is_an_error():
    def program():
        pulumi.CustomResource("azure-native:web:WebApp", "s")

    with pytest.raises(Exception, match="no mock for azure-native:web:WebApp"):
        run(program)


def test_configuration_is_seen_by_its_run_only():
    seen: list[str | None] = []

    def program():
        seen.append(pulumi.Config().get("location"))

    run(program, config={"location": "westeurope"})
    run(program)

    assert seen == ["westeurope", None]
