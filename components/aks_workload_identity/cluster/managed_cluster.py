"""The AKS cluster itself, hardened."""

import re

import pulumi
from pulumi_azure_native import containerservice

from ..workload.identity import Identity
from .args import WorkloadIdentityClusterArgs
from .subnets import SYSTEM_POOL

# Names of the add-on in ARM; its configuration values are text (Microsoft Learn, CSI driver configuration options).
KEY_VAULT_ADD_ON = "azureKeyvaultSecretsProvider"
AZURE_POLICY_ADD_ON = "azurepolicy"


def register_managed_cluster(
    name: str,
    azure_name: str,
    args: WorkloadIdentityClusterArgs,
    *,
    control_plane: Identity,
    kubelet: Identity,
    tenant_id: str,
    opts: pulumi.ResourceOptions,
) -> containerservice.ManagedCluster:
    """Register the cluster itself; each hardening says why it is there.

    Args:
        name: the logical name.
        azure_name: the name in Azure.
        args: the component's arguments.
        control_plane: the identity that manages Azure resources for the cluster.
        kubelet: the identity of the nodes.
        tenant_id: the Entra tenant in which people log in.
        opts: options of the child.
    """
    automatic = args.sku == "Automatic"
    return containerservice.ManagedCluster(
        name,
        resource_group_name=args.resource_group_name,
        resource_name_=azure_name,
        location=args.location,
        sku=containerservice.ManagedClusterSKUArgs(name=args.sku, tier=args.tier),
        # Microsoft Learn, aks/free-standard-pricing-tiers: the plan and the Premium tier go together.
        support_plan="AKSLongTermSupport" if args.tier == "Premium" else "KubernetesOfficial",
        kubernetes_version=args.kubernetes_version,
        dns_prefix=_dns_prefix(azure_name),
        # Both always on: with the issuer off there is no token that Entra ID could trust.
        oidc_issuer_profile=containerservice.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
        security_profile=containerservice.ManagedClusterSecurityProfileArgs(
            workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
            defender=_defender(args),
            # Unused images keep known vulnerabilities on the nodes.
            image_cleaner=None
            if automatic
            else containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
                enabled=True, interval_hours=args.image_cleaner_interval_hours
            ),
        ),
        # Local accounts are certificates that no directory can revoke.
        disable_local_accounts=True,
        aad_profile=containerservice.ManagedClusterAADProfileArgs(
            managed=True,
            enable_azure_rbac=True,
            admin_group_object_ids=list(args.admin_group_object_ids),
            tenant_id=tenant_id,
        ),
        identity=containerservice.ManagedClusterIdentityArgs(
            type=containerservice.ResourceIdentityType.USER_ASSIGNED,
            user_assigned_identities=[control_plane.id],
        ),
        identity_profile={
            "kubeletidentity": containerservice.UserAssignedIdentityArgs(
                resource_id=kubelet.id, client_id=kubelet.client_id, object_id=kubelet.principal_id
            )
        },
        addon_profiles=add_ons(args),
        # AKS owns the node resource group; changes by hand are undone or break upgrades.
        node_resource_group_profile=None
        if automatic
        else containerservice.ManagedClusterNodeResourceGroupProfileArgs(restriction_level="ReadOnly"),
        api_server_access_profile=args.api_server.profile(),
        agent_pool_profiles=[_system_pool(args)],
        network_profile=None if automatic else args.network.profile(),
        auto_upgrade_profile=None
        if automatic
        else containerservice.ManagedClusterAutoUpgradeProfileArgs(
            upgrade_channel=args.upgrade_channel, node_os_upgrade_channel=args.node_os_upgrade_channel
        ),
        tags=args.tags,
        opts=pulumi.ResourceOptions.merge(
            opts,
            # The autoscaler's business after creation.
            pulumi.ResourceOptions(
                ignore_changes=["agentPoolProfiles[0].count"] if args.system_pool.autoscaling else None
            ),
        ),
    )


def add_ons(args: WorkloadIdentityClusterArgs) -> dict[str, containerservice.ManagedClusterAddonProfileArgs]:
    """The add-ons that the cluster gets, by their names in ARM."""
    # Rotation: a mounted secret that never changes outlives its replacement in the vault.
    secrets = {"enableSecretRotation": "true", "rotationPollInterval": args.secret_rotation_interval}
    found = {KEY_VAULT_ADD_ON: containerservice.ManagedClusterAddonProfileArgs(enabled=True, config=secrets)}
    if args.sku == "Base":
        # By itself it enforces nothing; without it no guardrail reaches the pods. Always written out.
        found[AZURE_POLICY_ADD_ON] = containerservice.ManagedClusterAddonProfileArgs(enabled=args.azure_policy)
    return found


def _defender(
    args: WorkloadIdentityClusterArgs,
) -> containerservice.ManagedClusterSecurityProfileDefenderArgs | None:
    """The sensor that watches the nodes; it reports to a workspace, without which AKS refuses it."""
    if args.defender is None:
        return None
    return containerservice.ManagedClusterSecurityProfileDefenderArgs(
        log_analytics_workspace_resource_id=args.defender.workspace_id,
        security_monitoring=containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs(enabled=True),
    )


def _system_pool(args: WorkloadIdentityClusterArgs) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    if args.sku == "Automatic":
        return containerservice.ManagedClusterAgentPoolProfileArgs(name="systempool", mode="System", count=3)
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name=SYSTEM_POOL, **args.system_pool.profile("System", args.tags)
    )


def _dns_prefix(azure_name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", azure_name)[:54].strip("-")
