"""Names and limits of Azure, Entra ID and Kubernetes, and the names this library derives from them.

Derived names use only values that every preview knows, so that the same program names the same things on
every run and an import id can be written down before anything exists.
"""

import hashlib
import ipaddress
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import pulumi
from pydantic import StringConstraints

from .arguments import Deferred, Rule

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


# azure-docs, azure-resource-manager/management/tag-resources (limitations): names do not tell case apart.
MOST_TAGS = 50


def _tags(tags: Mapping[str, str]) -> str | None:
    if len(tags) > MOST_TAGS:
        return f"{len(tags)} tags"
    if len({name.lower() for name in tags}) < len(tags):
        return "two names that differ in case only are one tag"
    wrong = [name for name in tags if not re.fullmatch(r"[^<>%&\\?/]{1,512}", name)]
    wrong += [name for name, value in tags.items() if len(value) > 256]
    return f"the tag {wrong[0]!r}" if wrong else None


# Kubernetes, apimachinery pkg/util/validation: qualified names and label values.
_LABEL_PART = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
# Microsoft Learn, aks/use-labels: "Reserved prefixes".
_RESERVED_PREFIXES = ("kubernetes.azure.com/", "kubernetes.io/")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _label_name(name: str) -> str | None:
    prefix, slash, last = name.rpartition("/")
    if slash and (len(prefix) > 253 or not re.fullmatch(DNS_SUBDOMAIN_PATTERN, prefix)):
        return f"the prefix of {name!r} is no DNS name"
    return None if _LABEL_PART.fullmatch(last) else f"the name {name!r}"


def _label_value(value: str) -> str | None:
    return None if not value or _LABEL_PART.fullmatch(value) else f"the value {value!r}"


def _labels(labels: Mapping[str, str]) -> str | None:
    for name, value in labels.items():
        wrong = _label_name(name) or _label_value(value)
        if wrong:
            return wrong
        if name.startswith(_RESERVED_PREFIXES):
            return f"{name!r} has a prefix that only AKS may use"
    return None


def _taint(taint: str) -> str | None:
    pair, _, effect = taint.rpartition(":")
    name, _, value = pair.partition("=")
    return _label_name(name) or _label_value(value) or (None if effect in _EFFECTS else f"the effect {effect!r}")


def _reason(value: str) -> str | None:
    return "less than three words" if len(value.split()) < 3 else None


def _vault_name(value: str) -> str | None:
    return "two hyphens in a row" if "--" in value else None


MapKey = Annotated[
    str,
    StringConstraints(pattern=DNS_LABEL_PATTERN, max_length=40),
    Rule("a map key of 1-40 lower-case letters, digits and hyphens, with a letter or digit at both ends", "orders"),
]
PlainText = Annotated[str, StringConstraints(min_length=1), Rule("text of one character or more", "shop")]
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
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]+$"), Rule("an Azure region's short name", "westeurope")
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
Tags = Annotated[
    Mapping[str, str],
    Rule(
        f"at most {MOST_TAGS} tags, names of 1-512 characters without < > % & \\ ? / and values of at most 256",
        {"owner": "team-shop"},
        _tags,
    ),
]
NodeLabels = Annotated[
    Mapping[str, str],
    Rule(
        "Kubernetes labels: names with a prefix or without, at most 63 letters, digits, - _ and . in names and values",
        {"tier": "gpu"},
        _labels,
    ),
]
NodeTaint = Annotated[
    str,
    Rule(
        "a Kubernetes taint <name>=<value>:<effect>, the effect NoSchedule, PreferNoSchedule or NoExecute",
        "sku=gpu:NoSchedule",
        _taint,
    ),
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
AccountName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z0-9][-a-zA-Z0-9]{0,62}[a-zA-Z0-9]$"),
    Rule("a Cognitive Services account name: 2-64 letters, digits and hyphens", "oai-shop-1a2b3c4d"),
]

_CREDENTIAL_NAME_LIMIT = 120

_PRIVATE_RANGES = [ipaddress.IPv4Network(range_) for range_ in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]

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


def role_assignment_name(name: str, parent: pulumi.Resource | None, *, identity: str, role_guid: str) -> str:
    """The GUID that names a role assignment: the same on every run, unique in the tenant.

    Within a stack, a resource's logical name and the type of its parent are its alone, whatever identities are
    called: two of one name in two resource groups never share an assignment.

    Args:
        name: the logical name of the assignment.
        parent: the component that it belongs to.
        identity: the plain name of the identity that gets the role.
        role_guid: the role definition's GUID.
    """
    kind = parent.pulumi_resource_type if parent else ""
    seed = (pulumi.get_project(), pulumi.get_stack(), kind, name, identity, role_guid.lower())
    return str(uuid.uuid5(_ROLE_ASSIGNMENTS, "/".join(seed)))


@dataclass(frozen=True)
class UniqueNames:
    """Names that are unique in all of Azure and the same on every run: a purpose and a hash of where it is.

    Args:
        subscription_id: the subscription.
        resource_group_name: the plain name of the resource group.
    """

    subscription_id: str
    resource_group_name: str

    def vault(self, purpose: str) -> str:
        """A vault name, at most 24 characters: `kv-<purpose>-<hash>`."""
        return self._hyphenated(f"kv-{purpose}", 24)

    def registry(self, purpose: str) -> str:
        """A registry name, at most 50 letters and digits: `cr<purpose><hash>`."""
        return self._solid(f"cr{purpose}", 50)

    def storage_account(self, purpose: str) -> str:
        """A storage account name, at most 24 lower-case letters and digits: `st<purpose><hash>`."""
        return self._solid(f"st{purpose}", 24)

    def account(self, purpose: str) -> str:
        """A Cognitive Services account name and subdomain, at most 64 characters: `oai-<purpose>-<hash>`."""
        return self._hyphenated(f"oai-{purpose}", 64)

    def _hash(self, readable: str) -> str:
        return _short_hash(self.subscription_id, self.resource_group_name, readable, digits=8)

    def _hyphenated(self, readable: str, limit: int) -> str:
        clean = re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "-", readable.lower()))
        return f"{clean[: limit - 9].rstrip('-')}-{self._hash(readable)}"

    def _solid(self, readable: str, limit: int) -> str:
        return f"{re.sub(r'[^a-z0-9]', '', readable.lower())[: limit - 8]}{self._hash(readable)}"


def derived(
    subscription_id: str, resource_group_name: pulumi.Input[str], make: Callable[[UniqueNames], str]
) -> pulumi.Input[str]:
    """A unique name: plain where the resource group's name is plain, an `Output` where it is one."""
    if isinstance(resource_group_name, str):
        return make(UniqueNames(subscription_id, resource_group_name))
    return pulumi.Output.from_input(resource_group_name).apply(lambda group: make(UniqueNames(subscription_id, group)))


def public_range_problem(value: str) -> str | None:
    """What Azure's service firewalls have against a range: they take public IPv4 only, and no /31 or /32 suffix.

    Source: Microsoft Learn, "Configure Azure Storage firewalls and virtual networks".
    """
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        return str(error)
    if any(network.subnet_of(private) for private in _PRIVATE_RANGES):
        return "a private address"
    return "write a single address without its suffix" if "/" in value and network.prefixlen > 30 else None


def _short_hash(*parts: str, digits: int) -> str:
    return hashlib.sha256("\0".join(part.lower() for part in parts).encode()).hexdigest()[:digits]
