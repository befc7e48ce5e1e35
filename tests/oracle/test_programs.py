"""Programs of the tests' own as Azure's official SDKs read them."""

from pathlib import Path

from tests.engine.engine import Engine
from tests.oracle.conftest import deployed

MISSPELT = """
import pulumi
from pulumi_azure_native.resources import ResourceGroup

group = ResourceGroup("rg", resource_group_name="rg", location="westeurope")
pulumi.CustomResource(
    "azure-native:containerservice:ManagedCluster",
    "aks",
    {
        "resourceGroupName": group.name,
        "resourceName": "aks",
        "dnsPrefix": "aks",
        "identity": {"type": "SystemAssigned"},
        "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
        "disableLocalAcounts": True,
        "oidcIssuerProfile": {"enable": True},
    },
)
"""

DATA = """
from pulumi_azure_native import cognitiveservices, storage
from pulumi_azure_native.resources import ResourceGroup

group = ResourceGroup("rg", resource_group_name="rg", location="westeurope")
store = storage.StorageAccount(
    "st",
    account_name="stshop",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_LRS"},
    allow_blob_public_access=False,
    allow_shared_key_access=False,
    enable_https_traffic_only=True,
    minimum_tls_version="TLS1_2",
    network_rule_set={"default_action": "Deny", "bypass": "None", "ip_rules": [{"i_p_address_or_range": "1.2.3.4"}]},
)
storage.BlobContainer(
    "invoices", container_name="invoices", account_name=store.name, resource_group_name=group.name, public_access="None"
)
storage.Queue("orders", queue_name="orders", account_name=store.name, resource_group_name=group.name)
agent = cognitiveservices.Account(
    "agent",
    account_name="agent",
    resource_group_name=group.name,
    kind="OpenAI",
    sku={"name": "S0"},
    properties={"custom_sub_domain_name": "shop-agent", "disable_local_auth": True},
)
cognitiveservices.Deployment(
    "chat",
    deployment_name="chat",
    account_name=agent.name,
    resource_group_name=group.name,
    sku={"name": "GlobalStandard", "capacity": 10},
    properties={"model": {"format": "OpenAI", "name": "gpt-4o-mini", "version": "2024-07-18"}},
)
"""


def test_a_misspelt_and_a_wrongly_nested_property_are_found(tmp_path: Path):
    with deployed(Engine.of_program(tmp_path, MISSPELT)) as stack:
        (cluster,) = stack.of("containerservice:ManagedCluster")
        unknown = stack.unknown()

    assert {found for found in unknown if found.startswith("sent")} == {
        "sent containerservice:ManagedCluster properties.disableLocalAcounts",
        "sent containerservice:ManagedCluster properties.oidcIssuerProfile.enable",
    }
    assert cluster.disable_local_accounts is False


def test_storage_and_ai_are_read_as_they_were_meant(tmp_path: Path):
    engine = Engine.of_program(tmp_path, DATA)
    with deployed(engine) as stack:
        (store,) = stack.of("storage:StorageAccount")
        (container,) = stack.of("storage:BlobContainer")
        (queue,) = stack.of("storage:Queue")
        (agent,) = stack.of("cognitiveservices:Account")
        (chat,) = stack.of("cognitiveservices:Deployment")
        unknown = stack.unknown()
    second = engine.up()
    drift = engine.refresh("--preview-only", "--expect-no-changes")

    assert unknown == []
    assert store.properties.allow_shared_key_access is False
    assert store.properties.allow_blob_public_access is False
    assert store.properties.enable_https_traffic_only is True
    assert store.properties.minimum_tls_version == "TLS1_2"
    assert store.properties.network_rule_set.default_action == "Deny"
    assert store.properties.network_rule_set.ip_rules[0].ip_address_or_range == "1.2.3.4"
    assert store.properties.primary_endpoints.blob == "https://stshop.blob.core.windows.net/"
    assert (container.name, container.container_properties.public_access) == ("invoices", "None")
    assert queue.name == "orders"
    assert agent.properties.disable_local_auth is True
    assert agent.properties.custom_sub_domain_name == "shop-agent"
    assert agent.properties.endpoint == "https://shop-agent.openai.azure.com/"
    assert chat.properties.model.name == "gpt-4o-mini"
    assert (chat.sku.name, chat.sku.capacity) == ("GlobalStandard", 10)
    assert set(second.changes) == {"same"}
    assert drift.exit_code == 0
