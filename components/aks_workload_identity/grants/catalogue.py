"""All verbs that the library grants."""

from . import (
    app_configuration,
    cognitive_services,
    cosmos_db,
    event_hubs,
    key_vault,
    monitor,
    search,
    service_bus,
    storage,
)
from .grant import Verb

SERVICES = (
    app_configuration,
    cognitive_services,
    cosmos_db,
    event_hubs,
    key_vault,
    monitor,
    search,
    service_bus,
    storage,
)
CATALOGUE: tuple[Verb, ...] = tuple(
    each for service in SERVICES for each in vars(service).values() if isinstance(each, Verb)
)
"""Every verb, service by service: what a grant without a reason may be."""
