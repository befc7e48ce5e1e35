"""FederatedWorkload: who may become the identity, and what it may do."""

import re
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
import requests
from aks_workload_identity import ClusterTrust, FederatedWorkload, Grant, InvalidArgumentError, ServiceAccount
from aks_workload_identity.grants import key_vault
from aks_workload_identity.grants.roles import KEY_VAULT_READER, Role
from pulumi_azure_native import Provider, managedidentity

from tests.azure_mocks import SUBSCRIPTION, AzureMocks, identity_ids
from tests.components.builders import GROUP, ISSUER, VAULT_ID, accounts, trust, workload, workload_args
from tests.recorder import UNKNOWN, Recording, attempt, run

IDENTITY_ID = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared"


GRANTS = {"db": key_vault.read_secrets(VAULT_ID)}


def refusal(program: object) -> str:
    recording = attempt(program)  # pyright: ignore[reportArgumentType]
    assert isinstance(recording.error, InvalidArgumentError), recording.error
    assert recording.of_type("FederatedWorkload") == []
    return str(recording.error)


def chain(recording: Recording) -> list[list[str]]:
    """For each credential, in order of registration, the names of the credentials that it waits for."""
    credentials = {c.urn: c.name for c in recording.of_type("FederatedIdentityCredential")}
    return [
        sorted(credentials[d] for d in c.dependencies if d in credentials)
        for c in recording.of_type("FederatedIdentityCredential")
    ]


@pytest.mark.capability("A3")
def test_one_service_account_on_one_cluster_is_an_identity_a_credential_and_an_annotated_account():
    recording = run(workload)

    assert sorted(r.type.split(":")[-1] for r in recording.children(recording.one("FederatedWorkload"))) == [
        "FederatedIdentityCredential",
        "ServiceAccount",
        "UserAssignedIdentity",
    ]


@pytest.mark.capability("A3")
def test_a_credential_holds_exactly_what_the_token_will_say():
    credential = run(workload).one("FederatedIdentityCredential", "orders-blue-orders")

    assert credential.inputs == {
        "resourceGroupName": "rg",
        "resourceName": "orders",
        "federatedIdentityCredentialResourceName": "blue-shop-orders-2c29306c0d",
        "issuer": ISSUER,
        "subject": "system:serviceaccount:shop:orders",
        "audiences": ["api://AzureADTokenExchange"],
    }


@pytest.mark.capability("A3")
def test_a_credential_waits_for_its_identity_although_it_names_it_in_plain_text():
    recording = run(workload)

    assert recording.one("UserAssignedIdentity").urn in recording.one("FederatedIdentityCredential").dependencies


@pytest.mark.capability("A3")
def test_the_account_is_annotated_with_the_client_id_and_carries_no_label():
    recording = run(lambda: workload(service_accounts={"api": ServiceAccount(namespace="shop", name="orders")}))

    metadata = recording.one("ServiceAccount").inputs["metadata"]
    client_id = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")["clientId"]
    assert metadata == {
        "name": "orders",
        "namespace": "shop",
        "annotations": {"azure.workload.identity/client-id": client_id},
    }


@pytest.mark.capability("A3")
def test_a_longer_token_lifetime_is_annotated_in_seconds_as_text():
    account = ServiceAccount(namespace="shop", name="orders", token_expiration_seconds=7200)
    recording = run(lambda: workload(service_accounts={"api": account}))

    annotations = recording.one("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations["azure.workload.identity/service-account-token-expiration"] == "7200"


@pytest.mark.capability("A18")
def test_objects_in_the_cluster_use_its_provider_and_go_with_it():
    def program() -> None:
        cluster = managedidentity.UserAssignedIdentity("cluster", resource_group_name="rg")
        workload(clusters={"blue": trust(cluster=cluster)})

    recording = run(program)

    provider = recording.one("pulumi:providers:kubernetes")
    cluster = recording.one("UserAssignedIdentity", "cluster")
    for resource in (recording.one("ServiceAccount"), recording.one("Namespace")):
        assert (resource.provider or "").startswith(f"{provider.urn}::")
        assert resource.options.deleted_with == cluster.urn


@pytest.mark.capability("A3")
def test_the_account_waits_for_its_namespace():
    recording = run(workload)

    assert recording.one("Namespace").urn in recording.one("ServiceAccount").dependencies


@pytest.mark.capability("A3")
def test_two_workloads_in_one_namespace_make_it_once():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"))

    recording = run(program)

    assert recording.one("Namespace").name == "blue.shop"
    assert recording.one("Namespace").parent is None


@pytest.mark.capability("A3")
def test_a_namespace_that_exists_already_is_left_alone():
    assert run(lambda: workload(create_namespaces=False)).of_type("Namespace") == []


@pytest.mark.capability("A3")
def test_credentials_of_one_identity_are_written_one_after_another():
    recording = run(
        lambda: workload(clusters={"blue": trust(), "green": trust("green")}, service_accounts=accounts("a1", "a2"))
    )

    # Behind all others: those between two that are deleted together may stay.
    assert chain(recording) == [
        [],
        ["orders-blue-a1"],
        ["orders-blue-a1", "orders-blue-a2"],
        ["orders-blue-a1", "orders-blue-a2", "orders-green-a1"],
    ]


@pytest.mark.capability("A3")
def test_credentials_of_different_identities_are_written_in_parallel():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"))

    assert chain(run(program)) == [[], []]


@pytest.mark.capability("A3")
@pytest.mark.parametrize("how", ["identity", "resource", "id"])
def test_components_that_share_an_identity_share_its_chain(how: str):
    def program() -> None:
        blue = trust()
        if how == "identity":
            first = workload("orders", clusters={"blue": blue})
            shared: object = first.identity
        else:
            made = managedidentity.UserAssignedIdentity("shared", resource_group_name="rg")
            shared = made if how == "resource" else IDENTITY_ID
            workload("orders", clusters={"blue": blue}, identity=shared)
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"), identity=shared)

    recording = run(program)

    assert sorted(map(len, chain(recording))) == [0, 1]
    assert len({c.inputs["resourceName"] for c in recording.of_type("FederatedIdentityCredential")}) == 1


@pytest.mark.capability("A3")
def test_an_identity_made_here_is_found_again_by_its_plain_id():
    def program() -> None:
        blue = trust()
        workload("shared", clusters={"blue": blue}, identity_name="shared")
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"), identity=IDENTITY_ID)

    assert chain(run(program)) == [[], ["shared-blue-orders"]]


@pytest.mark.capability("A3")
def test_an_existing_identity_is_looked_up_and_not_made():
    recording = run(lambda: workload(identity=IDENTITY_ID))

    assert recording.of_type("UserAssignedIdentity") == []
    assert recording.one("FederatedIdentityCredential").inputs["resourceName"] == "shared"


@pytest.mark.capability("A3")
def test_an_identity_that_does_not_exist_is_refused_before_anything_is_registered():
    answers = {"azure-native:managedidentity:getUserAssignedIdentity": Exception("ResourceNotFound")}
    recording = attempt(lambda: workload(identity=IDENTITY_ID), mocks=AzureMocks(answers))

    assert "identity must exist" in str(recording.error)
    assert "ResourceNotFound" in str(recording.error)
    assert recording.of_type("FederatedWorkload") == []


def test_an_identity_is_given_by_its_id_and_nothing_behind_it():
    message = refusal(lambda: workload(identity=f"{IDENTITY_ID}\n"))

    assert "identity must be the resource id of a user-assigned identity" in message


@pytest.mark.capability("A3")
def test_an_identity_known_only_as_an_output_is_refused_with_the_reason():
    message = refusal(lambda: workload(identity=pulumi.Output.from_input(IDENTITY_ID)))

    assert "writes to one identity must not overlap" in message


@pytest.mark.capability("A3")
def test_twenty_credentials_are_taken_and_the_twenty_first_is_refused_with_who_holds_them():
    assert len(chain(run(lambda: workload(service_accounts=accounts(*(f"a{i}" for i in range(20))))))) == 20

    def program() -> None:
        blue = trust()
        names = [f"a{i}" for i in range(21)]
        first = workload("orders", clusters={"blue": blue}, service_accounts=accounts(*names[:15]))
        workload("billing", clusters={"blue": blue}, service_accounts=accounts(*names[15:]), identity=first.identity)

    error = attempt(program).error
    assert "at most 20 credentials on identity 'orders'; got 21" in str(error)
    assert "FederatedWorkload 'orders' 15, FederatedWorkload 'billing' 6" in str(error)


@pytest.mark.capability("A3")
def test_the_same_service_account_twice_on_one_cluster_and_identity_is_refused():
    message = refusal(
        lambda: workload(
            service_accounts={
                "api": ServiceAccount(namespace="shop", name="orders"),
                "worker": ServiceAccount(namespace="shop", name="orders"),
            }
        )
    )

    assert "service_accounts must be unique" in message
    assert "got system:serviceaccount:shop:orders on cluster 'blue' a second time" in message


@pytest.mark.capability("A3")
def test_a_service_account_that_another_workload_annotates_is_refused_before_anything_is_registered():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue})

    recording = attempt(program)

    assert "got system:serviceaccount:shop:orders on cluster 'blue', which FederatedWorkload 'orders' annotates" in str(
        recording.error
    )
    assert [r.name for r in recording.of_type("FederatedWorkload")] == ["orders"]


@pytest.mark.capability("A3")
def test_keys_that_would_give_two_children_one_name_are_refused():
    message = refusal(
        lambda: workload(
            clusters={"a": trust("a"), "a-b": trust("ab")},
            service_accounts={**accounts("c"), "b-c": ServiceAccount(namespace="shop", name="d")},
        )
    )

    assert "stay distinct when joined" in message


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


@pytest.mark.parametrize("other", ["shared", "SHARED"])
def test_two_workloads_never_make_one_identity(other: str):
    def program() -> None:
        blue = {"blue": trust()}
        workload(clusters=blue, identity_name="shared")
        workload("billing", clusters=blue, identity_name=other, service_accounts=accounts("billing"))

    recording = attempt(program)

    assert "identity_name must be unique in its resource group" in str(recording.error)
    assert len(recording.of_type("UserAssignedIdentity")) == 1


def test_a_given_identity_needs_no_place_and_an_own_one_does():
    given = {"resource_group_name": None, "location": None}

    assert run(lambda: workload(identity=IDENTITY_ID, **given)).of_type("UserAssignedIdentity") == []
    error = refusal(lambda: workload(**given))
    assert "resource_group_name is required without identity" in error
    assert "location is required without identity" in error


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


@pytest.mark.capability("A3")
def test_a_component_name_that_is_no_identity_name_asks_for_one():
    assert re.search("identity_name must be given .* got 'ab'", refusal(lambda: workload("ab")))
    assert run(lambda: workload("ab", identity_name="orders")).one("UserAssignedIdentity").name == "ab"


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


def test_invokes_use_the_provider_the_component_was_given():
    def program() -> None:
        azure = Provider("other", subscription_id=SUBSCRIPTION)
        FederatedWorkload("orders", workload_args(), pulumi.ResourceOptions(providers=[azure]))

    recording = run(program)

    provider = recording.one("pulumi:providers:azure-native")
    asked = [invoke.provider or "" for invoke in recording.invokes]
    assert asked
    assert [each for each in asked if not each.startswith(provider.urn)] == []
    assert (recording.one("UserAssignedIdentity").provider or "").startswith(provider.urn)


@pytest.mark.capability("A3")
def test_the_preview_of_an_update_knows_the_principal_so_that_no_assignment_seems_replaced():
    program = lambda: workload(grants={"db": key_vault.read_secrets(VAULT_ID)})  # noqa: E731

    update = run(program, preview=True, mocks=AzureMocks(resources_exist=True))

    ids = identity_ids(f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders")
    assert update.one("RoleAssignment").inputs["principalId"] == ids["principalId"]


def test_the_preview_of_an_update_asks_for_an_identity_once():
    update = run(workload, preview=True, mocks=AzureMocks(resources_exist=True))

    asked = [invoke.token for invoke in update.invokes]

    assert asked.count("azure-native:managedidentity:getUserAssignedIdentity") == 1


def test_an_update_asks_azure_for_nothing_that_it_knows():
    asked = {invoke.token for invoke in run(workload).invokes}

    assert asked == {"azure-native:authorization:getClientConfig"}


def test_the_subscription_is_asked_for_once_for_each_provider():
    def program() -> None:
        blue = trust()
        workload("orders", clusters={"blue": blue})
        workload("billing", clusters={"blue": blue}, service_accounts=accounts("billing"))
        other = Provider("other", subscription_id=SUBSCRIPTION)
        args = workload_args(clusters={"blue": blue}, service_accounts=accounts("returns"))
        FederatedWorkload("returns", args, pulumi.ResourceOptions(providers=[other]))

    recording = run(program)

    provider = recording.one("pulumi:providers:azure-native")
    asked = [invoke.provider for invoke in recording.invokes]
    assert [bool(p and p.startswith(provider.urn)) for p in asked] == [False, True]


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


@pytest.mark.capability("A3")
def test_an_identity_of_another_subscription_is_not_mistaken_for_one_of_the_same_name_here():
    other = IDENTITY_ID.replace(SUBSCRIPTION, "99999999-1111-2222-3333-444444444444")

    assert "must be in the deployment's subscription" in refusal(lambda: workload(identity=other))


@pytest.mark.capability("A10")
def test_a_role_outside_the_catalogue_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"role must be one that the catalogue grants, .* got Owner"):
        Grant(role=Role(name="Owner", guid="8e3af657-a8ff-443c-a75c-2fe8c4bcb635"), scope=VAULT_ID)


@pytest.mark.capability("A3")
def test_a_scope_that_turns_out_to_be_above_a_resource_stops_the_assignment():
    recording = attempt(lambda: workload(grants={"db": key_vault.read_secrets(pulumi.Output.from_input(GROUP))}))

    assert "scope must be the id of one resource" in str(recording.error)
    assert recording.of_type("RoleAssignment") == []


@pytest.mark.capability("A3")
def test_namespaces_that_would_share_a_name_when_joined_are_refused():
    message = refusal(
        lambda: workload(
            clusters={"prod": trust("prod"), "prod-eu": trust("prod-eu")},
            service_accounts={
                "a": ServiceAccount(namespace="eu-shop", name="a"),
                "b": ServiceAccount(namespace="shop", name="b"),
            },
        )
    )

    assert "stay distinct when joined" in message


@pytest.mark.capability("A3")
def test_two_clusters_with_one_issuer_are_refused():
    green = lambda: trust("green", issuer_url=ISSUER)  # noqa: E731

    assert "clusters must have issuers of their own" in refusal(
        lambda: workload(clusters={"blue": trust(), "green": green()})
    )


def other_trust(key: str) -> ClusterTrust:
    """A cluster of another issuer than `trust()`."""
    provider = kubernetes.Provider("other", kubeconfig="{}")
    return ClusterTrust(key=key, issuer_url=ISSUER.replace("1111", "2222"), kubernetes_provider=provider)


@pytest.mark.parametrize("key", ["blue", "BLUE"])
def test_two_clusters_under_one_key_are_refused_in_one_workload(key: str):
    message = refusal(lambda: workload(clusters={"one": trust(), "two": other_trust(key)}))

    assert "clusters must have keys that differ in more than case; got ['blue'" in message


@pytest.mark.parametrize("key", ["blue", "BLUE"])
def test_two_clusters_under_one_key_are_refused_in_two_workloads(key: str):
    def program() -> None:
        workload("first")
        workload("second", clusters={"two": other_trust(key)}, service_accounts=accounts("second"))

    recording = attempt(program)

    assert isinstance(recording.error, InvalidArgumentError)
    assert "clusters.two.key must be the cluster's own in this program" in str(recording.error)
    assert "for example '" + key + "-2'" in str(recording.error)
    assert [each.name for each in recording.of_type("FederatedWorkload")] == ["first"]


def test_a_namespace_is_refused_for_a_second_cluster_of_the_key():
    def program() -> None:
        trust().namespace("shop")
        other_trust("blue").namespace("shop")

    recording = attempt(program)

    assert "key must be the cluster's own in this program" in str(recording.error)
    assert len(recording.of_type("Namespace")) == 1


def test_one_cluster_may_be_written_down_twice():
    def program() -> None:
        first = trust(issuer_url=pulumi.Output.from_input(ISSUER))
        again = first.model_copy(update={"issuer_url": pulumi.Output.from_input(ISSUER)})
        workload("first", clusters={"blue": first}, service_accounts=accounts("first"))
        workload("second", clusters={"blue": again}, service_accounts=accounts("second"))

    assert len(run(program).of_type("FederatedIdentityCredential")) == 2


def test_grants_that_cannot_be_together_are_refused_before_anything_is_registered():
    grants = {
        "one": key_vault.read_secrets(VAULT_ID, names=["a"]),
        "two": key_vault.read_secrets(VAULT_ID, names=["b"]),
    }

    assert "grants.two must be one key for one role on one resource" in refusal(lambda: workload(grants=grants))


@pytest.mark.parametrize(("argument", "value"), [("identity_name", "mine"), ("tags", {"owner": "me"})])
def test_a_given_identity_is_neither_named_nor_tagged(argument: str, value: object):
    message = refusal(lambda: workload(identity=IDENTITY_ID, **{argument: value}))

    assert f"{argument} must be left out with a given identity, which stays as it is; got {value!r}" in message


def test_credentials_that_cannot_be_counted_are_one_line_that_says_why(monkeypatch: pytest.MonkeyPatch):
    # Nothing listens on port 9, which is refused at once.
    real = requests.sessions.Session()
    monkeypatch.setattr(requests, "get", lambda _url, **_: real.get("http://127.0.0.1:9/"))  # pyright: ignore

    message = refusal(lambda: workload(identity=IDENTITY_ID))

    assert "identity could not be looked up in Azure: https://management.azure.com: " in message
    assert message.endswith("Connection refused")
    assert len(message.splitlines()) == 2
