"""A second, independent spelling of the catalogue of grants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aks_workload_identity import Grant, grants

from tests.components.builders import VAULT_ID
from tests.components.granting import COSMOS, DATABASE, ITEMS, PROVIDERS

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
DELEGATION = {"Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action": "delegation key"}
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
