"""Each rule's refused case as a program of its own right: registered by the real classes, judged through the engine."""

import json
from pathlib import Path
from typing import Any

import pytest
from aks_workload_identity_policy import RULES

from tests.engine.any_provider import give
from tests.engine.engine import PACK, REPOSITORY, Engine, Run
from tests.policy.cases import CASES
from tests.policy.judging import AnyAzure
from tests.recorder import Resource, run

pytestmark = [pytest.mark.engine, pytest.mark.slow]

ADDON = "addon-identities-hold-nothing"  # of an add-on's identity nothing is known before the cluster exists
PROGRAM = f"""
import sys

sys.path.insert(0, {str(REPOSITORY)!r})

from tests.policy.cases import CASES

for case in CASES:
    case.%s()
"""
AN_ADDONS_ROLE = f"""
import sys

import pulumi
from pulumi_azure_native import authorization, resources

sys.path.insert(0, {str(REPOSITORY)!r})

from tests.policy.builders import cluster
from tests.policy.programs import addon_object_id

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
made = cluster("aks", resource_group_name=group.name)
roles = "/subscriptions/{{0}}/providers/Microsoft.Authorization/roleDefinitions".format(
    authorization.get_client_config().subscription_id
)
authorization.RoleAssignment(
    "addon",
    principal_id=addon_object_id(made),
    principal_type="ServicePrincipal",
    role_definition_id=f"{{roles}}/4633458b-17de-408a-b874-0445c86b69e6",
    scope=made.id,
)
"""


def registered(rule: str, which: str) -> list[Resource]:
    """What a rule's case registers."""
    case = next(case for case in CASES if case.rule == rule)
    return run(getattr(case, which), mocks=AnyAzure()).resources


def names(rule: str, which: str) -> set[str]:
    return {one.name for one in registered(rule, which)}


def packages(which: str) -> set[str]:
    """The packages of all cases, but for Kubernetes, whose every kind the sandbox plays."""
    return {one.type.partition(":")[0] for case in CASES for one in registered(case.rule, which)} - {"kubernetes"}


def merged() -> dict[str, dict[str, Any]]:
    """What is configured for all cases."""
    config: dict[str, dict[str, Any]] = {}
    for case in CASES:
        for rule, settings in case.config.items():
            for name, values in settings.items():
                of = config.setdefault(rule, {}).setdefault(name, [])
                of += [value for value in values if value not in of]
    return config


def preview(folder: Path, cases: str) -> tuple[Run, dict[tuple[str, str], set[str]]]:
    """A preview of the refused or the passed cases; and the resources that each rule speaks of, by its level."""
    engine = Engine.of_program(folder, PROGRAM % cases)
    give(engine, folder, *packages(cases))
    (folder / "pack.json").write_text(json.dumps(merged()))
    done = engine.preview("--policy-pack", str(PACK), "--policy-pack-config", str(folder / "pack.json"))
    said: dict[tuple[str, str], set[str]] = {}
    for event in done.of("policyEvent"):
        about = said.setdefault((event["policyName"], event["enforcementLevel"]), set())
        about.add(event["resourceUrn"].rpartition("::")[2])
    return done, said


def test_every_rule_refuses_a_resource_of_its_case_in_a_real_preview(tmp_path: Path):
    done, said = preview(tmp_path, "refused")

    levels = {rule.name: rule.level.value for rule in RULES if rule.name != ADDON}
    refused = {rule: said.get((rule, level), set()) & names(rule, "refused") for rule, level in levels.items()}
    assert [rule for rule, about in refused.items() if not about] == [], done.errors
    assert done.exit_code != 0


def test_no_rule_refuses_its_mended_case_in_a_real_preview(tmp_path: Path):
    done, said = preview(tmp_path, "passed")

    refused = {rule.name: said.get((rule.name, "mandatory"), set()) & names(rule.name, "passed") for rule in RULES}
    assert {rule: about for rule, about in refused.items() if about} == {}
    assert done.counted("create").total() > len(RULES)


def test_a_role_of_an_addons_identity_is_refused_when_the_update_knows_it(tmp_path: Path):
    engine = Engine.of_program(tmp_path, AN_ADDONS_ROLE)

    up = engine.up("--policy-pack", str(PACK))

    assert up.exit_code != 0
    assert (ADDON, "mandatory") in {(name, level) for name, level, _ in up.violations}, up.errors
