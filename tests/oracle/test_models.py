"""What counts as unknown to Azure's models, in both generations of the SDKs."""

from typing import Any

import pytest

from tests.oracle.azure import ROWS
from tests.oracle.models import as_model, unknown_properties


@pytest.mark.parametrize(
    ("type_", "body", "unknown"),
    [
        (
            "containerservice:ManagedCluster",
            {"properties": {"disableLocalAcounts": True, "disableLocalAccounts": True}},
            "properties.disableLocalAcounts",
        ),
        (
            "containerservice:ManagedCluster",
            {"properties": {"aadProfile": {"managed": True, "enableAzureRbac": True}}},
            "properties.aadProfile.enableAzureRbac",
        ),
        (
            "containerservice:ManagedCluster",
            {"properties": {"agentPoolProfiles": [{"name": "a"}, {"name": "b", "vmsize": "Standard_D2s_v5"}]}},
            "properties.agentPoolProfiles[1].vmsize",
        ),
        (
            "containerservice:ManagedCluster",
            {"properties": {"addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True, "configs": {}}}}},
            "properties.addonProfiles.azureKeyvaultSecretsProvider.configs",
        ),
        ("keyvault:Vault", {"enableRbacAuthorization": True}, "enableRbacAuthorization"),
        ("storage:StorageAccount", {"properties": {"networkRuleSet": {}}}, "properties.networkRuleSet"),
        ("cognitiveservices:Account", {"properties": {"disableLocalAuthentication": True}}, None),
        ("cognitiveservices:Account", {"properties": {"networkAcls": {"ipRules": [{"cidr": "1.2.3.4"}]}}}, None),
        ("managedidentity:FederatedIdentityCredential", {"properties": {"subjects": ["s"]}}, "properties.subjects"),
        ("authorization:RoleAssignment", {"properties": {"principaltype": "User"}}, "properties.principaltype"),
        ("authorization:RoleAssignment", {"principalId": "id"}, "principalId"),
    ],
)
def test_a_misspelt_or_misplaced_property_is_found(type_: str, body: dict[str, Any], unknown: str | None):
    found = unknown_properties(as_model(ROWS[type_].sent, body), body)

    assert found == [unknown or _deepest(body)]


def _deepest(body: Any) -> str:
    """The path of the only value."""
    if isinstance(body, list):
        return f"[0].{_deepest(body[0])}"
    (name, value), *_ = body.items()
    return f"{name}.{_deepest(value)}".replace(".[", "[") if isinstance(value, (dict, list)) else name


def test_what_azure_knows_is_not_found():
    body = {
        "location": "westeurope",
        "tags": {"any": "key"},
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/any/id": {"clientId": "c"}}},
        "properties": {
            "identityProfile": {"kubeletidentity": {"objectId": "o"}},
            "oidcIssuerProfile": {"enabled": True},
        },
    }

    assert unknown_properties(as_model(ROWS["containerservice:ManagedCluster"].sent, body), body) == []
