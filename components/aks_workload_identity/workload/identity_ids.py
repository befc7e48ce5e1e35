"""How the identities of a program are told apart, in whichever way they are given."""

import re

from ..errors import InvalidArgumentError, Problem
from ..program import shared

IDENTITY_ID = re.compile(
    r"^/subscriptions/(?P<subscription>[^/\s]+)/resourceGroups/(?P<group>[^/\s]+)/providers/Microsoft\.ManagedIdentity"
    r"/userAssignedIdentities/(?P<name>[^/\s]+)$",
    re.IGNORECASE,
)


def plain_key(subscription_id: str, group: str, name: str) -> tuple[str, str, str]:
    """What tells two identities apart; Azure compares ids without case."""
    return (subscription_id.lower(), group.lower(), name.lower())


class Ways:
    """In which ways the identities of a program are given."""

    def __init__(self) -> None:
        self.by_id: set[tuple[str, str, str]] = set()
        self.by_resource: set[tuple[str, str, str]] = set()
        self.made: set[tuple[str, str, str]] = set()

    def refuse_both(self, key: tuple[str, str, str]) -> None:
        """Refuse an identity that is given by its id and by a resource: two ledgers would count to 20 each.

        Raises:
            InvalidArgumentError: whichever comes second.
        """
        if key in self.by_id & self.by_resource:
            text = (
                f"must be given in one way everywhere, for example as the resource; got {'/'.join(key)} by its id and "
                "as a resource, whose writes would overlap"
            )
            raise InvalidArgumentError("FederatedWorkload", [Problem(("identity",), text)])


def ways() -> Ways:
    """Those of this program."""
    return shared((Ways, None), Ways)
