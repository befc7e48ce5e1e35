"""What the directory keeps of app registrations: applications, their service principals and federated credentials.

Each is a row of the store beside Azure's resources: `id` is its path in Microsoft Graph, `object` what Graph shows.
"""

from sandbox.azure.store import Json, Store

APPLICATIONS = "microsoft.graph.application"
SERVICE_PRINCIPALS = "microsoft.graph.servicePrincipal"
CREDENTIALS = "microsoft.graph.federatedIdentityCredential"
NAME = "Sandbox"
"""What the directory is called."""


def application(store: Store, name: str) -> Json | None:
    """A registration by its object id or its `appId`, the client id."""
    return _found(store, APPLICATIONS, name)


def service_principal(store: Store, name: str) -> Json | None:
    """The service principal of a registration, by its own object id or its `appId`."""
    return _found(store, SERVICE_PRINCIPALS, name)


def credentials_of(store: Store, registration: Json) -> list[Json]:
    """The federated credentials of a registration."""
    return store.of_type(CREDENTIALS, under=registration["id"])


def row(type_name: str, path: str, shown: Json, owners: list[str] | None = None) -> Json:
    """A row for the store. A service principal's is found by its object id, as an identity's is."""
    return {
        "id": path,
        "type": type_name,
        "name": shown.get("displayName") or shown.get("name"),
        "properties": {"principalId": shown["id"]} if type_name == SERVICE_PRINCIPALS else {},
        "object": shown,
        "owners": owners or [],
    }


def _found(store: Store, type_name: str, name: str) -> Json | None:
    wanted = name.lower()
    rows = store.of_type(type_name)
    return next((each for each in rows if wanted in (each["object"]["id"], each["object"]["appId"])), None)
