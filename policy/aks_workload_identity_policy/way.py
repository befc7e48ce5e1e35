"""One line of the table of other ways to access; the lines are in `ways_of_azure.py` and `ways_of_others.py`."""

from dataclasses import dataclass
from enum import Enum, auto

NATIVE = "register it with azure-native, whose inputs are judged"
EXCEPT = "or have it excepted in the pack's configuration"
FEDERATE = "federate the workload's service account instead"


class What(Enum):
    """What comes of a resource, and so which rule it is for."""

    ACCESS = auto()
    """Gives access, or trust."""
    RIGHTS = auto()
    """Gives somebody rights within a service, past the roles of Azure."""
    SECRET = auto()
    """Makes a credential that is a secret, or keeps one."""
    MEMBER = auto()
    """Puts a principal into a group."""
    UNSEEN = auto()
    """Runs a program where Pulumi runs, or with a script's own identity."""
    RUNS = auto()
    """Has a service of Azure run a program, or install what is written elsewhere."""


@dataclass(frozen=True)
class Way:
    """Some types of resources, and what is said of them.

    Args:
        what: What comes of them.
        kinds: As those of a rule: `<module>:<type>`, or `<package>:*`.
        says: What it does, and what to do instead.
        types: Which of a package's types it is about, as an expression on `<module>:<type>` in lower case.
        where: Properties, with dots and through lists, without which a resource of these types is harmless; for
            `RIGHTS` whose they are. None: its mere presence counts.
    """

    what: What
    kinds: tuple[str, ...]
    says: str
    types: str = ".*"
    where: tuple[str, ...] = ()
