"""How the subscription and its tenant stand before anything is made: what a preflight looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

DirectoryRight = Literal["Application.ReadWrite.All", "Application.ReadWrite.OwnedBy"]
ADMINS = "3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"
"""The only group of the directory; the dev stack makes it the cluster's administrators."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What is so; without arguments everything is as a first update needs it.

    Args:
        unregistered_providers: namespaces of resource providers that the subscription has not registered.
        caller_roles: names of the built-in roles that the caller holds on the subscription. They are what can be read;
            every login may do everything.
        caller_groups: object ids of the groups that the caller is a member of.
        directory_readable: whether the caller may read memberships.
        caller_directory_right: which app registrations the caller may write: all, or those that it owns.
        issuers_elsewhere: issuers outside of this tenant, by their address, and the key set that each publishes.
        names_taken: global names that somebody else in Azure has.
        vcpus_used: how many virtual CPUs run already, of each family.
    """

    unregistered_providers: tuple[str, ...] = ()
    caller_roles: tuple[str, ...] = ("Owner",)
    caller_groups: tuple[str, ...] = (ADMINS,)
    directory_readable: bool = True
    caller_directory_right: DirectoryRight = "Application.ReadWrite.All"
    issuers_elsewhere: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    names_taken: tuple[str, ...] = ()
    vcpus_used: int = 0
