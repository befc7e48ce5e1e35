"""Who there is in the directory: whoever runs the sandbox, managed identities, and app registrations."""

from dataclasses import dataclass

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.managedidentity import IDENTITIES
from sandbox.azure.store import Json, Store
from sandbox.directory import SERVICE_PRINCIPALS, application
from sandbox.plain import items


@dataclass(frozen=True)
class Principal:
    """A service principal.

    Args:
        object_id: what role assignments name.
        client_id: what logins name.
        name: what people read.
        resource_id: the managed identity that it is, if it is one.
        registration: the app registration that it stands for in this tenant, if it is one.
    """

    object_id: str
    client_id: str
    name: str
    resource_id: str | None = None
    registration: str | None = None


def caller(store: Store) -> Principal:
    """Commands in the sandbox act as it; nobody registered it, and nobody takes it away."""
    return Principal(store.caller_object_id, store.caller_client_id, "sandbox-caller")


def principals(store: Store) -> list[Principal]:
    identities = [_identity(body) for body in store.of_type(IDENTITIES)]
    return [caller(store), *identities, *(_registered(store, each) for each in store.of_type(SERVICE_PRINCIPALS))]


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


def _registered(store: Store, row: Json) -> Principal:
    """It goes by the name of its registration. Without one there would be no service principal here."""
    shown = row["object"]
    registration = application(store, shown["appId"])
    assert registration is not None
    return Principal(shown["id"], shown["appId"], registration["name"], registration=registration["id"])
