"""Programs of the tests' own as Azure's official SDKs read them."""

from pathlib import Path

import pytest

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


PRIVATE = """
import aks_workload_identity as wi
from pulumi_azure_native import network
from pulumi_azure_native.resources import ResourceGroup

group = ResourceGroup("rg", resource_group_name="rg", location="westeurope")
vnet = network.VirtualNetwork(
    "vnet",
    virtual_network_name="vnet",
    resource_group_name=group.name,
    location="westeurope",
    address_space={"address_prefixes": ["10.1.0.0/16"]},
)
subnet = network.Subnet(
    "private",
    subnet_name="private",
    virtual_network_name=vnet.name,
    resource_group_name=group.name,
    address_prefix="10.1.0.0/24",
)
where = {"resource_group_name": group.name, "location": "westeurope"}
logs = wi.LogAnalyticsWorkspace("shop", {**where, "retention_in_days": 30})
endpoint = wi.PrivateEndpoint(subnet_id=subnet.id)
wi.KeyVault("shop", {**where, "vault_name": "kv-shop", "workspace_id": logs.id, "private_endpoint": endpoint})
both = {"blob": endpoint, "queue": endpoint}
wi.StorageAccount("shop", {**where, "account_name": "stshop", "private_endpoints": both})
models = {"gpt-5.4-mini": {"model": "gpt-5.4-mini", "version": "2026-03-17", "sku": "GlobalStandard"}}
agent = {"account_name": "oai-shop", "deployments": models, "private_endpoint": endpoint}
wi.CognitiveServicesAccount("shop", {**where, **agent})
wi.ContainerRegistry("shop", {**where, "registry_name": "crshop", "sku": "Premium", "private_endpoint": endpoint})
"""


SERVICES = ("storage:StorageAccount", "cognitiveservices:Account", "containerregistry:Registry")


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


@pytest.mark.slow
@pytest.mark.capability("A7")
def test_private_services_and_an_audited_vault_are_read_as_they_were_meant_and_leave_nothing(tmp_path: Path):
    engine = Engine.of_program(tmp_path, PRIVATE)
    with deployed(engine) as stack:
        (vault,) = stack.of("keyvault:Vault")
        (subnet,) = stack.of("network:Subnet")
        services = [vault, *(one for type_ in SERVICES for one in stack.of(type_))]
        endpoints = stack.of("network:PrivateEndpoint")
        groups = stack.of("network:PrivateDnsZoneGroup")
        zones = {zone.id: zone.name for zone in stack.of("privatedns:PrivateZone")}
        links = stack.of("privatedns:VirtualNetworkLink")
        (workspace,) = stack.of("operationalinsights:Workspace")
        (setting,) = stack.of("monitor:DiagnosticSetting")
        unknown = stack.unknown()
    second = engine.up()
    drift = engine.refresh("--preview-only", "--expect-no-changes")
    gone = engine.destroy()

    assert unknown == []
    assert {one.properties.public_network_access for one in services} == {"Disabled"}
    connections = {one.name: one.private_link_service_connections[0] for one in endpoints}
    reached = {name: (one.private_link_service_id, one.group_ids[0]) for name, one in connections.items()}
    vault_id, storage_id, agent_id, registry_id = (one.id for one in services)
    assert reached == {
        "kv-shop": (vault_id, "vault"),
        "stshop-blob": (storage_id, "blob"),
        "stshop-queue": (storage_id, "queue"),
        "oai-shop": (agent_id, "account"),
        "crshop": (registry_id, "registry"),
    }
    assert {one.private_link_service_connection_state.status for one in connections.values()} == {"Approved"}
    assert {one.subnet.id for one in endpoints} == {subnet.id}
    named = {one.id.split("/")[-3]: zones[one.private_dns_zone_configs[0].private_dns_zone_id] for one in groups}
    assert named == {
        "kv-shop": "privatelink.vaultcore.azure.net",
        "stshop-blob": "privatelink.blob.core.windows.net",
        "stshop-queue": "privatelink.queue.core.windows.net",
        "oai-shop": "privatelink.openai.azure.com",
        "crshop": "privatelink.azurecr.io",
    }
    assert {one.virtual_network.id for one in links} == {subnet.id.partition("/subnets/")[0]}
    assert {one.registration_enabled for one in links} == {False}
    assert (workspace.retention_in_days, workspace.features.disable_local_auth) == (30, True)
    assert setting.workspace_id == workspace.id
    assert setting.log_analytics_destination_type == "Dedicated"
    assert [(log.category, log.enabled) for log in setting.logs] == [("AuditEvent", True)]
    assert set(second.changes) == {"same"}
    assert drift.exit_code == 0
    assert gone.exit_code == 0, gone.errors
