"""Programs that each try to smuggle more through than a pod may have, by what they misuse."""

from tests.policy.attacks import (
    clusters,
    custom_roles,
    federated_credentials,
    identities,
    kubernetes_access,
    other_ways,
    pods,
    role_assignments,
    scopes,
    secret_provider_classes,
    stored_credentials,
    vaults,
)
from tests.policy.attacks.attack import Attack

ATTACKS: tuple[Attack, ...] = (
    *role_assignments.ATTACKS,
    *scopes.ATTACKS,
    *other_ways.ATTACKS,
    *custom_roles.ATTACKS,
    *identities.ATTACKS,
    *stored_credentials.ATTACKS,
    *federated_credentials.ATTACKS,
    *vaults.ATTACKS,
    *clusters.ATTACKS,
    *kubernetes_access.ATTACKS,
    *pods.ATTACKS,
    *secret_provider_classes.ATTACKS,
)
