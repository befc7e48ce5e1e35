"""Each check on plain data: what was read decides, and nothing else."""

from typing import Any

import pytest
from aks_workload_identity.preflight import PreflightArgs, Status, checks, table
from aks_workload_identity.preflight.facts import Caller, NameState, Right, Usage, VmSize

from tests.preflight.azure import PLANNED

pytestmark = pytest.mark.capability("A22")

WRITE = "Microsoft.Authorization/roleAssignments/write"
CALLER = Caller("0a1b2c3d-0000-4000-8000-123456789abc", "tenant", is_user=True)


@pytest.mark.parametrize(
    ("actions", "not_actions", "allowed"),
    [
        (["*"], [], True),
        (["microsoft.authorization/ROLEASSIGNMENTS/write"], [], True),
        (["Microsoft.Authorization/*"], [], True),
        (["Microsoft.Authorization/*/Write"], [], True),
        (["*"], ["Microsoft.Authorization/*/Write"], False),
        (["*/read"], [], False),
        (["Microsoft.Authorization/roleAssignments/read"], [], False),
        (["Microsoft.Authorization/roleAssignments"], [], False),
        ([], [], False),
    ],
)
def test_a_role_allows_what_its_actions_match_and_its_not_actions_do_not(
    actions: list[str], not_actions: list[str], allowed: bool
):
    assert checks.permits(Right(actions, not_actions), WRITE) is allowed


def test_what_one_role_takes_away_another_may_give():
    rights = [Right(["*"], ["Microsoft.Authorization/*/Write"]), Right(["Microsoft.Authorization/*"], [])]

    assert checks.role_assignments(CALLER, "s", "rg", rights).status is Status.PASSED


def test_a_right_under_a_condition_is_no_verdict():
    row = checks.role_assignments(CALLER, "s", "rg", [Right(["*"], [], "@Request[…]")])

    assert row.status is Status.UNKNOWN
    assert "@Request[…]" in row.found


def test_people_and_pipelines_are_asked_for_by_their_own_type():
    pipeline = Caller("0a1b", "tenant", is_user=False)

    assert "--assignee-principal-type User " in checks.role_assignments(CALLER, "s", "rg", []).command
    assert "--assignee-principal-type ServicePrincipal " in checks.role_assignments(pipeline, "s", "rg", []).command


@pytest.mark.parametrize(
    ("planned", "status", "found"),
    [
        ({}, Status.PASSED, "from everywhere"),
        ({"private_cluster": True}, Status.UNKNOWN, "private; run the update inside its network"),
        ({"authorized_ip_ranges": ["20.50.0.0/24"]}, Status.UNKNOWN, "--caller-address"),
        ({"authorized_ip_ranges": ["20.50.0.0/24", "203.0.113.0/24"]}, Status.FAILED, "203.0.113.0/24 is for examples"),
        (
            {"authorized_ip_ranges": ["198.51.100.9/32"], "caller_address": "198.51.100.9"},
            Status.FAILED,
            "198.51.100.9/32 is for examples",
        ),
        ({"authorized_ip_ranges": ["192.0.2.0/25"]}, Status.FAILED, "nobody connects from there"),
        (
            {"authorized_ip_ranges": ["20.60.0.0/24", "20.50.0.0/24"], "caller_address": "20.50.0.9"},
            Status.PASSED,
            "20.50.0.9 is in",
        ),
        (
            {"authorized_ip_ranges": ["20.50.0.0/24"], "caller_address": "20.51.0.9"},
            Status.FAILED,
            "20.51.0.9 is not in 20.50.0.0/24",
        ),
    ],
)
def test_the_callers_address_is_judged_only_where_it_is_known_and_matters(
    planned: dict[str, Any], status: Status, found: str
):
    row = checks.caller_address(PreflightArgs(**{**PLANNED, **planned}))

    assert row.status is status
    assert found in row.found


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("Enabled", Status.PASSED),
        ("Warned", Status.PASSED),
        ("PastDue", Status.PASSED),
        ("Disabled", Status.FAILED),
        ("Expired", Status.FAILED),
        ("Deleted", Status.FAILED),
    ],
)
def test_a_subscription_takes_new_resources_in_the_states_that_azure_documents(state: str, status: Status):
    row = checks.subscription("s", "Shop", state)

    assert row.status is status
    assert state == "Enabled" or state in row.found


@pytest.mark.parametrize(
    ("used", "status"), [(88, Status.PASSED), (89, Status.FAILED)], ids=["just fits", "one too many"]
)
def test_a_quota_is_what_is_left_of_it(used: int, status: Status):
    sizes = {"standard_d4ds_v5": VmSize("standardDDSv5Family", 4)}
    usages = {"standardddsv5family": Usage(used, 100), "cores": Usage(0, 1000)}

    rows = {row.check: row for row in checks.quotas({"Standard_D4ds_v5": 3}, "westeurope", sizes, usages)}

    assert rows["vCPUs of standardDDSv5Family"].status is status
    assert rows["vCPUs of the region"].status is Status.PASSED


def test_sizes_of_one_family_share_its_quota():
    sizes = {"a": VmSize("family", 2), "b": VmSize("family", 4)}

    rows = checks.quotas({"a": 2, "b": 1}, "westeurope", sizes, {"family": Usage(0, 7), "cores": Usage(0, 100)})

    assert [(row.check, row.status) for row in rows] == [
        ("vCPUs of the region", Status.PASSED),
        ("vCPUs of family", Status.FAILED),
    ]


def test_a_size_that_the_subscription_may_not_have_fails_and_an_unknown_quota_is_no_verdict():
    sizes = {"a": VmSize("family", 2, "NotAvailableForSubscription"), "b": VmSize("family", 4)}

    rows = checks.quotas({"a": 1, "b": 1}, "westeurope", sizes, {"cores": Usage(0, 100)})

    assert {row.check: row.status for row in rows} == {
        "VM size a": Status.FAILED,
        "vCPUs of family": Status.UNKNOWN,
        "vCPUs of the region": Status.PASSED,
    }


def test_a_name_that_somebody_else_has_says_why():
    row = checks.unique_name("vault", "kv", NameState(False, "in use"), recovered=True, look="look")

    assert (row.status, row.command) == (Status.FAILED, "look")
    assert "kv cannot be had: in use; take another name" in row.found


def test_the_table_aligns_its_rows_and_counts_them():
    rows = [checks.kubelogin("/bin/kubelogin"), checks.cluster("aks", "rg", exists=False)]

    assert table(rows) == (
        "✓ kubelogin  /bin/kubelogin\n✓ cluster    aks is free in rg\n\n2 as needed, 0 to put right, 0 not checked"
    )


@pytest.mark.parametrize(
    ("planned", "providers"),
    [
        ({}, {"Microsoft.PolicyInsights"}),
        ({"azure_policy": False}, set[str]()),
        (
            {"azure_policy": False, "defender": True},
            {"Microsoft.OperationalInsights", "Microsoft.Security"},
        ),
    ],
)
def test_add_ons_need_providers_of_their_own(planned: dict[str, Any], providers: set[str]):
    without = PreflightArgs(**{**PLANNED, "azure_policy": False}).providers

    assert set(PreflightArgs(**{**PLANNED, **planned}).providers) - set(without) == providers
