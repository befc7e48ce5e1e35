"""The catalogue: what a grant may be without a reason, with the narrowest built-in role and what it is given on."""

from dataclasses import dataclass

from .roles import (
    APP_CONFIGURATION_DATA_READER,
    AZURE_EVENT_HUBS_DATA_RECEIVER,
    AZURE_EVENT_HUBS_DATA_SENDER,
    AZURE_SERVICE_BUS_DATA_RECEIVER,
    AZURE_SERVICE_BUS_DATA_SENDER,
    COGNITIVE_SERVICES_OPENAI_USER,
    COGNITIVE_SERVICES_SPEECH_USER,
    COSMOS_DB_BUILT_IN_DATA_CONTRIBUTOR,
    COSMOS_DB_BUILT_IN_DATA_READER,
    FOUNDRY_AGENT_CONSUMER,
    FOUNDRY_PROJECT_RUNTIME_USER,
    KEY_VAULT_READER,
    KEY_VAULT_SECRETS_USER,
    MONITORING_METRICS_PUBLISHER,
    SEARCH_INDEX_DATA_CONTRIBUTOR,
    SEARCH_INDEX_DATA_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR,
    STORAGE_QUEUE_DATA_MESSAGE_SENDER,
    STORAGE_QUEUE_DATA_READER,
    STORAGE_TABLE_DATA_CONTRIBUTOR,
    STORAGE_TABLE_DATA_READER,
    Role,
)

_CONFIGURATION_STORE = "Microsoft.AppConfiguration/configurationStores"
_AI_ACCOUNT = "Microsoft.CognitiveServices/accounts"
_AI_PROJECT = "Microsoft.CognitiveServices/accounts/projects"
_EVENT_HUB = "Microsoft.EventHub/namespaces/eventhubs"
_CONSUMER_GROUP = "Microsoft.EventHub/namespaces/eventhubs/consumergroups"
_APPLICATION_INSIGHTS = "Microsoft.Insights/components"
_DATA_COLLECTION_RULE = "Microsoft.Insights/dataCollectionRules"
_VAULT = "Microsoft.KeyVault/vaults"
_SEARCH_SERVICE = "Microsoft.Search/searchServices"
# No resource of Resource Manager, but a scope.
_SEARCH_INDEX = "Microsoft.Search/searchServices/indexes"
_BUS_QUEUE = "Microsoft.ServiceBus/namespaces/queues"
_BUS_TOPIC = "Microsoft.ServiceBus/namespaces/topics"
_BUS_SUBSCRIPTION = "Microsoft.ServiceBus/namespaces/topics/subscriptions"
_BLOB_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers"
_STORAGE_QUEUE = "Microsoft.Storage/storageAccounts/queueServices/queues"
_STORAGE_TABLE = "Microsoft.Storage/storageAccounts/tableServices/tables"
_COSMOS_DB = "Microsoft.DocumentDB/databaseAccounts"
COSMOS_DB_SCOPES = (f"{_COSMOS_DB}/sqlDatabases/containers", f"{_COSMOS_DB}/sqlDatabases", _COSMOS_DB)


@dataclass(frozen=True)
class Verb:
    """An entry of the catalogue: one thing that a workload may do with one kind of resource.

    Only those of `CATALOGUE` make grants: a verb of your own is refused, take `wider` and give the reason.

    Args:
        name: service and verb, as in `grants.service_bus.receive`.
        role: the narrowest built-in role for it.
        resource_types: the smallest resources that it can be granted on.
    """

    name: str
    role: Role
    resource_types: tuple[str, ...]


CATALOGUE: tuple[Verb, ...] = (
    Verb("app_configuration.read", APP_CONFIGURATION_DATA_READER, (_CONFIGURATION_STORE,)),
    Verb("cognitive_services.call_models", COGNITIVE_SERVICES_OPENAI_USER, (_AI_ACCOUNT,)),
    Verb("cognitive_services.call_agents", FOUNDRY_AGENT_CONSUMER, (_AI_ACCOUNT, _AI_PROJECT)),
    Verb("cognitive_services.create_responses", FOUNDRY_PROJECT_RUNTIME_USER, (_AI_ACCOUNT, _AI_PROJECT)),
    Verb("cognitive_services.use_speech", COGNITIVE_SERVICES_SPEECH_USER, (_AI_ACCOUNT,)),
    Verb("cosmos_db.read_items", COSMOS_DB_BUILT_IN_DATA_READER, COSMOS_DB_SCOPES),
    Verb("cosmos_db.write_items", COSMOS_DB_BUILT_IN_DATA_CONTRIBUTOR, COSMOS_DB_SCOPES),
    Verb("event_hubs.send", AZURE_EVENT_HUBS_DATA_SENDER, (_EVENT_HUB,)),
    Verb("event_hubs.receive", AZURE_EVENT_HUBS_DATA_RECEIVER, (_EVENT_HUB, _CONSUMER_GROUP)),
    Verb("key_vault.read_secrets", KEY_VAULT_SECRETS_USER, (_VAULT,)),
    Verb("key_vault.read_keys_and_certificates", KEY_VAULT_READER, (_VAULT,)),
    Verb("monitor.publish", MONITORING_METRICS_PUBLISHER, (_DATA_COLLECTION_RULE, _APPLICATION_INSIGHTS)),
    Verb("search.read_documents", SEARCH_INDEX_DATA_READER, (_SEARCH_SERVICE, _SEARCH_INDEX)),
    Verb("search.write_documents", SEARCH_INDEX_DATA_CONTRIBUTOR, (_SEARCH_SERVICE, _SEARCH_INDEX)),
    Verb("service_bus.send", AZURE_SERVICE_BUS_DATA_SENDER, (_BUS_QUEUE, _BUS_TOPIC)),
    Verb("service_bus.receive", AZURE_SERVICE_BUS_DATA_RECEIVER, (_BUS_QUEUE, _BUS_SUBSCRIPTION)),
    Verb("storage.read_blobs", STORAGE_BLOB_DATA_READER, (_BLOB_CONTAINER,)),
    Verb("storage.write_blobs", STORAGE_BLOB_DATA_CONTRIBUTOR, (_BLOB_CONTAINER,)),
    Verb("storage.peek_messages", STORAGE_QUEUE_DATA_READER, (_STORAGE_QUEUE,)),
    Verb("storage.process_messages", STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR, (_STORAGE_QUEUE,)),
    Verb("storage.send_messages", STORAGE_QUEUE_DATA_MESSAGE_SENDER, (_STORAGE_QUEUE,)),
    Verb("storage.read_entities", STORAGE_TABLE_DATA_READER, (_STORAGE_TABLE,)),
    Verb("storage.write_entities", STORAGE_TABLE_DATA_CONTRIBUTOR, (_STORAGE_TABLE,)),
)
"""Every verb, service by service: what a grant without a reason may be."""
