"""A vault's private endpoint: the address, the zone, and the name in it."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import InvalidArgumentError, KeyVault, KeyVaultArgs, PrivateEndpoint

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


def test_without_a_private_endpoint_there_is_no_network_of_any_kind():
    recording = attempt(lambda: KeyVault("shop", {"resource_group_name": "rg", "location": "westeurope"}))

    assert recording.error is None
    assert [r.type for r in recording.resources if r.type.startswith("azure-native")] == ["azure-native:keyvault:Vault"]
