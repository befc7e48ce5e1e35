"""What the tests of clusters share."""

from typing import Any

from tests.components.builders import GROUP, cluster
from tests.recorder import Resource, run

NETWORK_ID = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet"
SUBNET_ID = f"{NETWORK_ID}/subnets/nodes"
ZONE_ID = f"{GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io"


def identity_id(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"


def registered(**changes: Any) -> dict[str, Any]:
    return run(lambda: cluster(**changes)).one("ManagedCluster").inputs


def role_of(assignment: Resource) -> str:
    return assignment.inputs["roleDefinitionId"].rpartition("/")[2]
