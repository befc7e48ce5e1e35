"""What the tests of workloads share."""

from aks_workload_identity import InvalidArgumentError

from tests.components.builders import GROUP
from tests.recorder import Recording, attempt

IDENTITY_ID = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared"


def refusal(program: object) -> str:
    recording = attempt(program)  # pyright: ignore[reportArgumentType]
    assert isinstance(recording.error, InvalidArgumentError), recording.error
    assert recording.of_type("FederatedWorkload") == []
    return str(recording.error)


def chain(recording: Recording) -> list[list[str]]:
    """For each credential, in order of registration, the names of the credentials that it waits for."""
    credentials = {c.urn: c.name for c in recording.of_type("FederatedIdentityCredential")}
    return [
        sorted(credentials[d] for d in c.dependencies if d in credentials)
        for c in recording.of_type("FederatedIdentityCredential")
    ]
