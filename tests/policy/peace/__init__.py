"""Programs as careful people write them, by what they are about."""

from tests.policy.peace import (
    clusters,
    identities,
    kubernetes_access,
    objects,
    other_ways,
    roles,
    secret_provider_classes,
    services,
)
from tests.policy.peace.good import Good

GOODS: tuple[Good, ...] = (
    *roles.GOODS,
    *kubernetes_access.GOODS,
    *objects.GOODS,
    *identities.GOODS,
    *services.GOODS,
    *clusters.GOODS,
    *other_ways.GOODS,
    *secret_provider_classes.GOODS,
)
