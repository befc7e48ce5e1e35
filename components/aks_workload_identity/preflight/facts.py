"""What is read of Azure, as plain data for the checks."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Who the login is."""

    object_id: str
    tenant_id: str
    is_user: bool


@dataclass(frozen=True)
class Right:
    """What one role lets the login do."""

    actions: Sequence[str]
    not_actions: Sequence[str]
    condition: str = ""


@dataclass(frozen=True)
class Deleted:
    """A soft-deleted resource that holds a name."""

    until: str
    """When Azure lets go of it by itself."""


@dataclass(frozen=True)
class NameState:
    """What Azure says of a globally unique name."""

    free: bool
    reason: str = ""
    """Why it is not, in Azure's words."""
    here: bool = False
    """Whether it is the resource of that name in the resource group of the update."""
    deleted: Deleted | None = None


@dataclass(frozen=True)
class VmSize:
    """A size of virtual machines in one region."""

    family: str
    vcpus: int
    restricted: str = ""
    """Why the subscription cannot have it, in Azure's words; empty when it can."""


@dataclass(frozen=True)
class Usage:
    """How much of a quota is used."""

    used: int
    limit: int
