"""The identities a cluster acts as: control plane, kubelet, add-ons.

Sources: Microsoft Learn, aks/use-managed-identity and aks/csi-secrets-store-identity-access; azure-rest-api-specs
containerservice (ManagedClusterIdentity); the Custom… codes as AKS answers them (the zone's: Azure/AKS issue 3470,
Azure/Azure-Landing-Zones issue 2892).
"""

from typing import Any

from .authorization import covers, effective_assignments_of, role_guid
from .cloud import Cloud
from .errors import ArmError
from .managedidentity import create_identity
from .resource_type import Write
from .role_definitions import (
    CONTRIBUTOR,
    MANAGED_IDENTITY_OPERATOR,
    NETWORK_CONTRIBUTOR,
    OWNER,
    PRIVATE_DNS_ZONE_CONTRIBUTOR,
)
from .store import Json

KUBELET = "properties.identityProfile.kubeletidentity"
# Each add-on that acts as an identity has its own, in the node resource group (Azure/azure-policy issue 1273).
ADD_ONS = {"azureKeyvaultSecretsProvider": "azurekeyvaultsecretsprovider", "azurepolicy": "azurepolicy"}
# The built-in roles whose actions include Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action.
MAY_ASSIGN = (MANAGED_IDENTITY_OPERATOR, CONTRIBUTOR, OWNER)
# Those whose actions include Microsoft.Network/privateDnsZones/write.
MAY_WRITE_ZONES = (PRIVATE_DNS_ZONE_CONTRIBUTOR, NETWORK_CONTRIBUTOR, CONTRIBUTOR, OWNER)


def check_identities(write: Write) -> None:
    kind = write.get("identity.type")
    service_principal = write.get("properties.servicePrincipalProfile.clientId")
    if kind in (None, "None") and service_principal in (None, "msi"):
        raise ArmError(400, "InvalidParameter", "Required parameter servicePrincipalProfile is missing (null).")
    assigned = _assigned(write)
    if kind == "UserAssigned" and len(assigned) != 1:
        raise ArmError(
            400,
            "InvalidParameter",
            f"A cluster has exactly one user-assigned identity for its control plane; got {len(assigned)}.",
        )
    for identity_id in assigned:
        if write.cloud.store.get(identity_id) is None:
            raise ArmError(
                400,
                "FailedIdentityOperation",
                f"Identity operation for resource '{write.address}' failed with error 'Failed to perform resource "
                f"identity operation. Status: 'BadRequest'. The identity '{identity_id}' was not found.'.",
            )
    if write.get(KUBELET) and (write.new or write.get(f"{KUBELET}.resourceId") != write.was(f"{KUBELET}.resourceId")):
        _check_kubelet(write, assigned)
    zone = write.get("properties.apiServerAccessProfile.privateDNSZone")
    if zone and "/" in zone and not (assigned and _may(write, assigned[0], MAY_WRITE_ZONES, zone)):
        raise ArmError(
            400,
            "CustomPrivateDNSZoneMissingPermissionError",
            "Service principal or user-assigned identity must be given permission to read and write to custom private "
            f"dns zone {zone}. Check access result not allowed for action Microsoft.Network/privateDnsZones/write.",
        )


def _may(write: Write, identity_id: str, roles: tuple[str, ...], resource_id: str) -> bool:
    """Whether an identity has one of the roles on a resource."""
    known = write.cloud.store.get(identity_id) or {}
    held = effective_assignments_of(write.cloud, known["properties"]["principalId"])
    return any(role_guid(each) in roles and covers(each["properties"]["scope"], resource_id) for each in held)


def _assigned(write: Write) -> list[str]:
    identities: dict[str, Any] = write.get("identity.userAssignedIdentities") or {}
    return list(identities)


def _check_kubelet(write: Write, assigned: list[str]) -> None:
    if not assigned:
        raise ArmError(
            400,
            "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
            "A custom kubelet identity is only supported on a cluster with a user-assigned identity.",
        )
    kubelet = write.cloud.store.get(str(write.get(f"{KUBELET}.resourceId")))
    stated = {"clientId": write.get(f"{KUBELET}.clientId"), "principalId": write.get(f"{KUBELET}.objectId")}
    if kubelet is None or any(value and value != kubelet["properties"][name] for name, value in stated.items()):
        raise ArmError(
            400,
            "CustomKubeletIdentityPropertyError",
            "The resourceId, clientId and objectId of the kubelet identity must be those of one existing identity.",
        )
    if not _may(write, assigned[0], MAY_ASSIGN, kubelet["id"]):
        raise ArmError(
            400,
            "CustomKubeletIdentityMissingPermissionError",
            "The cluster using user-assigned managed identity must be granted 'Managed Identity Operator' role to "
            "assign kubelet identity. You can run 'az role assignment create --assignee "
            "<control-plane-identity-principal-id> --role 'Managed Identity Operator' --scope "
            "<kubelet-identity-resource-id>' to grant the permission.",
        )


def complete_identities(write: Write, node_group_id: str) -> None:
    _complete_control_plane(write)
    kubelet = write.cloud.store.get(str(write.get(f"{KUBELET}.resourceId") or write.was(f"{KUBELET}.resourceId")))
    if kubelet is None:
        kubelet = _node_identity(write, node_group_id, f"{write.address.name}-agentpool")
    write.set(KUBELET, _reference(kubelet))
    addons: dict[str, Json] = write.get("properties.addonProfiles") or {}
    for key, prefix in ADD_ONS.items():
        name = f"{prefix}-{write.address.name}"
        if addons.get(key, {}).get("enabled"):
            addons[key]["identity"] = _reference(_node_identity(write, node_group_id, name))
        else:
            addons.get(key, {}).pop("identity", None)
            write.cloud.remove(_identity_id(node_group_id, name))


def _complete_control_plane(write: Write) -> None:
    if write.get("identity.type") == "SystemAssigned":
        principal = write.was("identity.principalId") or write.guid("control-plane")
        write.set("identity.principalId", principal)
        write.set("identity.tenantId", write.cloud.store.tenant_id)
    elif write.get("identity.type") == "UserAssigned":
        identities = write.get("identity.userAssignedIdentities")
        for identity_id in identities:
            known = write.cloud.store.get(identity_id) or {}
            identities[identity_id] = {name: known["properties"][name] for name in ("clientId", "principalId")}
    if not write.get("properties.servicePrincipalProfile"):
        write.set("properties.servicePrincipalProfile", {"clientId": "msi"})


def _identity_id(node_group_id: str, name: str) -> str:
    return f"{node_group_id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"


def _node_identity(write: Write, node_group_id: str, name: str) -> Json:
    return _existing_or_new(write.cloud, _identity_id(node_group_id, name), write.get("location"))


def _existing_or_new(cloud: Cloud, identity_id: str, location: str) -> Json:
    return cloud.store.get(identity_id) or create_identity(cloud, identity_id, location)


def _reference(identity: Json) -> dict[str, str]:
    return {
        "resourceId": identity["id"],
        "clientId": identity["properties"]["clientId"],
        "objectId": identity["properties"]["principalId"],
    }
