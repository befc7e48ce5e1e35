"""The same rules in a pack of the policy SDK, as others use them beside policies of their own."""

from datetime import date, timedelta
from typing import Any

import pytest
from aks_workload_identity_policy import RULES, AnyRule, Exemption, Settings, as_policies
from aks_workload_identity_policy.settings import PACK_SETTINGS, SettingsError
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from tests.policy.builders import assignment
from tests.policy.cases import CASES, Case
from tests.policy.judging import GROUP, TODAY, AnyAzure, Config, Violation, judge, request_of, stack_of, violations_of
from tests.policy.test_rule import TAGGED, about, registered, rules_of, vault_of_unknown_mode
from tests.recorder import Recording, run

SECRET = {"metadata": {"name": "a"}, "stringData": {"AZURE_CLIENT_SECRET": "x"}}


def of_the_sdk(
    recording: Recording,
    settings: Settings | None = None,
    *,
    config: Config | None = None,
    rules: list[AnyRule] | None = None,
) -> list[Violation]:
    policies = as_policies(rules or [*RULES, TAGGED], settings)
    server: Any = _PolicyAnalyzerServicer("theirs", "0.0.1", policies, EnforcementLevel.ADVISORY)
    if config:
        request, levels = analyzer_pb2.ConfigureAnalyzerRequest(), {one.name: one.enforcement_level for one in policies}
        for name, properties in config.items():
            level = levels[name] or EnforcementLevel.ADVISORY
            request.policyConfig[name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level.name)
            request.policyConfig[name].properties.update(properties)
        server.Configure(request, None)
    found: list[Violation] = []
    for one in recording.resources:
        found += violations_of(server.Analyze(request_of(one), None))
    return found + violations_of(server.AnalyzeStack(stack_of(recording), None))


def excepting(rule: str, resource: str, **change: str) -> Config:
    entry = {
        "rule": rule,
        "resource": resource,
        "reason": "Known since spring.",
        "expires": (date.today() + timedelta(30)).isoformat(),
        **change,
    }
    return {PACK_SETTINGS: {"exceptions": [entry]}}


@pytest.mark.parametrize(
    ("case", "preview"), [(case, number % 2 == 0) for number, case in enumerate(CASES)], ids=[one.rule for one in CASES]
)
def test_both_judge_the_same(case: Case, preview: bool):
    recording = run(case.refused, preview=preview, mocks=AnyAzure())

    ours, theirs = judge(recording, config=case.config), of_the_sdk(recording, config=case.config, rules=list(RULES))

    assert {(v.rule, v.level) for v in theirs} == {(v.rule, v.level) for v in ours}


def test_the_objects_of_a_list_are_judged_one_by_one():
    found = of_the_sdk(registered("kubernetes:core/v1:SecretList", {"items": [{"metadata": {}}, SECRET]}))

    assert rules_of(found) == {"object-holds-no-azure-credential"}


def test_the_configuration_of_the_pack_is_read():
    recording = run(lambda: assignment("group-wide", scope=GROUP) and None)
    rule = "assignment-scope-is-one-resource"

    found = of_the_sdk(recording, config=excepting(rule, "urn:*::group-wide"))

    assert [v.level for v in about(rule, found)] == ["ADVISORY"]
    assert "Known since spring." in about(rule, found)[0].message


def test_a_strict_preview_can_be_configured():
    found = of_the_sdk(run(vault_of_unknown_mode, preview=True), config={PACK_SETTINGS: {"unknown": "report"}})

    assert [v.level for v in about("vault-uses-azure-rbac", found)] == ["MANDATORY"]


def test_an_exception_of_a_rule_about_the_stack_counts():
    case = next(case for case in CASES if case.rule == "vault-audit-events-go-somewhere")
    recording = run(case.refused, mocks=AnyAzure())

    found = of_the_sdk(recording, config=excepting(case.rule, f"urn:*::{recording.resources[0].name}"))

    assert [v.level for v in about(case.rule, found)] == ["ADVISORY"]


def test_a_bad_exception_fails_the_run_and_is_named():
    with pytest.raises(SettingsError, match=r"exceptions\[0\].*expired on 2020-01-01"):
        of_the_sdk(
            run(lambda: assignment("any") and None),
            config=excepting("role-gives-no-administration", "urn:*::any", expires="2020-01-01"),
        )


@pytest.mark.parametrize("rule", ["cluster-admin-is-for-named-groups", "credential-issuer-is-a-known-cluster"])
def test_a_setting_of_a_rule_that_does_not_exist_fails_the_run(rule: str):
    case = next(case for case in CASES if case.rule == rule)

    with pytest.raises(SettingsError, match=rf"{rule}.isuers is no setting"):
        of_the_sdk(run(case.refused, mocks=AnyAzure()), config={rule: {"isuers": []}})


def test_settings_can_be_given_in_python():
    exemption = Exemption("vault-uses-azure-rbac", "urn:*kv", "Moved to RBAC in spring.", TODAY)

    found = about("vault-uses-azure-rbac", of_the_sdk(run(vault_of_unknown_mode), Settings(exceptions=(exemption,))))

    assert [v.level for v in found] == ["ADVISORY"]
    assert "Moved to RBAC in spring." in found[0].message
