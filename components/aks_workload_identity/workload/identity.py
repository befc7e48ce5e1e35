"""The managed identity of a workload: made here, made elsewhere in the program, or existing in Azure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated

import pulumi
from pulumi_azure_native import managedidentity
from pydantic import BeforeValidator, InstanceOf

from ..arguments import as_output, checked
from ..azure import client_config, credentials_of, invoke_options, known_in_preview, looked_up
from ..clouds import Cloud
from ..errors import InvalidArgumentError, Problem
from ..names import IDENTITY_NAME_PATTERN
from ..program import shared
from .ledger import CredentialLedger, FoundCredential

IDENTITY_ID = re.compile(
    r"^/subscriptions/(?P<subscription>[^/\s]+)/resourceGroups/(?P<group>[^/\s]+)/providers/Microsoft\.ManagedIdentity"
    r"/userAssignedIdentities/(?P<name>[^/\s]+)$",
    re.IGNORECASE,
)


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
        key = _plain_key(subscription_id, group, azure_name)
        shared((CredentialLedger, key), lambda: ledger)
        _ways().made.add(key)
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
    if isinstance(group, str) and _plain_key(subscription_id, group, azure_name) in _ways().made:
        return f"must be unique in its resource group; got {azure_name!r}, which this program makes already"
    return None


def _can_be_found_again(value: object) -> object:
    if isinstance(value, pulumi.Output):
        raise ValueError(
            "must be a plain resource id, an Identity or a UserAssignedIdentity; got an Output, behind which its "
            "other credentials in this program cannot be found, and writes to one identity must not overlap"
        )
    if isinstance(value, str) and not IDENTITY_ID.fullmatch(value):
        raise ValueError(
            "must be the resource id of a user-assigned identity, for example /subscriptions/…/resourceGroups/"
            f"rg-shop-dev/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders; got {value!r}"
        )
    return value


GivenIdentity = Annotated[
    str | InstanceOf[Identity] | InstanceOf[managedidentity.UserAssignedIdentity], BeforeValidator(_can_be_found_again)
]


def given_identity(given: GivenIdentity, opts: pulumi.ResourceOptions | None) -> Identity:
    """The identity behind what the caller gave; a plain id is looked up now, before anything is registered.

    Raises:
        InvalidArgumentError: when Azure does not know the id.
    """
    if isinstance(given, Identity):
        return given
    if isinstance(given, managedidentity.UserAssignedIdentity):
        return identity_of_resource(given)
    match = IDENTITY_ID.fullmatch(given)
    group, name = (match["group"], match["name"]) if match else ("", "")
    here = client_config(opts).subscription_id
    if match and match["subscription"].lower() != here.lower():
        text = f"must be in the deployment's subscription {here}; got {given!r}"
        raise InvalidArgumentError("identity", [Problem(("identity",), text)])
    found = looked_up(
        lambda: managedidentity.get_user_assigned_identity(
            resource_group_name=group, resource_name=name, opts=invoke_options(opts)
        )
    )
    if isinstance(found, str):
        raise InvalidArgumentError(
            "FederatedWorkload", [Problem(("identity",), f"must exist in this subscription; got {given!r}: {found}")]
        )
    key = _plain_key(here, group, name)
    _ways().by_id.add(key)
    _ways().refuse_both(key)
    ledger = shared((CredentialLedger, key), lambda: CredentialLedger(name))
    return shared(
        (Identity, key),
        lambda: Identity(
            name=name,
            azure_name=name,
            resource_group_name=group,
            id=found.id,
            client_id=as_output(found.client_id),
            # One Output for all who are given the id: by it their role assignments are known to be of one identity.
            principal_id=as_output(found.principal_id),
            find_tenant=lambda: found.tenant_id,
            ledger=ledger,
        ),
    )


def count_what_azure_has(
    given: str, ledger: CredentialLedger, opts: pulumi.ResourceOptions | None, cloud: Cloud
) -> None:
    """Enter the credentials that an identity given by its plain id has in Azure; asked once for each identity."""
    match = IDENTITY_ID.fullmatch(given)
    if match and ledger.found is None:
        ledger.found = tuple(
            FoundCredential(
                name=each["name"], issuer=each["properties"]["issuer"], subject=each["properties"]["subject"]
            )
            for each in credentials_of(match["group"], match["name"], opts, cloud)
        )


def _plain_key(subscription_id: str, group: str, name: str) -> tuple[str, str, str]:
    # Azure compares ids without case.
    return (subscription_id.lower(), group.lower(), name.lower())


class _Ways:
    """In which ways the identities of a program are given."""

    def __init__(self) -> None:
        self.by_id: set[tuple[str, str, str]] = set()
        self.by_resource: set[tuple[str, str, str]] = set()
        self.made: set[tuple[str, str, str]] = set()

    def refuse_both(self, key: tuple[str, str, str]) -> None:
        """Refuse an identity that is given by its id and by a resource: two ledgers would count to 20 each.

        Raises:
            InvalidArgumentError: whichever comes second.
        """
        if key in self.by_id & self.by_resource:
            text = (
                f"must be given in one way everywhere, for example as the resource; got {'/'.join(key)} by its id and "
                "as a resource, whose writes would overlap"
            )
            raise InvalidArgumentError("FederatedWorkload", [Problem(("identity",), text)])


def _ways() -> _Ways:
    return shared((_Ways, None), _Ways)


def _group_of_one_ledger(resource_id: str) -> str:
    """The resource group in the id of a resource, whose identity nobody has given by that id."""
    match = IDENTITY_ID.fullmatch(resource_id)
    if not match:
        return ""
    key = _plain_key(match["subscription"], match["group"], match["name"])
    _ways().by_resource.add(key)
    _ways().refuse_both(key)
    return match["group"]
