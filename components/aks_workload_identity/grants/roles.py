"""Azure's built-in roles that this library grants, by GUID: Microsoft renames roles, never their GUIDs."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Role:
    """A built-in Azure role.

    Args:
        name: Azure's display name, for people; nothing is looked up by it.
        guid: the last segment of the role definition's id.
    """

    name: str
    guid: str

    def definition_id(self, subscription_id: str) -> str:
        """The id a role assignment names, composed of plain text so that a policy can read it in a preview."""
        return f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{self.guid}"


# Permissions: Microsoft Learn, "Azure built-in roles".
ACR_PULL = Role(name="AcrPull", guid="7f951dda-4ed3-4680-a7ca-43fe172d538d")
AZURE_KUBERNETES_SERVICE_RBAC_ADMIN = Role(
    name="Azure Kubernetes Service RBAC Admin", guid="3498e952-d568-435e-9b2c-8d77e338d7f7"
)
AZURE_KUBERNETES_SERVICE_RBAC_READER = Role(
    name="Azure Kubernetes Service RBAC Reader", guid="7f6c6a51-bcf8-42ba-9220-52d62157d7db"
)
AZURE_KUBERNETES_SERVICE_RBAC_WRITER = Role(
    name="Azure Kubernetes Service RBAC Writer", guid="a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"
)
CONTAINER_REGISTRY_REPOSITORY_READER = Role(
    name="Container Registry Repository Reader", guid="b93aa761-3e63-49ed-ac28-beffa264f7ac"
)
KEY_VAULT_READER = Role(name="Key Vault Reader", guid="21090545-7ca7-4776-b22c-e363652d74d2")
KEY_VAULT_SECRETS_USER = Role(name="Key Vault Secrets User", guid="4633458b-17de-408a-b874-0445c86b69e6")
MANAGED_IDENTITY_OPERATOR = Role(name="Managed Identity Operator", guid="f1a07417-d97a-45cb-824c-7a7467783830")
COGNITIVE_SERVICES_OPENAI_USER = Role(
    name="Cognitive Services OpenAI User", guid="5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
)
STORAGE_BLOB_DATA_READER = Role(name="Storage Blob Data Reader", guid="2a2b9908-6ea1-4ae2-8e65-a410df84e7d1")
STORAGE_BLOB_DATA_CONTRIBUTOR = Role(name="Storage Blob Data Contributor", guid="ba92f5b4-2d11-453d-a403-e96b0029c9fe")
STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR = Role(
    name="Storage Queue Data Message Processor", guid="8a0f0c08-91a1-4084-bc3d-661d67233fed"
)
STORAGE_QUEUE_DATA_MESSAGE_SENDER = Role(
    name="Storage Queue Data Message Sender", guid="c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"
)

# What a workload may hold; the others are for clusters and their nodes.
WORKLOAD_ROLES = frozenset(
    {
        COGNITIVE_SERVICES_OPENAI_USER,
        KEY_VAULT_READER,
        KEY_VAULT_SECRETS_USER,
        STORAGE_BLOB_DATA_CONTRIBUTOR,
        STORAGE_BLOB_DATA_READER,
        STORAGE_QUEUE_DATA_MESSAGE_PROCESSOR,
        STORAGE_QUEUE_DATA_MESSAGE_SENDER,
    }
)
