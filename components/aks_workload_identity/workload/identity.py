"""The managed identity of a workload: made here, made elsewhere in the program, or existing in Azure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import pulumi
from pulumi_azure_native import managedidentity

from ..arguments import checked
from ..azure import known_in_preview
from ..names import IDENTITY_NAME_PATTERN
from ..program import shared
from .identity_ids import IDENTITY_ID, plain_key, ways
from .ledger import CredentialLedger


@dataclass(frozen=True, kw_only=True, eq=False)
class Identity:
    """A user-assigned managed identity as a workload uses it; the same whoever made it.

    Pass it to another `FederatedWorkload` to share the identity, and with it everything it may do.

    Args:
        name: a plain name; part of the deterministic names of its role assignments.
        azure_name: the name in Azure.
        resource_group_name: the group it is in.
        id: its resource id.
        client_id: what a pod names to become it (`AZURE_CLIENT_ID`).
        principal_id: what a role assignment names to give it something.
        find_tenant: gives its Entra tenant, which few workloads need.
        ledger: its credentials in this program.
        resources: its resource, where this program makes it; what is written under a plain name waits for it.
        owner: the component that made it, the parent of its role assignments, whichever component asks for them.
    """

    name: str
    azure_name: pulumi.Input[str]
    resource_group_name: pulumi.Input[str]
    id: pulumi.Input[str]
    client_id: pulumi.Input[str]
    principal_id: pulumi.Input[str]
    find_tenant: Callable[[], pulumi.Input[str]]
    ledger: CredentialLedger
    resources: tuple[pulumi.Resource, ...] = ()
    owner: pulumi.ComponentResource | None = None

    @cached_property
    def tenant_id(self) -> pulumi.Input[str]:
        """Its Entra tenant."""
        return self.find_tenant()


def identity_of_resource(
    resource: managedidentity.UserAssignedIdentity,
    *,
    azure_name: str | None = None,
    group: pulumi.Input[str] | None = None,
    subscription_id: str | None = None,
    owner: pulumi.ComponentResource | None = None,
) -> Identity:
    """The identity behind a resource of this program; one and the same, whoever asks.

    Args:
        resource: the registered identity.
        azure_name: its plain Azure name, where the caller knows it.
        group: its resource group, where the caller knows it.
        subscription_id: its subscription, where the caller knows it.
        owner: the component that made it, and asks first.
    """
    return shared((Identity, resource), lambda: _of_resource(resource, azure_name, group, subscription_id, owner))


def _of_resource(
    resource: managedidentity.UserAssignedIdentity,
    azure_name: str | None,
    group: pulumi.Input[str] | None,
    subscription_id: str | None,
    owner: pulumi.ComponentResource | None,
) -> Identity:
    name = azure_name or resource.pulumi_resource_name
    ledger = shared((CredentialLedger, resource), lambda: CredentialLedger(name))
    if azure_name and subscription_id and isinstance(group, str):
        # Whoever gives its plain id finds the same ledger.
        key = plain_key(subscription_id, group, azure_name)
        shared((CredentialLedger, key), lambda: ledger)
        ways().made.add(key)
        resource_group: pulumi.Input[str] = group
    else:
        # Its id is not plain yet: that somebody else gave it as text is seen as soon as it is known.
        of_id = checked(resource.id, _group_of_one_ledger)
        # A group that is known stays known when the identity could not be made: what depends on it is then skipped, and
        # a required property that is missing would end the update of everything else.
        resource_group = of_id if group is None else group

    @cache
    def now() -> pulumi.Output[managedidentity.GetUserAssignedIdentityResult]:
        return managedidentity.get_user_assigned_identity_output(
            resource_group_name=resource_group,
            resource_name=resource.name,
            opts=pulumi.InvokeOutputOptions(parent=resource),
        )

    return Identity(
        name=name,
        azure_name=azure_name or resource.name,
        resource_group_name=resource_group,
        id=resource.id,
        client_id=known_in_preview(resource.client_id, name=resource.name, look_up=lambda: now().client_id),
        principal_id=known_in_preview(resource.principal_id, name=resource.name, look_up=lambda: now().principal_id),
        find_tenant=lambda: known_in_preview(resource.tenant_id, name=resource.name, look_up=lambda: now().tenant_id),
        ledger=ledger,
        resources=(resource,),
        owner=owner,
    )


def name_problem(subscription_id: str, group: pulumi.Input[str] | None, azure_name: str, name: str) -> str | None:
    """What stands against the name of an identity that a workload is about to make, or None.

    Args:
        subscription_id: its subscription.
        group: its resource group.
        azure_name: the name.
        name: the component's, for the message.
    """
    if not re.fullmatch(IDENTITY_NAME_PATTERN, azure_name):
        return f"must be given where the component's name is no identity name; got {name!r}"
    if isinstance(group, str) and plain_key(subscription_id, group, azure_name) in ways().made:
        return f"must be unique in its resource group; got {azure_name!r}, which this program makes already"
    return None


def _group_of_one_ledger(resource_id: str) -> str:
    """The resource group in the id of a resource, whose identity nobody has given by that id."""
    match = IDENTITY_ID.fullmatch(resource_id)
    if not match:
        return ""
    key = plain_key(match["subscription"], match["group"], match["name"])
    ways().by_resource.add(key)
    ways().refuse_both(key)
    return match["group"]
