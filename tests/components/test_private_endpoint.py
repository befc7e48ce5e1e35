"""Private endpoints: the address, the zone, and the name in it."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import (
    CognitiveServicesAccount,
    ContainerRegistry,
    InvalidArgumentError,
    KeyVault,
    KeyVaultArgs,
    PrivateEndpoint,
    StorageAccount,
)

from tests.components.builders import GROUP, VAULT_ID
from tests.recorder import Recording, attempt, run

NETWORK_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
SUBNET_ID = f"{NETWORK_ID}/subnets/private"
ZONE_ID = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net"


def vault(**endpoint: Any) -> KeyVault:
    args = KeyVaultArgs(
        resource_group_name="rg",
        location="westeurope",
        vault_name="kv-shop",
        private_endpoint=PrivateEndpoint(**{"subnet_id": SUBNET_ID, **endpoint}),
    )
    return KeyVault("shop", args)


def registered(**endpoint: Any) -> Recording:
    return run(lambda: vault(**endpoint))


@pytest.mark.capability("A7")
def test_the_vault_gets_an_address_in_the_subnet_and_no_public_one():
    recording = registered()

    endpoint = recording.one("PrivateEndpoint").inputs
    (connection,) = endpoint["privateLinkServiceConnections"]
    assert endpoint["subnet"]["id"] == SUBNET_ID
    assert endpoint["privateEndpointName"] == "kv-shop"
    assert (connection["privateLinkServiceId"], connection["groupIds"]) == (VAULT_ID, ["vault"])
    assert recording.one("Vault").inputs["properties"]["publicNetworkAccess"] == "Disabled"


@pytest.mark.capability("A7")
def test_the_vaults_public_name_leads_to_the_address_in_the_subnets_network():
    recording = registered()

    zone, link, group = (recording.one(type_) for type_ in ("PrivateZone", "VirtualNetworkLink", "PrivateDnsZoneGroup"))
    assert (zone.inputs["privateZoneName"], zone.inputs["location"]) == ("privatelink.vaultcore.azure.net", "global")
    assert link.inputs["virtualNetwork"] == {"id": NETWORK_ID}
    assert link.inputs["registrationEnabled"] is False
    assert group.inputs["privateEndpointName"] == "kv-shop"
    assert group.inputs["privateDnsZoneConfigs"] == [{"name": "vault", "privateDnsZoneId": ZONE_ID}]


def test_azure_deletes_no_zone_that_has_links_so_they_go_one_by_one():
    assert [r.options.deleted_with for r in registered().resources] == [None] * 6


def test_everything_is_the_vaults_own_child():
    recording = registered()

    component = recording.one("KeyVault")
    assert {child.name for child in recording.children(component)} == {"shop"}
    assert len(recording.children(component)) == 5


def test_a_zone_that_exists_is_used_and_none_is_made():
    recording = registered(private_dns_zone_id=ZONE_ID)

    assert recording.of_type("PrivateZone") == recording.of_type("VirtualNetworkLink") == []
    configs = recording.one("PrivateDnsZoneGroup").inputs["privateDnsZoneConfigs"]
    assert configs == [{"name": "vault", "privateDnsZoneId": ZONE_ID}]


def test_a_second_vault_of_the_network_shares_the_zone_of_the_first():
    def program() -> None:
        first = vault()
        assert first.private_endpoint is not None
        args = {"resource_group_name": "rg", "location": "westeurope", "vault_name": "kv-other"}
        zone = first.private_endpoint.private_dns_zone_id
        endpoint = PrivateEndpoint(subnet_id=SUBNET_ID, private_dns_zone_id=zone)
        KeyVault("other", {**args, "private_endpoint": endpoint})

    recording = run(program)

    assert len(recording.of_type("PrivateZone")) == 1
    configs = recording.one("PrivateDnsZoneGroup", "other").inputs["privateDnsZoneConfigs"]
    assert configs == [{"name": "vault", "privateDnsZoneId": ZONE_ID}]


def test_a_subnet_that_is_known_later_is_linked_all_the_same():
    def program() -> None:
        vault(subnet_id=pulumi.Output.from_input(SUBNET_ID))

    assert run(program).one("VirtualNetworkLink").inputs["virtualNetwork"] == {"id": NETWORK_ID}


def test_the_networks_region_may_be_another_one():
    assert registered(location="northeurope").one("PrivateEndpoint").inputs["location"] == "northeurope"
    assert registered().one("PrivateEndpoint").inputs["location"] == "westeurope"


@pytest.mark.parametrize("subnet_id", ["", "vnet/private", NETWORK_ID, f"{SUBNET_ID}/x", f"{SUBNET_ID}\n"])
def test_what_is_no_subnet_is_refused(subnet_id: str):
    with pytest.raises(InvalidArgumentError, match="subnet_id must be the id of a subnet"):
        registered(subnet_id=subnet_id)


@pytest.mark.parametrize("zone", ["privatelink.vaultcore.azure.net", NETWORK_ID, f"{ZONE_ID}/A/kv-shop"])
def test_what_is_no_zone_is_refused(zone: str):
    with pytest.raises(InvalidArgumentError, match="private_dns_zone_id must be the id of a private DNS zone"):
        registered(private_dns_zone_id=zone)


PLACE: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}
ENDPOINT = {"subnet_id": SUBNET_ID}


def reached(recording: Recording, name: str) -> tuple[Any, ...]:
    """The address's name, the service, its part, and the zone."""
    endpoint, zone = recording.one("PrivateEndpoint", name), recording.one("PrivateZone", name)
    (connection,) = endpoint.inputs["privateLinkServiceConnections"]
    (config,) = recording.one("PrivateDnsZoneGroup", name).inputs["privateDnsZoneConfigs"]
    assert config["privateDnsZoneId"].endswith(f"/{zone.inputs['privateZoneName']}")
    assert recording.one("VirtualNetworkLink", name).inputs["virtualNetwork"] == {"id": NETWORK_ID}
    service = connection["privateLinkServiceId"].rpartition("/")[2]
    return endpoint.inputs["privateEndpointName"], service, connection["groupIds"], zone.inputs["privateZoneName"]


@pytest.mark.capability("A7")
def test_blobs_and_queues_have_an_address_each_made_one_after_the_other():
    args = {**PLACE, "account_name": "stshop", "private_endpoints": {"blob": ENDPOINT, "queue": ENDPOINT}}

    recording = run(lambda: StorageAccount("shop", args))

    blob = ("stshop-blob", "stshop", ["blob"], "privatelink.blob.core.windows.net")
    queue = ("stshop-queue", "stshop", ["queue"], "privatelink.queue.core.windows.net")
    assert [reached(recording, f"shop-{part}") for part in ("blob", "queue")] == [blob, queue]
    assert (
        recording.one("PrivateEndpoint", "shop-blob").urn in recording.one("PrivateEndpoint", "shop-queue").dependencies
    )
    assert recording.one("azure-native:storage:StorageAccount").inputs["publicNetworkAccess"] == "Disabled"


@pytest.mark.capability("A7")
@pytest.mark.parametrize(
    ("kind", "zone"),
    [("OpenAI", "privatelink.openai.azure.com"), ("AIServices", "privatelink.cognitiveservices.azure.com")],
)
def test_an_ai_account_has_an_address_for_the_endpoint_that_pods_are_told(kind: str, zone: str):
    models = {"chat": {"model": "gpt-5.4-mini", "version": "2026-03-17"}}
    args = {**PLACE, "account_name": "oai", "kind": kind, "deployments": models, "private_endpoint": ENDPOINT}
    told: list[str] = []

    recording = run(lambda: CognitiveServicesAccount("shop", args).endpoint.apply(told.append))

    assert reached(recording, "shop") == ("oai", "oai", ["account"], zone)
    assert told == [f"https://oai.{zone.removeprefix('privatelink.')}/"]
    assert recording.one("Deployment").urn in recording.one("PrivateEndpoint").dependencies
    assert recording.one("Account").inputs["properties"]["publicNetworkAccess"] == "Disabled"


@pytest.mark.capability("A7")
def test_a_premium_registry_may_have_an_address_and_then_no_public_one():
    args = {**PLACE, "registry_name": "crshop", "sku": "Premium", "private_endpoint": ENDPOINT}

    recording = run(lambda: ContainerRegistry("shop", args))

    assert reached(recording, "shop") == ("crshop", "crshop", ["registry"], "privatelink.azurecr.io")
    assert recording.one("Registry").inputs["publicNetworkAccess"] == "Disabled"


@pytest.mark.parametrize(
    ("cloud", "zones"),
    [
        (
            "AzureUSGovernmentCloud",
            {"blob.core.usgovcloudapi.net", "openai.azure.us", "azurecr.us", "vaultcore.usgovcloudapi.net"},
        ),
        ("AzureChinaCloud", {"blob.core.chinacloudapi.cn", "openai.azure.cn", "azurecr.cn", "vaultcore.azure.cn"}),
    ],
)
def test_other_clouds_have_other_zones(cloud: str, zones: set[str]):
    args = {**PLACE, "cloud": cloud}

    def program() -> None:
        KeyVault("shop", {**args, "private_endpoint": ENDPOINT})
        StorageAccount("shop", {**args, "private_endpoints": {"blob": ENDPOINT}})
        CognitiveServicesAccount("shop", {**args, "private_endpoint": ENDPOINT})
        ContainerRegistry("shop", {**args, "sku": "Premium", "private_endpoint": ENDPOINT})

    found = {zone.inputs["privateZoneName"] for zone in run(program).of_type("PrivateZone")}

    assert found == {f"privatelink.{zone}" for zone in zones}


def test_other_registries_have_public_addresses_only():
    refused = attempt(lambda: ContainerRegistry("shop", {**PLACE, "private_endpoint": ENDPOINT}))

    assert "private_endpoint must be left out unless sku is 'Premium'; got sku 'Standard'" in str(refused.error)
    assert run(lambda: ContainerRegistry("shop", PLACE)).one("Registry").inputs["publicNetworkAccess"] == "Enabled"


def test_without_a_private_endpoint_there_is_no_network_of_any_kind():
    recording = attempt(lambda: KeyVault("shop", {"resource_group_name": "rg", "location": "westeurope"}))

    assert recording.error is None
    assert [r.type for r in recording.resources if r.type.startswith("azure-native")] == ["azure-native:keyvault:Vault"]
