"""Type tokens and resource ids of azure-native."""

import pytest

from sandbox.plugins.arm_shape import body, names_of, outputs, resource_id
from sandbox.plugins.arm_types import TYPES, ArmType, find_type

CREDENTIAL = TYPES["managedidentity:FederatedIdentityCredential"]
ASSIGNMENT = TYPES["authorization:RoleAssignment"]


@pytest.mark.parametrize(
    ("token", "api_version"),
    [
        ("azure-native:authorization:RoleAssignment", "2022-04-01"),
        ("azure-native:authorization/v20220401:RoleAssignment", "2022-04-01"),
        ("azure-native:authorization/v20200801preview:RoleAssignment", "2020-08-01-preview"),
    ],
)
def test_a_token_names_its_api_version_or_takes_the_default(token: str, api_version: str) -> None:
    assert find_type(token) == (ASSIGNMENT, api_version)


@pytest.mark.parametrize("token", ["aws:s3:Bucket", "azure-native", "azure-native:web:WebApp"])
def test_a_token_of_something_else_is_refused(token: str) -> None:
    with pytest.raises(LookupError, match=token):
        find_type(token)


def test_the_scope_of_an_extension_resource_begins_its_id() -> None:
    inputs = {"scope": "/subscriptions/s/resourceGroups/rg", "roleAssignmentName": "n"}

    assert (
        resource_id(ASSIGNMENT, "unused", inputs)
        == "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments/n"
    )


@pytest.mark.parametrize("row", TYPES.values(), ids=TYPES)
def test_an_id_gives_back_the_names_it_was_made_of(row: ArmType) -> None:
    names = {name: f"/scope/{name}" if name == row.scope_input else f"n-{name}" for name in row.path_inputs}

    assert names_of(row, resource_id(row, "s", names)) == names


def test_names_are_in_the_path_and_everything_else_in_the_properties() -> None:
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "id",
        "federatedIdentityCredentialResourceName": "f",
        "azureApiVersion": "2023-01-31",
        "issuer": "i",
        "subject": "s",
    }

    assert body(CREDENTIAL, inputs) == {"properties": {"issuer": "i", "subject": "s"}}


def test_a_list_of_identities_is_a_map_in_azure() -> None:
    inputs = {"identity": {"type": "UserAssigned", "userAssignedIdentities": ["/a", "/b"]}, "tags": {"t": "v"}}

    assert body(TYPES["containerservice:ManagedCluster"], inputs) == {
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/a": {}, "/b": {}}},
        "tags": {"t": "v"},
    }


def test_what_azure_names_otherwise_is_renamed_at_any_depth_and_back() -> None:
    account = TYPES["storage:StorageAccount"]
    inputs = {
        "accountName": "stshop",
        "enableHttpsTrafficOnly": True,
        "networkRuleSet": {"defaultAction": "Deny", "ipRules": [{"iPAddressOrRange": "1.2.3.4"}]},
    }

    sent = body(account, inputs)

    assert sent["properties"] == {
        "supportsHttpsTrafficOnly": True,
        "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}]},
    }
    read = outputs(account, "2024-01-01", sent)
    assert {"accountName": "stshop", **read} == {**inputs, "azureApiVersion": "2024-01-01"}


def test_objects_that_azure_native_flattens_have_properties_in_azure() -> None:
    endpoint = TYPES["network:PrivateEndpoint"]
    inputs = {
        "privateEndpointName": "kv-shop",
        "subnet": {"id": "/subnet", "privateEndpointNetworkPolicies": "Disabled"},
        "privateLinkServiceConnections": [{"name": "vault", "groupIds": ["vault"], "privateLinkServiceId": "/vault"}],
    }

    sent = body(endpoint, inputs)

    assert sent["properties"] == {
        "subnet": {"id": "/subnet", "properties": {"privateEndpointNetworkPolicies": "Disabled"}},
        "privateLinkServiceConnections": [
            {"name": "vault", "properties": {"groupIds": ["vault"], "privateLinkServiceId": "/vault"}}
        ],
    }
    read = outputs(endpoint, "2024-05-01", sent)
    assert {"privateEndpointName": "kv-shop", **read} == {**inputs, "azureApiVersion": "2024-05-01"}


def test_the_resource_of_a_diagnostic_setting_begins_its_id() -> None:
    inputs = {"resourceUri": "/subscriptions/s/resourceGroups/rg/providers/N/t/n", "name": "audit"}

    assert (
        resource_id(TYPES["monitor:DiagnosticSetting"], "unused", inputs)
        == "/subscriptions/s/resourceGroups/rg/providers/N/t/n/providers/Microsoft.Insights/diagnosticSettings/audit"
    )


def test_the_tags_of_a_node_pool_are_among_its_properties() -> None:
    pool = TYPES["containerservice:AgentPool"]

    sent = body(pool, {"agentPoolName": "user", "vmSize": "Standard_D2s_v5", "tags": {"owner": "shop"}})

    assert sent == {"properties": {"vmSize": "Standard_D2s_v5", "tags": {"owner": "shop"}}}
    assert outputs(pool, "2025-09-01", sent)["tags"] == {"owner": "shop"}
