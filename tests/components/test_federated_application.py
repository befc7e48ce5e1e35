"""FederatedApplication: an app registration that pods may become, without any secret."""

import subprocess
import sys
from typing import Any

import pytest
from aks_workload_identity import InvalidArgumentError, Role, ServiceAccount, registered_access_map
from aks_workload_identity.azuread import FederatedApplication, FederatedApplicationArgs
from aks_workload_identity.grants import key_vault, wider

from tests.azure_mocks import TENANT, guid
from tests.components.builders import ISSUER, VAULT_ID, accounts, trust, workload
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A17")

SIGNER = "0b5c1c5e-3a7f-4f0e-9a53-5a1f5c1e0d11"


def application(name: str = "orders", **changes: Any) -> FederatedApplication:
    if "clusters" not in changes:
        changes["clusters"] = {"blue": trust()}
    least: dict[str, Any] = {"service_accounts": accounts("orders")}
    return FederatedApplication(name, FederatedApplicationArgs(**{**least, **changes}))


def test_an_application_its_principal_and_a_credential_are_made_and_no_secret():
    recording = run(application)

    kinds = {r.type.rpartition(":")[2] for r in recording.children(recording.one("FederatedApplication"))}
    assert kinds == {"Application", "ServicePrincipal", "ApplicationFederatedIdentityCredential", "ServiceAccount"}
    assert "password" not in recording.one("azuread:index/application:Application").inputs


def test_a_credential_holds_exactly_what_the_token_will_say_under_the_name_it_has_on_an_identity():
    credential = run(application).one("ApplicationFederatedIdentityCredential", "orders-blue-orders")
    on_identity = run(workload).one("FederatedIdentityCredential")

    assert credential.inputs == {
        "applicationId": f"/applications/{guid('object', 'Application', 'orders')}",
        "displayName": on_identity.inputs["federatedIdentityCredentialResourceName"],
        "issuer": ISSUER,
        "subject": "system:serviceaccount:shop:orders",
        "audiences": ["api://AzureADTokenExchange"],
    }


def test_only_the_own_tenant_logs_in_and_a_second_application_of_the_name_is_refused():
    inputs = run(lambda: application(display_name="Orders")).one("azuread:index/application:Application").inputs

    assert inputs == {"displayName": "Orders", "signInAudience": "AzureADMyOrg", "preventDuplicateNames": True}


def test_grants_go_to_the_service_principal_and_the_account_names_the_application():
    recording = run(lambda: application(grants={"db": key_vault.read_secrets(VAULT_ID)}))

    principal = guid("object", "ServicePrincipal", "orders")
    assert recording.one("RoleAssignment").inputs["principalId"] == principal
    annotations = recording.one("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations == {"azure.workload.identity/client-id": guid("client", "orders")}


def test_a_cluster_of_another_tenant_is_told_the_applications():
    elsewhere_id = "0a1b2c3d-0000-4000-8000-123456789abc"
    recording = run(lambda: application(clusters={"blue": trust(tenant_id=elsewhere_id)}))

    annotations = recording.one("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations["azure.workload.identity/tenant-id"] == TENANT


def test_credentials_are_written_one_after_another_and_at_most_twenty():
    recording = run(lambda: application(service_accounts=accounts("a1", "a2", "a3")))
    error = attempt(lambda: application(service_accounts=accounts(*(f"a{i}" for i in range(21))))).error

    credentials = {c.urn for c in recording.of_type("ApplicationFederatedIdentityCredential")}
    waits = [len(c.dependencies & credentials) for c in recording.of_type("ApplicationFederatedIdentityCredential")]
    assert waits == [0, 1, 2]
    assert isinstance(error, InvalidArgumentError)
    assert "at most 20 credentials on identity 'orders'; got 21 (FederatedApplication 'orders' 21)" in str(error)


def test_an_account_that_a_workload_annotates_is_refused():
    def program() -> None:
        blue = trust()
        workload("billing", clusters={"blue": blue})
        application(clusters={"blue": blue})

    assert "which FederatedWorkload 'billing' annotates" in str(attempt(program).error)


@pytest.mark.parametrize("field", ["password", "client_secret", "secret"])
def test_there_is_no_argument_for_a_secret(field: str):
    assert f"{field} is not known" in str(attempt(lambda: application(**{field: "x"})).error)


def test_an_account_of_helm_is_left_to_it():
    external = {"api": ServiceAccount(namespace="shop", name="orders", ownership="external")}

    assert run(lambda: application(service_accounts=external)).of_type("ServiceAccount") == []


def test_pods_become_the_application():
    seen: list[Any] = []
    spec = {"template": {"spec": {"containers": [{"name": "app"}]}}}

    run(lambda: seen.append(application().pod_spec(spec, service_account="orders")))

    template = seen[0]["template"]
    assert template["metadata"]["labels"] == {"azure.workload.identity/use": "true"}
    assert template["spec"]["serviceAccountName"] == "orders"


def test_nothing_else_of_the_library_imports_the_extra():
    code = "import sys, aks_workload_identity; print('pulumi_azuread' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("names", [None, ["a"]])
def test_the_same_role_on_the_same_resource_under_two_keys_is_refused_before_anything_is_registered(
    names: list[str] | None,
):
    grants = {"one": key_vault.read_secrets(VAULT_ID), "two": key_vault.read_secrets(VAULT_ID.upper(), names=names)}
    recording = attempt(lambda: application(grants=grants))

    assert "grants.two must be one key for one role on one resource" in str(recording.error)
    assert recording.of_type("FederatedApplication") == []


def test_the_access_map_says_who_may_become_an_application_and_what_it_may_do():
    maps: list[Any] = []

    def program() -> None:
        roles = {
            "db": key_vault.read_secrets(VAULT_ID),
            "sign": wider(Role(name="Signer", guid=SIGNER), VAULT_ID, because="signs what the vault keeps the key of"),
        }
        application(grants=roles, clusters={"first": trust(), "second": trust("green")})
        registered_access_map().apply(maps.append)

    recording = run(program)
    (shown,) = maps[0]["workloads"]
    made = recording.one("ApplicationFederatedIdentityCredential", "orders-first-orders").inputs
    assert maps[0]["others"] == []
    assert shown["identity"] == f"/applications/{guid('object', 'Application', 'orders')}"
    assert shown["clientId"] == guid("client", "orders")
    assert shown["tenantId"] == TENANT
    assert [(each["subject"], each["cluster"]) for each in shown["credentials"]] == [
        ("system:serviceaccount:shop:orders", "blue"),
        ("system:serviceaccount:shop:orders", "green"),
    ]
    assert shown["credentials"][0]["issuer"] == ISSUER
    assert shown["credentials"][0]["name"] == made["displayName"]
    assert [role["role"] for role in shown["roles"]] == ["Key Vault Secrets User", "Signer"]
    assert {urn.rpartition("::")[2] for role in shown["roles"] for urn in role["askedBy"]} == {"orders"}


def test_a_credential_that_gets_another_name_goes_before_the_new_one_comes():
    made = run(application).one("ApplicationFederatedIdentityCredential")

    assert made.options.delete_before_replace is True
