"""Names and limits of Azure, Entra ID and Kubernetes, as types of arguments."""

from collections.abc import Awaitable, Sequence
from typing import Annotated

import pulumi
from pydantic import AfterValidator, StringConstraints

from .abac import fault_of
from .arguments import Deferred, Rule
from .regions import misspelt

# Kubernetes, apimachinery pkg/util/validation: RFC 1123 label and subdomain.
_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
DNS_LABEL_PATTERN = rf"^{_LABEL}$"
DNS_SUBDOMAIN_PATTERN = rf"^{_LABEL}(?:\.{_LABEL})*$"
GUID_PATTERN = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"

# Namespaces that AKS, its add-ons or its extensions own (Microsoft Learn: AKS managed namespaces; chart of the webhook;
# what Azure's policies for Kubernetes leave out).
SYSTEM_NAMESPACES = frozenset(
    {
        "aks-command",
        "app-routing-system",
        "azure-arc",
        "azure-extensions-usage-system",
        "azure-workload-identity-system",
        "calico-system",
        "dapr-system",
        "flux-system",
        "gatekeeper-system",
        "istio-system",
        "kube-node-lease",
        "kube-public",
        "kube-system",
        "tigera-operator",
    }
)


def _workload_namespace(value: str) -> str | None:
    if value in SYSTEM_NAMESPACES or value.startswith("aks-istio-"):
        return "a system namespace: AKS and its add-ons run there"
    if value == "default":
        return "the 'default' namespace is shared by everything that names none"
    return None


def _workload_account(value: str) -> str | None:
    if value == "default":
        return "every pod that names no account runs as 'default' and would get the identity"
    return None


def _reason(value: str) -> str | None:
    return "less than three words" if len(value.split()) < 3 else None


def _vault_name(value: str) -> str | None:
    return "two hyphens in a row" if "--" in value else None


def _each_once(values: Sequence[str]) -> Sequence[str]:
    if len(set(values)) < len(values):
        raise ValueError(f"must have each entry once; got {list(values)!r}")
    return values


EachOnce = AfterValidator(_each_once)
MapKey = Annotated[
    str,
    StringConstraints(pattern=DNS_LABEL_PATTERN, max_length=40),
    Rule("a map key of 1-40 lower-case letters, digits and hyphens, with a letter or digit at both ends", "orders"),
]
PlainText = Annotated[str, StringConstraints(min_length=1), Rule("text of one character or more", "shop")]
Condition = Annotated[
    str,
    StringConstraints(min_length=1),
    Rule(
        "a condition that Azure reads and that narrows a role",
        "(!(ActionMatches{'Microsoft.KeyVault/vaults/secrets/getSecret/action'}) OR "
        "(@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'db-password'))",
        fault_of,
    ),
]
Reason = Annotated[
    str,
    StringConstraints(pattern=r"^\S.*\S$", min_length=10, max_length=500),
    Rule(
        "a reason in words, on one line of 10-500 characters",
        "signs invoices with a key that only it holds",
        _reason,
    ),
]
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
    StringConstraints(pattern=GUID_PATTERN),
    Rule("a GUID", "0a1b2c3d-0000-4000-8000-123456789abc"),
]
# azure-docs, Azure resource name rules.
Location = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]+$"), Rule("an Azure region's short name", "westeurope", misspelt)
]
RESOURCE_GROUP_NAME = (
    StringConstraints(pattern=r"^[-\w.()]{0,89}[-\w()]$"),
    Rule("a resource group name: 1-90 letters, digits, _ - . ( ), no dot at the end", "rg-shop-dev"),
)
ResourceGroupName = Annotated[str, *RESOURCE_GROUP_NAME]
InputResourceGroupName = Annotated[str | Awaitable[str] | pulumi.Output[str], Deferred(*RESOURCE_GROUP_NAME)]
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
VmSize = Annotated[
    str,
    StringConstraints(pattern=r"^Standard_[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$"),
    Rule("a virtual machine size", "Standard_D4ds_v5"),
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
WORKSPACE_NAME_PATTERN = r"^[A-Za-z0-9][-A-Za-z0-9]{2,61}[A-Za-z0-9]$"
WorkspaceName = Annotated[
    str,
    StringConstraints(pattern=WORKSPACE_NAME_PATTERN),
    Rule("a workspace name: 4-63 letters, digits and hyphens, with a letter or digit at both ends", "log-shop"),
]
RegistryName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]{5,50}$"),
    Rule("a registry name: 5-50 letters and digits", "crshop1a2b3c4d"),
]
# OCI distribution specification, "Pulling manifests": <name>; at most 255 characters with the registry's host.
_REPOSITORY_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
RepositoryName = Annotated[
    str,
    StringConstraints(pattern=rf"^{_REPOSITORY_PART}(?:/{_REPOSITORY_PART})*/?$", max_length=200),
    Rule(
        "a repository name of lower-case letters, digits and . _ - / between them, or with a slash at its end "
        "everything below it",
        "shop/orders",
    ),
]

STORAGE_ACCOUNT_NAME = (
    StringConstraints(pattern=r"^[a-z0-9]{3,24}$"),
    Rule("a storage account name: 3-24 lower-case letters and digits", "stshop1a2b3c4d"),
)
StorageAccountName = Annotated[str, *STORAGE_ACCOUNT_NAME]
ContainerName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](?:-?[a-z0-9])*$", min_length=3, max_length=63),
    Rule("a container or queue name: 3-63 lower-case letters, digits and single hyphens", "invoices"),
]
ContainerNames = Annotated[Sequence[ContainerName], EachOnce]
# azure-rest-api-specs cognitiveservices: the pattern; that signs at the end are refused, the portal.
DeploymentName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z0-9][-_.a-zA-Z0-9]{0,62}[a-zA-Z0-9]$"),
    Rule("a deployment name: 2-64 letters, digits and . _ -, with a letter or digit at both ends", "gpt-5.4-mini"),
]
AccountName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z0-9][-a-zA-Z0-9]{0,62}[a-zA-Z0-9]$"),
    Rule("a Cognitive Services account name: 2-64 letters, digits and hyphens", "oai-shop-1a2b3c4d"),
]
