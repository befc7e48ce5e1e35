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
    """

    audience: Audience
    resource_manager: str
    cognitive_services_scope: str
    vault_private_zone: str


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
    ),
    "AzureUSGovernmentCloud": Environment(
        audience="api://AzureADTokenExchangeUSGov",
        resource_manager="https://management.usgovcloudapi.net",
        cognitive_services_scope="https://cognitiveservices.azure.us/.default",
        vault_private_zone="privatelink.vaultcore.usgovcloudapi.net",
    ),
    "AzureChinaCloud": Environment(
        audience="api://AzureADTokenExchangeChina",
        resource_manager="https://management.chinacloudapi.cn",
        cognitive_services_scope="https://cognitiveservices.azure.cn/.default",
        vault_private_zone="privatelink.vaultcore.azure.cn",
    ),
}
