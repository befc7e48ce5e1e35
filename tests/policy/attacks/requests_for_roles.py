"""Roles that are asked for, and roles where no one looks: of add-ons, and of groups on a subscription."""

import functools
from typing import Any

from tests.azure_mocks import SUBSCRIPTION
from tests.policy.attacks.attack import KNOWN, Attack, raw_assignment
from tests.policy.attacks.identities import a_kubelet
from tests.policy.builders import (
    CONTRIBUTOR,
    READER,
    SECRETS_USER,
    assignment,
    cluster,
    credential,
    identity,
    role_id,
)
from tests.policy.programs import Foreign

ADDON = "addon-identities-hold-nothing"
KUBELET = "kubelet-identity-only-pulls"
WORKLOAD = "federated-identity-holds-only-workload-roles"
NO_GROUP = "managed-identity-is-no-group"
PEOPLE_WIDE = "wide-role-of-people-has-a-reason"
SUBSCRIPTION_ID = f"/subscriptions/{SUBSCRIPTION}"
ROOT_GROUP = "/providers/Microsoft.Management/managementGroups/root"

REQUESTS = {
    "a request for an active role": "azure-native:authorization/v20220401preview:RoleAssignmentScheduleRequest",
    "a request for an eligibility": "azure-native:authorization/v20220401preview:RoleEligibilityScheduleRequest",
    "an eligibility": "azure-native:authorization:PimRoleEligibilitySchedule",
}


def requested(token: str, **changes: Any) -> Foreign:
    return raw_assignment(token, roleDefinitionId=role_id(SECRETS_USER), **changes)


def routing_cluster() -> Any:
    """A cluster whose application routing add-on has an identity, as Azure makes one."""
    return cluster("aks", ingress_profile={"web_app_routing": {"enabled": True}})


def routing_identity(made: Any) -> Any:
    return made.ingress_profile.apply(lambda profile: profile.web_app_routing.identity.object_id)


def a_federated_request(token: str) -> None:
    orders = identity("orders")
    credential("trust", orders.name)
    raw_assignment(token, principalId=orders.principal_id, roleDefinitionId=role_id(CONTRIBUTOR))


ATTACKS: tuple[Attack, ...] = (
    Attack(
        "the identity of application routing reads secrets",
        ADDON,
        lambda: assignment("x", principal_id=routing_identity(routing_cluster())),
    ),
    *(
        Attack(
            f"{name} for a kubelet identity",
            KUBELET,
            lambda token=token: requested(token, principalId=a_kubelet("x").principal_id),
        )
        for name, token in REQUESTS.items()
    ),
    *(
        Attack(
            f"{name} for an add-on's identity",
            ADDON,
            lambda token=token: requested(token, principalId=routing_identity(routing_cluster())),
        )
        for name, token in REQUESTS.items()
    ),
    *(
        Attack(f"{name} for what pods sign in as", WORKLOAD, functools.partial(a_federated_request, token), KNOWN)
        for name, token in REQUESTS.items()
    ),
    Attack(
        "an eligibility of a managed identity",
        NO_GROUP,
        lambda: requested(REQUESTS["an eligibility"], principalId=identity("orders").principal_id),
    ),
    Attack(
        "a managed identity that activates a role",
        NO_GROUP,
        lambda: requested(
            REQUESTS["a request for an active role"],
            principalId=identity("orders").principal_id,
            requestType="SelfActivate",
        ),
    ),
    *(
        Attack(
            f"{words} for a group without a reason",
            PEOPLE_WIDE,
            functools.partial(assignment, "x", READER, principal_type="Group", scope=scope),
        )
        for words, scope in (
            ("a subscription", SUBSCRIPTION_ID),
            ("a management group", ROOT_GROUP),
            ("the tenant", "/"),
        )
    ),
)
