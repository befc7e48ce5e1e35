"""The Azure clouds: their names, and what is called differently in each."""

from dataclasses import dataclass
from typing import Literal

Cloud = Literal["AzurePublicCloud", "AzureUSGovernmentCloud", "AzureChinaCloud"]
Audience = Literal["api://AzureADTokenExchange", "api://AzureADTokenExchangeUSGov", "api://AzureADTokenExchangeChina"]

# What AKS's webhook and the CSI driver write into a pod's tokens, in every cloud
# (azure-workload-identity pkg/webhook/consts.go; secrets-store-csi-driver-provider-azure charts, tokenRequests).
POD_TOKEN_AUDIENCE: Audience = "api://AzureADTokenExchange"  # noqa: S105 - an audience


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One cloud.

    Args:
        audience: the token audience that Entra ID documents for it.
        resource_manager: the address of Azure Resource Manager.
        cognitive_services_scope: what callers of AI models ask a token for.
        vault_private_zone: the private DNS zone of vaults.
        storage_domain: what follows `blob.` and `queue.` in the names of storage accounts.
        ai_domain: what follows `openai.` and `cognitiveservices.` in the names of AI accounts.
        registry_domain: what the names of registries end with.
    """

    audience: Audience
    resource_manager: str
    cognitive_services_scope: str
    vault_private_zone: str
    storage_domain: str
    ai_domain: str
    registry_domain: str


# Names: secrets-store-csi-driver-provider-azure, `cloudName`. Audiences: Microsoft Learn, "Configure an application
# to trust a managed identity". Addresses: Microsoft Learn, "Compare Azure Government and global Azure"; "Azure China
# developer guide". Scopes: Azure SDK for JavaScript, `KnownFormRecognizerAudience`, which is Azure AI services' own.
# Zones: Microsoft Learn, "Azure Private Endpoint private DNS zone values".
ENVIRONMENTS: dict[Cloud, Environment] = {
    "AzurePublicCloud": Environment(
        audience="api://AzureADTokenExchange",
        resource_manager="https://management.azure.com",
        cognitive_services_scope="https://cognitiveservices.azure.com/.default",
        vault_private_zone="privatelink.vaultcore.azure.net",
        storage_domain="core.windows.net",
        ai_domain="azure.com",
        registry_domain="azurecr.io",
    ),
    "AzureUSGovernmentCloud": Environment(
        audience="api://AzureADTokenExchangeUSGov",
        resource_manager="https://management.usgovcloudapi.net",
        cognitive_services_scope="https://cognitiveservices.azure.us/.default",
        vault_private_zone="privatelink.vaultcore.usgovcloudapi.net",
        storage_domain="core.usgovcloudapi.net",
        ai_domain="azure.us",
        registry_domain="azurecr.us",
    ),
    "AzureChinaCloud": Environment(
        audience="api://AzureADTokenExchangeChina",
        resource_manager="https://management.chinacloudapi.cn",
        cognitive_services_scope="https://cognitiveservices.azure.cn/.default",
        vault_private_zone="privatelink.vaultcore.azure.cn",
        storage_domain="core.chinacloudapi.cn",
        ai_domain="azure.cn",
        registry_domain="azurecr.cn",
    ),
}
