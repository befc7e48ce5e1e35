"""Pulumi components that let pods on AKS use Azure without a stored secret."""

from . import grants
from .cluster import WorkloadIdentityCluster
from .cluster_args import WorkloadIdentityClusterArgs
from .cluster_network import ApiServerAccess, NetworkProfile
from .cognitive_services import CognitiveServicesAccount, CognitiveServicesAccountArgs, ModelDeployment
from .errors import InvalidArgumentError
from .grants import Grant
from .identity import Identity
from .mount import KeyVaultMount, KeyVaultMountArgs
from .names import UniqueNames
from .node_pool import Autoscaling, NodePool
from .registry import ContainerRegistry, ContainerRegistryArgs, RegistryAttachment
from .service_account import ServiceAccount
from .storage import StorageAccount, StorageAccountArgs
from .trust import ClusterTrust
from .vault import KeyVault, KeyVaultArgs, VaultReference
from .vault_objects import Certificate, Key, Secret
from .workload import FederatedWorkload, FederatedWorkloadArgs

__all__ = [
    "ApiServerAccess",
    "Autoscaling",
    "Certificate",
    "ClusterTrust",
    "CognitiveServicesAccount",
    "CognitiveServicesAccountArgs",
    "ContainerRegistry",
    "ContainerRegistryArgs",
    "FederatedWorkload",
    "FederatedWorkloadArgs",
    "Grant",
    "Identity",
    "InvalidArgumentError",
    "Key",
    "KeyVault",
    "KeyVaultArgs",
    "KeyVaultMount",
    "KeyVaultMountArgs",
    "ModelDeployment",
    "NetworkProfile",
    "NodePool",
    "RegistryAttachment",
    "Secret",
    "ServiceAccount",
    "StorageAccount",
    "StorageAccountArgs",
    "UniqueNames",
    "VaultReference",
    "WorkloadIdentityCluster",
    "WorkloadIdentityClusterArgs",
    "grants",
]
