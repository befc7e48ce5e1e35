"""The pack's configuration and packs of one's own, through the real CLI."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine import PACK, REPOSITORY, Engine
from tests.engine.policy_document import block

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SCOPE = "assignment-scope-is-one-resource"
PROGRAM = """
from pulumi_azure_native import authorization, managedidentity, resources

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
identity = managedidentity.UserAssignedIdentity(
    "app", resource_group_name=group.name, resource_name_="app", location="westeurope"
)
subscription = authorization.get_client_config().subscription_id
authorization.RoleAssignment(
    "grant",
    role_assignment_name="0f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f",
    principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
    role_definition_id=f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/"
    "4633458b-17de-408a-b874-0445c86b69e6",
    scope=%s,
)
"""
KNOWN_SCOPE = 'f"/subscriptions/{subscription}/resourceGroups/rg"'
EXCEPTION = {
    "rule": SCOPE,
    "resource": "urn:pulumi:dev::trial::*::grant",
    "reason": "Reads the vaults of all shops.",
    "expires": (date.today() + timedelta(30)).isoformat(),
}


def configured(
    folder: Path, config: dict[str, Any], pack: tuple[str, ...] = ("--policy-pack", str(PACK))
) -> tuple[str, ...]:
    (folder / "pack.json").write_text(json.dumps(config))
    return (*pack, "--policy-pack-config", str(folder / "pack.json"))


def test_an_exception_lets_its_resource_pass_and_a_bad_one_is_an_error_that_names_it(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % KNOWN_SCOPE)

    stopped = engine.preview("--policy-pack", str(PACK))
    passed = engine.preview(*configured(tmp_path, {"pack-settings": {"exceptions": [EXCEPTION]}}))
    expired = engine.preview(
        *configured(tmp_path, {"pack-settings": {"exceptions": [{**EXCEPTION, "expires": "2025-12-31"}]}})
    )
    without_reason = {key: value for key, value in EXCEPTION.items() if key != "reason"}
    unfounded = engine.preview(*configured(tmp_path, {"pack-settings": {"exceptions": [without_reason]}}))

    assert stopped.exit_code != 0
    assert passed.exit_code == 0, passed.errors
    assert any(EXCEPTION["reason"] in message for name, _, message in passed.violations if name == SCOPE)
    assert expired.exit_code != 0
    assert "expired on 2025-12-31" in expired.errors
    assert SCOPE in expired.errors
    assert unfounded.exit_code != 0
    assert "reason is required" in unfounded.errors


def test_an_unknown_value_stops_a_strict_preview(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % "group.id")

    strict = engine.preview(*configured(tmp_path, {"pack-settings": {"unknown": "report"}}))

    assert strict.exit_code != 0
    assert (SCOPE, "mandatory") in {v[:2] for v in strict.violations}


def test_a_setting_that_does_not_exist_as_such_is_refused_by_the_cli(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % KNOWN_SCOPE)

    preview = engine.preview(*configured(tmp_path, {SCOPE: {"unknown": "perhaps"}}))

    assert preview.exit_code != 0
    assert "unknown must be one of" in preview.errors


OWN = """
from aks_workload_identity_policy import RULES, Resource, rule, serve
from pulumi_policy import EnforcementLevel, Severity


@rule("identity-has-an-owner", "managedidentity:UserAssignedIdentity", why="Somebody must answer.",
      severity=Severity.LOW, level=EnforcementLevel.ADVISORY)
def has_an_owner(identity: Resource):
    %s


serve("ours", [*RULES, has_an_owner])
"""


BESIDE = """
from aks_workload_identity_policy import RULES, as_policies
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def has_an_owner(args, report):
    if args.resource_type.endswith(":UserAssignedIdentity") and "owner" not in args.props.get("tags", {}):
        report("tags.owner is not set; set it to a team")


mine = ResourceValidationPolicy(
    name="identity-has-an-owner", description="Somebody must answer.", validate=has_an_owner,
    enforcement_level=EnforcementLevel.ADVISORY,
)
PolicyPack("ours", policies=[mine, *as_policies(RULES)])
"""
A_LIST = """
import pulumi_kubernetes

pulumi_kubernetes.core.v1.SecretList(
    "secrets", items=[{"metadata": {"name": "app"}, "string_data": {"AZURE_CLIENT_SECRET": "x"}}]
)
"""


def own_pack(folder: Path, source: str) -> tuple[str, str]:
    pack = folder / "pack"
    pack.mkdir()
    (pack / ".venv").symlink_to(REPOSITORY / ".venv")
    (pack / "PulumiPolicy.yaml").write_text(block("yaml", "With rules of your own"))
    (pack / "__main__.py").write_text(source)
    return ("--policy-pack", str(pack))


BROKEN_STACK = """
from aks_workload_identity_policy import RULES, Stack, serve, stack_rule
from pulumi_policy import EnforcementLevel, Severity


@stack_rule("stack-is-lucky", "managedidentity:UserAssignedIdentity", why="Luck.", severity=Severity.LOW,
            level=EnforcementLevel.ADVISORY)
def lucky(stack: Stack):
    yield [][0]


serve("ours", [*RULES, lucky])
"""


def test_a_bug_in_a_rule_about_the_stack_fails_the_preview_and_names_the_rule(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % "identity.id")

    preview = engine.preview(*own_pack(tmp_path, BROKEN_STACK))

    assert preview.exit_code != 0
    assert "the policy stack-is-lucky has a bug" in preview.errors
    assert "IndexError" in preview.errors


def test_a_bug_in_a_rule_fails_the_preview_and_names_the_rule(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % "identity.id")

    preview = engine.preview(*own_pack(tmp_path, OWN % "yield str(1 / 0)"))

    assert preview.exit_code != 0
    assert "the policy identity-has-an-owner has a bug" in preview.errors
    assert "ZeroDivisionError" in preview.errors


def test_the_rules_beside_policies_of_the_sdk_read_the_configuration_of_the_pack(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PROGRAM % KNOWN_SCOPE + A_LIST)
    pack = own_pack(tmp_path, BESIDE)

    excepted = engine.preview(*configured(tmp_path, {"pack-settings": {"exceptions": [EXCEPTION]}}, pack))
    expired = engine.preview(
        *configured(tmp_path, {"pack-settings": {"exceptions": [{**EXCEPTION, "expires": "2025-12-31"}]}}, pack)
    )

    said = {v[:2] for v in excepted.violations}
    assert ("identity-has-an-owner", "advisory") in said, excepted.errors
    assert ("object-holds-no-azure-credential", "mandatory") in said
    assert {level for name, level in said if name == SCOPE} == {"advisory"}
    assert any(EXCEPTION["reason"] in message for name, _, message in excepted.violations if name == SCOPE)
    assert expired.exit_code != 0
    assert "expired on 2025-12-31" in expired.errors
