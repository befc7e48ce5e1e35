"""Grants on the data of Cosmos DB, whose roles and assignments are its own."""

import re
from typing import Any

import pulumi
import pytest
from aks_workload_identity import InvalidArgumentError, grants
from aks_workload_identity.grants import CATALOGUE
from aks_workload_identity.grants.assignment import assign
from aks_workload_identity.grants.roles import SqlRole
from pulumi_azure_native import cosmosdb

from tests.azure_mocks import SUBSCRIPTION
from tests.components.builders import GROUP, VAULT_ID, workload
from tests.components.granting import COSMOS, DATABASE, ITEMS, WHY
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A10")


def cosmos(*scopes: Any, preview: bool = False) -> list[Any]:
    verbs = {f"items-{index}": grants.cosmos_db.write_items(scope) for index, scope in enumerate(scopes)}
    made = run(lambda: workload(grants=verbs), preview=preview).of_type("SqlResourceSqlRoleAssignment")
    return sorted(made, key=lambda each: each.name)


@pytest.mark.parametrize(
    ("scope", "data"),
    [
        (COSMOS, COSMOS),
        (DATABASE, f"{COSMOS}/dbs/shop"),
        (ITEMS, f"{COSMOS}/dbs/shop/colls/orders"),
    ],
)
def test_data_of_cosmos_db_is_granted_by_its_own_resource(scope: str, data: str):
    (assignment,) = cosmos(scope)

    assert assignment.inputs["scope"] == data
    assert (assignment.inputs["resourceGroupName"], assignment.inputs["accountName"]) == ("rg", "cosmos-shop")
    assert assignment.inputs["roleDefinitionId"] == (
        f"{COSMOS}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002"
    )


def test_a_cosmos_db_assignment_has_a_name_that_every_preview_knows():
    (first,) = cosmos(ITEMS, preview=True)
    (later,) = cosmos(ITEMS)

    assert first.inputs["roleAssignmentId"] == later.inputs["roleAssignmentId"]
    assert re.fullmatch(r"[0-9a-f-]{36}", first.inputs["roleAssignmentId"])


def test_equal_grants_on_cosmos_db_have_one_key():
    verbs = {"items": grants.cosmos_db.write_items(ITEMS), "again": grants.cosmos_db.write_items(ITEMS.upper())}

    error = str(attempt(lambda: workload(grants=verbs)).error)

    assert "grants.again must be one key for one role on one resource" in error


def test_an_account_is_written_once_at_a_time_and_another_account_beside_it():
    other = ITEMS.replace("cosmos-shop", "cosmos-other")

    first, second, apart = cosmos(ITEMS, DATABASE, other)

    assert first.urn in second.dependencies
    assert {first.urn, second.urn}.isdisjoint(apart.dependencies)


def test_a_write_waits_for_all_earlier_ones_of_its_account_so_that_any_of_them_are_deleted_one_at_a_time():
    made = cosmos(ITEMS, DATABASE, COSMOS, COSMOS.replace("cosmos-shop", "cosmos-other"))

    urns = [each.urn for each in made]
    assert [[urn for urn in urns if urn in each.dependencies] for each in made] == [[], urns[:1], urns[:2], []]


def test_an_account_that_is_known_later_may_be_any():
    def program() -> None:
        later = pulumi.Output.from_input(DATABASE)
        orders = workload("orders", grants={"a": grants.cosmos_db.read_items(ITEMS)})
        orders.grant("b", grants.cosmos_db.read_items(later))
        orders.grant("c", grants.cosmos_db.read_items(COSMOS.replace("cosmos-shop", "cosmos-other")))

    made = run(program).of_type("SqlResourceSqlRoleAssignment")

    urns = [each.urn for each in sorted(made, key=lambda each: each.name)]
    waits = {each.urn: {urn for urn in urns if urn in each.dependencies} for each in made}
    assert [waits[urn] for urn in urns] == [set(), {urns[0]}, {urns[1]}]


def test_an_assignment_leaves_the_options_of_its_caller_alone_and_keeps_what_they_wait_for():
    def program() -> None:
        before = workload("before")
        opts = pulumi.ResourceOptions(depends_on=[before.identity.resources[0]])
        for key in ("a", "b"):
            assign(
                key,
                grants.cosmos_db.read_items(ITEMS),
                identity_name="orders",
                key=key,
                principal_id=SUBSCRIPTION,
                subscription_id=SUBSCRIPTION,
                opts=opts,
            )
        assert opts.depends_on == [before.identity.resources[0]]

    recording = run(program)
    identity = recording.one("UserAssignedIdentity").urn
    first, second = sorted(recording.of_type("SqlResourceSqlRoleAssignment"), key=lambda each: each.name)

    assert first.dependencies == {identity}
    assert second.dependencies == {identity, first.urn}


def test_accounts_that_are_known_later_are_written_one_after_another_across_workloads():
    def program() -> None:
        account = cosmosdb.DatabaseAccount(
            "c",
            account_name="cosmos-shop",
            resource_group_name="rg",
            database_account_offer_type="Standard",
            locations=[cosmosdb.LocationArgs(location_name="westeurope")],
        )
        orders = workload("orders", grants={"items": grants.cosmos_db.read_items(account.id)})
        orders.grant("more", grants.cosmos_db.write_items(account.id))

    first, second = run(program).of_type("SqlResourceSqlRoleAssignment")

    assert first.inputs["scope"] == COSMOS
    assert first.urn in second.dependencies


def test_an_account_in_an_output_is_checked_when_it_is_known():
    recording = attempt(
        lambda: workload(grants={"items": grants.cosmos_db.read_items(pulumi.Output.from_input(VAULT_ID))})
    )

    assert "scope must be the id of a Microsoft.DocumentDB" in str(recording.error)
    assert type(recording.error) is pulumi.RunError


WIDER_READER = SqlRole(name="Only orders", guid="0a1b2c3d-0000-4000-8000-123456789abc")


def test_a_wider_role_of_cosmos_db_is_refused_elsewhere_before_anything_is_registered():
    with pytest.raises(
        InvalidArgumentError, match=r"scope must be the id of a Microsoft\.DocumentDB/.*; got '.*kv-shop'"
    ):
        grants.wider(WIDER_READER, VAULT_ID, because=WHY)


@pytest.mark.parametrize("scope", [VAULT_ID, GROUP, f"{COSMOS}/mongodbDatabases/shop"])
@pytest.mark.parametrize("preview", [True, False])
def test_a_wider_role_of_cosmos_db_is_refused_as_soon_as_the_scope_is_known(scope: str, preview: bool):
    def program() -> None:
        workload(grants={"items": grants.wider(WIDER_READER, pulumi.Output.from_input(scope), because=WHY)})

    recording = attempt(program, preview=preview)

    # Of any other error Pulumi prints a traceback.
    assert type(recording.error) is pulumi.RunError
    assert str(recording.error).startswith("Grant:\n  - scope must be the id of ")
    assert recording.of_type("SqlResourceSqlRoleAssignment") == []


def test_a_wider_role_of_cosmos_db_is_assigned_in_its_account():
    grant = grants.wider(WIDER_READER, ITEMS, because=WHY)

    assignment = run(lambda: workload(grants={"items": grant})).one("SqlResourceSqlRoleAssignment")

    assert assignment.inputs["roleDefinitionId"] == f"{COSMOS}/sqlRoleDefinitions/{WIDER_READER.guid}"


def test_every_role_of_cosmos_db_in_the_catalogue_is_one_of_its_own():
    mine = [verb for verb in CATALOGUE if isinstance(verb.role, SqlRole)]

    assert [verb.name for verb in mine] == ["cosmos_db.read_items", "cosmos_db.write_items"]
