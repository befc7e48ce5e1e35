"""Resource ids of Azure, as types of arguments."""

import re
from collections.abc import Awaitable
from typing import Annotated

import pulumi

from .arguments import Deferred, Rule

_RESOURCE_GROUP_ID = r"/subscriptions/[^/\s]+/resourceGroups/[^/\s]+"
SUBNET_ID = re.compile(
    rf"(?P<network>{_RESOURCE_GROUP_ID}/providers/Microsoft\.Network/virtualNetworks/[^/\s]+)/subnets/[^/\s]+",
    re.IGNORECASE,
)
_CLUSTER_ID = re.compile(
    rf"{_RESOURCE_GROUP_ID}/providers/Microsoft\.ContainerService/managedClusters/[^/\s]+", re.IGNORECASE
)
_PRIVATE_DNS_ZONE_ID = re.compile(
    rf"{_RESOURCE_GROUP_ID}/providers/Microsoft\.Network/privateDnsZones/[^/\s]+", re.IGNORECASE
)
_VAULT_ID = re.compile(rf"{_RESOURCE_GROUP_ID}/providers/Microsoft\.KeyVault/vaults/[^/\s]+", re.IGNORECASE)
# Microsoft Learn, aks/private-clusters (configuration options for private DNS).
_CLUSTER_ZONE = re.compile(
    rf"none|{_RESOURCE_GROUP_ID}/providers/Microsoft\.Network/privateDnsZones/([^./\s]{{1,32}}\.)?privatelink\.[^/\s]+",
    re.IGNORECASE,
)


def cluster_id_problem(value: str) -> str | None:
    """What is wrong with a cluster's resource id, or None."""
    return None if _CLUSTER_ID.fullmatch(value) else "not the id of a managed cluster"


CLUSTER_ID_RULE = Rule(
    "the resource id of the cluster, or an Output",
    "/subscriptions/…/resourceGroups/rg-shop-dev/providers/Microsoft.ContainerService/managedClusters/aks-shop-dev",
    cluster_id_problem,
)
ClusterId = Annotated[str | Awaitable[str] | pulumi.Output[str], Deferred(CLUSTER_ID_RULE)]


def _id(rule: str, example: str, ids: re.Pattern[str], otherwise: str) -> Deferred:
    """A rule that is kept as soon as the value is known."""
    return Deferred(Rule(f"{rule}, or an Output", example, lambda value: None if ids.fullmatch(value) else otherwise))


SubnetId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    _id(
        "the id of a subnet",
        "/subscriptions/…/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/private",
        SUBNET_ID,
        "no subnet's id",
    ),
]
PrivateDnsZoneId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    _id(
        "the id of a private DNS zone",
        "/subscriptions/…/resourceGroups/rg-net/providers/Microsoft.Network/privateDnsZones/"
        "privatelink.vaultcore.azure.net",
        _PRIVATE_DNS_ZONE_ID,
        "no private DNS zone's id",
    ),
]
VaultId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    _id(
        "the resource id of a vault",
        "/subscriptions/…/resourceGroups/rg-shop-dev/providers/Microsoft.KeyVault/vaults/kv-shop",
        _VAULT_ID,
        "no vault's id",
    ),
]
ClusterDnsZone = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    _id(
        "none, the id of a private DNS zone called privatelink.<region>.azmk8s.io or <name>.privatelink.… as AKS "
        "needs it",
        "/subscriptions/…/resourceGroups/rg-net/providers/Microsoft.Network/privateDnsZones/"
        "privatelink.westeurope.azmk8s.io",
        _CLUSTER_ZONE,
        "no such zone's id",
    ),
]
