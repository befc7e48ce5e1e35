"""App registrations: what the real engine makes through azuread, and what the real Azure CLI says and changes."""

import json
import time
from typing import Any

import pytest

from sandbox.azure.store import Store
from sandbox.entra.issuers import find
from sandbox.home import Home
from tests.az.azure_cli import Answer, run
from tests.az.conftest import AUDIENCE, LOGIN
from tests.engine.engine import Engine, Run
from tests.engine.inventory import kept, recorded, stored

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.capability("A17")]

SUBJECT = "system:serviceaccount:shop:sync"
PROGRAM = """
import aks_workload_identity as wi
import pulumi
import pulumi_azuread as azuread
from aks_workload_identity.azuread import FederatedApplication
from pulumi_azure_native.resources import ResourceGroup

config = pulumi.Config()
place = {
    "resource_group_name": ResourceGroup("shop", resource_group_name="rg-shop", location="westeurope").name,
    "location": "westeurope",
}
cluster = wi.WorkloadIdentityCluster(
    "shop", {**place, "admin_group_object_ids": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]}
)
storage = wi.StorageAccount("shop", {**place, "queues": ["due"]})
trust = wi.ClusterTrust(key=config.require("key"), issuer_url=cluster.issuer_url)
account = wi.ServiceAccount(namespace="shop", name="sync", ownership="external")
sync = FederatedApplication(
    "sync",
    {
        "clusters": {"shop": trust},
        "service_accounts": {"app": account},
        "grants": {"due": wi.grants.storage.process_messages(storage.queues["due"].id)},
        "owners": [azuread.get_client_config().object_id] if config.get_bool("owned") else [],
    },
)
pulumi.export("clientId", sync.client_id)
pulumi.export("principalId", sync.principal_id)
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return Engine.of_program(tmp_path_factory.mktemp("applications"), PROGRAM, key="blue", owned="false")


@pytest.fixture(scope="module")
def up(engine: Engine) -> Run:
    made = engine.up()
    assert made.exit_code == 0, made.errors
    return made


@pytest.fixture(scope="module")
def outputs(engine: Engine, up: Run) -> dict[str, Any]:
    """Outputs of the application's resources and of the queue, by the last part of their type."""
    ours = [
        each for each in engine.state() if "FederatedApplication$" in each["urn"] or each["type"].endswith(":Queue")
    ]
    return {each["type"].rpartition(":")[2]: {**each["outputs"], "id": each["id"]} for each in ours}


@pytest.fixture(scope="module")
def said(engine: Engine, outputs: dict[str, Any]) -> dict[str, Answer]:
    """What az reads, and what it is refused."""
    app_id = outputs["Application"]["clientId"]
    trusted = outputs["ApplicationFederatedIdentityCredential"]
    with_pair = {"name": "second", "issuer": trusted["issuer"], "subject": SUBJECT, "audiences": [AUDIENCE]}
    credential = f"az ad app federated-credential create --id {app_id} --parameters"
    other = LOGIN.replace("$ARM_CLIENT_ID", app_id)
    return run(
        engine,
        {
            "in": f'{LOGIN} --federated-token "$ARM_OIDC_TOKEN"',
            "by_name": "az ad app list --display-name sync",
            "app": f"az ad app show --id {app_id}",
            "credentials": f"az ad app federated-credential list --id {app_id}",
            "secrets": f"az ad app credential list --id {app_id}",
            "owners": f"az ad app owner list --id {app_id}",
            "principal": f"az ad sp show --id {app_id}",
            "roles": f"az role assignment list --all --assignee {app_id}",
            "same_pair": f"{credential} '{json.dumps(with_pair)}'",
            "same_name": f"{credential} '{json.dumps({**with_pair, 'name': trusted['displayName'], 'subject': 'x'})}'",
            "new_secret": f"az ad app credential reset --id {app_id}",
            "elsewhere": f"export AZURE_CONFIG_DIR={engine.home / 'other-login'}",
            "as_stranger": f"{other} --federated-token {assertion(engine, trusted['issuer'], SUBJECT + '-2')}",
            "as_pod": f"{other} --federated-token {assertion(engine, trusted['issuer'], SUBJECT)}",
        },
    )


def assertion(engine: Engine, issuer: str, subject: str) -> str:
    """A service account's token as its cluster signs it."""
    store = Store(Home(engine.home).store)
    try:
        found = find(store, issuer)
        assert found is not None
        now = int(time.time())
        return found.signed({"iss": issuer, "sub": subject, "aud": [AUDIENCE], "iat": now, "exp": now + 600})
    finally:
        store.close()


def test_az_sees_the_application_its_credential_and_its_role_and_no_secret(
    said: dict[str, Answer], outputs: dict[str, Any]
):
    app, trusted = outputs["Application"], outputs["ApplicationFederatedIdentityCredential"]
    principal, assignment = outputs["ServicePrincipal"], outputs["RoleAssignment"]

    assert [each["appId"] for each in said["by_name"].json] == [app["clientId"]]
    assert said["app"].json["signInAudience"] == "AzureADMyOrg"
    assert f"/applications/{said['app'].json['id']}" == app["id"]
    (credential,) = said["credentials"].json
    assert {key: credential[key] for key in ("name", "issuer", "subject", "audiences")} == {
        "name": trusted["displayName"],
        "issuer": trusted["issuer"],
        "subject": SUBJECT,
        "audiences": [AUDIENCE],
    }
    assert said["secrets"].json == []
    assert said["owners"].json == []
    assert said["principal"].json["id"] == principal["objectId"] == assignment["principalId"]
    assert said["principal"].json["appOwnerOrganizationId"] == principal["applicationTenantId"]
    (role,) = said["roles"].json
    assert (role["roleDefinitionName"], role["scope"]) == (
        "Storage Queue Data Message Processor",
        outputs["Queue"]["id"],
    )


def test_the_trusted_service_account_logs_in_as_the_application_and_no_other(
    said: dict[str, Answer], outputs: dict[str, Any]
):
    assert said["as_pod"].json[0]["user"]["name"] == outputs["Application"]["clientId"]
    assert "AADSTS700213" in said["as_stranger"].errors


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("same_pair", "The combination of issuer and subject must be unique"),
        ("same_name", "already exists"),
        ("new_secret", "Resource not found for the segment"),
    ],
)
def test_az_shows_graphs_refusal(said: dict[str, Answer], name: str, words: str):
    assert said[name].code != 0
    assert words in said[name].errors


def test_what_az_changes_is_drift_and_a_renamed_cluster_trusts_again_and_all_of_it_goes(
    engine: Engine, said: dict[str, Answer], outputs: dict[str, Any]
):
    again = engine.up()
    held, there = recorded(engine), kept(engine)
    name = outputs["ApplicationFederatedIdentityCredential"]["displayName"]
    changed = {"subject": "system:serviceaccount:default:somebody"}
    update = f"az ad app federated-credential update --id {outputs['Application']['clientId']} "
    update += f"--federated-credential-id {name} --parameters '{json.dumps(changed)}'"
    done = run(engine, {"in": f'{LOGIN} --federated-token "$ARM_OIDC_TOKEN"', "update": update})
    drift = engine.refresh("--preview-only", "--expect-no-changes")
    engine.config |= {"key": "green", "owned": "true"}
    renamed = engine.up("--refresh")
    owned = run(engine, {"owners": f"az ad app owner list --id {outputs['Application']['clientId']} --query [].id"})
    destroyed = engine.destroy()

    assert again.exit_code == 0, again.errors
    assert set(again.changes) == {"same"}
    assert held == there
    assert done["update"].code == 0, done["update"].errors
    assert drift.exit_code == 7, drift.text
    found = [each["metadata"] for each in drift.of("resOutputsEvent")]
    assert [each["type"].rpartition(":")[2] for each in found if each["op"] == "update"] == [
        "ApplicationFederatedIdentityCredential"
    ]
    assert renamed.exit_code == 0, renamed.errors
    steps = [step.op for step in renamed.steps if step.name == "sync-shop-app" and step.op != "refresh"]
    assert steps == ["delete-replaced", "replace", "create-replacement"]
    assert len(owned["owners"].json) == 1
    assert destroyed.exit_code == 0, destroyed.errors
    assert stored(engine) == []
