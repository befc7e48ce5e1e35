"""The resource types of Azure that the stand-in translates: one row a type, and no rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
_CLUSTER = f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/{{resourceName}}"
_IDENTITY = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{resourceName}}"
_STORAGE = f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"
_BUS = f"{_GROUP}/providers/Microsoft.ServiceBus/namespaces/{{namespaceName}}"
_TOPIC = f"{_BUS}/topics/{{topicName}}"
_HUBS = f"{_GROUP}/providers/Microsoft.EventHub/namespaces/{{namespaceName}}"
_HUB = f"{_HUBS}/eventhubs/{{eventHubName}}"
_COSMOS = f"{_GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/{{accountName}}"
_DATABASE = f"{_COSMOS}/sqlDatabases/{{databaseName}}"
_COGNITIVE = f"{_GROUP}/providers/Microsoft.CognitiveServices/accounts/{{accountName}}"
_NETWORK = f"{_GROUP}/providers/Microsoft.Network/virtualNetworks/{{virtualNetworkName}}"
_ENDPOINT = f"{_GROUP}/providers/Microsoft.Network/privateEndpoints/{{privateEndpointName}}"
_ZONE = f"{_GROUP}/providers/Microsoft.Network/privateDnsZones/{{privateZoneName}}"
_TOKEN = re.compile(r"azure-native:(?P<module>\w+)(/v(?P<date>\d{8})(?P<stage>[a-z]*\d*))?:(?P<member>\w+)")


@dataclass(frozen=True)
class ArmType:
    """How one type of azure-native maps to Azure Resource Manager.

    Attributes:
        path: Resource id; the names in braces are inputs, and a change of one replaces the resource.
        api_version: The version of the REST API when the type token names none.
        name: The input that is made up when it is left out.
        uuid_name: Whether a made-up name is a UUID.
        wrapped: Whether the inputs themselves have `properties`, as the REST body has.
        located: Whether the resource has a location, by default that of its group.
        replaced_by: Inputs of the body that need a replacement when they change.
        computed: Outputs that are known only afterwards; a `*` stands for any name.
        maintained: Lists that other resources may own; left out, an update leaves them as they are.
        renamed: Inputs that the REST body calls by another name (x-ms-client-name in azure-rest-api-specs), by path.
        flattened: Objects that azure-native spells without the `properties` of the REST body, by path
            (x-ms-client-flatten).
        inside: Inputs that are among the body's `properties`, while those of other types are beside them.
    """

    path: str
    api_version: str
    name: str
    uuid_name: bool = False
    wrapped: bool = False
    located: bool = True
    replaced_by: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    maintained: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    flattened: tuple[str, ...] = ()
    inside: frozenset[str] = frozenset()

    @property
    def scope_input(self) -> str | None:
        """The input of an extension resource that is a whole resource id, and begins its own."""
        return self.path_inputs[0] if self.path.startswith("/{") else None

    @property
    def path_inputs(self) -> tuple[str, ...]:
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")


_NAMESPACE_COMPUTED = frozenset(
    {
        "createdAt",
        "identity.principalId",
        "identity.tenantId",
        "metricId",
        "serviceBusEndpoint",
        "status",
        "updatedAt",
    }
)
_ENTITY_COMPUTED = frozenset(
    {"accessedAt", "countDetails", "createdAt", "messageCount", "sizeInBytes", "subscriptionCount", "updatedAt"}
)
_COSMOS_COMPUTED = frozenset({"resource.etag", "resource.rid", "resource.ts"})
# Old properties of Application Insights begin with a capital (x-ms-client-name in azure-rest-api-specs).
_INSIGHTS_NAMES = {
    "appId": "AppId",
    "applicationId": "ApplicationId",
    "applicationType": "Application_Type",
    "connectionString": "ConnectionString",
    "creationDate": "CreationDate",
    "disableIpMasking": "DisableIpMasking",
    "disableLocalAuth": "DisableLocalAuth",
    "flowType": "Flow_Type",
    "forceCustomerStorageForProfiler": "ForceCustomerStorageForProfiler",
    "hockeyAppId": "HockeyAppId",
    "hockeyAppToken": "HockeyAppToken",
    "ingestionMode": "IngestionMode",
    "instrumentationKey": "InstrumentationKey",
    "laMigrationDate": "LaMigrationDate",
    "privateLinkScopedResources": "PrivateLinkScopedResources",
    "requestSource": "Request_Source",
    "retentionInDays": "RetentionInDays",
    "samplingPercentage": "SamplingPercentage",
    "tenantId": "TenantId",
    "workspaceResourceId": "WorkspaceResourceId",
}

# Paths and API versions: the class documentation of pulumi-azure-native 3.29 and azure-rest-api-specs.
# replaced_by: pulumi-azure-native provider/pkg/gen/replacement.go, and the locations that azure-rest-api-specs
# marks with x-ms-mutability [create, read].
TYPES: dict[str, ArmType] = {
    "resources:ResourceGroup": ArmType(
        _GROUP,
        "2024-11-01",
        "resourceGroupName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"properties"}),
    ),
    "resources:DeploymentAtSubscriptionScope": ArmType(
        "/subscriptions/{subscriptionId}/providers/Microsoft.Resources/deployments/{deploymentName}",
        "2024-03-01",
        "deploymentName",
        wrapped=True,
        computed=frozenset(
            f"properties.{name}"
            for name in (
                "correlationId",
                "dependencies",
                "duration",
                "error",
                "outputResources",
                "outputs",
                "providers",
                "provisioningState",
                "templateHash",
                "timestamp",
                "validatedResources",
            )
        ),
    ),
    "managedidentity:UserAssignedIdentity": ArmType(
        _IDENTITY,
        "2023-01-31",
        "resourceName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"clientId", "principalId", "tenantId"}),
    ),
    "managedidentity:FederatedIdentityCredential": ArmType(
        f"{_IDENTITY}/federatedIdentityCredentials/{{federatedIdentityCredentialResourceName}}",
        "2023-01-31",
        "federatedIdentityCredentialResourceName",
        located=False,
    ),
    "containerservice:ManagedCluster": ArmType(
        _CLUSTER,
        "2025-09-01",
        "resourceName",
        replaced_by=frozenset(
            {
                "diskEncryptionSetID",
                "dnsPrefix",
                "fqdnSubdomain",
                "linuxProfile",
                "location",
                "networkProfile.dnsServiceIP",
                "networkProfile.networkDataplane",
                "networkProfile.networkMode",
                "networkProfile.networkPlugin",
                "networkProfile.networkPluginMode",
                "networkProfile.networkPolicy",
                "networkProfile.outboundType",
                "networkProfile.podCidr",
                "networkProfile.serviceCidr",
                "networkProfile.serviceCidrs",
                "nodeResourceGroup",
                "windowsProfile",
            }
        ),
        computed=frozenset(
            {
                "addonProfiles.*.identity",
                "agentPoolProfiles[].currentOrchestratorVersion",
                "agentPoolProfiles[].eTag",
                "agentPoolProfiles[].nodeImageVersion",
                "agentPoolProfiles[].powerState",
                "agentPoolProfiles[].provisioningState",
                "currentKubernetesVersion",
                "fqdn",
                "identity.principalId",
                "identity.tenantId",
                "identity.userAssignedIdentities",
                "oidcIssuerProfile.issuerURL",
                "powerState",
                "privateFQDN",
                "resourceUID",
            }
        ),
    ),
    "containerservice:AgentPool": ArmType(
        f"{_CLUSTER}/agentPools/{{agentPoolName}}",
        "2025-09-01",
        "agentPoolName",
        located=False,
        replaced_by=frozenset({"gpuInstanceProfile", "networkProfile.nodePublicIPTags", "vmSize"}),
        computed=frozenset({"currentOrchestratorVersion", "eTag", "nodeImageVersion"}),
        inside=frozenset({"tags"}),
    ),
    "authorization:RoleAssignment": ArmType(
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        "2022-04-01",
        "roleAssignmentName",
        uuid_name=True,
        located=False,
        replaced_by=frozenset({"principalId"}),
        computed=frozenset({"createdBy", "createdOn", "updatedBy", "updatedOn"}),
    ),
    "authorization:PolicyAssignment": ArmType(
        "/{scope}/providers/Microsoft.Authorization/policyAssignments/{policyAssignmentName}",
        "2025-01-01",
        "policyAssignmentName",
        located=False,
        computed=frozenset(
            {
                "effectiveDefinitionVersion",
                "identity.principalId",
                "identity.tenantId",
                "instanceId",
                "latestDefinitionVersion",
            }
        ),
    ),
    "keyvault:Vault": ArmType(
        f"{_GROUP}/providers/Microsoft.KeyVault/vaults/{{vaultName}}",
        "2024-11-01",
        "vaultName",
        wrapped=True,
        computed=frozenset({"properties.hsmPoolResourceId", "properties.provisioningState", "properties.vaultUri"}),
        maintained=("properties.accessPolicies",),
    ),
    "containerregistry:Registry": ArmType(
        f"{_GROUP}/providers/Microsoft.ContainerRegistry/registries/{{registryName}}",
        "2023-01-01-preview",
        "registryName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"creationDate", "identity.principalId", "identity.tenantId", "loginServer", "sku.tier"}),
        renamed={"networkRuleSet.ipRules[].iPAddressOrRange": "value"},
    ),
    "storage:StorageAccount": ArmType(
        _STORAGE,
        "2024-01-01",
        "accountName",
        replaced_by=frozenset({"isHnsEnabled", "location"}),
        computed=frozenset(
            {
                "accountMigrationInProgress",
                "blobRestoreStatus",
                "creationTime",
                "failoverInProgress",
                "geoReplicationStats",
                "identity.principalId",
                "identity.tenantId",
                "identity.userAssignedIdentities",
                "isSkuConversionBlocked",
                "keyCreationTime",
                "lastGeoFailoverTime",
                "primaryEndpoints",
                "primaryLocation",
                "privateEndpointConnections",
                "secondaryEndpoints",
                "secondaryLocation",
                "sku.tier",
                "statusOfPrimary",
                "statusOfSecondary",
            }
        ),
        renamed={
            "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
            "enableNfsV3": "isNfsV3Enabled",
            "networkRuleSet": "networkAcls",
            "networkRuleSet.ipRules[].iPAddressOrRange": "value",
            "networkRuleSet.virtualNetworkRules[].virtualNetworkResourceId": "id",
        },
    ),
    "storage:BlobContainer": ArmType(
        f"{_STORAGE}/blobServices/default/containers/{{containerName}}",
        "2024-01-01",
        "containerName",
        located=False,
        computed=frozenset(
            {
                "deleted",
                "deletedTime",
                "hasImmutabilityPolicy",
                "hasLegalHold",
                "immutabilityPolicy",
                "lastModifiedTime",
                "leaseDuration",
                "leaseState",
                "leaseStatus",
                "legalHold",
                "remainingRetentionDays",
                "version",
            }
        ),
    ),
    "storage:Queue": ArmType(
        f"{_STORAGE}/queueServices/default/queues/{{queueName}}",
        "2024-01-01",
        "queueName",
        located=False,
        computed=frozenset({"approximateMessageCount"}),
    ),
    "monitor:DiagnosticSetting": ArmType(
        "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        "2021-05-01-preview",
        "name",
        located=False,
    ),
    "operationalinsights:Workspace": ArmType(
        f"{_GROUP}/providers/Microsoft.OperationalInsights/workspaces/{{workspaceName}}",
        "2023-09-01",
        "workspaceName",
        replaced_by=frozenset({"location"}),
        computed=frozenset(
            {
                "createdDate",
                "customerId",
                "identity.principalId",
                "identity.tenantId",
                "modifiedDate",
                "privateLinkScopedResources",
                "sku.lastSkuUpdate",
                "workspaceCapping.dataIngestionStatus",
                "workspaceCapping.quotaNextResetTime",
            }
        ),
        inside=frozenset({"sku"}),
    ),
    "network:VirtualNetwork": ArmType(
        _NETWORK,
        "2024-05-01",
        "virtualNetworkName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"flowLogs", "resourceGuid"}),
        maintained=("properties.subnets",),
        flattened=("subnets[]",),
    ),
    "network:Subnet": ArmType(
        f"{_NETWORK}/subnets/{{subnetName}}",
        "2024-05-01",
        "subnetName",
        located=False,
        computed=frozenset(
            {
                "ipConfigurationProfiles",
                "ipConfigurations",
                "privateEndpoints",
                "purpose",
                "resourceNavigationLinks",
                "serviceAssociationLinks",
            }
        ),
    ),
    "network:PrivateEndpoint": ArmType(
        _ENDPOINT,
        "2024-05-01",
        "privateEndpointName",
        replaced_by=frozenset({"subnet"}),
        computed=frozenset({"networkInterfaces"}),
        flattened=("privateLinkServiceConnections[]", "manualPrivateLinkServiceConnections[]", "subnet"),
    ),
    "network:PrivateDnsZoneGroup": ArmType(
        f"{_ENDPOINT}/privateDnsZoneGroups/{{privateDnsZoneGroupName}}",
        "2024-05-01",
        "privateDnsZoneGroupName",
        located=False,
        computed=frozenset({"privateDnsZoneConfigs[].recordSets"}),
        flattened=("privateDnsZoneConfigs[]",),
    ),
    "privatedns:PrivateZone": ArmType(
        _ZONE,
        "2024-06-01",
        "privateZoneName",
        replaced_by=frozenset({"location"}),
        computed=frozenset(
            {
                "internalId",
                "maxNumberOfRecordSets",
                "maxNumberOfVirtualNetworkLinks",
                "maxNumberOfVirtualNetworkLinksWithRegistration",
                "numberOfRecordSets",
                "numberOfVirtualNetworkLinks",
                "numberOfVirtualNetworkLinksWithRegistration",
            }
        ),
    ),
    "privatedns:VirtualNetworkLink": ArmType(
        f"{_ZONE}/virtualNetworkLinks/{{virtualNetworkLinkName}}",
        "2024-06-01",
        "virtualNetworkLinkName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"virtualNetworkLinkState"}),
    ),
    "storage:Table": ArmType(
        f"{_STORAGE}/tableServices/default/tables/{{tableName}}",
        "2024-01-01",
        "tableName",
        located=False,
        computed=frozenset({"tableName"}),
    ),
    "servicebus:Namespace": ArmType(
        _BUS,
        "2026-01-01",
        "namespaceName",
        replaced_by=frozenset({"location"}),
        computed=_NAMESPACE_COMPUTED,
    ),
    "servicebus:Queue": ArmType(
        f"{_BUS}/queues/{{queueName}}", "2026-01-01", "queueName", located=False, computed=_ENTITY_COMPUTED
    ),
    "servicebus:Topic": ArmType(_TOPIC, "2026-01-01", "topicName", located=False, computed=_ENTITY_COMPUTED),
    "servicebus:Subscription": ArmType(
        f"{_TOPIC}/subscriptions/{{subscriptionName}}",
        "2026-01-01",
        "subscriptionName",
        located=False,
        computed=_ENTITY_COMPUTED,
    ),
    "eventhub:Namespace": ArmType(
        _HUBS,
        "2024-01-01",
        "namespaceName",
        replaced_by=frozenset({"location"}),
        computed=_NAMESPACE_COMPUTED,
    ),
    "eventhub:EventHub": ArmType(
        _HUB,
        "2024-01-01",
        "eventHubName",
        located=False,
        computed=frozenset({"createdAt", "partitionIds", "updatedAt"}),
    ),
    "eventhub:ConsumerGroup": ArmType(
        f"{_HUB}/consumergroups/{{consumerGroupName}}",
        "2024-01-01",
        "consumerGroupName",
        located=False,
        computed=frozenset({"createdAt", "updatedAt"}),
    ),
    "appconfiguration:ConfigurationStore": ArmType(
        f"{_GROUP}/providers/Microsoft.AppConfiguration/configurationStores/{{configStoreName}}",
        "2024-05-01",
        "configStoreName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"creationDate", "endpoint", "privateEndpointConnections"}),
    ),
    "search:Service": ArmType(
        f"{_GROUP}/providers/Microsoft.Search/searchServices/{{searchServiceName}}",
        "2025-05-01",
        "searchServiceName",
        replaced_by=frozenset({"location"}),
        computed=frozenset({"eTag", "privateEndpointConnections", "serviceUpgradedAt", "status", "statusDetails"}),
    ),
    "cosmosdb:DatabaseAccount": ArmType(
        _COSMOS,
        "2025-10-15",
        "accountName",
        computed=frozenset(
            {
                "documentEndpoint",
                "failoverPolicies",
                "instanceId",
                "keysMetadata",
                "locations[].documentEndpoint",
                "locations[].id",
                "locations[].provisioningState",
                "privateEndpointConnections",
                "readLocations",
                "writeLocations",
            }
        ),
    ),
    "cosmosdb:SqlResourceSqlDatabase": ArmType(
        _DATABASE, "2025-10-15", "databaseName", located=False, computed=_COSMOS_COMPUTED
    ),
    "cosmosdb:SqlResourceSqlContainer": ArmType(
        f"{_DATABASE}/containers/{{containerName}}",
        "2025-10-15",
        "containerName",
        located=False,
        computed=_COSMOS_COMPUTED,
    ),
    "cosmosdb:SqlResourceSqlRoleAssignment": ArmType(
        f"{_COSMOS}/sqlRoleAssignments/{{roleAssignmentId}}",
        "2025-10-15",
        "roleAssignmentId",
        uuid_name=True,
        located=False,
    ),
    "monitor:DataCollectionRule": ArmType(
        f"{_GROUP}/providers/Microsoft.Insights/dataCollectionRules/{{dataCollectionRuleName}}",
        "2022-06-01",
        "dataCollectionRuleName",
        computed=frozenset({"immutableId", "metadata"}),
    ),
    "applicationinsights:Component": ArmType(
        f"{_GROUP}/providers/Microsoft.Insights/components/{{resourceName}}",
        "2020-02-02",
        "resourceName",
        computed=frozenset(
            {
                "appId",
                "applicationId",
                "connectionString",
                "creationDate",
                "hockeyAppToken",
                "instrumentationKey",
                "laMigrationDate",
                "name",
                "privateLinkScopedResources",
                "tenantId",
            }
        ),
        renamed=_INSIGHTS_NAMES,
    ),
    "cognitiveservices:Account": ArmType(
        _COGNITIVE,
        "2025-06-01",
        "accountName",
        wrapped=True,
        replaced_by=frozenset({"location"}),
        computed=frozenset(
            {
                "identity.principalId",
                "identity.tenantId",
                "identity.userAssignedIdentities",
                *(
                    f"properties.{name}"
                    for name in (
                        "abusePenalty",
                        "callRateLimit",
                        "capabilities",
                        "commitmentPlanAssociations",
                        "dateCreated",
                        "deletionDate",
                        "endpoint",
                        "endpoints",
                        "internalId",
                        "isMigrated",
                        "privateEndpointConnections",
                        "provisioningState",
                        "quotaLimit",
                        "scheduledPurgeDate",
                        "skuChangeInfo",
                    )
                ),
            }
        ),
    ),
    "cognitiveservices:Deployment": ArmType(
        f"{_COGNITIVE}/deployments/{{deploymentName}}",
        "2025-06-01",
        "deploymentName",
        wrapped=True,
        located=False,
        computed=frozenset(
            f"properties.{name}"
            for name in (
                "callRateLimit",
                "capabilities",
                "dynamicThrottlingEnabled",
                "model.callRateLimit",
                "provisioningState",
                "rateLimits",
            )
        ),
    ),
}
# Functions that post to a resource: type, action, and the arguments that go into the query.
ACTIONS: dict[str, tuple[str, str, dict[str, str]]] = {
    "containerservice:listManagedClusterUserCredentials": (
        "containerservice:ManagedCluster",
        "listClusterUserCredential",
        {"format": "format", "serverFqdn": "server-fqdn"},
    ),
    "containerservice:listManagedClusterAdminCredentials": (
        "containerservice:ManagedCluster",
        "listClusterAdminCredential",
        {"serverFqdn": "server-fqdn"},
    ),
    "storage:listStorageAccountKeys": ("storage:StorageAccount", "listKeys", {}),
    "cognitiveservices:listAccountKeys": ("cognitiveservices:Account", "listKeys", {}),
}


def split_token(token: str) -> tuple[str, str | None]:
    """`module:Member` and the API version of a token, in any of its spellings.

    Raises:
        LookupError: It is no token of azure-native.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise LookupError(f"{token!r} is no resource or function of azure-native")
    member = f"{match['module']}:{match['member']}"
    if match["date"] is None:
        return member, None
    version = f"{match['date'][:4]}-{match['date'][4:6]}-{match['date'][6:]}"
    return member, f"{version}-{match['stage']}" if match["stage"] else version


def find_type(token: str) -> tuple[ArmType, str]:
    """The row and the API version for a type token.

    Raises:
        LookupError: The sandbox does not have this type.
    """
    member, version = split_token(token)
    row = TYPES.get(member)
    if row is None:
        raise LookupError(f"the sandbox has no {token}; it has {', '.join(sorted(TYPES))}")
    return row, version or row.api_version
