"""Reads what the checks judge, with Azure's official clients; it changes nothing."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from azure.core import PipelineClient
from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, HeadersPolicy, RetryPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.storage import StorageManagementClient

from .facts import Caller, Deleted, NameState, Right, Usage, VmSize
from .login import Login

T = TypeVar("T")
_ARM = "https://management.azure.com/.default"
_GRAPH = "https://graph.microsoft.com"


@dataclass
class Reader:
    """Azure as a login sees it. Close it after use."""

    login: Login
    _clients: dict[Callable[..., object], Any] = field(default_factory=dict[Callable[..., object], Any])

    def close(self) -> None:
        """Ends the connections."""
        for each in [*self._clients.values(), self.login.credential]:
            getattr(each, "close", lambda: None)()

    def _client(self, kind: Callable[..., object]) -> Any:
        """A preflight is answered in seconds or not at all."""
        if kind not in self._clients:
            subscription = {} if kind is SubscriptionClient else {"subscription_id": self.login.subscription_id}
            patience = {"connection_timeout": 10, "read_timeout": 60, "retry_total": 2}
            self._clients[kind] = kind(credential=self.login.credential, **subscription, **patience)
        return self._clients[kind]

    def caller(self) -> Caller:
        """Read from the token that Azure Resource Manager gets.

        Source: Microsoft Learn, "Access token claims reference" (`oid`, `tid`, `idtyp`).
        """
        payload = self.login.credential.get_token(_ARM).token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return Caller(claims["oid"], claims["tid"], claims.get("idtyp", "user") == "user")

    def subscription(self) -> tuple[str, str]:
        """Name and state. Source: REST reference, Subscriptions - Get."""
        found = self._client(SubscriptionClient).subscriptions.get(self.login.subscription_id)
        return _text(found.display_name), _text(found.state)

    def member_groups(self, caller: Caller, group_ids: Sequence[str]) -> list[str]:
        """Those of the groups that the caller is in, directly or not.

        Source: Microsoft Graph reference, directoryObject: checkMemberGroups.
        """
        who = "me" if caller.is_user else f"servicePrincipals/{caller.object_id}"
        credential, scope = self.login.credential, f"{_GRAPH}/.default"
        policies: list[Any] = [
            HeadersPolicy(),
            RetryPolicy(retry_total=2),
            BearerTokenCredentialPolicy(credential, scope),
        ]
        with PipelineClient[HttpRequest, Any](_GRAPH, policies=policies) as graph:
            body = {"groupIds": list(group_ids)}
            answer = graph.send_request(HttpRequest("POST", f"{_GRAPH}/v1.0/{who}/checkMemberGroups", json=body))
            answer.raise_for_status()
            return [str(each) for each in answer.json()["value"]]

    def rights(self, resource_group: str, caller: Caller) -> list[Right]:
        """What the caller may do in a resource group, or, where it does not exist yet, in the subscription.

        Sources: REST reference, Permissions - List For Resource Group; Microsoft Learn, "List Azure role assignments
        using the REST API" (`assignedTo` counts groups too).
        """
        client = self._client(AuthorizationManagementClient)
        try:
            found = list(client.permissions.list_for_resource_group(resource_group))
            return [_right(permission) for permission in found]
        except ResourceNotFoundError:
            wanted = f"atScope() and assignedTo('{caller.object_id}')"
            assignments = list(client.role_assignments.list_for_subscription(filter=wanted))
        return [
            _right(permission, assignment.condition or "")
            for assignment in assignments
            for permission in client.role_definitions.get_by_id(assignment.role_definition_id).permissions
        ]

    def providers(self) -> dict[str, str]:
        """Registration state by namespace in lower case. Source: REST reference, Providers - List."""
        listed = self._client(ResourceManagementClient).providers.list()
        return {str(each.namespace).lower(): _text(each.registration_state) for each in listed}

    def vault_name(self, name: str, location: str, resource_group: str) -> NameState:
        """Source: REST reference, Vaults - Check Name Availability and - Get Deleted."""
        client = self._client(KeyVaultManagementClient)
        said = client.vaults.check_name_availability({"name": name, "type": "Microsoft.KeyVault/vaults"})
        if said.name_available:
            return NameState(free=True)
        gone = _there(lambda: client.vaults.get_deleted(name, location))
        until = str(gone.properties.scheduled_purge_date) if gone and gone.properties else ""
        here = _there(lambda: client.vaults.get(resource_group, name)) is not None
        return NameState(False, str(said.message), here, Deleted(until) if gone else None)

    def registry_name(self, name: str, resource_group: str) -> NameState:
        """Source: REST reference, Registries - Check Name Availability."""
        client = self._client(ContainerRegistryManagementClient)
        wanted = {"name": name, "type": "Microsoft.ContainerRegistry/registries"}
        said = client.registries.check_name_availability(wanted)
        if said.name_available:
            return NameState(free=True)
        here = _there(lambda: client.registries.get(resource_group, name)) is not None
        return NameState(False, str(said.message), here)

    def storage_account_name(self, name: str, resource_group: str) -> NameState:
        """A deleted storage account does not hold its name. Source: REST reference, Check Name Availability."""
        client = self._client(StorageManagementClient)
        wanted = {"name": name, "type": "Microsoft.Storage/storageAccounts"}
        said = client.storage_accounts.check_name_availability(wanted)
        if said.name_available:
            return NameState(free=True)
        here = _there(lambda: client.storage_accounts.get_properties(resource_group, name)) is not None
        return NameState(False, str(said.message), here)

    def cognitive_services_name(self, name: str, location: str, resource_group: str) -> NameState:
        """Name and subdomain are one. Source: REST reference, Check Domain Availability; Deleted Accounts - Get."""
        client = self._client(CognitiveServicesManagementClient)
        gone = _there(lambda: client.deleted_accounts.get(location, resource_group, name))
        if gone:
            until = str(gone.properties.scheduled_purge_date)
            return NameState(False, "a deleted account holds the name", False, Deleted(until))
        said = client.check_domain_availability(subdomain_name=name, type="Microsoft.CognitiveServices/accounts")
        if said.is_subdomain_available:
            return NameState(free=True)
        here = _there(lambda: client.accounts.get(resource_group, name)) is not None
        return NameState(False, str(said.reason), here)

    def cluster_exists(self, name: str, resource_group: str) -> bool:
        """Source: REST reference, Managed Clusters - Get."""
        client = self._client(ContainerServiceClient)
        return _there(lambda: client.managed_clusters.get(resource_group, name)) is not None

    def vm_sizes(self, location: str) -> dict[str, VmSize]:
        """The sizes of a region by name in lower case. Source: REST reference, Resource Skus - List."""
        client = self._client(ComputeManagementClient)
        listed = client.resource_skus.list(filter=f"location eq '{location}'")
        return {str(each.name).lower(): _vm_size(each) for each in listed if each.resource_type == "virtualMachines"}

    def usages(self, location: str) -> dict[str, Usage]:
        """Quotas by name in lower case; `cores` is the region's. Source: REST reference, Usage - List."""
        client = self._client(ComputeManagementClient)
        listed = client.usage.list(location)
        return {str(each.name.value).lower(): Usage(each.current_value, each.limit) for each in listed}


def _there(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ResourceNotFoundError:
        return None


def _text(value: object) -> str:
    """The clients read some texts as members of enumerations, whose value is what Azure said."""
    return str(getattr(value, "value", value))


def _right(permission: Any, condition: str = "") -> Right:
    return Right(permission.actions or [], permission.not_actions or [], condition)


def _vm_size(sku: Any) -> VmSize:
    listed: list[Any] = sku.capabilities or []
    capabilities: dict[str, str] = {each.name: each.value for each in listed}
    restrictions: list[Any] = sku.restrictions or []
    reasons = ", ".join(_text(each.reason_code) for each in restrictions if each.type == "Location")
    return VmSize(str(sku.family), int(capabilities.get("vCPUs", "0")), reasons)
