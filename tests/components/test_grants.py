"""The catalogue: each verb is one narrow role on one kind of resource, and says what that role allows."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from aks_workload_identity import Grant, InvalidArgumentError, Role, grants
from aks_workload_identity.grants import CATALOGUE, Verb
from aks_workload_identity.grants.assignment import assign
from aks_workload_identity.grants.escalation import ESCALATING
from aks_workload_identity.grants.roles import SqlRole
from pulumi_azure_native import cosmosdb, servicebus

from sandbox.azure.cosmos_db_roles import BUILT_IN_SQL_ROLES
from sandbox.azure.role_definitions import built_in_roles
from tests.azure_mocks import SUBSCRIPTION
from tests.components.builders import GROUP, VAULT_ID, workload
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A10")

PROVIDERS = f"{GROUP}/providers"
STORAGE = f"{PROVIDERS}/Microsoft.Storage/storageAccounts/st"
CONTAINER = f"{STORAGE}/blobServices/default/containers/invoices"
QUEUE = f"{STORAGE}/queueServices/default/queues/orders"
TABLE = f"{STORAGE}/tableServices/default/tables/orders"
ACCOUNT = f"{PROVIDERS}/Microsoft.CognitiveServices/accounts/oai"
PROJECT = f"{ACCOUNT}/projects/shop"
BUS = f"{PROVIDERS}/Microsoft.ServiceBus/namespaces/sb-shop"
TOPIC = f"{BUS}/topics/orders"
HUBS = f"{PROVIDERS}/Microsoft.EventHub/namespaces/eh-shop"
HUB = f"{HUBS}/eventhubs/orders"
STORE = f"{PROVIDERS}/Microsoft.AppConfiguration/configurationStores/appcs-shop"
SEARCH = f"{PROVIDERS}/Microsoft.Search/searchServices/srch-shop"
RULE = f"{PROVIDERS}/Microsoft.Insights/dataCollectionRules/dcr-shop"
COMPONENT = f"{PROVIDERS}/Microsoft.Insights/components/appi-shop"
COSMOS = f"{PROVIDERS}/Microsoft.DocumentDB/databaseAccounts/cosmos-shop"
DATABASE = f"{COSMOS}/sqlDatabases/shop"
ITEMS = f"{DATABASE}/containers/orders"

DELEGATION = {"Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action": "delegation key"}
# Of no effect on one resource: tickets and the registration are the subscription's, classic alert rules a group's.
OUT_OF_REACH = {"Microsoft.Support/*", "Microsoft.Insights/Register/Action", "Microsoft.Insights/alertRules/*"}
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"
QUEUES = "Microsoft.Storage/storageAccounts/queueServices/queues"
TABLES = "Microsoft.Storage/storageAccounts/tableServices/tables"
AI = "Microsoft.CognitiveServices/accounts"
SPEECH = f"{AI}/SpeechServices"
ITEM = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers"


@dataclass(frozen=True)
class Row:
    """A second, independent spelling of an entry.

    Args:
        verb: the function.
        guid, name: the role.
        scopes: every kind of resource that it is granted on.
        allows: actions that the verb needs.
        says: what its role may do beside reading, each with words of the docstring that say so.
    """

    verb: Callable[[Any], Grant]
    guid: str
    name: str
    scopes: tuple[str, ...]
    allows: tuple[str, ...]
    says: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def key(self) -> str:
        return f"{self.verb.__module__.rpartition('.')[2]}.{self.verb.__name__}"


ROWS = [
    Row(
        grants.app_configuration.read,
        "516239f1-63e1-4d78-a4de-a74fb236a071",
        "App Configuration Data Reader",
        (STORE,),
        ("Microsoft.AppConfiguration/configurationStores/keyValues/read",),
    ),
    Row(
        grants.cognitive_services.call_models,
        "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        "Cognitive Services OpenAI User",
        (ACCOUNT,),
        (f"{AI}/OpenAI/deployments/chat/completions/action", f"{AI}/OpenAI/deployments/embeddings/action"),
        {
            **{
                f"{AI}/OpenAI/{call}/action": "Call"
                for call in (
                    "engines/completions",
                    "engines/search",
                    "engines/generate",
                    "deployments/audio",
                    "deployments/search",
                    "deployments/completions",
                    "deployments/chat/completions",
                    "deployments/realtime",
                    "deployments/extensions/chat/completions",
                    "deployments/embeddings",
                    "images/generations",
                )
            },
            f"{AI}/OpenAI/video/generations/*/action": "generated videos",
            f"{AI}/OpenAI/video/generations/*/delete": "delete the account's assistants",
            f"{AI}/OpenAI/assistants/*": "assistants",
            f"{AI}/OpenAI/responses/*": "stored responses",
        },
    ),
    Row(
        grants.cognitive_services.call_agents,
        "eed3b665-ab3a-47b6-8f48-c9382fb1dad6",
        "Foundry Agent Consumer",
        (ACCOUNT, PROJECT),
        (f"{AI}/AIServices/endpoints/interact/action",),
        {f"{AI}/AIServices/endpoints/interact/action": "Talk"},
    ),
    Row(
        grants.cognitive_services.create_responses,
        "142bfaed-a13f-4c2d-bed2-6db62c4a1009",
        "Foundry Project Runtime User",
        (ACCOUNT, PROJECT),
        (f"{AI}/AIServices/responses/write",),
        {f"{AI}/AIServices/responses/*": "make, read and delete responses"},
    ),
    Row(
        grants.cognitive_services.use_speech,
        "f2dc8367-1007-4938-bd23-fe263f013447",
        "Cognitive Services Speech User",
        (ACCOUNT,),
        (f"{SPEECH}/batch/transcriptions/write", f"{SPEECH}/tts/frontend/action"),
        {
            f"{SPEECH}/*/transcriptions/write": "Transcribe",
            f"{SPEECH}/*/transcriptions/action": "Transcribe",
            f"{SPEECH}/*/transcriptions/delete": "delete transcriptions",
            f"{SPEECH}/*/frontend/action": "synthesise",
            f"{SPEECH}/text-dependent/*/action": "recognise speakers",
            f"{SPEECH}/text-independent/*/action": "recognise speakers",
            f"{SPEECH}/voiceagent/realtime/*": "voice agents",
            f"{SPEECH}/voicelive/realtime/*": "voice agents",
            f"{AI}/CustomVoice/evaluations/*": "other results",
            f"{AI}/CustomVoice/longaudiosynthesis/*": "synthesise",
            f"{AI}/AudioContentCreation/*": "other results",
            f"{AI}/TTSPlayer/*": "synthesise",
            f"{AI}/VideoTranslation/*": "translate",
            f"{AI}/BatchAvatar/*": "batch jobs",
            f"{AI}/BatchTextToSpeech/*": "batch jobs",
        },
    ),
    Row(
        grants.cosmos_db.read_items,
        "00000000-0000-0000-0000-000000000001",
        "Cosmos DB Built-in Data Reader",
        (ITEMS, DATABASE, COSMOS),
        (f"{ITEM}/items/read", f"{ITEM}/executeQuery", f"{ITEM}/readChangeFeed"),
        {f"{ITEM}/executeQuery": "query", f"{ITEM}/readChangeFeed": "change feed"},
    ),
    Row(
        grants.cosmos_db.write_items,
        "00000000-0000-0000-0000-000000000002",
        "Cosmos DB Built-in Data Contributor",
        (ITEMS, DATABASE, COSMOS),
        (f"{ITEM}/items/read", f"{ITEM}/items/create", f"{ITEM}/items/upsert", f"{ITEM}/items/delete"),
        {f"{ITEM}/items/*": "add, change and delete", f"{ITEM}/*": "stored procedures"},
    ),
    Row(
        grants.event_hubs.send,
        "2b629674-e913-4c01-ae53-ef4638d8f975",
        "Azure Event Hubs Data Sender",
        (HUB,),
        ("Microsoft.EventHub/namespaces/messages/send/action",),
        {"Microsoft.EventHub/*/send/action": "Send"},
    ),
    Row(
        grants.event_hubs.receive,
        "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
        "Azure Event Hubs Data Receiver",
        (HUB, f"{HUB}/consumergroups/billing"),
        ("Microsoft.EventHub/namespaces/messages/receive/action",),
        {"Microsoft.EventHub/*/receive/action": "Read the events"},
    ),
    Row(
        grants.key_vault.read_secrets,
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        (VAULT_ID,),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action",),
        {
            "Microsoft.KeyVault/vaults/secrets/getSecret/action": "values of secrets",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action": "lists all their names",
        },
    ),
    Row(
        grants.key_vault.read_keys_and_certificates,
        "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Reader",
        (VAULT_ID,),
        ("Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/certificates/read"),
        {"Microsoft.KeyVault/vaults/secrets/readMetadata/action": "names of secrets"},
    ),
    Row(
        grants.monitor.publish,
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Metrics Publisher",
        (RULE, COMPONENT),
        ("Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"),
        {"Microsoft.Insights/Metrics/Write": "Write metrics", "Microsoft.Insights/Telemetry/Write": "logs and traces"},
    ),
    Row(
        grants.search.read_documents,
        "1407120a-92aa-4202-b7e9-c0e197c71c8f",
        "Search Index Data Reader",
        (SEARCH, f"{SEARCH}/indexes/orders"),
        ("Microsoft.Search/searchServices/indexes/documents/read",),
    ),
    Row(
        grants.search.write_documents,
        "8ebe5a00-799e-43f5-93ac-243d3dce84a7",
        "Search Index Data Contributor",
        (SEARCH, f"{SEARCH}/indexes/orders"),
        ("Microsoft.Search/searchServices/indexes/documents/write",),
        {
            "Microsoft.Search/searchServices/indexes/documents/*": "add, change and delete",
            "Microsoft.Search/searchServices/indexes/contentSecurity/elevatedOperations/read": "elevated read",
        },
    ),
    Row(
        grants.service_bus.send,
        "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        "Azure Service Bus Data Sender",
        (f"{BUS}/queues/orders", TOPIC),
        ("Microsoft.ServiceBus/namespaces/messages/send/action",),
        {"Microsoft.ServiceBus/*/send/action": "Put messages"},
    ),
    Row(
        grants.service_bus.receive,
        "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        "Azure Service Bus Data Receiver",
        (f"{BUS}/queues/orders", f"{TOPIC}/subscriptions/billing"),
        ("Microsoft.ServiceBus/namespaces/messages/receive/action",),
        {"Microsoft.ServiceBus/*/receive/action": "Take messages"},
    ),
    Row(
        grants.storage.read_blobs,
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        (CONTAINER,),
        (f"{BLOBS}/blobs/read",),
        DELEGATION,
    ),
    Row(
        grants.storage.write_blobs,
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        (CONTAINER,),
        (f"{BLOBS}/blobs/read", f"{BLOBS}/blobs/write", f"{BLOBS}/blobs/delete"),
        {
            **DELEGATION,
            f"{BLOBS}/delete": "delete the container itself",
            f"{BLOBS}/write": "set up the container",
            f"{BLOBS}/blobs/write": "write",
            f"{BLOBS}/blobs/add/action": "write",
            f"{BLOBS}/blobs/delete": "delete the blobs",
            f"{BLOBS}/blobs/move/action": "move",
        },
    ),
    Row(
        grants.storage.peek_messages,
        "19e7f393-937e-4f77-808e-94535e297925",
        "Storage Queue Data Reader",
        (QUEUE,),
        (f"{QUEUES}/messages/read",),
    ),
    Row(
        grants.storage.process_messages,
        "8a0f0c08-91a1-4084-bc3d-661d67233fed",
        "Storage Queue Data Message Processor",
        (QUEUE,),
        (f"{QUEUES}/messages/process/action",),
        {f"{QUEUES}/messages/process/action": "delete"},
    ),
    Row(
        grants.storage.send_messages,
        "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
        "Storage Queue Data Message Sender",
        (QUEUE,),
        (f"{QUEUES}/messages/add/action",),
        {f"{QUEUES}/messages/add/action": "Add messages"},
    ),
    Row(
        grants.storage.read_entities,
        "76199698-9eea-4c19-bc75-cec21354c6b6",
        "Storage Table Data Reader",
        (TABLE,),
        (f"{TABLES}/entities/read",),
    ),
    Row(
        grants.storage.write_entities,
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Storage Table Data Contributor",
        (TABLE,),
        (f"{TABLES}/entities/read", f"{TABLES}/entities/write", f"{TABLES}/entities/delete"),
        {
            f"{TABLES}/write": "set up the table",
            f"{TABLES}/delete": "delete the table itself",
            f"{TABLES}/entities/write": "change",
            f"{TABLES}/entities/update/action": "change",
            f"{TABLES}/entities/add/action": "add",
            f"{TABLES}/entities/delete": "delete the entities",
        },
    ),
]
EVERY = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
ESCALATION = (
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    # A pod becomes what its service account may become.
    "Microsoft.ContainerService/managedClusters/pods/write",
    "Microsoft.ContainerService/managedClusters/runCommand/action",
    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    # So Managed Identity Operator spells it.
    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
)
SQL_ROLES: Mapping[str, Any] = {role["id"]: role for role in BUILT_IN_SQL_ROLES}


def role_of(guid: str) -> Any:
    return SQL_ROLES.get(guid) or built_in_roles()[guid]


def patterns(guid: str) -> Iterator[str]:
    """Every action of a role, wildcards as they are."""
    for part in role_of(guid)["permissions"]:
        yield from (*part.get("actions", []), *part.get("dataActions", []))


def allows(guid: str, action: str) -> bool:
    """Whether a role has a control or data action."""
    return any(
        any(_matches(each, action) for each in part.get(kind, []))
        and not any(_matches(each, action) for each in part.get(f"not{kind[:1].upper()}{kind[1:]}", []))
        for part in role_of(guid)["permissions"]
        for kind in ("actions", "dataActions")
    )


def _matches(pattern: str, action: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE))


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


# --- wider than the catalogue

CRYPTO_USER = Role(name="Key Vault Crypto User", guid="12338af0-0e69-4776-bea7-57ae8d297424")
WHY = "signs invoices with a key that only it holds"


def test_a_wider_role_carries_its_reason_to_azure():
    grant = grants.wider(CRYPTO_USER, VAULT_ID, because=WHY)

    inputs = run(lambda: workload(grants={"sign": grant})).one("RoleAssignment").inputs

    assert inputs["description"] == f"{WHY} [sign of orders, stack aks-workload-identity/dev]"
    assert inputs["roleDefinitionId"].endswith("/roleDefinitions/12338af0-0e69-4776-bea7-57ae8d297424")


def test_a_grant_of_the_catalogue_says_who_asked_for_it():
    inputs = run(lambda: workload(grants={"db": grants.key_vault.read_secrets(VAULT_ID)})).one("RoleAssignment").inputs

    assert inputs["description"] == "key_vault.read_secrets [db of orders, stack aks-workload-identity/dev]"


@pytest.mark.parametrize(
    "because", ["", "because", "it signs", "a b c d", "x " * 300, "signs all\ninvoices", f" {WHY}"]
)
def test_a_reason_is_words_on_one_line(because: str):
    with pytest.raises(InvalidArgumentError, match="because must be a reason in words"):
        grants.wider(CRYPTO_USER, VAULT_ID, because=because)


def test_a_reason_is_no_output():
    with pytest.raises(InvalidArgumentError, match=r"because must be a reason in words.* so a plain value"):
        run(lambda: grants.wider(CRYPTO_USER, VAULT_ID, because=pulumi.Output.from_input(WHY)))  # pyright: ignore


def test_a_wider_role_still_needs_a_resource():
    with pytest.raises(InvalidArgumentError, match="scope must be the id of one resource"):
        grants.wider(CRYPTO_USER, GROUP, because=WHY)


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


@pytest.mark.parametrize(
    "guid",
    [
        CRYPTO_USER.guid.replace("-", ""),
        f"{{{CRYPTO_USER.guid}}}",
        f"{CRYPTO_USER.guid} ",
        f"{CRYPTO_USER.guid}\n",
        "x/../8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "",
    ],
)
def test_a_role_is_known_by_a_guid_in_one_spelling(guid: str):
    with pytest.raises(InvalidArgumentError, match="guid must be a GUID, for example"):
        Role(name="Key Vault Crypto User", guid=guid)

    assert Role(name=CRYPTO_USER.name, guid=CRYPTO_USER.guid.upper()) == CRYPTO_USER


@pytest.mark.parametrize(
    "scope",
    [
        f"{PROVIDERS}/../../..",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/..",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/.",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv/../../..",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/*",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv*",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/%2e%2e",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/k v",
        f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv?api-version=1",
        f"{VAULT_ID}\n",
        VAULT_ID.replace("/rg/", "/../"),
    ],
)
def test_a_scope_is_no_pattern_and_no_way_around(scope: str):
    for grant in (lambda: grants.wider(CRYPTO_USER, scope, because=WHY), lambda: grants.key_vault.read_secrets(scope)):
        with pytest.raises(InvalidArgumentError, match="scope must be the id of one resource"):
            grant()


@pytest.mark.parametrize("name", ["..a", "a.b", "...", "$Default", "a_(1)"])
def test_a_name_with_dots_is_a_resource(name: str):
    scope = f"{PROVIDERS}/Microsoft.KeyVault/vaults/{name}"

    assert grants.wider(CRYPTO_USER, scope, because=WHY).scope == scope


def test_a_verb_is_not_borrowed_for_another_role():
    verb = next(each for each in CATALOGUE if each.name == "key_vault.read_secrets")

    with pytest.raises(InvalidArgumentError, match=r"role must be Key Vault Secrets User, as key_vault\.read_secrets"):
        Grant(role=CRYPTO_USER, scope=VAULT_ID, verb=verb)


def test_the_roles_that_no_reason_opens_are_those_that_lead_to_more():
    leading = {guid for guid in built_in_roles() if any(allows(guid, action) for action in ESCALATION)}
    # Microsoft counts it among the privileged ones, and the data does not have it.
    reservations = "a8889054-8d42-49c9-bc1c-52486c10e7cd"

    assert leading | {reservations} == ESCALATING


@pytest.mark.parametrize("guid", sorted(ESCALATING))
def test_a_role_that_leads_to_more_is_refused_whatever_the_reason(guid: str):
    with pytest.raises(InvalidArgumentError, match="role must not be one that gives its holder further roles"):
        grants.wider(Role(name="any name", guid=guid.upper()), VAULT_ID, because=WHY)


# --- Cosmos DB


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


@pytest.mark.parametrize("scope", [GROUP, f"{VAULT_ID}/..", f"{VAULT_ID}\n"])
def test_a_scope_that_turns_out_too_wide_is_refused_without_a_traceback(scope: str):
    def program() -> None:
        workload(grants={"sign": grants.wider(CRYPTO_USER, pulumi.Output.from_input(scope), because=WHY)})

    recording = attempt(program)

    # Of any other error Pulumi prints a traceback.
    assert type(recording.error) is pulumi.RunError
    assert str(recording.error) == f"Grant:\n  - scope must be the id of one resource; got {scope!r}"


def test_a_wider_role_of_cosmos_db_is_assigned_in_its_account():
    grant = grants.wider(WIDER_READER, ITEMS, because=WHY)

    assignment = run(lambda: workload(grants={"items": grant})).one("SqlResourceSqlRoleAssignment")

    assert assignment.inputs["roleDefinitionId"] == f"{COSMOS}/sqlRoleDefinitions/{WIDER_READER.guid}"


def test_every_role_of_cosmos_db_in_the_catalogue_is_one_of_its_own():
    mine = [verb for verb in CATALOGUE if isinstance(verb.role, SqlRole)]

    assert [verb.name for verb in mine] == ["cosmos_db.read_items", "cosmos_db.write_items"]
    assert all(isinstance(verb, Verb) for verb in CATALOGUE)
