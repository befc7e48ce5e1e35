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
SubnetId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the id of a subnet, or an Output",
            "/subscriptions/…/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/private",
            lambda value: None if SUBNET_ID.fullmatch(value) else "no subnet's id",
        )
    ),
]
PrivateDnsZoneId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the id of a private DNS zone, or an Output",
            "/subscriptions/…/resourceGroups/rg-net/providers/Microsoft.Network/privateDnsZones/"
            "privatelink.vaultcore.azure.net",
            lambda value: None if _PRIVATE_DNS_ZONE_ID.fullmatch(value) else "no private DNS zone's id",
        )
    ),
]
VaultId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the resource id of a vault, or an Output",
            "/subscriptions/…/resourceGroups/rg-shop-dev/providers/Microsoft.KeyVault/vaults/kv-shop",
            lambda value: None if _VAULT_ID.fullmatch(value) else "no vault's id",
        )
    ),
]
ClusterDnsZone = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "none, the id of a private DNS zone called privatelink.<region>.azmk8s.io or <name>.privatelink.… as AKS "
            "needs it, or an Output",
            "/subscriptions/…/resourceGroups/rg-net/providers/Microsoft.Network/privateDnsZones/"
            "privatelink.westeurope.azmk8s.io",
            lambda value: None if _CLUSTER_ZONE.fullmatch(value) else "no such zone's id",
        )
    ),
]
