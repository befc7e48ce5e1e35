"""The Azure clouds: their names, the token audiences that they document, and where their management API is."""

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
    """

    audience: Audience
    resource_manager: str


# Names: secrets-store-csi-driver-provider-azure, `cloudName`. Audiences: Microsoft Learn, "Configure an application
# to trust a managed identity". Addresses: Microsoft Learn, "Compare Azure Government and global Azure"; "Azure China
# developer guide".
ENVIRONMENTS: dict[Cloud, Environment] = {
    "AzurePublicCloud": Environment(
        audience="api://AzureADTokenExchange", resource_manager="https://management.azure.com"
    ),
    "AzureUSGovernmentCloud": Environment(
        audience="api://AzureADTokenExchangeUSGov", resource_manager="https://management.usgovcloudapi.net"
    ),
    "AzureChinaCloud": Environment(
        audience="api://AzureADTokenExchangeChina", resource_manager="https://management.chinacloudapi.cn"
    ),
}
