"""Who may become which identity, and what that identity may do: read from a program, shown to people."""

from .model import (
    AccessMap,
    Credential,
    Mount,
    MountedObject,
    Principal,
    RoleOnScope,
    SyncedSecret,
    Team,
    TeamGroup,
    Workload,
)

__all__ = [
    "AccessMap",
    "Credential",
    "Mount",
    "MountedObject",
    "Principal",
    "RoleOnScope",
    "SyncedSecret",
    "Team",
    "TeamGroup",
    "Workload",
]
