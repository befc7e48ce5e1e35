"""What a cluster must have switched on and off."""

from typing import Any

import pytest
from pulumi_azure_native import containerservice as aks

from tests.policy.judging import judge, refusals
from tests.recorder import Program, run


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
            "api_server_access_profile": aks.ManagedClusterAPIServerAccessProfileArgs(disable_run_command=True),
            **arguments,
        }
        aks.ManagedCluster("aks", **{k: v for k, v in chosen.items() if v is not None})

    return program


def test_a_hardened_cluster_passes():
    assert refusals(cluster()) == {}
    assert judge(run(cluster(), preview=True)) == []


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
        None,
        aks.ManagedClusterAPIServerAccessProfileArgs(enable_private_cluster=True),
        aks.ManagedClusterAPIServerAccessProfileArgs(disable_run_command=False),
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
