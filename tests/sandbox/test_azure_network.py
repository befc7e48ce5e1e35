"""Virtual networks, private endpoints and their DNS, refused and accepted as Azure does."""

from typing import Any

import pytest

from sandbox.azure.deleted_ai_accounts import ACCOUNTS

from .azure_client import (
    AzureClient,
    Body,
    Reply,
    a_network,
    a_registry,
    a_storage_account,
    a_vault,
    ai_account,
    an_ai_account,
    network,
    private_endpoint,
    registry,
    storage_account,
    vault,
    zone,
)
from .conftest import Clock

GLOBAL: Body = {"location": "global"}


@pytest.fixture
def net(rg: AzureClient) -> AzureClient:
    """A network with two subnets, and a vault."""
    rg.make(network(), a_network(private="10.1.0.0/24", nodes="10.1.4.0/22"))
    rg.make(vault("kv-shop"), a_vault())
    return rg


def endpoint(azure: AzureClient, subnet: str = "private", of: str = vault("kv-shop"), **changes: Any) -> Body:
    linked = {"privateLinkServiceId": azure.id(of), "groupIds": ["vault"], **changes}
    connection = {"name": "vault", "properties": linked}
    return {
        "location": "westeurope",
        "properties": {
            "subnet": {"id": azure.id(f"{network()}/subnets/{subnet}")},
            "privateLinkServiceConnections": [connection],
        },
    }


def link(azure: AzureClient, to: str = network()) -> Body:
    return {**GLOBAL, "properties": {"virtualNetwork": {"id": azure.id(to)}, "registrationEnabled": False}}


def group(azure: AzureClient, *zones: str) -> Body:
    configs = [{"name": f"z{i}", "properties": {"privateDnsZoneId": azure.id(z)}} for i, z in enumerate(zones)]
    return {"properties": {"privateDnsZoneConfigs": configs}}


def test_a_network_shows_its_subnets(net: AzureClient):
    body = net.get(network()).body

    assert [subnet["name"] for subnet in body["properties"]["subnets"]] == ["nodes", "private"]
    subnet = net.get(f"{network()}/subnets/private").body
    assert subnet["properties"]["addressPrefix"] == "10.1.0.0/24"
    assert subnet["properties"]["privateEndpointNetworkPolicies"] == "Disabled"


def test_a_subnet_is_also_made_by_itself_and_goes_when_the_network_is_written_without_it(net: AzureClient):
    net.make(f"{network()}/subnets/more", {"properties": {"addressPrefix": "10.1.1.0/24"}})
    assert len(net.get(network()).body["properties"]["subnets"]) == 3

    net.make(network(), a_network(private="10.1.0.0/24"))

    assert [subnet["name"] for subnet in net.get(network()).body["properties"]["subnets"]] == ["private"]


@pytest.mark.parametrize(
    ("prefix", "code"),
    [
        ("10.2.0.0/24", "NetcfgInvalidSubnet"),
        ("10.1.0.128/25", "NetcfgSubnetRangesOverlap"),
        ("10.1.0.1/24", "InvalidAddressPrefixFormat"),
    ],
)
def test_a_subnet_is_inside_its_network_and_beside_the_others(net: AzureClient, prefix: str, code: str):
    refused = net.put(f"{network()}/subnets/more", {"properties": {"addressPrefix": prefix}})

    assert refused.refusal == (400, code)


def test_subnets_of_one_network_do_not_overlap_when_written_together(rg: AzureClient):
    refused = rg.put(network(), a_network(one="10.1.0.0/24", two="10.1.0.0/25"))

    assert refused.refusal == (400, "NetcfgSubnetRangesOverlap")


def test_a_network_has_addresses(rg: AzureClient):
    without = rg.put(network(), {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": []}}})

    assert without.status == 400


def test_an_endpoint_reads_back_approved_with_its_interface(net: AzureClient):
    created = net.put(private_endpoint(), endpoint(net))

    assert created.status == 201
    properties = net.get(private_endpoint()).body["properties"]
    (connection,) = properties["privateLinkServiceConnections"]
    assert connection["properties"]["privateLinkServiceConnectionState"]["status"] == "Approved"
    assert "/networkInterfaces/kv-shop.nic." in properties["networkInterfaces"][0]["id"]
    again = net.make(private_endpoint(), endpoint(net))
    assert again["properties"]["networkInterfaces"] == properties["networkInterfaces"]


def test_an_endpoint_names_what_is_there_in_its_own_region(net: AzureClient):
    no_subnet = net.put(private_endpoint(), endpoint(net, subnet="none"))
    no_vault = net.put(private_endpoint(), endpoint(net, of=vault("kv-none")))
    elsewhere = net.put(private_endpoint(), {**endpoint(net), "location": "northeurope"})

    assert {no_subnet.refusal, no_vault.refusal, elsewhere.refusal} == {(400, "InvalidResourceReference")}


def test_an_endpoint_names_the_part_of_the_service(net: AzureClient):
    none = net.put(private_endpoint(), endpoint(net, groupIds=[]))
    wrong = net.put(private_endpoint(), endpoint(net, groupIds=["blob"]))

    assert none.refusal == (400, "MissingParameterOnPrivateLinkServiceConnection")
    assert wrong.refusal == (400, "BadRequest")


def test_a_registry_has_endpoints_in_the_largest_sku_only(net: AzureClient):
    net.make(registry("shopregistry"), a_registry("Standard"))
    wanted = endpoint(net, of=registry("shopregistry"), groupIds=["registry"])

    refused = net.put(private_endpoint(), wanted)
    net.make(registry("shopregistry"), a_registry("Premium"))

    assert refused.refusal == (400, "BadRequest")
    assert net.put(private_endpoint(), wanted).status == 201


class TestAccountsInTheMaking:
    """An AI account takes no endpoint before it is done."""

    @pytest.fixture
    def timing(self, clock: Clock) -> dict[str, Any]:
        delays = {(ACCOUNTS.lower(), "create"): 60.0}
        return {"now": clock, "credential_write_seconds": 0.3, "delays": delays}

    def test_an_endpoint_waits_for_the_account(self, net: AzureClient, clock: Clock):
        wanted = endpoint(net, of=ai_account("oai-shop"), groupIds=["account"])
        net.put(ai_account("oai-shop"), an_ai_account())

        refused = net.put(private_endpoint(), wanted)
        clock.pass_by(60)

        assert refused.refusal == (400, "AccountProvisioningStateInvalid")
        assert net.put(private_endpoint(), wanted).status == 201


@pytest.mark.parametrize(
    ("path", "body", "most_addresses", "most_subnets"),
    [
        (vault("kv-other"), a_vault, 1000, 200),
        (storage_account("stshop"), a_storage_account, 400, 400),
        (ai_account("oai-shop"), an_ai_account, 100, 100),
    ],
    ids=["vault", "storage account", "AI account"],
)
def test_a_firewall_takes_so_many_public_addresses_and_subnets(
    rg: AzureClient, path: str, body: Any, most_addresses: int, most_subnets: int
):
    def put(addresses: list[str], subnets: int = 0) -> Reply:
        acls = {
            "defaultAction": "Deny",
            "ipRules": [{"value": value} for value in addresses],
            "virtualNetworkRules": [{"id": rg.id(f"{network()}/subnets/s{index}")} for index in range(subnets)],
        }
        return rg.put(path, body(networkAcls=acls, customSubDomainName="oai-shop"))

    for wrong in ("10.0.0.4", "172.16.0.0/16", "203.0.113.7/32", "2001:db8::1", "me"):
        assert put([wrong]).refusal == (400, "BadRequest")
    assert put(["203.0.113.7"] * (most_addresses + 1)).refusal == (400, "BadRequest")
    assert put([], most_subnets + 1).refusal == (400, "BadRequest")
    assert put(["203.0.113.0/24"] * most_addresses, most_subnets).status in (200, 201, 202)


def test_an_endpoint_stays_in_its_subnet_and_the_subnet_stays_for_it(net: AzureClient):
    net.make(private_endpoint(), endpoint(net))

    moved = net.put(private_endpoint(), endpoint(net, subnet="nodes"))
    emptied = net.put(network(), a_network(nodes="10.1.4.0/22"))

    assert moved.refusal == (400, "BadRequest")
    for refused in (emptied, net.delete(f"{network()}/subnets/private"), net.delete(network())):
        assert refused.refusal == (400, "InUseSubnetCannotBeDeleted")
    net.delete(private_endpoint())
    assert net.delete(network()).status == 202


def test_an_endpoint_has_one_group_of_up_to_five_zones_that_are_there(net: AzureClient):
    net.make(private_endpoint(), endpoint(net))
    net.make(zone(), GLOBAL)
    path = f"{private_endpoint()}/privateDnsZoneGroups"

    assert net.put(f"{path}/default", group(net, zone("no.zone"))).refusal == (400, "InvalidResourceReference")
    assert net.put(f"{path}/default", group(net)).refusal == (400, "BadRequest")
    assert net.put(f"{path}/default", group(net, *[zone()] * 6)).refusal == (400, "BadRequest")
    assert net.put(f"{path}/default", group(net, zone())).status == 201
    assert net.put(f"{path}/second", group(net, zone())).refusal == (400, "BadRequest")


def test_a_zone_is_in_no_region(rg: AzureClient):
    refused = rg.put(zone(), {"location": "westeurope"})

    assert refused.refusal == (400, "LocationNotAvailableForResourceType")


@pytest.mark.parametrize("name", ["net", "a..b", "-a.net", f"{'a' * 64}.net"])
def test_a_zone_name_has_a_form(rg: AzureClient, name: str):
    assert rg.put(zone(name), GLOBAL).refusal == (400, "BadRequest")


def test_a_zone_is_linked_to_networks_that_are_there(net: AzureClient):
    net.make(zone(), GLOBAL)

    created = net.put(f"{zone()}/virtualNetworkLinks/vnet", link(net))
    missing = net.put(f"{zone()}/virtualNetworkLinks/none", link(net, network("none")))

    assert created.status == 201
    assert net.get(f"{zone()}/virtualNetworkLinks/vnet").body["properties"]["virtualNetworkLinkState"] == "Completed"
    assert missing.refusal == (400, "InvalidResourceReference")


def test_a_network_sees_one_zone_of_a_name(net: AzureClient):
    net.make_group("other")
    other = f"{net.subscription}/resourceGroups/other/providers/{zone()}"
    for path in (zone(), other):
        net.make(path, GLOBAL)
    net.make(f"{zone()}/virtualNetworkLinks/vnet", link(net))

    refused = net.put(f"{other}/virtualNetworkLinks/vnet", link(net))

    assert refused.refusal == (400, "BadRequest")
    assert "cannot be linked to multiple zones with overlapping namespaces" in refused.message


def test_a_zone_that_is_linked_stays(net: AzureClient):
    net.make(zone(), GLOBAL)
    net.make(f"{zone()}/virtualNetworkLinks/vnet", link(net))

    refused = net.delete(zone())
    net.delete(f"{zone()}/virtualNetworkLinks/vnet")

    assert refused.refusal == (409, "CannotDeleteResource")
    assert net.delete(zone()).status == 202
