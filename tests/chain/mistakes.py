"""Objects for mounts with a mistake in them, as a class and as a program says them, and what the library says."""

from typing import Any

from aks_workload_identity import InvalidArgumentError

from tests.components.builders import mount, workload
from tests.recorder import attempt

PASSWORD = "objectName: db-password\nobjectType: secret\n"
SEED = "objectName: seed\nobjectType: secret\n"


def refusal(declared: dict[str, Any], **others: Any) -> str:
    """What the library says to the declaration of objects, before anything is registered."""
    recording = attempt(lambda: mount(workload(), objects=declared, **others))
    assert isinstance(recording.error, InvalidArgumentError), recording.error
    assert not recording.of_type("SecretProviderClass")
    return str(recording.error)


def secret(**fields: Any) -> dict[str, Any]:
    return {"db-password": {"kind": "secret", **fields}}
