"""What Azure and Kubernetes answer in tests that run without an engine: realistic, deterministic, named fakes."""

import base64
import importlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

import pulumi
from pulumi import _types as sdk_types
from pulumi.runtime import mocks, rpc

SUBSCRIPTION = "00000000-1111-2222-3333-444444444444"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
OBJECT_ID = "0b9d3f0c-5a5e-4d33-9c55-8f9c5f1b7a11"
"""Object id of whoever runs the program."""

Answer = Mapping[str, Any] | Exception | Callable[[Mapping[str, Any]], Mapping[str, Any]]

# Type -> ARM path under the resource group; `{…}` names the input that holds the segment, the last one is the name.
ARM_PATHS: dict[str, str] = {
    "managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}",
    "managedidentity:FederatedIdentityCredential": "Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
    "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    "containerservice:ManagedCluster": "Microsoft.ContainerService/managedClusters/{resourceName}",
    "containerservice:AgentPool": "Microsoft.ContainerService/managedClusters/{resourceName}"
    "/agentPools/{agentPoolName}",
    "keyvault:Vault": "Microsoft.KeyVault/vaults/{vaultName}",
    "containerregistry:Registry": "Microsoft.ContainerRegistry/registries/{registryName}",
    "storage:StorageAccount": "Microsoft.Storage/storageAccounts/{accountName}",
    "storage:BlobContainer": "Microsoft.Storage/storageAccounts/{accountName}"
    "/blobServices/default/containers/{containerName}",
    "storage:Queue": "Microsoft.Storage/storageAccounts/{accountName}/queueServices/default/queues/{queueName}",
    "operationalinsights:Workspace": "Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "network:PrivateEndpoint": "Microsoft.Network/privateEndpoints/{privateEndpointName}",
    "network:PrivateDnsZoneGroup": "Microsoft.Network/privateEndpoints/{privateEndpointName}"
    "/privateDnsZoneGroups/{privateDnsZoneGroupName}",
    "privatedns:PrivateZone": "Microsoft.Network/privateDnsZones/{privateZoneName}",
    "privatedns:VirtualNetworkLink": "Microsoft.Network/privateDnsZones/{privateZoneName}"
    "/virtualNetworkLinks/{virtualNetworkLinkName}",
    "storage:Table": "Microsoft.Storage/storageAccounts/{accountName}/tableServices/default/tables/{tableName}",
    "servicebus:Namespace": "Microsoft.ServiceBus/namespaces/{namespaceName}",
    "servicebus:Queue": "Microsoft.ServiceBus/namespaces/{namespaceName}/queues/{queueName}",
    "servicebus:Topic": "Microsoft.ServiceBus/namespaces/{namespaceName}/topics/{topicName}",
    "servicebus:Subscription": "Microsoft.ServiceBus/namespaces/{namespaceName}/topics/{topicName}"
    "/subscriptions/{subscriptionName}",
    "eventhub:Namespace": "Microsoft.EventHub/namespaces/{namespaceName}",
    "eventhub:EventHub": "Microsoft.EventHub/namespaces/{namespaceName}/eventhubs/{eventHubName}",
    "eventhub:ConsumerGroup": "Microsoft.EventHub/namespaces/{namespaceName}/eventhubs/{eventHubName}"
    "/consumergroups/{consumerGroupName}",
    "appconfiguration:ConfigurationStore": "Microsoft.AppConfiguration/configurationStores/{configStoreName}",
    "search:Service": "Microsoft.Search/searchServices/{searchServiceName}",
    "cosmosdb:DatabaseAccount": "Microsoft.DocumentDB/databaseAccounts/{accountName}",
    "cosmosdb:SqlResourceSqlDatabase": "Microsoft.DocumentDB/databaseAccounts/{accountName}"
    "/sqlDatabases/{databaseName}",
    "cosmosdb:SqlResourceSqlContainer": "Microsoft.DocumentDB/databaseAccounts/{accountName}"
    "/sqlDatabases/{databaseName}/containers/{containerName}",
    "cosmosdb:SqlResourceSqlRoleAssignment": "Microsoft.DocumentDB/databaseAccounts/{accountName}"
    "/sqlRoleAssignments/{roleAssignmentId}",
    "monitor:DataCollectionRule": "Microsoft.Insights/dataCollectionRules/{dataCollectionRuleName}",
    "applicationinsights:Component": "Microsoft.Insights/components/{resourceName}",
    "cognitiveservices:Account": "Microsoft.CognitiveServices/accounts/{accountName}",
    "cognitiveservices:Deployment": "Microsoft.CognitiveServices/accounts/{accountName}/deployments/{deploymentName}",
}


def guid(*parts: str) -> str:
    """The same GUID for the same words, in every run."""
    return str(uuid.uuid5(uuid.UUID(TENANT), "/".join(parts)))


def arm_id(type_: str, resource_group: str, **segments: str) -> str:
    """The ARM id of a resource, e.g. `arm_id("keyvault:Vault", "rg", vaultName="kv")`."""
    provider_path = ARM_PATHS[type_].format(**segments)
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{resource_group}/providers/{provider_path}"


def identity_ids(identity_id: str) -> dict[str, str]:
    """Client and principal id of the identity with that ARM id: the same wherever the identity is seen."""
    return {
        "clientId": guid("client", identity_id.lower()),
        "principalId": guid("principal", identity_id.lower()),
        "tenantId": TENANT,
    }


def issuer_url(cluster_id: str, location: str = "westeurope") -> str:
    """The OIDC issuer of the cluster with that ARM id, in the form AKS gives out (with its slash)."""
    return f"https://{location}.oic.prod-aks.azure.com/{TENANT}/{guid('issuer', cluster_id.lower())}/"


class AzureMocks(mocks.Mocks):
    """Answers registrations and functions of the resource types this project uses; any other is an error.

    Args:
        answers: Function token to its answer: properties, an exception to raise, or a function of the arguments.
            Replaces the default answer, which describes a resource that exists with every security setting on.
        resources_exist: In a preview, ids and names are known as they are when an existing stack is updated;
            other computed properties stay unknown, as azure-native leaves them.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None, *, resources_exist: bool = False) -> None:
        self._answers = dict(answers or {})
        self._resources_exist = resources_exist

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        package, _, tail = args.typ.partition(":")
        inputs: dict[str, Any] = args.inputs
        if not args.custom:
            return "", inputs
        if package == "pulumi":
            return guid("provider", args.name), inputs
        if package == "azuread":
            return _directory_object(args.typ, args.name, inputs)
        if package == "kubernetes":
            return _kubernetes_object(args.typ, args.name, inputs)
        if package.split("_")[0] != "azure-native":
            raise NotImplementedError(f"no mock for {args.typ}; add it to tests/azure_mocks.py")
        id_, name = _arm_identity(_unversioned(tail), args.name, inputs)
        if not pulumi.runtime.is_dry_run():
            return id_, {**inputs, "name": name, **_computed(_unversioned(tail), id_, inputs)}
        state = _preview(inputs, _output_types(_unversioned(tail)))
        return (id_, {**state, "name": name}) if self._resources_exist else ("", state)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        arguments: dict[str, Any] = args.args
        answer = self._answers.get(args.token) or _FUNCTIONS.get(args.token)
        if answer is None:
            raise NotImplementedError(f"no mock for function {args.token}; add it to tests/azure_mocks.py")
        if isinstance(answer, Exception):
            raise answer
        return dict(answer(arguments) if callable(answer) else answer), []


def _unversioned(tail: str) -> str:
    module, _, type_ = tail.partition(":")
    return f"{module.split('/')[0]}:{type_}"


def _directory_object(type_: str, logical_name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Objects of Entra ID; the ids differ from each other as they do there."""
    kind = type_.rpartition(":")[2]
    object_id = guid("object", kind, logical_name)
    computed = {"objectId": object_id, "credentialId": object_id}
    if kind == "Application":
        return f"/applications/{object_id}", {**inputs, **computed, "clientId": guid("client", logical_name)}
    return object_id, {**inputs, **computed, "applicationTenantId": TENANT}


def _kubernetes_object(type_: str, logical_name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    metadata: dict[str, Any] = {
        "name": f"{logical_name}-{guid(logical_name)[:8]}",
        **inputs.get("metadata", {}),
    }
    if not type_.endswith(":Namespace"):
        metadata.setdefault("namespace", "default")
    if not pulumi.runtime.is_dry_run():
        metadata["uid"] = guid("uid", type_, logical_name)
    id_ = "/".join(metadata[key] for key in ("namespace", "name") if isinstance(metadata.get(key), str))
    return id_, {**inputs, "metadata": metadata}


def _arm_identity(type_: str, logical_name: str, inputs: dict[str, Any]) -> tuple[str, str]:
    """ARM id and name; a name left out is made up from the logical name and never equal to it."""
    generated = f"{logical_name}{guid(logical_name)[:8]}"
    if type_ == "resources:ResourceGroup":
        name = inputs.get("resourceGroupName", generated)
        return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}", name
    if type_ == "resources:DeploymentAtSubscriptionScope":
        name = inputs.get("deploymentName", generated)
        return f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Resources/deployments/{name}", name
    if type_ == "authorization:RoleAssignment":
        name = inputs.get("roleAssignmentName", guid(logical_name))
        return f"{inputs.get('scope')}/providers/Microsoft.Authorization/roleAssignments/{name}", name
    if type_ == "monitor:DiagnosticSetting":
        name = inputs.get("name", generated)
        return f"{inputs.get('resourceUri')}/providers/Microsoft.Insights/diagnosticSettings/{name}", name
    if type_ == "authorization:PolicyAssignment":
        name = inputs.get("policyAssignmentName", generated)
        return f"{inputs.get('scope')}/providers/Microsoft.Authorization/policyAssignments/{name}", name
    if type_ not in ARM_PATHS:
        raise NotImplementedError(f"no mock for azure-native:{type_}; add it to tests/azure_mocks.py")
    own = ARM_PATHS[type_].rpartition("{")[2].rstrip("}")
    segments: dict[str, str] = {
        **{k: v for k, v in inputs.items() if isinstance(v, str)},
        own: inputs.get(own, generated),
    }
    for parent in re.findall(r"{(\w+)}", ARM_PATHS[type_]):
        segments.setdefault(parent, rpc.UNKNOWN)
    return arm_id(type_, inputs.get("resourceGroupName", rpc.UNKNOWN), **segments), segments[own]


def _computed(type_: str, id_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    name = id_.rpartition("/")[2]
    match type_:
        case "managedidentity:UserAssignedIdentity":
            return identity_ids(id_)
        case "containerregistry:Registry":
            return {"loginServer": f"{name.lower()}.azurecr.io", "provisioningState": "Succeeded"}
        case "keyvault:Vault":
            return {"properties": {**inputs.get("properties", {}), "vaultUri": f"https://{name}.vault.azure.net/"}}
        case "operationalinsights:Workspace":
            return {"customerId": guid("workspace", id_), "provisioningState": "Succeeded"}
        case "storage:StorageAccount":
            services = ("blob", "dfs", "file", "queue", "table", "web")
            return {"primaryEndpoints": {of: f"https://{name}.{of}.core.windows.net/" for of in services}}
        case "cognitiveservices:Account":
            return {"properties": _ai_account(name, inputs)}
        case "containerservice:ManagedCluster":
            return _cluster(id_, inputs)
        case _:
            return {}


def _ai_account(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = inputs.get("properties", {})
    domain = "openai.azure.com" if inputs.get("kind") == "OpenAI" else "cognitiveservices.azure.com"
    return {**properties, "endpoint": f"https://{properties.get('customSubDomainName', name)}.{domain}/"}


def _cluster(id_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    name, location = id_.rpartition("/")[2], inputs.get("location", "westeurope")
    group = id_.split("/")[4]
    node_group = inputs.get("nodeResourceGroup", f"MC_{group}_{name}_{location}")
    computed: dict[str, Any] = {
        "nodeResourceGroup": node_group,
        "fqdn": f"{inputs.get('dnsPrefix', name)}-{guid(id_)[:8]}.hcp.{location}.azmk8s.io",
        "currentKubernetesVersion": "1.35.2",
        "provisioningState": "Succeeded",
        "resourceUID": guid("cluster", id_).replace("-", ""),
    }
    if inputs.get("oidcIssuerProfile", {}).get("enabled"):
        computed["oidcIssuerProfile"] = {"enabled": True, "issuerURL": issuer_url(id_, location)}
    if identities := inputs.get("identity", {}).get("userAssignedIdentities"):
        attached = {i: {k: v for k, v in identity_ids(i).items() if k != "tenantId"} for i in identities}
        computed["identity"] = {**inputs["identity"], "userAssignedIdentities": attached}
    elif inputs.get("identity", {}).get("type") == "SystemAssigned":
        computed["identity"] = {**inputs["identity"], "principalId": guid("control-plane", id_.lower())}
    kubelet = inputs.get("identityProfile", {}).get("kubeletidentity", {}).get("resourceId")
    kubelet = kubelet or arm_id("managedidentity:UserAssignedIdentity", node_group, resourceName=f"{name}-agentpool")
    computed["identityProfile"] = {"kubeletidentity": _attached(kubelet)}
    addon_identity = "managedidentity:UserAssignedIdentity"
    computed["addonProfiles"] = {
        key: {
            **addon,
            **(
                {"identity": _attached(arm_id(addon_identity, node_group, resourceName=f"{key.lower()}-{name}"))}
                if addon.get("enabled")
                else {}
            ),
        }
        for key, addon in inputs.get("addonProfiles", {}).items()
    }
    ingress = inputs.get("ingressProfile", {})
    if (routing := ingress.get("webAppRouting", {})).get("enabled"):
        made = _attached(arm_id(addon_identity, node_group, resourceName=f"webapprouting-{name}"))
        computed["ingressProfile"] = {**ingress, "webAppRouting": {**routing, "identity": made}}
    return computed


def _attached(identity_id: str) -> dict[str, str]:
    ids = identity_ids(identity_id)
    return {"resourceId": identity_id, "clientId": ids["clientId"], "objectId": ids["principalId"]}


# --- preview: what azure-native answers before a resource exists
# (pulumi/pulumi-azure-native provider/pkg/convert/previewOutputs.go: inputs of the same key and shape, else unknown)


def _output_types(type_: str) -> Mapping[str, Any]:
    module, _, name = type_.partition(":")
    return sdk_types.resource_types(getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name))


def _preview(inputs: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _preview_value(inputs.get(key), sdk_types.unwrap_type(type_)) for key, type_ in types.items()}


def _preview_value(value: Any, type_: Any) -> Any:
    if isinstance(value, (str, bool, int, float)) and type_ in (str, bool, int, float):
        return value
    elements = get_args(type_)
    if isinstance(value, list) and len(elements) == 1:
        return [_preview_value(item, elements[0]) for item in cast(list[Any], value)]
    if isinstance(value, dict) and sdk_types.is_output_type(type_):
        return _preview(cast(dict[str, Any], value), sdk_types.output_type_types(type_))
    if isinstance(value, dict) and len(elements) == 2:
        return {key: _preview_value(item, elements[1]) for key, item in cast(dict[str, Any], value).items()}
    return rpc.UNKNOWN


# --- functions


def _existing_identity(args: Mapping[str, Any]) -> dict[str, Any]:
    id_ = arm_id("managedidentity:UserAssignedIdentity", args["resourceGroupName"], resourceName=args["resourceName"])
    return {"id": id_, "name": args["resourceName"], "location": "westeurope", **identity_ids(id_)}


def _existing_cluster(args: Mapping[str, Any]) -> dict[str, Any]:
    id_ = arm_id("containerservice:ManagedCluster", args["resourceGroupName"], resourceName=args["resourceName"])
    settings = {
        "location": "westeurope",
        "oidcIssuerProfile": {"enabled": True},
        "securityProfile": {"workloadIdentity": {"enabled": True}},
        "disableLocalAccounts": True,
        "aadProfile": {
            "managed": True,
            "enableAzureRBAC": True,
            "tenantID": TENANT,
            "adminGroupObjectIDs": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"],
        },
        "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True}, "azurepolicy": {"enabled": True}},
        "identity": {"type": "SystemAssigned", "principalId": guid("control-plane", id_.lower())},
        "powerState": {"code": "Running"},
    }
    return {"id": id_, "name": args["resourceName"], **settings, **_cluster(id_, settings)}


def _existing_vault(args: Mapping[str, Any]) -> dict[str, Any]:
    name = args["vaultName"]
    return {
        "id": arm_id("keyvault:Vault", args["resourceGroupName"], vaultName=name),
        "name": name,
        "location": "westeurope",
        "properties": {
            "tenantId": TENANT,
            "enableRbacAuthorization": True,
            "vaultUri": f"https://{name}.vault.azure.net/",
        },
    }


def _existing_registry(args: Mapping[str, Any]) -> dict[str, Any]:
    name = args["registryName"]
    id_ = arm_id("containerregistry:Registry", args["resourceGroupName"], registryName=name)
    return {"id": id_, "name": name, "location": "westeurope", "loginServer": f"{name.lower()}.azurecr.io"}


def _existing_storage_account(args: Mapping[str, Any]) -> dict[str, Any]:
    name = args["accountName"]
    id_ = arm_id("storage:StorageAccount", args["resourceGroupName"], accountName=name)
    settings = {"location": "westeurope", "kind": "StorageV2", "allowSharedKeyAccess": False}
    return {"id": id_, "name": name, **settings, **_computed("storage:StorageAccount", id_, {})}


def _existing_ai_account(args: Mapping[str, Any]) -> dict[str, Any]:
    name = args["accountName"]
    id_ = arm_id("cognitiveservices:Account", args["resourceGroupName"], accountName=name)
    properties = {"customSubDomainName": name, "disableLocalAuth": True}
    settings = {"location": "westeurope", "kind": "OpenAI", "properties": properties}
    return {"id": id_, "name": name, **settings, **_computed("cognitiveservices:Account", id_, settings)}


def _user_kubeconfig(args: Mapping[str, Any]) -> dict[str, Any]:
    cluster, user = args["resourceName"], f"clusterUser_{args['resourceGroupName']}_{args['resourceName']}"
    login = ["get-token", "--login", "devicecode", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"]
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": {"server": f"https://{cluster}.hcp.westeurope.azmk8s.io:443"}}],
        "users": [{"name": user, "user": {"exec": {"command": "kubelogin", "args": login}}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
        "current-context": cluster,
    }
    return {"kubeconfigs": [{"name": "clusterUser", "value": base64.b64encode(json.dumps(config).encode()).decode()}]}


_FUNCTIONS: dict[str, Answer] = {
    "azure-native:authorization:getClientConfig": {
        "clientId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "objectId": OBJECT_ID,
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
    },
    "azuread:index/getClientConfig:getClientConfig": {
        "clientId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "objectId": OBJECT_ID,
        "tenantId": TENANT,
    },
    "azure-native:authorization:getClientToken": {"token": "header.payload.signature"},
    "azure-native:managedidentity:getUserAssignedIdentity": _existing_identity,
    "azure-native:containerservice:getManagedCluster": _existing_cluster,
    "azure-native:containerservice:listManagedClusterUserCredentials": _user_kubeconfig,
    "azure-native:keyvault:getVault": _existing_vault,
    "azure-native:containerregistry:getRegistry": _existing_registry,
    "azure-native:storage:getStorageAccount": _existing_storage_account,
    "azure-native:cognitiveservices:getAccount": _existing_ai_account,
}
