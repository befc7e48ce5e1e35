"""What a workload may do: narrow built-in roles, each on one resource, named service by service."""

from . import (
    app_configuration,
    cognitive_services,
    conditions,
    cosmos_db,
    event_hubs,
    key_vault,
    monitor,
    search,
    service_bus,
    storage,
)
from .catalogue import CATALOGUE, Verb
from .grant import Grant, wider
from .roles import Role

__all__ = [
    "CATALOGUE",
    "Grant",
    "Role",
    "Verb",
    "app_configuration",
    "cognitive_services",
    "conditions",
    "cosmos_db",
    "event_hubs",
    "key_vault",
    "monitor",
    "search",
    "service_bus",
    "storage",
    "wider",
]
