"""What Azure refuses, the sandbox refuses, and the engine shows it; one program that does everything wrong."""

import pytest

from tests.engine.engine import Engine, Run

PROGRAM = """
from pulumi import ResourceOptions
from pulumi_azure_native import authorization, keyvault, managedidentity, resources

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
config = authorization.get_client_config()
ISSUER = "https://westeurope.oic.prod-aks.azure.com/t/c/"
READER = f"/subscriptions/{config.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/" \\
    "21090545-7ca7-4776-b22c-e363652d74d2"


def identity(name):
    return managedidentity.UserAssignedIdentity(
        name, resource_group_name=group.name, resource_name_=name, location="westeurope"
    )


def credential(name, owner, subject, after=None, identity_name=None):
    return managedidentity.FederatedIdentityCredential(
        name,
        resource_group_name=group.name,
        resource_name_=identity_name or owner.name,
        federated_identity_credential_resource_name=name,
        issuer=ISSUER,
        subject=f"system:serviceaccount:shop:{subject}",
        audiences=["api://AzureADTokenExchange"],
        opts=ResourceOptions(depends_on=[after or owner]),
    )


def assignment(name, guid, owner, after=None, **changes):
    return authorization.RoleAssignment(
        name,
        role_assignment_name=guid,
        principal_id=owner.principal_id,
        role_definition_id=READER,
        scope=owner.id,
        **{"principal_type": "ServicePrincipal", **changes},
        opts=ResourceOptions(depends_on=[after] if after else []),
    )


full = identity("full")
last = full
for index in range(20):
    last = credential(f"credential-{index}", full, f"app-{index}", last)
credential("credential-21st", full, "app-21st", last)

twice = identity("twice")
first = credential("first-pair", twice, "app")
credential("second-pair", twice, "app", first)

busy = identity("busy")
for index in range(4):
    credential(f"overlap-{index}", busy, f"app-{index}")

new = identity("new")
assignment("without-type", "0f2b6c1e-7d4a-4f0b-9c55-000000000001", new, principal_type=None)

given = identity("given")
one = assignment("first-triple", "0f2b6c1e-7d4a-4f0b-9c55-000000000002", given)
assignment("second-triple", "0f2b6c1e-7d4a-4f0b-9c55-000000000003", given, one)

credential("without-parent", group, "app", identity_name="nobody")
keyvault.Vault(
    "bad-vault-name",
    resource_group_name=group.name,
    vault_name="kv--shop",
    location="westeurope",
    properties={"tenant_id": config.tenant_id, "sku": {"family": "A", "name": "standard"}, "access_policies": []},
)
"""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Run:
    engine = Engine.of_program(tmp_path_factory.mktemp("refused"), PROGRAM)
    return engine.up("--continue-on-error")


def errors_of(run: Run, name: str) -> list[str]:
    return [
        event["message"]
        for event in run.of("diagnosticEvent")
        if event["severity"] == "error" and event.get("urn", "").rpartition("::")[2].startswith(name)
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("credential-21st", "BadRequest"),
        ("second-pair", "BadRequest"),
        ("without-type", "PrincipalNotFound"),
        ("second-triple", "RoleAssignmentExists"),
        ("bad-vault-name", "VaultNameNotValid"),
        ("without-parent", "ParentResourceNotFound"),
        ("overlap-", "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"),
    ],
)
def test_the_engine_shows_azures_refusal(refused: Run, name: str, code: str):
    found = errors_of(refused, name)

    assert found, refused.errors
    assert code in found[0]


def test_what_azure_takes_is_created_beside_what_it_refuses(refused: Run):
    created = {event["metadata"]["urn"].rpartition("::")[2] for event in refused.of("resOutputsEvent")}

    assert refused.exit_code != 0
    assert {"credential-19", "first-pair", "first-triple"} <= created
    assert not created & {"credential-21st", "second-pair", "second-triple", "without-type", "bad-vault-name"}
