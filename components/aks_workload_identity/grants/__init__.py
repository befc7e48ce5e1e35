"""What a workload may do: narrow built-in roles, each on one resource, named service by service."""

from . import cognitive_services, conditions, key_vault, storage
from .grant import Grant

__all__ = ["Grant", "cognitive_services", "conditions", "key_vault", "storage"]
