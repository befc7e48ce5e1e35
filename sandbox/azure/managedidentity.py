"""Microsoft.ManagedIdentity: user-assigned identities and their federated identity credentials."""

from typing import Any

from .cloud import Cloud
from .errors import ArmError, bad_request
from .ids import parse
from .resource_type import Endpoint, NameRule, ResourceType, Write
from .store import Json

# The stable versions, and the previews that the Azure CLI asks for. What those add, claims matching, is refused.
VERSIONS = ("2023-01-31", "2024-11-30", "2025-01-31-preview", "2025-05-31-preview")
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
CREDENTIALS = f"{IDENTITIES}/federatedIdentityCredentials"

# Source of every credential rule: Microsoft Learn, workload-identity-federation-considerations (limits, and the table
# of write errors, which gives the status and seldom a code); name pattern: azure-rest-api-specs msi
# FederatedIdentityCredential.tsp.
CREDENTIALS_PER_IDENTITY = 20
LONGEST = 600


def _complete_identity(write: Write) -> None:
    if write.new:
        write.body["properties"] = {
            "tenantId": write.cloud.store.tenant_id,
            "principalId": write.guid("principal"),
            "clientId": write.guid("client"),
        }


def create_identity(cloud: Cloud, resource_id: str, location: str) -> Json:
    """An identity that a service makes for itself, such as a cluster's add-on."""
    address = parse(resource_id)
    assert address is not None
    write = IDENTITY.write(cloud, address, VERSIONS[0], {"location": location}, cloud.store.get(resource_id))
    cloud.put(write.body)
    return write.body


def _check_credential(write: Write) -> None:
    if write.get("properties.claimsMatchingExpression"):
        raise bad_request("The sandbox has no claims matching: give a subject instead of claimsMatchingExpression.")
    for path in ("issuer", "subject"):
        _check_text(path, write.get(f"properties.{path}"))
    audiences = write.get("properties.audiences")
    if not isinstance(audiences, list) or len(audiences) != 1:  # pyright: ignore[reportUnknownArgumentType]
        raise bad_request("A federated identity credential must have exactly one audience.")
    _check_text("audience", audiences[0])
    identity = write.address.parent
    others = [
        other
        for other in write.cloud.store.of_type(CREDENTIALS, under=str(identity))
        if other["id"].lower() != write.address.key
    ]
    pair = (write.get("properties.issuer"), write.get("properties.subject"))
    if any((other["properties"]["issuer"], other["properties"]["subject"]) == pair for other in others):
        raise bad_request("Issuer and subject combination already exists for this Managed Identity.")
    if len(others) >= CREDENTIALS_PER_IDENTITY:
        raise bad_request(
            f"A managed identity can have at most {CREDENTIALS_PER_IDENTITY} federated identity credentials."
        )


def _check_text(what: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise bad_request(f"The {what} of a federated identity credential must not be empty.")
    if len(value) > LONGEST:
        raise bad_request(f"The {what} of a federated identity credential can have at most {LONGEST} characters.")


IDENTITY = ResourceType(
    name=IDENTITIES,
    api_versions=VERSIONS,
    # Source: Microsoft Learn, resource-name-rules, Microsoft.ManagedIdentity. The code is not documented.
    name_rule=NameRule(
        r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
        "BadRequest",
        "The identity name '{name}' must be 3 to 128 letters, digits, '-' or '_' and start with a letter or digit.",
    ),
    read_only=("properties",),
    complete=_complete_identity,
)

CREDENTIAL = ResourceType(
    name=CREDENTIALS,
    api_versions=VERSIONS,
    name_rule=NameRule(
        r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}",
        "BadRequest",
        "The credential name '{name}' must be 3 to 120 letters, digits, '-' or '_' and start with a letter or digit.",
    ),
    located=False,
    patchable=(),
    check=_check_credential,
    one_writer=ArmError(
        409,
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        "Too many Federated Identity Credentials are written concurrently for the managed identity. "
        "Concurrent Federated Identity Credentials writes under the same managed identity are not supported.",
    ),
)

TYPES = (IDENTITY, CREDENTIAL)
ENDPOINTS: tuple[Endpoint, ...] = ()
