"""Who there is in the directory: whoever runs the sandbox, and the identities that exist in its Azure."""

from dataclasses import dataclass

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.managedidentity import IDENTITIES
from sandbox.azure.store import Json, Store
from sandbox.plain import items


@dataclass(frozen=True)
class Principal:
    """A service principal.

    Args:
        object_id: what role assignments name.
        client_id: what logins name.
        name: what people read.
        resource_id: the managed identity that it is; None for the sandbox's caller.
    """

    object_id: str
    client_id: str
    name: str
    resource_id: str | None = None


def caller(store: Store) -> Principal:
    """The one application of the directory: commands in the sandbox act as it."""
    return Principal(store.caller_object_id, store.caller_client_id, "sandbox-caller")


def principals(store: Store) -> list[Principal]:
    return [caller(store), *(_identity(body) for body in store.of_type(IDENTITIES))]


def by_client_id(store: Store, client_id: str) -> Principal | None:
    return next((each for each in principals(store) if each.client_id == client_id.lower()), None)


def by_object_id(store: Store, object_id: str) -> Principal | None:
    return next((each for each in principals(store) if each.object_id == object_id.lower()), None)


def groups_of(store: Store, principal: Principal) -> list[str]:
    """The groups somebody is a member of: the caller of the admin groups of every cluster, nobody else of any."""
    if principal != caller(store):
        return []
    found = (items(cluster, "properties", "aadProfile", "adminGroupObjectIDs") for cluster in store.of_type(CLUSTERS))
    return sorted({str(group) for groups in found for group in groups})


def _identity(body: Json) -> Principal:
    properties = body["properties"]
    return Principal(properties["principalId"], properties["clientId"], body["name"], body["id"])
