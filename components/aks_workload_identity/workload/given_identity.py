"""An identity that the caller gives: by its id, as another workload's, or as a resource of the program."""

from typing import Annotated

import pulumi
from pulumi_azure_native import managedidentity
from pydantic import BeforeValidator, InstanceOf

from ..arguments import as_output
from ..azure import client_config, credentials_of, invoke_options, looked_up
from ..clouds import Cloud
from ..errors import InvalidArgumentError, Problem
from ..program import shared
from .identity import Identity, identity_of_resource
from .identity_ids import IDENTITY_ID, plain_key, ways
from .ledger import CredentialLedger, FoundCredential


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
    key = plain_key(here, group, name)
    ways().by_id.add(key)
    ways().refuse_both(key)
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
