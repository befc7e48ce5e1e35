"""The names that this library makes for Azure and Entra ID.

They use only values that every preview knows, so that the same program names the same things on
every run and an import id can be written down before anything exists.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pulumi

_CREDENTIAL_NAME_LIMIT = 120

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


def _short_hash(*parts: str, digits: int) -> str:
    return hashlib.sha256("\0".join(part.lower() for part in parts).encode()).hexdigest()[:digits]
