"""What a cluster must have switched on and off."""

from typing import Any

import pytest
from pulumi_azure_native import containerservice as aks

from tests.azure_mocks import guid
from tests.policy.judging import advice, refusals
from tests.recorder import Program


def access(**arguments: Any) -> aks.ManagedClusterAPIServerAccessProfileArgs:
    chosen: dict[str, Any] = {"disable_run_command": True, "authorized_ip_ranges": ["203.0.113.0/24"], **arguments}
    return aks.ManagedClusterAPIServerAccessProfileArgs(**chosen)


def cluster(**arguments: Any) -> Program:
    def program() -> None:
        chosen: dict[str, Any] = {
            "resource_group_name": "rg",
            "oidc_issuer_profile": aks.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
            "security_profile": aks.ManagedClusterSecurityProfileArgs(
                workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True)
            ),
            "disable_local_accounts": True,
            "aad_profile": aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True),
            "api_server_access_profile": access(),
            **arguments,
        }
        aks.ManagedCluster("aks", **{k: v for k, v in chosen.items() if v is not None})

    return program


def test_a_hardened_cluster_passes():
    assert refusals(cluster()) == {}
    assert refusals(cluster(), preview=True) == {}


@pytest.mark.parametrize("profile", [None, aks.ManagedClusterOIDCIssuerProfileArgs(enabled=False)])
def test_a_cluster_without_issuer_is_refused(profile: Any):
    messages = refusals(cluster(oidc_issuer_profile=profile))

    assert messages.keys() == {"cluster-oidc-issuer-is-on"}
    assert "set it to true" in messages["cluster-oidc-issuer-is-on"]


@pytest.mark.parametrize(
    "profile",
    [
        None,
        aks.ManagedClusterSecurityProfileArgs(),
        aks.ManagedClusterSecurityProfileArgs(
            workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=False)
        ),
    ],
)
def test_a_cluster_without_workload_identity_is_refused(profile: Any):
    assert refusals(cluster(security_profile=profile)).keys() == {"cluster-workload-identity-is-on"}


@pytest.mark.parametrize("disabled", [None, False])
def test_local_accounts_are_refused(disabled: bool | None):
    assert refusals(cluster(disable_local_accounts=disabled)).keys() == {"cluster-local-accounts-are-off"}


@pytest.mark.parametrize(
    "profile",
    [
        None,
        aks.ManagedClusterAADProfileArgs(managed=True),
        aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=False),
        aks.ManagedClusterAADProfileArgs(managed=False, enable_azure_rbac=True),
    ],
)
def test_access_that_entra_and_azure_rbac_do_not_decide_is_refused(profile: Any):
    messages = refusals(cluster(aad_profile=profile))

    assert messages.keys() == {"cluster-access-is-decided-by-entra-and-azure-rbac"}


@pytest.mark.parametrize(
    "profile",
    [
        aks.ManagedClusterAPIServerAccessProfileArgs(enable_private_cluster=True),
        access(disable_run_command=False),
    ],
)
def test_run_command_is_refused(profile: Any):
    assert refusals(cluster(api_server_access_profile=profile)).keys() == {"cluster-run-command-is-off"}


def test_pod_identity_is_refused():
    on = aks.ManagedClusterPodIdentityProfileArgs(enabled=True)
    off = aks.ManagedClusterPodIdentityProfileArgs(enabled=False)

    assert refusals(cluster(pod_identity_profile=on)).keys() == {"cluster-has-no-pod-identity"}
    assert refusals(cluster(pod_identity_profile=off)) == {}


@pytest.mark.parametrize(("client_id", "refused"), [("5c0b", True), ("", True), ("msi", False), ("MSI", False)])
def test_a_service_principal_is_refused(client_id: str, refused: bool):
    profile = aks.ManagedClusterServicePrincipalProfileArgs(client_id=client_id)

    messages = refusals(cluster(service_principal_profile=profile))

    assert messages.keys() == ({"cluster-has-no-service-principal"} if refused else set())


@pytest.mark.parametrize(
    ("ranges", "private", "refused"),
    [
        ([], False, True),
        (None, False, True),
        (None, None, True),
        (["0.0.0.0/0"], False, True),
        (["203.0.113.0/24", "0.0.0.0/0"], False, True),
        (["0.0.0.0/1", "128.0.0.0/1"], False, True),
        (["203.0.113.7"], False, False),
        (["203.0.113.0/24"], None, False),
        (None, True, False),
    ],
)
def test_an_api_server_that_everybody_reaches_is_refused(ranges: list[str] | None, private: bool | None, refused: bool):
    profile = access(authorized_ip_ranges=ranges, enable_private_cluster=private)

    messages = refusals(cluster(api_server_access_profile=profile))

    assert messages.keys() == ({"cluster-api-server-is-restricted"} if refused else set())


@pytest.mark.parametrize(
    ("name", "config", "refused"),
    [
        ("azureKeyvaultSecretsProvider", {"enableSecretRotation": "true"}, False),
        ("azureKeyvaultSecretsProvider", {"enableSecretRotation": "True"}, False),
        ("AzureKeyvaultSecretsProvider", {"enableSecretRotation": "false"}, True),
        ("azureKeyvaultSecretsProvider", {}, True),
        ("azureKeyvaultSecretsProvider", None, True),
        ("azurepolicy", None, False),
    ],
)
def test_a_vault_addon_that_does_not_rotate_is_refused(name: str, config: dict[str, str] | None, refused: bool):
    addon = aks.ManagedClusterAddonProfileArgs(enabled=True, config=config)

    messages = refusals(cluster(addon_profiles={name: addon}))

    assert messages.keys() == ({"cluster-key-vault-addon-rotates"} if refused else set())


def test_what_is_only_recommended_stops_nothing():
    assert advice(cluster()).keys() == {
        "cluster-has-defender",
        "cluster-has-the-azure-policy-addon",
        "cluster-keeps-audit-logs",
    }


def test_administrators_of_a_cluster_are_judged_where_groups_are_configured():
    rule, people, others = "cluster-admin-is-for-named-groups", guid("people"), guid("others")
    profile = aks.ManagedClusterAADProfileArgs(managed=True, enable_azure_rbac=True, admin_group_object_ids=[people])

    found = refusals(cluster(aad_profile=profile), config={rule: {"groups": [others]}})

    assert f"aadProfile.adminGroupObjectIDs contains {people}" in found[rule]
    assert rule not in refusals(cluster(aad_profile=profile), config={rule: {"groups": [people]}})
    assert rule not in {**refusals(cluster(aad_profile=profile)), **advice(cluster(aad_profile=profile))}
