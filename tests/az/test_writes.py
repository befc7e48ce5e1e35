"""What the real Azure CLI writes obeys the same rules, and what it changes is drift to Pulumi."""

import pytest

from tests.az.azure_cli import Answer, run
from tests.az.conftest import DevStack
from tests.engine.engine import Run

pytestmark = pytest.mark.engine

READER = "21090545-7ca7-4776-b22c-e363652d74d2"
NOBODY = "0f2b6c1e-7d4a-4f0b-9c55-000000000001"
CREDENTIAL = "--issuer https://issuer.example/ --audiences api://AzureADTokenExchange"
# Nineteen more credentials, faster than nineteen times az.
FILL = """
import sys
from sandbox.plugins.arm_client import ArmClient
arm, identity = ArmClient(), sys.argv[1]
for number in range(19):
    body = {"properties": {"issuer": "https://issuer.example/", "subject": f"system:serviceaccount:shop:app-{number}",
                           "audiences": ["api://AzureADTokenExchange"]}}
    arm.put(f"{identity}/federatedIdentityCredentials/app-{number}", "2023-01-31", body)
"""


@pytest.fixture(scope="session")
def written(stack: DevStack, read: dict[str, Answer]) -> dict[str, Answer]:
    """What az answers when it makes things of its own; `read` has logged in."""
    group = stack.of("resources:ResourceGroup")[0]["name"]
    vault = stack.of("keyvault:Vault")[0]
    of_extra = f"-g {group} --identity-name extra"
    assign = f'az role assignment create --role "Key Vault Reader" --scope {vault["id"]}'
    second = f"{vault['id']}/providers/Microsoft.Authorization/roleAssignments/{NOBODY}?api-version=2022-04-01"
    named = '\\"principalId\\": \\"$PRINCIPAL\\", \\"principalType\\": \\"ServicePrincipal\\"'
    body = f'{{\\"properties\\": {{\\"roleDefinitionId\\": \\"$ROLE\\", {named}}}}}'
    lines = {
        "identity": f"az identity create -g {group} -n extra",
        "ids": f"IDENTITY=$(az identity show -g {group} -n extra --query id -o tsv); "
        f"PRINCIPAL=$(az identity show -g {group} -n extra --query principalId -o tsv)",
        "credential": f"az identity federated-credential create {of_extra} -n one --subject one {CREDENTIAL}",
        "same_pair": f"az identity federated-credential create {of_extra} -n two --subject one {CREDENTIAL}",
        "fill": f".venv/bin/python -c '{FILL}' $IDENTITY",
        "one_too_many": f"az identity federated-credential create {of_extra} -n last --subject last {CREDENTIAL}",
        "credential_names": f"az identity federated-credential list {of_extra} --query [].name",
        "assignment": f"{assign} --assignee-object-id $PRINCIPAL --assignee-principal-type ServicePrincipal",
        "again": f"{assign} --assignee-object-id $PRINCIPAL --assignee-principal-type ServicePrincipal",
        "role": f"ROLE=$(az role definition list --name {READER} --query [0].id -o tsv)",
        "same_triple": f'az rest --method put --url "{second}" --body "{body}"',
        "unknown_principal": f"{assign} --assignee-object-id {NOBODY}",
        "bad_name": f"az keyvault create -g {group} -n kv--shop -l westeurope",
        "purge_protection_off": f"az keyvault update -n {vault['name']} --enable-purge-protection false",
        "issuer_off": f"az resource update --ids {stack.of('containerservice:ManagedCluster')[0]['id']} "
        "--set properties.oidcIssuerProfile.enabled=false",
        "storage": f"az storage account create -g {group} -n stmadebyaz -l westeurope --sku Standard_LRS",
        "taken_name": f"az storage account check-name -n {stack.of('storage:StorageAccount')[0]['name']}",
    }
    return run(stack.engine, lines)


def test_an_identity_gets_credentials_and_roles(written: dict[str, Answer]):
    assert written["identity"].json["clientId"]
    assert written["credential"].json["subject"] == "one"
    assert written["fill"].code == 0, written["fill"].errors
    assert len(written["credential_names"].json) == 20
    assert written["assignment"].json["principalId"] == written["identity"].json["principalId"]
    assert written["storage"].json["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("same_pair", "BadRequest", "combination already exists"),
        ("one_too_many", "BadRequest", "at most 20"),
        ("same_triple", "RoleAssignmentExists", "already exists"),
        ("unknown_principal", "PrincipalNotFound", "does not exist in the directory"),
        ("bad_name", "VaultNameNotValid", "kv--shop"),
        ("purge_protection_off", "BadRequest", "enablePurgeProtection"),
        ("issuer_off", "OIDCIssuerFeatureCannotBeDisabled", "cannot be disabled"),
    ],
)
def test_az_shows_azures_refusal(written: dict[str, Answer], name: str, code: str, words: str):
    refused = written[name]

    assert refused.code != 0, refused.text
    assert code in refused.errors
    assert words in refused.errors


def test_an_assignment_made_twice_is_one_because_az_reads_the_refusal(written: dict[str, Answer]):
    assert written["again"].json["name"] == written["assignment"].json["name"]


def test_a_taken_name_is_not_free(written: dict[str, Answer]):
    answer = written["taken_name"].json

    assert (answer["nameAvailable"], answer["reason"]) == (False, "AlreadyExists")


@pytest.fixture(scope="session")
def drift(stack: DevStack, written: dict[str, Answer]) -> Run:
    """What Pulumi sees after az has changed what the stack made."""
    identity, (credential, *_) = next(iter(stack.credentials.items()))
    group = stack.of("resources:ResourceGroup")[0]["name"]
    assignment = next(
        each
        for each in stack.of("authorization:RoleAssignment")
        if each["principalId"] == stack.identity(identity)["principalId"]
    )
    done = run(
        stack.engine,
        {
            "tags": f"az tag update --operation Merge --resource-id {stack.of('keyvault:Vault')[0]['id']} --tags by=az",
            "subject": f"az identity federated-credential update -g {group} --identity-name {identity} "
            f"-n {credential['name']} --issuer {credential['issuer']} --audiences {credential['audiences'][0]} "
            "--subject system:serviceaccount:default:somebody",
            "role": f"az role assignment delete --ids {assignment['id']}",
        },
    )
    assert {name: answer.code for name, answer in done.items()} == {"tags": 0, "subject": 0, "role": 0}, done
    return stack.engine.refresh("--preview-only", "--expect-no-changes")


def test_what_az_changed_is_what_refresh_shows(drift: Run):
    assert drift.exit_code == 7
    found = [event["metadata"] for event in drift.of("resOutputsEvent")]
    assert sorted((each["op"], each["type"].rpartition(":")[2]) for each in found if each["op"] != "same") == [
        ("delete", "RoleAssignment"),
        ("update", "FederatedIdentityCredential"),
        ("update", "Vault"),
    ]
