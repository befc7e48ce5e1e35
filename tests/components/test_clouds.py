"""Other clouds and tenants: what differs, and what stays."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
import requests
from aks_workload_identity import (
    ClusterTrust,
    CognitiveServicesAccount,
    InvalidArgumentError,
    KeyVault,
    ServiceAccount,
    TeamNamespace,
)
from aks_workload_identity.clouds import ENVIRONMENTS, Cloud
from aks_workload_identity.grants import key_vault
from aks_workload_identity.workload.service_account import CLIENT_ID_ANNOTATION

from tests.azure_mocks import TENANT
from tests.components.builders import ADMINS, GROUP, ISSUER, VAULT_ID, cluster, mount, trust, workload
from tests.components.conftest import ResourceManager
from tests.components.test_ledger import IDENTITY_ID
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A16")

PLACE = {"resource_group_name": "rg", "location": "westeurope"}
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


@pytest.mark.parametrize("cloud", list(ENVIRONMENTS))
@pytest.mark.parametrize("make", [KeyVault, CognitiveServicesAccount])
def test_deleted_things_are_looked_up_in_the_cloud_that_is_meant(
    cloud: Cloud, make: Callable[[str, Any], object], monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def get(url: str, **_options: Any) -> requests.Response:
        asked.append(url)
        response = requests.Response()
        response.status_code = 404
        return response

    monkeypatch.setattr(requests, "get", get)
    run(lambda: make("shop", {**PLACE, "recover": True, "cloud": cloud}))

    assert [url.partition("/subscriptions/")[0] for url in asked] == [ENVIRONMENTS[cloud].resource_manager]


@pytest.mark.parametrize(
    ("cloud", "scope"),
    [
        ("AzurePublicCloud", "https://cognitiveservices.azure.com/.default"),
        ("AzureUSGovernmentCloud", "https://cognitiveservices.azure.us/.default"),
        ("AzureChinaCloud", "https://cognitiveservices.azure.cn/.default"),
    ],
)
def test_pods_are_told_the_scope_of_the_accounts_cloud(cloud: Cloud, scope: str):
    told: list[object] = []

    run(lambda: told.append(CognitiveServicesAccount("shop", {**PLACE, "cloud": cloud}).environment))

    (environment,) = told
    assert isinstance(environment, dict)
    assert environment["AZURE_OPENAI_SCOPE"] == scope


@pytest.mark.parametrize(
    ("cloud", "zone"),
    [
        ("AzurePublicCloud", "privatelink.vaultcore.azure.net"),
        ("AzureUSGovernmentCloud", "privatelink.vaultcore.usgovcloudapi.net"),
        ("AzureChinaCloud", "privatelink.vaultcore.azure.cn"),
    ],
)
def test_a_vaults_private_zone_is_that_of_its_cloud(cloud: Cloud, zone: str):
    subnet = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/private"
    args = {**PLACE, "cloud": cloud, "private_endpoint": {"subnet_id": subnet}}

    assert run(lambda: KeyVault("shop", args)).one("PrivateZone").inputs["privateZoneName"] == zone


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


def somebody_elses() -> ClusterTrust:
    return ClusterTrust(key="partner", issuer_url=ISSUER, tenant_id=ELSEWHERE)


def test_tokens_of_somebody_elses_cluster_are_trusted_and_nothing_is_written_there():
    told: list[Any] = []
    external = {"app": ServiceAccount(namespace="shop", name="orders", ownership="external")}

    def program() -> None:
        orders = workload(clusters={"partner": somebody_elses()}, service_accounts=external)
        pulumi.Output.all(**orders.annotations["app"]).apply(told.append)

    recording = run(program)

    assert recording.one("FederatedIdentityCredential").inputs["issuer"] == ISSUER
    assert [
        each.type for each in recording.resources if each.type.startswith(("kubernetes:", "pulumi:providers"))
    ] == []
    assert told[0]["azure.workload.identity/tenant-id"] == TENANT


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (
            lambda: workload(clusters={"partner": somebody_elses()}),
            "clusters.partner.kubernetes_provider must be given to write in cluster 'partner'; got None",
        ),
        (
            lambda: workload(
                clusters={"partner": somebody_elses()},
                service_accounts={"app": ServiceAccount(namespace="shop", name="orders", ownership="external")},
                create_namespaces=True,
            ),
            "clusters.partner.kubernetes_provider must be given",
        ),
        (
            lambda: mount(
                workload(
                    clusters={"partner": somebody_elses()},
                    service_accounts={"app": ServiceAccount(namespace="shop", name="orders", ownership="external")},
                )
            ),
            "workload must have a way to its clusters: must be given to write in cluster 'partner'",
        ),
        (
            lambda: TeamNamespace(
                "shop",
                {
                    "cluster": somebody_elses(),
                    "namespace": "shop",
                    "groups": {"all": {"group_object_id": ADMINS, "access": "view"}},
                },
            ),
            "cluster.kubernetes_provider must be given to write in cluster 'partner'",
        ),
    ],
)
def test_what_would_be_written_in_somebody_elses_cluster_is_refused(program: Callable[[], object], message: str):
    recording = attempt(program)

    assert isinstance(recording.error, InvalidArgumentError)
    assert message in str(recording.error)
    assert [each for each in recording.resources if each.type.startswith("kubernetes:")] == []


@pytest.mark.parametrize("delegated", [True, False])
def test_a_role_assignment_names_the_identitys_resource_in_a_delegated_subscription_only(delegated: bool):
    grant = {"db": key_vault.read_secrets(VAULT_ID)}
    inputs = run(lambda: workload(delegated=delegated, grants=grant)).one("RoleAssignment").inputs

    own = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders"
    assert inputs.get("delegatedManagedIdentityResourceId") == (own if delegated else None)
