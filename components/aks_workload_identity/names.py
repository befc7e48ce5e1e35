"""Names and limits of Azure, Entra ID and Kubernetes, and the names this library derives from them.

Derived names use only values that every preview knows, so that the same program names the same things on
every run and an import id can be written down before anything exists.
"""

import hashlib
import re
import uuid
from typing import Annotated, Protocol

import pulumi
from pydantic import StringConstraints

from .arguments import Rule

# Kubernetes, apimachinery pkg/util/validation: RFC 1123 label and subdomain.
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
DNS_LABEL_PATTERN = rf"^{_LABEL}$"
DNS_SUBDOMAIN_PATTERN = rf"^{_LABEL}(?:\.{_LABEL})*$"
_GUID_PATTERN = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

# Namespaces that AKS or its add-ons own (Microsoft Learn: AKS managed namespaces; chart of the webhook).
SYSTEM_NAMESPACES = frozenset(
    {
        "app-routing-system",
        "azure-workload-identity-system",
        "gatekeeper-system",
        "istio-system",
        "kube-node-lease",
        "kube-public",
        "kube-system",
    }
)


def _workload_namespace(value: str) -> str | None:
    if value in SYSTEM_NAMESPACES:
        return "a system namespace: AKS and its add-ons run there"
    if value == "default":
        return "the 'default' namespace is shared by everything that names none"
    return None


def _workload_account(value: str) -> str | None:
    if value == "default":
        return "every pod that names no account runs as 'default' and would get the identity"
    return None


def _vault_name(value: str) -> str | None:
    return "two hyphens in a row" if "--" in value else None


MapKey = Annotated[
    str,
    StringConstraints(pattern=DNS_LABEL_PATTERN, max_length=40),
    Rule("a map key of 1-40 lower-case letters, digits and hyphens, with a letter or digit at both ends", "orders"),
]
PlainText = Annotated[str, StringConstraints(min_length=1), Rule("text of one character or more", "shop")]
Namespace = Annotated[
    str,
    StringConstraints(pattern=DNS_LABEL_PATTERN, max_length=63),
    Rule(
        "a namespace of its own for workloads: 1-63 lower-case letters, digits and hyphens, "
        "with a letter or digit at both ends",
        "shop",
        _workload_namespace,
    ),
]
ServiceAccountName = Annotated[
    str,
    StringConstraints(pattern=DNS_SUBDOMAIN_PATTERN, max_length=253),
    Rule(
        "a service account of its own for the workload: 1-253 lower-case letters, digits, hyphens and dots, "
        "with a letter or digit at both ends of each part",
        "orders",
        _workload_account,
    ),
]
ObjectName = Annotated[
    str,
    StringConstraints(pattern=DNS_SUBDOMAIN_PATTERN, max_length=253),
    Rule("a Kubernetes object name: 1-253 lower-case letters, digits, hyphens and dots", "orders"),
]
Guid = Annotated[
    str,
    StringConstraints(pattern=_GUID_PATTERN),
    Rule("a GUID", "0a1b2c3d-0000-4000-8000-123456789abc"),
]
# azure-docs, Azure resource name rules.
Location = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]+$"), Rule("an Azure region's short name", "westeurope")
]
ResourceGroupName = Annotated[
    str,
    StringConstraints(pattern=r"^[-\w.()]{0,89}[-\w()]$"),
    Rule("a resource group name: 1-90 letters, digits, _ - . ( ), no dot at the end", "rg-shop-dev"),
]
IDENTITY_NAME_PATTERN = r"^[A-Za-z0-9][-_A-Za-z0-9]{2,127}$"
IdentityName = Annotated[
    str,
    StringConstraints(pattern=IDENTITY_NAME_PATTERN),
    Rule("an identity name: 3-128 letters, digits, - and _, first a letter or digit", "orders"),
]
CLUSTER_NAME_PATTERN = r"^[A-Za-z0-9](?:[-_A-Za-z0-9]{0,61}[A-Za-z0-9])?$"
ClusterName = Annotated[
    str,
    StringConstraints(pattern=CLUSTER_NAME_PATTERN),
    Rule("a cluster name: 1-63 letters, digits, - and _, with a letter or digit at both ends", "aks-dev"),
]
NodePoolName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]{0,11}$"),
    Rule("a node pool name: 1-12 lower-case letters and digits, first a letter", "apps"),
]
VAULT_NAME = (
    StringConstraints(pattern=r"^[A-Za-z][-A-Za-z0-9]{1,22}[A-Za-z0-9]$"),
    Rule(
        "a vault name: 3-24 letters, digits and single hyphens, first a letter, last a letter or digit",
        "kv-shop-1a2b3c4d",
        _vault_name,
    ),
)
VaultName = Annotated[str, *VAULT_NAME]
VaultObjectName = Annotated[
    str,
    StringConstraints(pattern=r"^[-A-Za-z0-9]{1,127}$"),
    Rule("the name of a vault's secret, key or certificate: 1-127 letters, digits and hyphens", "db-password"),
]
RegistryName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]{5,50}$"),
    Rule("a registry name: 5-50 letters and digits", "crshop1a2b3c4d"),
]

# Longest names Azure takes: 120 for a federated credential, 24 for a vault, 50 for a registry.
_CREDENTIAL_NAME_LIMIT = 120
_VAULT_NAME_LIMIT = 24
_REGISTRY_NAME_LIMIT = 50

# Role assignment names are made in this namespace, so that no other generator makes the same ones.
_ROLE_ASSIGNMENTS = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/aks-workload-identity/role-assignments")


def subject(namespace: str, service_account: str) -> str:
    """The `sub` claim of a service account's token; Entra ID compares it byte for byte, case included.

    Source: Kubernetes documentation, "Managing Service Accounts".
    """
    return f"system:serviceaccount:{namespace}:{service_account}"


def credential_name(cluster_key: str, namespace: str, service_account: str) -> str:
    """The name of a federated credential: readable, and unique for cluster and subject.

    It holds a hash of the cluster's plain key, never of the issuer: the issuer is unknown in the preview of
    any cluster update, and every credential would be shown as replaced.
    """
    unique = _short_hash(cluster_key, subject(namespace, service_account), digits=10)
    readable = re.sub(r"[^A-Za-z0-9-]", "-", f"{cluster_key}-{namespace}-{service_account}")
    return f"{readable[: _CREDENTIAL_NAME_LIMIT - 11]}-{unique}"


def role_assignment_name(identity: str, role_guid: str, key: str) -> str:
    """The GUID that names a role assignment: the same on every run, unique in the tenant.

    Args:
        identity: the plain name of the identity that gets the role.
        role_guid: the role definition's GUID.
        key: the caller's map key of the grant.
    """
    seed = (pulumi.get_project(), pulumi.get_stack(), identity, role_guid.lower(), key)
    return str(uuid.uuid5(_ROLE_ASSIGNMENTS, "/".join(seed)))


def vault_name(purpose: str, *, subscription_id: str, resource_group_name: str) -> str:
    """A globally unique vault name that is the same on every run: `kv-<purpose>-<hash>`, at most 24 characters."""
    unique = _short_hash(subscription_id, resource_group_name, purpose, digits=8)
    readable = re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "-", f"kv-{purpose.lower()}"))
    return f"{readable[: _VAULT_NAME_LIMIT - 9].rstrip('-')}-{unique}"


def registry_name(purpose: str, *, subscription_id: str, resource_group_name: str) -> str:
    """A globally unique registry name that is the same on every run: `cr<purpose><hash>`, letters and digits only."""
    unique = _short_hash(subscription_id, resource_group_name, purpose, digits=8)
    readable = re.sub(r"[^a-z0-9]", "", f"cr{purpose.lower()}")
    return f"{readable[: _REGISTRY_NAME_LIMIT - 8]}{unique}"


class _GloballyUnique(Protocol):
    def __call__(self, purpose: str, *, subscription_id: str, resource_group_name: str) -> str: ...


def derived(
    make: _GloballyUnique, purpose: str, subscription_id: str, resource_group_name: pulumi.Input[str]
) -> pulumi.Input[str]:
    """A globally unique name: plain where the resource group's name is plain, an `Output` where it is one."""
    if isinstance(resource_group_name, str):
        return make(purpose, subscription_id=subscription_id, resource_group_name=resource_group_name)
    return pulumi.Output.from_input(resource_group_name).apply(
        lambda group: make(purpose, subscription_id=subscription_id, resource_group_name=group)
    )


def _short_hash(*parts: str, digits: int) -> str:
    return hashlib.sha256("\0".join(part.lower() for part in parts).encode()).hexdigest()[:digits]
