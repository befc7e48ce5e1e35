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
CONTAINER_REGISTRY_REPOSITORY_READER = Role(
    name="Container Registry Repository Reader", guid="b93aa761-3e63-49ed-ac28-beffa264f7ac"
)
KEY_VAULT_READER = Role(name="Key Vault Reader", guid="21090545-7ca7-4776-b22c-e363652d74d2")
KEY_VAULT_SECRETS_USER = Role(name="Key Vault Secrets User", guid="4633458b-17de-408a-b874-0445c86b69e6")
MANAGED_IDENTITY_OPERATOR = Role(name="Managed Identity Operator", guid="f1a07417-d97a-45cb-824c-7a7467783830")
