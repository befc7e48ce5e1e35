"""For each rule the smallest program that it refuses, and the one beside it that passes; the documents show both."""

from tests.policy.cases import (
    clusters,
    custom_roles,
    federated_credentials,
    identities,
    objects,
    other_ways,
    role_assignments,
    services,
)
from tests.policy.cases.case import Case

__all__ = ["CASES", "Case"]

CASES: tuple[Case, ...] = (
    *role_assignments.CASES,
    *custom_roles.CASES,
    *identities.CASES,
    *federated_credentials.CASES,
    *clusters.CASES,
    *services.CASES,
    *objects.CASES,
    *other_ways.CASES,
)
