"""Reads resources through Azure's official management SDKs, which find the sandbox through the environment alone."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.credentials import AccessToken
from azure.mgmt.appconfiguration import AppConfigurationManagementClient
from azure.mgmt.appconfiguration.models import ConfigurationStore
from azure.mgmt.applicationinsights import ApplicationInsightsManagementClient
from azure.mgmt.applicationinsights.models import ApplicationInsightsComponent
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.authorization.v2022_04_01.models import RoleAssignmentCreateParameters
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.cognitiveservices.models import Account, Deployment
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.containerregistry.models import Registry
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.containerservice.models import AgentPool, ManagedCluster
from azure.mgmt.cosmosdb import CosmosDBManagementClient
from azure.mgmt.cosmosdb.models import (
    DatabaseAccountCreateUpdateParameters,
    SqlContainerCreateUpdateParameters,
    SqlDatabaseCreateUpdateParameters,
    SqlRoleAssignmentCreateUpdateParameters,
)
from azure.mgmt.eventhub import EventHubManagementClient
from azure.mgmt.eventhub.models import ConsumerGroup, EHNamespace, Eventhub
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.keyvault.models import VaultCreateOrUpdateParameters
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.mgmt.loganalytics.models import Workspace
from azure.mgmt.monitor.v2021_05_01_preview import MonitorManagementClient as DiagnosticsClient
from azure.mgmt.monitor.v2021_05_01_preview.models import DiagnosticSettingsResource
from azure.mgmt.monitor.v2022_06_01 import MonitorManagementClient
from azure.mgmt.monitor.v2022_06_01.models import DataCollectionRuleResource
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.msi.v2024_11_30.models import FederatedIdentityCredential, Identity
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.network.models import PrivateDnsZoneGroup, Subnet, VirtualNetwork
from azure.mgmt.network.models import PrivateEndpoint as NetworkPrivateEndpoint
from azure.mgmt.privatedns import PrivateDnsManagementClient
from azure.mgmt.privatedns.models import PrivateZone, VirtualNetworkLink
from azure.mgmt.resource.deployments import DeploymentsMgmtClient
from azure.mgmt.resource.deployments.models import Deployment as TemplateDeployment
from azure.mgmt.resource.policy import PolicyClient
from azure.mgmt.resource.policy.models import PolicyAssignment
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.resources.models import ResourceGroup
from azure.mgmt.search import SearchManagementClient
from azure.mgmt.search.models import SearchService
from azure.mgmt.security.v2024_01_01 import SecurityCenter
from azure.mgmt.servicebus import ServiceBusManagementClient
from azure.mgmt.servicebus.models import SBNamespace, SBQueue, SBSubscription, SBTopic
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.storage.models import BlobContainer, StorageAccountCreateParameters, StorageQueue, Table


class Login:
    """A login whose token never changes; the sandbox takes any."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("oracle", int(time.time()) + 3600)


@dataclass(frozen=True)
class Reading:
    """A resource as an SDK reads it, and the body it was read from."""

    model: Any
    body: dict[str, Any]


@dataclass(frozen=True)
class Row:
    """How one type is read and written.

    Attributes:
        get: The SDK's operation, of the clients.
        names: The parts of the resource id that it takes, as positions after a split at the slashes; empty for the id.
        sent: What the SDK sends to create one.
    """

    get: Callable[["Clients"], Callable[..., Any]]
    names: tuple[int, ...]
    sent: type[Any]


class Clients:
    """The SDKs' clients, as they are, each with the API version it asks for by itself."""

    def __init__(self, subscription_id: str) -> None:
        login = Login()
        self.app_configuration = AppConfigurationManagementClient(login, subscription_id)
        self.application_insights = ApplicationInsightsManagementClient(login, subscription_id)
        self.authorization = AuthorizationManagementClient(login, subscription_id)
        self.cognitive_services = CognitiveServicesManagementClient(login, subscription_id)
        self.container_registry = ContainerRegistryManagementClient(login, subscription_id)
        self.container_service = ContainerServiceClient(login, subscription_id)
        self.cosmos_db = CosmosDBManagementClient(login, subscription_id)
        self.deployments = DeploymentsMgmtClient(login, subscription_id)
        self.event_hubs = EventHubManagementClient(login, subscription_id)
        self.identities = ManagedServiceIdentityClient(login, subscription_id)
        self.key_vault = KeyVaultManagementClient(login, subscription_id)
        self.policy = PolicyClient(login, subscription_id)
        self.monitor = MonitorManagementClient(login, subscription_id)
        self.diagnostics = DiagnosticsClient(login, subscription_id)
        self.log_analytics = LogAnalyticsManagementClient(login, subscription_id)
        self.network = NetworkManagementClient(login, subscription_id)
        self.private_dns = PrivateDnsManagementClient(login, subscription_id)
        self.resources = ResourceManagementClient(login, subscription_id)
        self.search = SearchManagementClient(login, subscription_id)
        self.security = SecurityCenter(login)
        self.service_bus = ServiceBusManagementClient(login, subscription_id)
        self.storage = StorageManagementClient(login, subscription_id)

    def close(self) -> None:
        """Ends the connections that the clients keep."""
        for client in vars(self).values():
            client.close()

    def read(self, type_: str, resource_id: str) -> Reading:
        row = ROWS[type_]
        parts = resource_id.split("/")
        names = [parts[position] for position in row.names] or [resource_id]
        return row.get(self)(
            *names, cls=lambda answer, model, _: Reading(model, json.loads(answer.http_response.text()))
        )


def _setting(clients: "Clients") -> Callable[..., Any]:
    def get(setting_id: str, **options: Any) -> Any:
        resource_id, _, name = setting_id.partition("/providers/Microsoft.Insights/diagnosticSettings/")
        return clients.diagnostics.diagnostic_settings.get(resource_id, name, **options)

    return get


_GROUP, _NAME, _CHILD, _GRANDCHILD = 4, 8, 10, 12
_OF_SUBSCRIPTION = 6
ROWS: Mapping[str, Row] = {
    "authorization:PolicyAssignment": Row(
        lambda clients: clients.policy.policy_assignments.get_by_id, (), PolicyAssignment
    ),
    "appconfiguration:ConfigurationStore": Row(
        lambda clients: clients.app_configuration.configuration_stores.get, (_GROUP, _NAME), ConfigurationStore
    ),
    "applicationinsights:Component": Row(
        lambda clients: clients.application_insights.components.get, (_GROUP, _NAME), ApplicationInsightsComponent
    ),
    "authorization:RoleAssignment": Row(
        lambda clients: clients.authorization.role_assignments.get_by_id, (), RoleAssignmentCreateParameters
    ),
    "cognitiveservices:Account": Row(lambda clients: clients.cognitive_services.accounts.get, (_GROUP, _NAME), Account),
    "cognitiveservices:Deployment": Row(
        lambda clients: clients.cognitive_services.deployments.get, (_GROUP, _NAME, _CHILD), Deployment
    ),
    "containerregistry:Registry": Row(
        lambda clients: clients.container_registry.registries.get, (_GROUP, _NAME), Registry
    ),
    "containerservice:AgentPool": Row(
        lambda clients: clients.container_service.agent_pools.get, (_GROUP, _NAME, _CHILD), AgentPool
    ),
    "containerservice:ManagedCluster": Row(
        lambda clients: clients.container_service.managed_clusters.get, (_GROUP, _NAME), ManagedCluster
    ),
    "cosmosdb:DatabaseAccount": Row(
        lambda clients: clients.cosmos_db.database_accounts.get,
        (_GROUP, _NAME),
        DatabaseAccountCreateUpdateParameters,
    ),
    "cosmosdb:SqlResourceSqlContainer": Row(
        lambda clients: clients.cosmos_db.sql_resources.get_sql_container,
        (_GROUP, _NAME, _CHILD, _GRANDCHILD),
        SqlContainerCreateUpdateParameters,
    ),
    "cosmosdb:SqlResourceSqlDatabase": Row(
        lambda clients: clients.cosmos_db.sql_resources.get_sql_database,
        (_GROUP, _NAME, _CHILD),
        SqlDatabaseCreateUpdateParameters,
    ),
    # This operation of the SDK begins with the assignment's name.
    "cosmosdb:SqlResourceSqlRoleAssignment": Row(
        lambda clients: clients.cosmos_db.sql_resources.get_sql_role_assignment,
        (_CHILD, _GROUP, _NAME),
        SqlRoleAssignmentCreateUpdateParameters,
    ),
    "eventhub:ConsumerGroup": Row(
        lambda clients: clients.event_hubs.consumer_groups.get, (_GROUP, _NAME, _CHILD, _GRANDCHILD), ConsumerGroup
    ),
    "eventhub:EventHub": Row(lambda clients: clients.event_hubs.event_hubs.get, (_GROUP, _NAME, _CHILD), Eventhub),
    "eventhub:Namespace": Row(lambda clients: clients.event_hubs.namespaces.get, (_GROUP, _NAME), EHNamespace),
    "keyvault:Vault": Row(lambda clients: clients.key_vault.vaults.get, (_GROUP, _NAME), VaultCreateOrUpdateParameters),
    "managedidentity:FederatedIdentityCredential": Row(
        lambda clients: clients.identities.federated_identity_credentials.get,
        (_GROUP, _NAME, _CHILD),
        FederatedIdentityCredential,
    ),
    "managedidentity:UserAssignedIdentity": Row(
        lambda clients: clients.identities.user_assigned_identities.get, (_GROUP, _NAME), Identity
    ),
    "monitor:DataCollectionRule": Row(
        lambda clients: clients.monitor.data_collection_rules.get, (_GROUP, _NAME), DataCollectionRuleResource
    ),
    "monitor:DiagnosticSetting": Row(_setting, (), DiagnosticSettingsResource),
    "network:PrivateDnsZoneGroup": Row(
        lambda clients: clients.network.private_dns_zone_groups.get, (_GROUP, _NAME, _CHILD), PrivateDnsZoneGroup
    ),
    "network:PrivateEndpoint": Row(
        lambda clients: clients.network.private_endpoints.get, (_GROUP, _NAME), NetworkPrivateEndpoint
    ),
    "network:Subnet": Row(lambda clients: clients.network.subnets.get, (_GROUP, _NAME, _CHILD), Subnet),
    "network:VirtualNetwork": Row(
        lambda clients: clients.network.virtual_networks.get, (_GROUP, _NAME), VirtualNetwork
    ),
    "operationalinsights:Workspace": Row(
        lambda clients: clients.log_analytics.workspaces.get, (_GROUP, _NAME), Workspace
    ),
    "privatedns:PrivateZone": Row(lambda clients: clients.private_dns.private_zones.get, (_GROUP, _NAME), PrivateZone),
    "privatedns:VirtualNetworkLink": Row(
        lambda clients: clients.private_dns.virtual_network_links.get, (_GROUP, _NAME, _CHILD), VirtualNetworkLink
    ),
    "resources:DeploymentAtSubscriptionScope": Row(
        lambda clients: clients.deployments.deployments.get_at_subscription_scope,
        (_OF_SUBSCRIPTION,),
        TemplateDeployment,
    ),
    "resources:ResourceGroup": Row(lambda clients: clients.resources.resource_groups.get, (_GROUP,), ResourceGroup),
    "search:Service": Row(lambda clients: clients.search.services.get, (_GROUP, _NAME), SearchService),
    "servicebus:Namespace": Row(lambda clients: clients.service_bus.namespaces.get, (_GROUP, _NAME), SBNamespace),
    "servicebus:Queue": Row(lambda clients: clients.service_bus.queues.get, (_GROUP, _NAME, _CHILD), SBQueue),
    "servicebus:Subscription": Row(
        lambda clients: clients.service_bus.subscriptions.get, (_GROUP, _NAME, _CHILD, _GRANDCHILD), SBSubscription
    ),
    "servicebus:Topic": Row(lambda clients: clients.service_bus.topics.get, (_GROUP, _NAME, _CHILD), SBTopic),
    "storage:BlobContainer": Row(
        lambda clients: clients.storage.blob_containers.get, (_GROUP, _NAME, _GRANDCHILD), BlobContainer
    ),
    "storage:Queue": Row(lambda clients: clients.storage.queue.get, (_GROUP, _NAME, _GRANDCHILD), StorageQueue),
    "storage:Table": Row(lambda clients: clients.storage.table.get, (_GROUP, _NAME, _GRANDCHILD), Table),
    "storage:StorageAccount": Row(
        lambda clients: clients.storage.storage_accounts.get_properties,
        (_GROUP, _NAME),
        StorageAccountCreateParameters,
    ),
}
