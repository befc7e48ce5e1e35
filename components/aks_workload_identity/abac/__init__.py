"""The language of role assignment conditions, in which Azure narrows a role to some of a service's data.

Grants refuse with it what the policies would refuse later.
"""

from collections.abc import Iterable
from functools import lru_cache

__all__ = ["fault_of"]


def fault_of(condition: str, *, role_actions: Iterable[str] | None = None) -> str | None:
    """What is wrong with a condition: Azure cannot read it, or it narrows nothing; None if it is as it should be.

    Args:
        condition: the text, of version 2.0.
        role_actions: the actions and data actions of the role that it narrows, wildcards included. Left out, the
            condition is not compared with them.

    Source: Microsoft Learn, "Azure role assignment condition format and syntax".
    """
    return _fault_of(condition, None if role_actions is None else frozenset(role_actions))


@lru_cache(1024)
def _fault_of(condition: str, role_actions: frozenset[str] | None) -> str | None:
    # The parser takes a tenth of a second to load, and most programs have no condition.
    from .judgement import fault

    return fault(condition, role_actions)
