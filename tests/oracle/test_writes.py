"""Azure's official SDKs write to the sandbox: it answers each call with a status and a wait that they understand."""

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.cognitiveservices.models import Account, AccountProperties, Deployment, Sku
from azure.mgmt.containerservice.models import (
    AgentPool,
    ManagedCluster,
    ManagedClusterAgentPoolProfile,
    ManagedClusterIdentity,
)
from azure.mgmt.keyvault.models import Sku as VaultSku
from azure.mgmt.keyvault.models import VaultCreateOrUpdateParameters, VaultProperties
from azure.mgmt.msi.v2024_11_30.models import FederatedIdentityCredential, Identity
from azure.mgmt.storage.models import BlobContainer, StorageAccountCreateParameters, StorageQueue
from azure.mgmt.storage.models import Sku as StorageSku

from tests.oracle.azure import Clients

PLACE = "westeurope"
TENANT = "00000000-0000-4000-8000-000000000001"


def test_a_storage_account_with_a_container_and_a_queue_comes_and_goes(clients: Clients):
    asked = StorageAccountCreateParameters(sku=StorageSku(name="Standard_LRS"), kind="StorageV2", location=PLACE)

    created = clients.storage.storage_accounts.begin_create("rg", "stshop", asked).result(20)
    container = clients.storage.blob_containers.create("rg", "stshop", "invoices", BlobContainer())
    queue = clients.storage.queue.create("rg", "stshop", "orders", StorageQueue())
    keys = clients.storage.storage_accounts.list_keys("rg", "stshop").keys_property
    clients.storage.queue.delete("rg", "stshop", "orders")
    clients.storage.blob_containers.delete("rg", "stshop", "invoices")
    clients.storage.storage_accounts.delete("rg", "stshop")

    assert created.properties.provisioning_state == "Succeeded"
    assert (container.name, queue.name) == ("invoices", "orders")
    assert len(keys) == 2
    assert list(clients.storage.storage_accounts.list_by_resource_group("rg")) == []


@pytest.mark.capability("A9")
def test_an_ai_account_comes_goes_and_is_restored(clients: Clients):
    accounts = clients.cognitive_services.accounts
    settings = {"custom_sub_domain_name": "shop-agent", "disable_local_auth": True}
    asked = Account(kind="OpenAI", sku=Sku(name="S0"), location=PLACE, properties=AccountProperties(**settings))

    created = accounts.begin_create("rg", "agent", asked).result(20)
    chat = Deployment(sku=Sku(name="GlobalStandard", capacity=1), properties={"model": {"name": "gpt-4o-mini"}})
    deployed = clients.cognitive_services.deployments.begin_create_or_update("rg", "agent", "chat", chat).result(20)
    with pytest.raises(HttpResponseError, match="disableLocalAuth is set to be true"):
        accounts.list_keys("rg", "agent")
    accounts.begin_delete("rg", "agent").result(20)
    (deleted,) = clients.cognitive_services.deleted_accounts.list()
    with pytest.raises(HttpResponseError, match="FlagMustBeSetForRestore"):
        accounts.begin_create("rg", "agent", asked).result(20)
    asked.properties.restore = True
    restored = accounts.begin_create("rg", "agent", asked).result(20)

    assert created.properties.provisioning_state == "Succeeded"
    assert deployed.properties.provisioning_state == "Succeeded"
    assert deleted.name == "agent"
    assert restored.id == created.id


def test_an_identity_and_its_credential_come_and_go(clients: Clients):
    asked = FederatedIdentityCredential(
        issuer="https://westeurope.oic.prod-aks.azure.com/t/c/",
        subject="system:serviceaccount:shop:orders",
        audiences=["api://AzureADTokenExchange"],
    )

    identity = clients.identities.user_assigned_identities.create_or_update("rg", "id-orders", Identity(location=PLACE))
    credential = clients.identities.federated_identity_credentials.create_or_update("rg", "id-orders", "aks", asked)
    clients.identities.user_assigned_identities.delete("rg", "id-orders")

    assert identity.client_id
    assert credential.subject == asked.subject
    assert list(clients.identities.user_assigned_identities.list_by_resource_group("rg")) == []


def test_a_cluster_with_a_node_pool_comes_and_goes(clients: Clients):
    system = ManagedClusterAgentPoolProfile(name="system", mode="System", count=1, vm_size="Standard_D2s_v5")
    asked = ManagedCluster(
        location=PLACE,
        dns_prefix="dev",
        agent_pool_profiles=[system],
        identity=ManagedClusterIdentity(type="SystemAssigned"),
    )
    service = clients.container_service

    cluster = service.managed_clusters.begin_create_or_update("rg", "dev", asked).result(20)
    user = AgentPool(mode="User", count=1, vm_size="Standard_D2s_v5", tags={"owner": "shop"})
    pool = service.agent_pools.begin_create_or_update("rg", "dev", "user", user).result(20)
    service.managed_clusters.begin_delete("rg", "dev").result(20)

    assert cluster.oidc_issuer_profile.enabled is True
    assert (pool.name, pool.tags) == ("user", {"owner": "shop"})
    assert list(service.managed_clusters.list_by_resource_group("rg")) == []


@pytest.mark.capability("A7")
def test_a_vault_comes_and_goes(clients: Clients):
    properties = VaultProperties(
        tenant_id=TENANT, sku=VaultSku(family="A", name="standard"), enable_rbac_authorization=True
    )
    asked = VaultCreateOrUpdateParameters(location=PLACE, properties=properties)

    vault = clients.key_vault.vaults.begin_create_or_update("rg", "kv-shop", asked).result(20)
    clients.key_vault.vaults.delete("rg", "kv-shop")

    assert vault.properties.vault_uri == "https://kv-shop.vault.azure.net/"
    assert [deleted.name for deleted in clients.key_vault.vaults.list_deleted()] == ["kv-shop"]
