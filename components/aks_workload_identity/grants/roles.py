"""Azure's built-in roles that this library grants, by GUID: Microsoft renames roles, never their GUIDs."""

import re
from dataclasses import dataclass

from ..errors import InvalidArgumentError, Problem
from ..names import GUID_PATTERN


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of Azure RBAC, built-in or custom.

    Args:
        name: Azure's display name, for people; nothing is looked up by it.
        guid: the last segment of the role definition's id, kept in lower case.

    Raises:
        InvalidArgumentError: for a GUID that is none.
    """

    name: str
    guid: str

    def __post_init__(self) -> None:
        guid = str(self.guid)
        if not re.fullmatch(GUID_PATTERN, guid):
            text = f"must be a GUID, for example '4633458b-17de-408a-b874-0445c86b69e6'; got {self.guid!r}"
            raise InvalidArgumentError(f"Role {self.name!r}", [Problem(("guid",), text)])
        object.__setattr__(self, "guid", guid.lower())

    def definition_id(self, subscription_id: str) -> str:
        """The id a role assignment names (of `subscription_id`), plain text that a policy can read in a preview."""
        return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{self.guid}"


@dataclass(frozen=True, kw_only=True)
class SqlRole(Role):
    """A built-in role of Cosmos DB for NoSQL: it lives in each account, Azure RBAC does not know it.

    Source: Microsoft Learn, "Azure Cosmos DB for NoSQL data plane security reference".
    """

    def definition_id_in(self, account_id: str) -> str:
        """The id that an assignment in this account names."""
        return f"{account_id}/sqlRoleDefinitions/{self.guid}"


# Permissions: Microsoft Learn, "Azure built-in roles".
ACR_PULL = Role(name="AcrPull", guid="7f951dda-4ed3-4680-a7ca-43fe172d538d")
APP_CONFIGURATION_DATA_READER = Role(name="App Configuration Data Reader", guid="516239f1-63e1-4d78-a4de-a74fb236a071")
AZURE_EVENT_HUBS_DATA_RECEIVER = Role(
    name="Azure Event Hubs Data Receiver", guid="a638d3c7-ab3a-418d-83e6-5f17a39d4fde"
)
AZURE_EVENT_HUBS_DATA_SENDER = Role(name="Azure Event Hubs Data Sender", guid="2b629674-e913-4c01-ae53-ef4638d8f975")
AZURE_KUBERNETES_SERVICE_RBAC_ADMIN = Role(
    name="Azure Kubernetes Service RBAC Admin", guid="3498e952-d568-435e-9b2c-8d77e338d7f7"
)
AZURE_KUBERNETES_SERVICE_RBAC_READER = Role(
    name="Azure Kubernetes Service RBAC Reader", guid="7f6c6a51-bcf8-42ba-9220-52d62157d7db"
)
AZURE_KUBERNETES_SERVICE_RBAC_WRITER = Role(
    name="Azure Kubernetes Service RBAC Writer", guid="a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"
)
AZURE_SERVICE_BUS_DATA_RECEIVER = Role(
    name="Azure Service Bus Data Receiver", guid="4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"
)
AZURE_SERVICE_BUS_DATA_SENDER = Role(name="Azure Service Bus Data Sender", guid="69a216fc-b8fb-44d8-bc22-1f3c2cd27a39")
COGNITIVE_SERVICES_OPENAI_USER = Role(
    name="Cognitive Services OpenAI User", guid="5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
)
COGNITIVE_SERVICES_SPEECH_USER = Role(
    name="Cognitive Services Speech User", guid="f2dc8367-1007-4938-bd23-fe263f013447"
)
CONTAINER_REGISTRY_REPOSITORY_READER = Role(
    name="Container Registry Repository Reader", guid="b93aa761-3e63-49ed-ac28-beffa264f7ac"
)
FOUNDRY_AGENT_CONSUMER = Role(name="Foundry Agent Consumer", guid="eed3b665-ab3a-47b6-8f48-c9382fb1dad6")
FOUNDRY_PROJECT_RUNTIME_USER = Role(name="Foundry Project Runtime User", guid="142bfaed-a13f-4c2d-bed2-6db62c4a1009")
KEY_VAULT_READER = Role(name="Key Vault Reader", guid="21090545-7ca7-4776-b22c-e363652d74d2")
KEY_VAULT_SECRETS_USER = Role(name="Key Vault Secrets User", guid="4633458b-17de-408a-b874-0445c86b69e6")
MANAGED_IDENTITY_OPERATOR = Role(name="Managed Identity Operator", guid="f1a07417-d97a-45cb-824c-7a7467783830")
MONITORING_METRICS_PUBLISHER = Role(name="Monitoring Metrics Publisher", guid="3913510d-42f4-4e42-8a64-420c390055eb")
NETWORK_CONTRIBUTOR = Role(name="Network Contributor", guid="4d97b98b-1d4f-4787-a291-c67834d212e7")
PRIVATE_DNS_ZONE_CONTRIBUTOR = Role(name="Private DNS Zone Contributor", guid="b12aa53e-6015-4669-85d0-8515ebb3ae7f")
SEARCH_INDEX_DATA_CONTRIBUTOR = Role(name="Search Index Data Contributor", guid="8ebe5a00-799e-43f5-93ac-243d3dce84a7")
SEARCH_INDEX_DATA_READER = Role(name="Search Index Data Reader", guid="1407120a-92aa-4202-b7e9-c0e197c71c8f")
STORAGE_BLOB_DATA_CONTRIBUTOR = Role(name="Storage Blob Data Contributor", guid="ba92f5b4-2d11-453d-a403-e96b0029c9fe")
STORAGE_BLOB_DATA_READER = Role(name="Storage Blob Data Reader", guid="2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")
STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR = Role(
    name="Storage Queue Data Message Processor", guid="8a0f0c08-91a1-4084-bc3d-661d67233fed"
)
STORAGE_QUEUE_DATA_MESSAGE_SENDER = Role(
    name="Storage Queue Data Message Sender", guid="c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"
)
STORAGE_QUEUE_DATA_READER = Role(name="Storage Queue Data Reader", guid="19e7f393-937e-4f77-808e-94535e297925")
STORAGE_TABLE_DATA_CONTRIBUTOR = Role(
    name="Storage Table Data Contributor", guid="0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
)
STORAGE_TABLE_DATA_READER = Role(name="Storage Table Data Reader", guid="76199698-9eea-4c19-bc75-cec21354c6b6")

# The same in every account of Cosmos DB for NoSQL.
COSMOS_DB_BUILT_IN_DATA_READER = SqlRole(
    name="Cosmos DB Built-in Data Reader", guid="00000000-0000-0000-0000-000000000001"
)
COSMOS_DB_BUILT_IN_DATA_CONTRIBUTOR = SqlRole(
    name="Cosmos DB Built-in Data Contributor", guid="00000000-0000-0000-0000-000000000002"
)
