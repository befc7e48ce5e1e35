"""What can be configured: levels, exceptions with a reason and a last day, and how strict an unknown value is."""

from typing import Any

import grpc
import pytest
from aks_workload_identity_policy.settings import PACK_SETTINGS, SettingsError, settings_of
from google.protobuf import json_format
from jsonschema import Draft202012Validator
from pulumi.runtime.proto import analyzer_pb2

from tests.policy.builders import CERTIFICATE_USER, SECRETS_OFFICER, assignment, definition, identity, provider_class
from tests.policy.judging import GROUP, TODAY, AnyAzure, Config, Violation, configured, judge
from tests.policy.programs import SYNCED, WRITES
from tests.recorder import run

SCOPE = "assignment-scope-is-one-resource"
GOOD = {
    "rule": SCOPE,
    "resource": "urn:*::group-wide",
    "reason": "Reads the vaults of all shops.",
    "expires": "2026-12-31",
}


def wide() -> None:
    assignment("group-wide", scope=GROUP)


def judged(*exceptions: dict[str, Any]) -> list[Violation]:
    return judge(run(wide), config={PACK_SETTINGS: {"exceptions": list(exceptions)}})


def test_an_exception_lets_one_violation_pass_and_shows_its_reason():
    found = judged(GOOD)

    assert [(v.rule, v.level) for v in found] == [(SCOPE, "ADVISORY")]
    assert "excepted until 2026-12-31 (Reads the vaults of all shops.): scope is " in found[0].message


@pytest.mark.parametrize(
    "change",
    [
        {"resource": "urn:*::other"},
        {"rule": "role-gives-no-administration"},
        {"resource": "urn:*::GROUP-WIDE"},
        {"resource": "urn:*::group-wid?"},
        {"resource": "urn:*::[g]roup-wide"},
        {"resource": "::group-wide"},
    ],
)
def test_an_exception_of_something_else_lets_nothing_pass_and_is_pointed_out(change: dict[str, str]):
    found = judged({**GOOD, **change})

    assert (SCOPE, "MANDATORY") in {(v.rule, v.level) for v in found}
    unused = next(v for v in found if v.rule == PACK_SETTINGS)
    assert unused.level == "ADVISORY"
    assert "matches nothing" in unused.message


def test_an_exception_that_is_no_longer_needed_is_pointed_out():
    found = judge(run(lambda: assignment("group-wide") and None), config={PACK_SETTINGS: {"exceptions": [GOOD]}})

    assert [v.rule for v in found] == [PACK_SETTINGS]
    assert "the rule has nothing against it" in found[0].message


def test_each_of_two_exceptions_of_one_resource_is_used_and_the_longer_one_shown():
    found = judged({**GOOD, "resource": "urn:*:RoleAssignment::group-*", "expires": "2026-11-30"}, GOOD)

    assert [(v.rule, v.level) for v in found] == [(SCOPE, "ADVISORY")]
    assert "excepted until 2026-12-31" in found[0].message


def test_a_reason_on_the_resource_does_not_count_as_a_use_of_an_exception():
    rule = "wider-role-has-a-reason"

    found = judge(
        run(lambda: assignment("group-wide", CERTIFICATE_USER, description="Signs the invoices.") and None),
        config={PACK_SETTINGS: {"exceptions": [{**GOOD, "rule": rule}]}},
    )

    assert "the rule has nothing against it" in next(v.message for v in found if v.rule == PACK_SETTINGS)


def scope_not_known_yet() -> None:
    assignment("group-wide", scope=identity("later").id)


@pytest.mark.parametrize("unknown", ["advisory", "report"])
def test_an_exception_that_the_preview_cannot_tell_the_need_of_is_not_called_unused(unknown: str):
    found = judge(
        run(scope_not_known_yet, preview=True), config={PACK_SETTINGS: {"unknown": unknown, "exceptions": [GOOD]}}
    )

    assert {(v.rule, v.level) for v in found if v.rule in (SCOPE, PACK_SETTINGS)} == {(SCOPE, "ADVISORY")}


def test_a_preview_says_that_an_exceptions_resource_may_come_at_the_update():
    server = configured(config={PACK_SETTINGS: {"exceptions": [GOOD]}})
    said: list[str] = []
    for dry_run in (True, False):
        server.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(dry_run=dry_run), None)
        answer = server.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(), None)
        said += [one.message for one in answer.diagnostics]

    assert ["unless the update makes that resource" in message for message in said] == [True, False]


@pytest.mark.parametrize(
    "change", [{"expires": "2027-11-23"}, {"resource": "*::group-wide"}, {"resource": "*:RoleAssignment::gro*"}]
)
def test_an_exception_may_last_a_year_and_be_of_all_that_begin_alike(change: dict[str, str]):
    assert [(v.rule, v.level) for v in judged({**GOOD, **change})] == [(SCOPE, "ADVISORY")]


def test_the_last_day_is_included():
    assert judged({**GOOD, "expires": TODAY.isoformat()})[0].level == "ADVISORY"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": None}, "reason must be text"),
        ({"reason": "   "}, "reason must be text"),
        ({"reason": "because"}, "at least 10 characters"),
        ({"expires": None}, "expires must be text"),
        ({"expires": "2026-11-21"}, "expired on 2026-11-21"),
        ({"expires": "31.12.2026"}, "must be a day"),
        ({"expires": "2026-13-01"}, "must be a day"),
        ({"expires": "20261231"}, "must be a day"),
        ({"rule": "no-such-rule"}, "'no-such-rule' is not a rule of this pack"),
        ({"resource": "*"}, "must end in ::<name>"),
        ({"resource": "urn:*"}, "must end in ::<name>"),
        ({"resource": "urn:pulumi:dev::shop::azure-native:authorization:RoleAssignment::**"}, "must end in ::<name>"),
        ({"resource": "*::*o*"}, "must end in the type and the beginning of the name"),
        ({"resource": "urn:*::group-*"}, "must end in the type and the beginning of the name"),
        ({"resource": "urn:*:RoleAssignment::gr*"}, "3 characters or more"),
        ({"resource": "urn:*RoleAssignment*::group-*"}, "must end in the type"),
        ({"expires": "9999-12-31"}, "at most a year ahead, by 2027-11-23; got 9999-12-31"),
        ({"expires": "2027-11-24"}, "at most a year ahead"),
        ({"owner": "me"}, "owner is not known"),
        ({"rule": "assignment-scope-is-below-the-subscription"}, "takes no exception"),
    ],
)
def test_a_bad_exception_is_an_error_that_names_it(change: dict[str, str | None], words: str):
    bad = {key: value for key, value in {**GOOD, **change}.items() if value is not None}

    with pytest.raises(SettingsError) as caught:
        judged_settings(GOOD, bad)

    assert words in str(caught.value)
    assert "pack-settings.exceptions[1] (" in str(caught.value)


def judged_settings(*exceptions: Any) -> None:
    settings_of(
        {PACK_SETTINGS: {"exceptions": list(exceptions)}},
        rules=[SCOPE, "assignment-scope-is-below-the-subscription"],
        final=["assignment-scope-is-below-the-subscription"],
        today=TODAY,
    )


@pytest.mark.parametrize("entry", ["x", 1, ["rule"], None])
def test_an_exception_of_another_shape_is_an_error(entry: Any):
    with pytest.raises(SettingsError, match="must be an object"):
        judged_settings(entry)


@pytest.mark.parametrize(
    ("policy", "key", "words"),
    [
        (PACK_SETTINGS, "accept_component_reasons", "did you mean acceptComponentReasons?"),
        (PACK_SETTINGS, "exeptions", "did you mean exceptions?"),
        (SCOPE, "acceptComponentReason", "did you mean acceptComponentReasons?"),
        (SCOPE, "groups", "there are acceptComponentReasons, unknown"),
        ("cluster-admin-is-for-named-groups", "group", "did you mean groups?"),
    ],
)
def test_a_setting_that_does_not_exist_is_an_error_with_the_one_that_is_meant(policy: str, key: str, words: str):
    with pytest.raises(SettingsError) as caught:
        settings_of(
            {policy: {key: []}},
            rules=[SCOPE, "cluster-admin-is-for-named-groups"],
            settings={"cluster-admin-is-for-named-groups": ["groups"]},
        )

    assert str(caught.value) == f"{policy}.{key} is no setting; {words}"


def test_all_bad_exceptions_are_named_at_once():
    with pytest.raises(SettingsError) as caught:
        judged_settings({**GOOD, "reason": "x"}, {**GOOD, "expires": "x"})

    assert str(caught.value).count("pack-settings.exceptions[") == 2


def test_the_engine_is_told_of_a_bad_configuration():
    class Context:
        said: tuple[Any, str] | None = None

        def abort(self, code: grpc.StatusCode, details: str) -> None:
            self.said = (code, details)
            raise RuntimeError(details)

    request, context = analyzer_pb2.ConfigureAnalyzerRequest(), Context()
    request.policyConfig[PACK_SETTINGS].properties.update({"exceptions": [{**GOOD, "reason": ""}]})

    with pytest.raises(RuntimeError):
        configured().Configure(request, context)

    assert context.said
    assert context.said[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert SCOPE in context.said[1]


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (analyzer_pb2.DISABLED, []),
        (analyzer_pb2.ADVISORY, ["ADVISORY"]),
        (analyzer_pb2.MANDATORY, ["MANDATORY"]),
        (analyzer_pb2.REMEDIATE, ["MANDATORY"]),
    ],
)
def test_the_level_of_a_rule_can_be_configured(level: int, found: list[str]):
    assert [v.level for v in judge(run(wide), levels={SCOPE: level})] == found


@pytest.mark.parametrize(
    ("level", "word"), [(analyzer_pb2.DISABLED, "as disabled it"), (analyzer_pb2.ADVISORY, "as advisory it")]
)
def test_a_rule_that_takes_no_exception_is_not_lowered_in_silence(level: int, word: str):
    rule = "assignment-scope-is-below-the-subscription"

    found = judge(run(lambda: assignment("x") and None), levels={rule: level})

    assert [(v.rule, v.level) for v in found] == [(PACK_SETTINGS, "ADVISORY")]
    assert rule in found[0].message
    assert word in found[0].message


@pytest.mark.parametrize("level", [analyzer_pb2.MANDATORY, analyzer_pb2.REMEDIATE])
def test_a_rule_that_takes_no_exception_may_be_configured_as_it_is(level: int):
    rule = "assignment-scope-is-below-the-subscription"

    assert judge(run(lambda: assignment("x") and None), levels={rule: level}) == []


def reasonless() -> None:
    """What needs a reason, and has one."""
    why = "The night's run needs it so."
    assignment("certificates", CERTIFICATE_USER, description=why)
    assignment("people", SECRETS_OFFICER, principal_type="Group", description=why)
    definition(
        "writer",
        data_actions=[WRITES],
        description=why,
    )
    provider_class("synced", annotations={"kubernetes.io/description": why}, secret_objects=SYNCED)


def test_where_reasons_do_not_count_no_message_asks_for_one():
    config: Config = {PACK_SETTINGS: {"acceptComponentReasons": False}}

    found = [v for v in judge(run(reasonless, mocks=AnyAzure()), config=config) if v.level == "MANDATORY"]

    assert {v.rule for v in found} == {
        "wider-role-has-a-reason",
        "wide-role-of-people-has-a-reason",
        "wider-custom-role-has-a-reason",
        "secret-in-etcd-has-a-reason",
    }
    for violation in found:
        message = violation.message.partition("\n")[2]
        assert "description" not in message
        assert message.endswith("or have it excepted in the pack's configuration")


def test_every_setting_is_described_in_a_schema_that_is_one():
    info = configured().GetAnalyzerInfo(None, None)

    for policy in info.policies:
        for name, schema in json_format.MessageToDict(policy.configSchema.properties).items():
            Draft202012Validator.check_schema(schema)
            assert len(schema["description"]) > 20, f"{policy.name}.{name}"
    assert "exceptions" in info.policies[0].configSchema.properties
    assert "unknown" in info.policies[1].configSchema.properties


def test_every_policy_has_a_severity_and_a_framework():
    policies = configured().GetAnalyzerInfo(None, None).policies

    assert all(policy.severity for policy in policies if policy.name != PACK_SETTINGS)
    assert {policy.framework.name for policy in policies if policy.name != PACK_SETTINGS} == {"AKS workload identity"}
