"""Pulumi components that let pods on AKS use Azure without a stored secret."""

from . import grants
from .access_map.registered import registered_access_map
from .cluster.args import WorkloadIdentityClusterArgs
from .cluster.audit import ClusterAudit, ClusterAuditArgs
from .cluster.azure_policy import (
    AllowedImages,
    HostPath,
    HostPaths,
    NonRootContainers,
    PodSecurityBaseline,
    PodSecurityRestricted,
    PrivilegedContainers,
    PrivilegeEscalation,
    ResourceLimits,
    TrustedIssuers,
    WorkloadIdentityOn,
)
from .cluster.cluster import WorkloadIdentityCluster
from .cluster.defender import Defender
from .cluster.defender_plan import DefenderForContainersPlan, DefenderForContainersPlanArgs
from .cluster.existing import ExistingCluster, ExistingClusterArgs
from .cluster.interface import Cluster, ClusterIdentity
from .cluster.network import ApiServerAccess, NetworkProfile
from .cluster.node_pool import Autoscaling, NodePool
from .cluster.policies import ClusterPolicies, ClusterPoliciesArgs
from .cluster.team_namespace import TeamNamespace
from .cluster.team_namespace_args import TeamGroup, TeamNamespaceArgs
from .cluster.trust import ClusterTrust
from .component import keep_version_aliases
from .derived_names import UniqueNames
from .errors import InvalidArgumentError
from .grants import Grant, Role
from .key_vault.mount import KeyVaultMount
from .key_vault.mount_args import KeyVaultMountArgs
from .key_vault.objects import Certificate, Key, Secret
from .key_vault.secret_reads import secret_reads
from .key_vault.synced_secret import SyncedSecret
from .key_vault.vault import KeyVault, KeyVaultArgs, VaultReference
from .services.cognitive_services import CognitiveServicesAccount, CognitiveServicesAccountArgs, ModelDeployment
from .services.log_analytics import LogAnalyticsWorkspace, LogAnalyticsWorkspaceArgs
from .services.private_endpoint import PrivateEndpoint
from .services.registry import ContainerRegistry, ContainerRegistryArgs, RegistryAttachment
from .services.storage import StorageAccount, StorageAccountArgs
from .workload.args import FederatedWorkloadArgs
from .workload.identity import Identity
from .workload.service_account import ServiceAccount
from .workload.workload import FederatedWorkload

__all__ = [
    "AllowedImages",
    "ApiServerAccess",
    "Autoscaling",
    "Certificate",
    "Cluster",
    "ClusterAudit",
    "ClusterAuditArgs",
    "ClusterIdentity",
    "ClusterPolicies",
    "ClusterPoliciesArgs",
    "ClusterTrust",
    "CognitiveServicesAccount",
    "CognitiveServicesAccountArgs",
    "ContainerRegistry",
    "ContainerRegistryArgs",
    "Defender",
    "DefenderForContainersPlan",
    "DefenderForContainersPlanArgs",
    "ExistingCluster",
    "ExistingClusterArgs",
    "FederatedWorkload",
    "FederatedWorkloadArgs",
    "Grant",
    "HostPath",
    "HostPaths",
    "Identity",
    "InvalidArgumentError",
    "Key",
    "KeyVault",
    "KeyVaultArgs",
    "KeyVaultMount",
    "KeyVaultMountArgs",
    "LogAnalyticsWorkspace",
    "LogAnalyticsWorkspaceArgs",
    "ModelDeployment",
    "NetworkProfile",
    "NodePool",
    "NonRootContainers",
    "PodSecurityBaseline",
    "PodSecurityRestricted",
    "PrivateEndpoint",
    "PrivilegeEscalation",
    "PrivilegedContainers",
    "RegistryAttachment",
    "ResourceLimits",
    "Role",
    "Secret",
    "ServiceAccount",
    "StorageAccount",
    "StorageAccountArgs",
    "SyncedSecret",
    "TeamGroup",
    "TeamNamespace",
    "TeamNamespaceArgs",
    "TrustedIssuers",
    "UniqueNames",
    "VaultReference",
    "WorkloadIdentityCluster",
    "WorkloadIdentityClusterArgs",
    "WorkloadIdentityOn",
    "grants",
    "keep_version_aliases",
    "registered_access_map",
    "secret_reads",
]
