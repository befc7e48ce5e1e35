"""What a workload may do: narrow built-in roles, each on one resource, named service by service."""

from . import key_vault
from .grant import Grant

__all__ = ["Grant", "key_vault"]
