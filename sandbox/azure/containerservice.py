"""Microsoft.ContainerService: managed clusters.

Sources: azure-rest-api-specs containerservice; Microsoft Learn, aks/{use-oidc-issuer, workload-identity-overview,
manage-local-accounts-managed-azure-ad, use-managed-identity, faq} and troubleshoot-azure/azure-kubernetes. Codes that
neither gives are `InvalidParameter`, the code AKS uses for a value it cannot accept.
"""

import re
from typing import Any

from . import agentpools
from .cloud import Cloud
from .cluster_identities import check_identities, complete_identities
from .cluster_network import check_network
from .errors import ArmError
from .ids import RESOURCE_GROUPS
from .kubeconfig import admin_credential, user_credential
from .resource_type import Endpoint, LongRunning, NameRule, ResourceType, Write
from .store import Json

VERSIONS = ("2025-09-01", "2026-06-01", "2026-08-01")
CLUSTERS = "Microsoft.ContainerService/managedClusters"
# AKS moves its default with time; this is the version from which the issuer is on without asking.
DEFAULT_VERSION = "1.34"
ISSUER_BY_DEFAULT_SINCE = (1, 34)


def _invalid(message: str) -> ArmError:
    return ArmError(400, "InvalidParameter", message)


def _check(write: Write) -> None:
    state = write.was("properties.provisioningState")
    if state in ("Creating", "Updating", "Deleting"):
        raise ArmError(
            409,
            "OperationNotAllowed",
            f"Operation is not allowed: Another operation ({state}) is in progress, "
            "please wait for it to finish before starting a new operation.",
        )
    _check_names(write)
    _check_version(write)
    _check_plan(write)
    check_network(write)
    _check_issuer(write)
    if write.get("properties.disableLocalAccounts") and not write.get("properties.aadProfile"):
        raise _invalid("disableLocalAccounts needs aadProfile: without both nobody could sign in to the cluster.")
    _check_defender(write)
    check_identities(write)
    _check_pools(write)


def _check_names(write: Write) -> None:
    prefix = write.get("properties.dnsPrefix")
    if not prefix and not write.get("properties.fqdnSubdomain"):
        raise _invalid("Required parameter properties.dnsPrefix is missing (null).")
    if prefix and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?", prefix):
        raise _invalid(
            f"The dnsPrefix '{prefix}' must be 1 to 54 letters, digits or hyphens "
            "and start and end with a letter or digit."
        )
    if write.new:
        address = write.address
        default = f"MC_{address.resource_group}_{address.name}_{write.get('location')}"[:80]
        group = write.get("properties.nodeResourceGroup") or default
        if write.cloud.exists(_node_group_id(write.cloud, group)):
            raise _invalid(f"The node resource group '{group}' must not exist yet.")
        write.set("properties.nodeResourceGroup", group)


def _check_version(write: Write) -> None:
    path = "properties.kubernetesVersion"
    version = write.get(path) or write.was(path) or DEFAULT_VERSION
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", str(version)):
        raise _invalid(f"The Kubernetes version '{version}' must be a version such as '{DEFAULT_VERSION}'.")
    write.set(path, version)


def _check_plan(write: Write) -> None:
    """Source: Microsoft Learn, aks/free-standard-pricing-tiers: both are turned on and off together."""
    premium, plan = write.get("sku.tier") == "Premium", write.get("properties.supportPlan")
    if premium != (plan == "AKSLongTermSupport"):
        raise _invalid(f"The supportPlan '{plan}' does not go with the sku tier '{write.get('sku.tier')}'.")


def _check_issuer(write: Write) -> None:
    """The issuer can be turned on and never off; what is left out of an update is not turned off."""
    path = "properties.oidcIssuerProfile.enabled"
    enabled = write.get(path)
    if write.was(path) and enabled is False:
        raise ArmError(400, "OIDCIssuerFeatureCannotBeDisabled", "OIDC issuer feature cannot be disabled.")
    if enabled is None:
        major, minor = write.get("properties.kubernetesVersion").split(".")[:2]
        by_default = write.new and (int(major), int(minor)) >= ISSUER_BY_DEFAULT_SINCE
        write.set(path, bool(write.was(path) or by_default))
    if write.get("properties.securityProfile.workloadIdentity.enabled") and not write.get(path):
        raise _invalid("securityProfile.workloadIdentity needs oidcIssuerProfile to be enabled.")


def _check_defender(write: Write) -> None:
    """Source: azure-rest-api-specs containerservice (ManagedClusterSecurityProfileDefender); the code is not given."""
    path = "properties.securityProfile.defender"
    if write.get(f"{path}.securityMonitoring.enabled") and not write.get(f"{path}.logAnalyticsWorkspaceResourceId"):
        raise _invalid("securityProfile.defender needs logAnalyticsWorkspaceResourceId when it is enabled.")


def _check_pools(write: Write) -> None:
    profiles: list[dict[str, Any]] = write.get("properties.agentPoolProfiles") or []
    pools = [agentpools.from_profile(write, profile).body for profile in profiles]
    listed = {pool["id"].lower() for pool in pools}
    others = [
        pool for pool in agentpools.of_cluster(write.cloud, str(write.address)) if pool["id"].lower() not in listed
    ]
    if not any(pool["properties"]["mode"] == "System" for pool in [*pools, *others]):
        raise agentpools.no_system_pool()
    for pool in pools:
        write.cloud.put(pool)
    write.drop("properties.agentPoolProfiles")


def _complete(write: Write) -> None:
    location = write.get("location")
    if write.new:
        group = _node_group_id(write.cloud, write.get("properties.nodeResourceGroup"))
        write.cloud.put(
            {
                "id": group,
                "name": write.get("properties.nodeResourceGroup"),
                "type": RESOURCE_GROUPS,
                "location": location,
                "managedBy": str(write.address),
                "properties": {"provisioningState": "Succeeded"},
            }
        )
        host = write.get("properties.fqdnSubdomain") or (
            f"{write.get('properties.dnsPrefix')}-{write.guid('fqdn')[:8]}".lower()
        )
        write.set("properties.fqdn", f"{host}.hcp.{location}.azmk8s.io")
        write.set("properties.azurePortalFQDN", f"{host}.portal.hcp.{location}.azmk8s.io")
        write.set("properties.resourceUID", write.guid("uid").replace("-", "")[:24])
    if write.get("properties.oidcIssuerProfile.enabled"):
        tenant = write.cloud.store.tenant_id
        issuer = f"https://{location}.oic.prod-aks.azure.com/{tenant}/{_issuer_guid(write)}/"
        write.set("properties.oidcIssuerProfile.issuerURL", issuer)
    version = write.get("properties.kubernetesVersion")
    write.set("properties.currentKubernetesVersion", version if version.count(".") == 2 else f"{version}.0")
    write.set("properties.powerState", {"code": "Running"})
    complete_identities(write, _node_group_id(write.cloud, write.get("properties.nodeResourceGroup")))


def _issuer_guid(write: Write) -> str:
    """A GUID of this very cluster: another one made under the same id has another issuer."""
    return write.cloud.store.guid("issuer", write.get("properties.resourceUID"))


def _node_group_id(cloud: Cloud, name: str) -> str:
    return f"/subscriptions/{cloud.store.subscription_id}/resourceGroups/{name}"


def _removed(cloud: Cloud, body: Json) -> None:
    cloud.remove(_node_group_id(cloud, body["properties"]["nodeResourceGroup"]))


def _view(cloud: Cloud, body: Json) -> Json:
    pools = [agentpools.as_profile(pool) for pool in agentpools.of_cluster(cloud, body["id"])]
    return {**body, "properties": {**body["properties"], "agentPoolProfiles": pools}}


CLUSTER = ResourceType(
    name=CLUSTERS,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[a-zA-Z0-9]|[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]",
        "InvalidParameter",
        "The cluster name '{name}' must be 1 to 63 letters, digits, '-' or '_', with a letter or digit at both ends.",
    ),
    # Source: azurerm_kubernetes_cluster (what forces a new cluster), as AKS publishes no list.
    immutable=(
        "properties.dnsPrefix",
        "properties.fqdnSubdomain",
        "properties.nodeResourceGroup",
        "properties.networkProfile.serviceCidr",
        "properties.networkProfile.dnsServiceIP",
        "properties.apiServerAccessProfile.enablePrivateCluster",
        "properties.diskEncryptionSetID",
    ),
    read_only=(
        "properties.provisioningState",
        "properties.powerState",
        "properties.fqdn",
        "properties.azurePortalFQDN",
        "properties.resourceUID",
        "properties.currentKubernetesVersion",
        "properties.oidcIssuerProfile.issuerURL",
        "properties.maxAgentPools",
    ),
    defaults={
        "sku": {"name": "Base", "tier": "Free"},
        "properties.enableRBAC": True,
        "properties.supportPlan": "KubernetesOfficial",
        "properties.disableLocalAccounts": False,
        "properties.maxAgentPools": 100,
    },
    check=_check,
    complete=_complete,
    removed=_removed,
    view=_view,
    actions={"listclusterusercredential": user_credential, "listclusteradmincredential": admin_credential},
    long_running=LongRunning(),
    long_delete=True,
)

TYPES = (CLUSTER, agentpools.AGENT_POOL)
ENDPOINTS: tuple[Endpoint, ...] = ()
