"""Other clouds and tenants: what differs, and what stays."""

from typing import Any

import pytest
from aks_workload_identity import InvalidArgumentError
from aks_workload_identity.clouds import ENVIRONMENTS, Cloud
from aks_workload_identity.grants import key_vault
from aks_workload_identity.workload.service_account import CLIENT_ID_ANNOTATION

from tests.azure_mocks import TENANT
from tests.components.builders import GROUP, VAULT_ID, cluster, mount, trust, workload
from tests.components.conftest import ResourceManager
from tests.components.test_ledger import IDENTITY_ID
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A16")

OTHERS: list[Cloud] = ["AzureUSGovernmentCloud", "AzureChinaCloud"]


@pytest.mark.parametrize("cloud", list(ENVIRONMENTS))
def test_the_tokens_of_pods_have_one_audience_in_every_cloud(cloud: Cloud):
    credential = run(lambda: workload(cloud=cloud)).one("FederatedIdentityCredential")

    assert credential.inputs["audiences"] == ["api://AzureADTokenExchange"]


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [
        ("AzureUSGovernmentCloud", "api://AzureADTokenExchangeUSGov"),
        ("AzureChinaCloud", "api://AzureADTokenExchangeChina"),
    ],
)
def test_the_audience_of_its_cloud_can_be_chosen(cloud: str, audience: str):
    credential = run(lambda: workload(cloud=cloud, audience=audience)).one("FederatedIdentityCredential")

    assert credential.inputs["audiences"] == [audience]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"audience": "https://vault.azure.net"}, "audience must be 'api://AzureADTokenExchange', 'api://"),
        (
            {"audience": "api://AzureADTokenExchangeChina"},
            "audience must be 'api://AzureADTokenExchange' in AzurePublicCloud; got 'api://AzureADTokenExchangeChina'",
        ),
        (
            {"audience": "api://AzureADTokenExchangeChina", "cloud": "AzureUSGovernmentCloud"},
            "audience must be 'api://AzureADTokenExchange' or 'api://AzureADTokenExchangeUSGov' in AzureUSGovernment",
        ),
        ({"cloud": "AzureGermanCloud"}, "cloud must be 'AzurePublicCloud', 'AzureUSGovernmentCloud' or 'AzureChina"),
    ],
)
def test_an_audience_of_another_cloud_is_refused(changes: dict[str, Any], message: str):
    error = attempt(lambda: workload(**changes)).error

    assert isinstance(error, InvalidArgumentError)
    assert message in str(error)


@pytest.mark.parametrize(("cloud", "expected"), [("AzurePublicCloud", None), *((each, each) for each in OTHERS)])
def test_the_class_of_a_mount_names_the_cloud_unless_it_is_the_public_one(cloud: Cloud, expected: str | None):
    recording = run(lambda: mount(workload(cloud=cloud)))

    assert recording.one("SecretProviderClass").inputs["spec"]["parameters"].get("cloudName") == expected


def test_a_mount_for_an_audience_that_the_driver_does_not_present_is_refused():
    args = {"cloud": "AzureChinaCloud", "audience": "api://AzureADTokenExchangeChina"}
    recording = attempt(lambda: mount(workload(**args)))

    assert "workload must have audience 'api://AzureADTokenExchange'" in str(recording.error)
    assert recording.of_type("KeyVaultMount") == []


@pytest.mark.parametrize("cloud", list(ENVIRONMENTS))
def test_azure_is_asked_in_the_cloud_that_is_meant(cloud: Cloud, resource_manager: ResourceManager):
    run(lambda: workload(cloud=cloud, identity=IDENTITY_ID))

    assert resource_manager.asked[0].startswith(ENVIRONMENTS[cloud].resource_manager + "/subscriptions/")


ELSEWHERE = "0a1b2c3d-0000-4000-8000-123456789abc"


@pytest.mark.parametrize("tenant", [None, TENANT, TENANT.upper()])
def test_an_account_in_the_identitys_own_tenant_names_no_tenant(tenant: str | None):
    recording = run(lambda: workload(clusters={"blue": trust(tenant_id=tenant)}))

    assert set(recording.one("ServiceAccount").inputs["metadata"]["annotations"]) == {CLIENT_ID_ANNOTATION}


def test_an_account_in_a_cluster_of_another_tenant_names_the_identitys_tenant():
    recording = run(lambda: workload(clusters={"blue": trust(tenant_id=ELSEWHERE)}))

    annotations = recording.one("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations["azure.workload.identity/tenant-id"] == TENANT


def test_the_class_of_a_mount_names_the_identitys_tenant_wherever_the_cluster_is():
    recording = run(lambda: mount(workload(clusters={"blue": trust(tenant_id=ELSEWHERE)})))

    assert recording.one("SecretProviderClass").inputs["spec"]["parameters"]["tenantID"] == TENANT


def test_a_cluster_of_this_library_tells_its_tenant():
    seen: list[str | None] = []

    run(lambda: seen.append(cluster().trust.tenant_id))

    assert seen == [TENANT]


@pytest.mark.parametrize("delegated", [True, False])
def test_a_role_assignment_names_the_identitys_resource_in_a_delegated_subscription_only(delegated: bool):
    grant = {"db": key_vault.read_secrets(VAULT_ID)}
    inputs = run(lambda: workload(delegated=delegated, grants=grant)).one("RoleAssignment").inputs

    own = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
    assert inputs.get("delegatedManagedIdentityResourceId") == (own if delegated else None)
