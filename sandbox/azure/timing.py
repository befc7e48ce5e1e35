"""How long Azure takes: every wait of the sandbox is decided here."""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

injected_seconds: ContextVar[float] = ContextVar("injected_seconds", default=0.0)
"""What the request being answered takes in addition: a fault sets it."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Waits in seconds; without arguments nothing waits that need not.

    Args:
        delays: seconds a write takes, by (resource type in lower case, operation `create`, `update` or `delete`).
            A long-running operation stays unfinished that long; any other answer is held back that long.
        credential_write_seconds: how long a credential write holds its identity, so that parallel writes meet.
        principal_replication_seconds: how long a new identity is unknown to the role assignment service.
        role_assignment_replication_seconds: how long a new role assignment has no effect yet.
        now: the clock, in seconds since 1970.
    """

    delays: Mapping[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    credential_write_seconds: float = 0.1
    principal_replication_seconds: float = 10.0
    role_assignment_replication_seconds: float = 0.0
    now: Callable[[], float] = time.time

    def seconds(self, type_name: str, operation: str) -> float:
        return self.delays.get((type_name.lower(), operation), 0.0) + injected_seconds.get()
