"""The catalogue: each verb is one narrow role on one kind of resource, and says what that role allows."""

import inspect
import re
from collections.abc import Callable, Iterator

import pulumi
import pytest
from aks_workload_identity import Grant, InvalidArgumentError, Role, grants
from aks_workload_identity.grants import CATALOGUE, Verb
from pulumi_azure_native import servicebus

from tests.azure_mocks import SUBSCRIPTION
from tests.components.builders import GROUP, VAULT_ID, workload
from tests.components.catalogue_rows import BUS, CONTAINER, HUB, HUBS, ROWS, STORAGE, TOPIC, Row
from tests.components.granting import CRYPTO_USER, ESCALATION, PROVIDERS, WHY, allows, role_of
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A10")
# Of no effect on one resource: tickets and the registration are the subscription's, classic alert rules a group's.
OUT_OF_REACH = {"Microsoft.Support/*", "Microsoft.Insights/Register/Action", "Microsoft.Insights/alertRules/*"}
EVERY = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)


def patterns(guid: str) -> Iterator[str]:
    """Every action of a role, wildcards as they are."""
    for part in role_of(guid)["permissions"]:
        yield from (*part.get("actions", []), *part.get("dataActions", []))


def test_every_verb_of_the_catalogue_has_a_row_here_and_a_function():
    assert sorted(verb.name for verb in CATALOGUE) == sorted(row.key for row in ROWS)


@EVERY
def test_a_verb_is_one_role_on_its_resources(row: Row):
    for scope in row.scopes:
        grant = row.verb(scope)

        assert (grant.role.guid, grant.role.name, grant.scope) == (row.guid, row.name, scope)
        assert grant.verb is not None
        assert grant.verb.name == row.key
        assert len(grant.verb.resource_types) == len(row.scopes)


@EVERY
def test_a_role_has_the_name_and_the_actions_that_its_verb_promises(row: Row):
    assert role_of(row.guid)["name"] == row.name
    for action in row.allows:
        assert allows(row.guid, action), f"{row.name} has no {action}"


@EVERY
def test_what_a_role_does_beside_reading_stands_in_its_verbs_docstring(row: Row):
    docstring = inspect.getdoc(row.verb) or ""
    text = " ".join(docstring.partition("Args:")[0].split())
    reading = {each for each in patterns(row.guid) if each.endswith(("/read", "/readMetadata"))} - row.says.keys()
    doing = set(patterns(row.guid)) - reading - OUT_OF_REACH

    assert doing == row.says.keys()
    for action, words in row.says.items():
        assert words in text, f"{row.key} does not say that it has {action}"
    assert "Source: " in docstring


@EVERY
def test_no_verb_hands_out_keys_roles_or_identities(row: Row):
    forbidden = re.compile(r"list\w*keys?|regenerate|listCredentials|listConnectionStrings|roleAssignments/write", re.I)

    assert not [each for each in patterns(row.guid) if forbidden.search(each)]
    assert not [action for action in ESCALATION if allows(row.guid, action)]


@EVERY
@pytest.mark.parametrize(
    "scope",
    ["", f"/subscriptions/{SUBSCRIPTION}", GROUP, f"{PROVIDERS}/Microsoft.Network/virtualNetworks/v", BUS, HUBS],
)
def test_a_scope_of_another_kind_or_wider_is_refused(row: Row, scope: str):
    with pytest.raises(InvalidArgumentError, match="scope must be the id of"):
        row.verb(scope)


@pytest.mark.parametrize(
    ("verb", "scope"),
    [
        (grants.storage.read_blobs, STORAGE),
        (grants.storage.process_messages, CONTAINER),
        (grants.service_bus.receive, TOPIC),
        (grants.service_bus.send, f"{TOPIC}/subscriptions/billing"),
        (grants.event_hubs.send, f"{HUB}/consumergroups/billing"),
        (grants.key_vault.read_secrets, f"{VAULT_ID}/secrets/db"),
    ],
)
def test_a_neighbour_of_the_right_resource_is_refused(verb: Callable[[str], Grant], scope: str):
    with pytest.raises(InvalidArgumentError, match="scope must be the id of a Microsoft"):
        verb(scope)


def test_ids_are_compared_as_azure_does_without_case():
    assert grants.key_vault.read_secrets(VAULT_ID.upper()).scope == VAULT_ID.upper()


@pytest.mark.parametrize("scope", [GROUP, BUS, TOPIC])
def test_a_scope_of_the_wrong_kind_in_an_output_stops_the_assignment(scope: str):
    recording = attempt(lambda: workload(grants={"queue": grants.service_bus.receive(pulumi.Output.from_input(scope))}))

    assert "scope must be the id of a" in str(recording.error) or "scope must be the id of one" in str(recording.error)
    assert recording.of_type("RoleAssignment") == []


def test_the_id_of_a_resource_of_the_program_is_a_scope():
    def program() -> None:
        queue = servicebus.Queue("q", resource_group_name="rg", namespace_name="sb-shop", queue_name="orders")
        workload(grants={"queue": grants.service_bus.receive(queue.id)})

    assert run(program).one("RoleAssignment").inputs["scope"] == f"{BUS}/queues/orders"


def test_a_grant_of_the_catalogue_says_who_asked_for_it():
    inputs = run(lambda: workload(grants={"db": grants.key_vault.read_secrets(VAULT_ID)})).one("RoleAssignment").inputs

    assert inputs["description"] == "key_vault.read_secrets [db of orders, stack aks-workload-identity/dev]"


def test_a_role_without_a_verb_or_a_reason_is_refused():
    with pytest.raises(InvalidArgumentError, match="role must be one that the catalogue grants, or have a reason"):
        Grant(role=CRYPTO_USER, scope=VAULT_ID)


def test_a_verb_of_ones_own_is_refused():
    owner = Role(name="Owner", guid="8e3af657-a8ff-443c-a75c-2fe8c4bcb635")
    copied = next(each for each in CATALOGUE if each.name == "key_vault.read_secrets")

    for verb in (Verb("key_vault.read_secrets", owner, ()), Verb(copied.name, copied.role, ())):
        with pytest.raises(InvalidArgumentError, match="verb must be one of CATALOGUE"):
            Grant(role=verb.role, scope=VAULT_ID, verb=verb)
        with pytest.raises(InvalidArgumentError, match="verb must be one of CATALOGUE"):
            Grant(role=verb.role, scope=VAULT_ID, verb=verb, because=WHY)


def test_a_verb_is_not_borrowed_for_another_role():
    verb = next(each for each in CATALOGUE if each.name == "key_vault.read_secrets")

    with pytest.raises(InvalidArgumentError, match=r"role must be Key Vault Secrets User, as key_vault\.read_secrets"):
        Grant(role=CRYPTO_USER, scope=VAULT_ID, verb=verb)
