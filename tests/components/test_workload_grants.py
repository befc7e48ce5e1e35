"""What a workload may do: grants as role assignments on its identity."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import Grant, InvalidArgumentError
from aks_workload_identity.grants import key_vault
from aks_workload_identity.grants.roles import KEY_VAULT_READER, Role

from tests.azure_mocks import SUBSCRIPTION, AzureMocks, identity_ids
from tests.components.builders import GROUP, VAULT_ID, accounts, trust, workload
from tests.components.workloads import IDENTITY_ID, refusal
from tests.recorder import UNKNOWN, Recording, attempt, run

GRANTS = {"db": key_vault.read_secrets(VAULT_ID)}


@pytest.mark.capability("A10")
def test_a_grant_is_one_assignment_with_type_prefixed_role_and_a_name_known_in_every_preview():
    program = lambda: workload(grants={"db": key_vault.read_secrets(VAULT_ID)})  # noqa: E731
    assignment = run(program).one("RoleAssignment", "orders-db")
    preview = run(program, preview=True).one("RoleAssignment", "orders-db")

    principal = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")
    assert assignment.inputs == {
        "principalId": principal["principalId"],
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
        "4633458b-17de-408a-b874-0445c86b69e6",
        "roleAssignmentName": preview.inputs["roleAssignmentName"],
        "scope": VAULT_ID,
        "description": "key_vault.read_secrets [db of orders, stack aks-workload-identity/dev]",
    }
    assert preview.inputs["principalId"] == UNKNOWN


@pytest.mark.capability("A10")
def test_the_role_of_a_scope_in_another_subscription_is_named_there():
    other = VAULT_ID.replace(SUBSCRIPTION, "99999999-1111-2222-3333-444444444444")
    recording = run(lambda: workload(grants={"db": key_vault.read_secrets(other)}))

    assert recording.one("RoleAssignment").inputs["roleDefinitionId"].startswith("/subscriptions/99999999-")


@pytest.mark.capability("A10")
def test_equal_grants_are_assigned_once():
    def program() -> None:
        blue = {"blue": trust()}
        orders = workload(clusters=blue, grants={"db": key_vault.read_secrets(VAULT_ID)})
        billing = workload("billing", clusters=blue, service_accounts=accounts("billing"), identity=orders.identity)
        billing.grant("db", key_vault.read_secrets(VAULT_ID.upper()))

    assert [r.name for r in run(program).of_type("RoleAssignment")] == ["orders-db"]


@pytest.mark.capability("A18")
def test_equal_grants_under_two_keys_are_refused_as_neither_could_go_without_the_other():
    twice = {"db": key_vault.read_secrets(VAULT_ID), "x": key_vault.read_secrets(VAULT_ID)}

    error = str(attempt(lambda: workload(grants=twice)).error)

    assert "grants.x must be one key for one role on one resource of identity 'orders'; got 'x' beside 'db'" in error


@pytest.mark.capability("A18")
@pytest.mark.parametrize("asking", [["one", "two"], ["one"], ["two"]], ids=" and ".join)
def test_a_role_is_the_same_assignment_whichever_workload_of_the_identity_goes(asking: list[str]):
    def program() -> None:
        blue = {"blue": trust()}
        owner = workload(clusters=blue)
        for name in asking:
            workload(name, clusters=blue, identity=owner.identity, service_accounts=accounts(name), grants=GRANTS)

    (assignment,) = run(program).of_type("RoleAssignment")

    assert (assignment.name, assignment.inputs["roleAssignmentName"]) == (
        "orders-db",
        "46ad0830-bda1-553e-9f4e-76ca14140b20",
    )


@pytest.mark.capability("A10")
def test_identities_of_one_name_in_two_groups_share_no_assignment():
    def program() -> None:
        blue = {"blue": trust()}
        for name in ("orders", "billing"):
            own = {"resource_group_name": f"rg-{name}", "service_accounts": accounts(name)}
            workload(name, clusters=blue, identity_name="shared", **own, grants=GRANTS)

    names = [each.inputs["roleAssignmentName"] for each in run(program).of_type("RoleAssignment")]

    assert len(set(names)) == 2


@pytest.mark.parametrize(
    ("key", "grant", "message"),
    [
        ("db", "x", "args must be Grant"),
        ("Some thing!", key_vault.read_secrets(VAULT_ID), "key must be a map key of 1-40 lower-case letters"),
    ],
)
def test_a_grant_that_is_none_is_told_in_words(key: str, grant: Any, message: str):
    recording = attempt(lambda: workload().grant(key, grant))

    assert message in str(recording.error)
    assert recording.of_type("RoleAssignment") == []


def test_two_assignments_never_get_one_name_in_azure():
    def program() -> None:
        blue = {"blue": trust()}
        for number, name in enumerate(("orders", "billing")):
            given = IDENTITY_ID.replace("/rg/", f"/rg-{name}/")
            own = {"identity": given, "service_accounts": accounts(name)}
            workload(name, clusters=blue, grants={"db": key_vault.read_secrets(f"{VAULT_ID}{number}")}, **own)

    recording = attempt(program)

    assert "name must be unique for identities of one name in one kind of component; got 'shared-db'" in str(
        recording.error
    )
    assert len(recording.of_type("RoleAssignment")) == 1


@pytest.mark.capability("A10")
@pytest.mark.parametrize("scope", [f"/subscriptions/{SUBSCRIPTION}", GROUP, "/providers/Microsoft.Management/x/y", "/"])
def test_a_scope_above_a_resource_is_refused(scope: str):
    with pytest.raises(InvalidArgumentError, match="scope must be the id of one resource"):
        Grant(role=KEY_VAULT_READER, scope=scope)


@pytest.mark.capability("A15")
def test_access_lists_subjects_and_roles_as_registered():
    seen: list[object] = []

    def program() -> None:
        grants = {"b": key_vault.read_secrets(VAULT_ID), "a": key_vault.read_keys_and_certificates(VAULT_ID)}
        workload(service_accounts=accounts("api", "worker"), grants=grants).access.apply(seen.append)

    run(program)

    ids = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")
    assert seen == [
        {
            "clientId": ids["clientId"],
            "principalId": ids["principalId"],
            "subjects": ["system:serviceaccount:shop:api", "system:serviceaccount:shop:worker"],
            "roles": [
                {"role": "Key Vault Reader", "scope": VAULT_ID},
                {"role": "Key Vault Secrets User", "scope": VAULT_ID},
            ],
        }
    ]


@pytest.mark.capability("A3")
def test_the_preview_of_an_update_knows_the_principal_so_that_no_assignment_seems_replaced():
    program = lambda: workload(grants={"db": key_vault.read_secrets(VAULT_ID)})  # noqa: E731

    update = run(program, preview=True, mocks=AzureMocks(resources_exist=True))

    ids = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")
    assert update.one("RoleAssignment").inputs["principalId"] == ids["principalId"]


@pytest.mark.capability("A18")
def test_workloads_that_share_an_identity_share_its_assignment_which_stays_when_one_goes():
    def program(*names: str) -> Recording:
        def both() -> None:
            blue = trust()
            grants = {"db": key_vault.read_secrets(VAULT_ID)}
            for name in names:
                workload(
                    name, clusters={"blue": blue}, service_accounts=accounts(name), identity=IDENTITY_ID, grants=grants
                )

        return run(both)

    together, alone = program("orders", "billing"), program("billing")

    assert together.one("RoleAssignment").urn == alone.one("RoleAssignment").urn
    assert together.one("RoleAssignment").inputs == alone.one("RoleAssignment").inputs


@pytest.mark.capability("A3")
def test_an_own_identitys_assignments_are_its_workloads_children_whoever_asks():
    def program() -> None:
        blue = trust()
        orders = workload("orders", clusters={"blue": blue})
        grants = {"db": key_vault.read_secrets(VAULT_ID)}
        workload(
            "billing", clusters={"blue": blue}, service_accounts=accounts("b"), identity=orders.identity, grants=grants
        )

    recording = run(program)

    assert recording.one("RoleAssignment", "orders-db").parent == recording.one("FederatedWorkload", "orders").urn


@pytest.mark.capability("A3")
def test_one_key_for_two_grants_of_an_identity_is_refused():
    def program() -> None:
        orders = workload(grants={"db": key_vault.read_secrets(VAULT_ID)})
        orders.grant("db", key_vault.read_secrets(VAULT_ID.replace("shop", "audit")))

    assert "grants.db must be a key of its own on identity 'orders'" in str(attempt(program).error)


@pytest.mark.capability("A6")
def test_a_grant_on_named_secrets_carries_its_condition():
    grants = {"db": key_vault.read_secrets(VAULT_ID, names=["db-password"])}
    grants["reader"] = key_vault.read_keys_and_certificates(VAULT_ID)
    recording = run(lambda: workload(grants=grants))

    named = recording.one("RoleAssignment", "orders-db").inputs
    assert "StringEquals 'db-password'" in named["condition"]
    assert named["conditionVersion"] == "2.0"
    assert recording.one("RoleAssignment", "orders-reader").inputs.keys().isdisjoint({"condition", "conditionVersion"})


@pytest.mark.capability("A3")
def test_a_grant_on_all_secrets_does_not_swallow_one_on_named_secrets():
    def program() -> None:
        orders = workload(grants={"db": key_vault.read_secrets(VAULT_ID)})
        orders.grant("db", key_vault.read_secrets(VAULT_ID, names=["db-password"]))

    assert "grants.db must have the condition of the grant" in str(attempt(program).error)


@pytest.mark.capability("A3")
@pytest.mark.parametrize("names", [["tls"], None], ids=["other secrets", "all secrets"])
def test_what_azure_keeps_as_one_assignment_cannot_have_two_conditions(names: list[str] | None):
    def program() -> None:
        orders = workload(grants={"db": key_vault.read_secrets(VAULT_ID, names=["db-password"])})
        orders.grant("db", key_vault.read_secrets(VAULT_ID, names=names))

    assert "grants.db must have the condition of the grant" in str(attempt(program).error)


@pytest.mark.capability("A10")
def test_a_role_outside_the_catalogue_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"role must be one that the catalogue grants, .* got Owner"):
        Grant(role=Role(name="Owner", guid="8e3af657-a8ff-443c-a75c-2fe8c4bcb635"), scope=VAULT_ID)


@pytest.mark.capability("A3")
def test_a_scope_that_turns_out_to_be_above_a_resource_stops_the_assignment():
    recording = attempt(lambda: workload(grants={"db": key_vault.read_secrets(pulumi.Output.from_input(GROUP))}))

    assert "scope must be the id of one resource" in str(recording.error)
    assert recording.of_type("RoleAssignment") == []


def test_grants_that_cannot_be_together_are_refused_before_anything_is_registered():
    grants = {
        "one": key_vault.read_secrets(VAULT_ID, names=["a"]),
        "two": key_vault.read_secrets(VAULT_ID, names=["b"]),
    }

    assert "grants.two must be one key for one role on one resource" in refusal(lambda: workload(grants=grants))
