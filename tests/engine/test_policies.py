"""The policy pack through the real engine."""

from pathlib import Path

from tests.engine.deployed import DeployedDevStack
from tests.engine.engine import PACK, Engine

RECOMMENDED = ("cluster-has-defender",)  # costs money for each core, so the dev stack leaves it out
PACK_OPTION = ("--policy-pack", str(PACK))

GRANT = """
import pulumi
from pulumi_azure_native import authorization, managedidentity, resources

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
identity = managedidentity.UserAssignedIdentity(
    "app", resource_group_name=group.name, resource_name_="app", location="westeurope"
)
authorization.RoleAssignment(
    "grant",
    role_assignment_name="0f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f",
    principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
    role_definition_id="/subscriptions/{0}/providers/Microsoft.Authorization/roleDefinitions/%s".format(
        authorization.get_client_config().subscription_id
    ),
    scope=%s,
)
"""
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


def test_an_administrator_role_stops_the_preview_with_what_to_grant_instead(tmp_path: Path):
    engine = Engine.of_program(tmp_path, GRANT % (OWNER, "identity.id"))

    preview = engine.preview(*PACK_OPTION)

    assert preview.exit_code != 0
    refused = {name: message for name, level, message in preview.violations if level == "mandatory"}
    assert "Owner" in refused["role-gives-no-administration"]
    assert "instead" in refused["role-gives-no-administration"]


def test_what_a_preview_cannot_know_is_judged_before_it_is_created(tmp_path: Path):
    engine = Engine.of_program(tmp_path, GRANT % (SECRETS_USER, "group.id"))

    preview = engine.preview(*PACK_OPTION)
    up = engine.up(*PACK_OPTION)

    assert preview.exit_code == 0
    assert ("assignment-scope-is-one-resource", "advisory") in {(v[0], v[1]) for v in preview.violations}
    assert up.exit_code != 0
    assert ("assignment-scope-is-one-resource", "mandatory") in {(v[0], v[1]) for v in up.violations}
    assert not [r for r in engine.state() if r["type"].endswith(":RoleAssignment")]


def test_the_dev_stack_is_not_stopped_by_any_policy(dev: Engine, deployed_dev_stack: DeployedDevStack):
    preview = dev.preview(*PACK_OPTION)
    up = deployed_dev_stack.first

    assert (preview.exit_code, up.exit_code) == (0, 0)
    assert {level for _, level, _ in preview.violations} <= {"advisory"}
    assert {(name, level) for name, level, _ in up.violations} <= {(name, "advisory") for name in RECOMMENDED}
