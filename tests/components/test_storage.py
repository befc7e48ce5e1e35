"""StorageAccount: no account key opens it."""

from typing import Any

import pytest
from aks_workload_identity import InvalidArgumentError, StorageAccount, StorageAccountArgs
from aks_workload_identity.derived_names import UniqueNames

from tests.azure_mocks import SUBSCRIPTION
from tests.components.builders import GROUP
from tests.recorder import Recording, run

SUBNET_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/private"
ACCOUNT = "azure-native:storage:StorageAccount"


def registered(**changes: Any) -> Recording:
    least: dict[str, Any] = {"resource_group_name": "rg", "location": "westeurope"}
    return run(lambda: StorageAccount("shop", StorageAccountArgs(**{**least, **changes})))


@pytest.mark.parametrize(
    ("setting", "value"),
    {
        "allowSharedKeyAccess": False,
        "allowBlobPublicAccess": False,
        "allowCrossTenantReplication": False,
        "defaultToOAuthAuthentication": True,
        "enableHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "publicNetworkAccess": "Disabled",
        "networkRuleSet": {"bypass": "None", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []},
        "accountName": UniqueNames(SUBSCRIPTION, "rg").storage_account("shop"),
    }.items(),
)
def test_an_account_has_no_keys_and_a_closed_network_by_default(setting: str, value: object):
    assert registered().one(ACCOUNT).inputs[setting] == value


def test_only_the_named_networks_are_let_in():
    inputs = registered(allowed_ip_ranges=["203.0.113.7"]).one(ACCOUNT).inputs

    assert inputs["publicNetworkAccess"] == "Enabled"
    assert inputs["networkRuleSet"]["defaultAction"] == "Deny"
    assert [rule["iPAddressOrRange"] for rule in inputs["networkRuleSet"]["ipRules"]] == ["203.0.113.7"]


def test_containers_and_queues_are_children_that_go_with_the_account():
    recording = registered(containers=["invoices"], queues=["orders-placed"])

    container, queue = recording.one("BlobContainer"), recording.one("Queue")
    assert (container.name, queue.name) == ("shop-invoices", "shop-orders-placed")
    assert container.inputs["publicAccess"] == "None"
    assert {container.options.deleted_with, queue.options.deleted_with} == {recording.one(ACCOUNT).urn}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"containers": ["In"]}, "containers.0 must be a container or queue name"),
        ({"account_name": "st-shop"}, "account_name must be a storage account name"),
        ({"sku": "Free"}, "sku must be 'Standard_LRS'"),
        ({"allow_shared_key_access": True}, "allow_shared_key_access is not known"),
        ({"allowed_ip_ranges": ["203.0.113.7"] * 401}, "allowed_ip_ranges must have at most 400 entries; got 401"),
        ({"allowed_ip_ranges": ["11.0.0.0/8", "12.0.0.0/8"]}, "must let in no more addresses than a /8 has"),
        ({"allowed_subnet_ids": ["foo"]}, "allowed_subnet_ids.0 must be the id of a subnet"),
        ({"containers": ["abc", "abc"]}, "containers must have each entry once"),
        ({"queues": ["abc", "def", "abc"]}, "queues must have each entry once"),
        ({"resource_group_name": "a/b"}, "resource_group_name must be a resource group name"),
        ({"private_endpoints": {"file": {"subnet_id": SUBNET_ID}}}, "private_endpoints.file must be 'blob' or 'queue'"),
        ({"allowed_ip_ranges": ["10.0.0.1"]}, "allowed_ip_ranges.0 must be a public IPv4 address or range"),
    ],
)
def test_a_wrong_argument_is_refused(changes: dict[str, Any], message: str):
    with pytest.raises(InvalidArgumentError, match=message):
        registered(**changes)
