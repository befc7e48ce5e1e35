"""Programs that each try to smuggle more through than a pod may have, by what they misuse."""

from tests.policy.attacks import (
    clusters,
    custom_roles,
    deployments,
    federated_credentials,
    identities,
    kubernetes_access,
    other_ways,
    pods,
    requests_for_roles,
    role_assignments,
    scopes,
    secret_provider_classes,
    services,
    stored_credentials,
    vaults,
)
from tests.policy.attacks.attack import Attack

ATTACKS: tuple[Attack, ...] = (
    *role_assignments.ATTACKS,
    *scopes.ATTACKS,
    *other_ways.ATTACKS,
    *services.ATTACKS,
    *deployments.ATTACKS,
    *requests_for_roles.ATTACKS,
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
