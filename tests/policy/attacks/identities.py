"""Roles for identities that are not the workload's."""

import functools
from collections.abc import Callable
from typing import Any

from tests.azure_mocks import guid
from tests.policy.attacks.attack import KNOWN, Attack, laundered
from tests.policy.builders import (
    GROUP,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    SECRETS_OFFICER,
    SUBNET_ID,
    assignment,
    cluster,
    cosmos_assignment,
    credential,
    identity,
)
from tests.policy.programs import a_workload, addon_object_id, operator_among_twins

NETWORK = "network-role-is-the-control-planes"


NAMESAKE = (
    f"/subscriptions/{guid('prod')}/resourceGroups/prod/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
    "id-kubelet"
)


def a_kubelet(name: str) -> Any:
    kubelet = identity(f"{name}-kubelet")
    cluster(name, identity_profile={"kubeletidentity": {"resource_id": kubelet.id}})
    return kubelet


def shared_operator() -> None:
    """The workload's identity may attach the kubelet's identity."""
    own, kubelet = identity("orders"), identity("kubelet")
    cluster("aks", identity_profile={"kubeletidentity": {"resource_id": kubelet.id}})
    assignment("operator", OPERATOR, principal_id=own.principal_id, scope=kubelet.id)


def operator_on_a_workload() -> None:
    """The control plane may attach the identity of a workload."""
    control, orders = identity("control"), identity("orders")
    cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [control.id]})
    assignment("operator", OPERATOR, principal_id=control.principal_id, scope=orders.id)


def operator_on_a_namesake() -> None:
    """The control plane may attach somebody else's identity, which is called as the cluster's kubelet identity is."""
    control, kubelet = identity("control"), identity("id-kubelet")
    cluster(
        "aks",
        identity={"type": "UserAssigned", "user_assigned_identities": [control.id]},
        identity_profile={"kubeletidentity": {"resource_id": kubelet.id}},
    )
    assignment("operator", OPERATOR, principal_id=control.principal_id, scope=NAMESAKE)


def workload_on_the_control_plane() -> None:
    """A pod signs in as the identity that runs the cluster."""
    control = identity("control")
    made = cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [control.id]})
    credential("trust", control.name, issuer=made.oidc_issuer_profile.issuer_url)


def kubelet_by_object_id() -> None:
    """Secrets User for the nodes of a cluster that brings no identity of its own, through its output."""
    made = cluster("aks")
    kubelet = made.identity_profile.apply(lambda profile: (profile or {})["kubeletidentity"].object_id)
    assignment("nodes", principal_id=kubelet)


def kubelet_on_the_network() -> None:
    assignment(
        "x", NETWORK_CONTRIBUTOR, principal_id=a_kubelet("x").principal_id, scope=SUBNET_ID, description="joins nodes"
    )


def operator_of_elsewhere_on_a_workload() -> None:
    own = identity("orders")
    credential("trust", own.name)
    assignment("operator", OPERATOR, principal_id=guid("control"), scope=own.id)


def cluster_as(which: str, identity_id: str) -> None:
    """A cluster whose control plane, or nodes, run as an identity that another stack has made."""
    if which == "control plane":
        cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [identity_id]})
    else:
        cluster("aks", identity_profile={"kubeletidentity": {"resource_id": identity_id}})


def workload_of_a_cluster(which: str, group: Callable[[], Any] = lambda: "RG") -> None:
    cluster_as(which, f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-cluster")
    credential("trust", "ID-cluster", resource_group_name=group())


def beside_an_unknown_type(role: str, **victim: Any) -> None:
    """A role that is the control plane's, behind one of which the preview does not know for whom it is."""
    assignment("of-somebody", role, principal_type=laundered("ServicePrincipal"), scope=SUBNET_ID)
    assignment("of-the-victim", role, **victim)


ATTACKS = (
    *(
        Attack(
            f"a pod signs in as the {which} of a cluster, by name",
            "federated-identity-holds-only-workload-roles",
            functools.partial(workload_of_a_cluster, which),
            KNOWN,
        )
        for which in ("control plane", "kubelet")
    ),
    Attack(
        "a pod signs in as the control plane of a cluster, by name in a group that the preview does not know",
        "federated-identity-holds-only-workload-roles",
        lambda: workload_of_a_cluster("control plane", lambda: laundered("rg")),
        KNOWN,
    ),
    Attack(
        "a victim's identity attached beside a role of an unknown type",
        "operator-role-is-the-control-planes",
        lambda: beside_an_unknown_type(OPERATOR, scope=identity("victim").id),
    ),
    Attack(
        "the network changed beside a role of an unknown type",
        NETWORK,
        lambda: beside_an_unknown_type(NETWORK_CONTRIBUTOR, scope=SUBNET_ID, description="joins the nodes"),
    ),
    Attack(
        "the nodes read a Cosmos DB container",
        "kubelet-identity-only-pulls",
        lambda: cosmos_assignment("x", principal_id=a_kubelet("x").principal_id),
    ),
    Attack(
        "an add-on reads a Cosmos DB container",
        "addon-identities-hold-nothing",
        lambda: cosmos_assignment("x", principal_id=addon_object_id(cluster("aks"))),
    ),
    Attack(
        "the control plane attaches an identity of the same name elsewhere",
        "operator-role-is-the-control-planes",
        lambda: operator_among_twins("elsewhere"),
    ),
    Attack("the workload attaches the nodes' identity", "operator-role-is-the-control-planes", shared_operator),
    Attack(
        "the control plane attaches a workload's identity",
        "operator-role-is-the-control-planes",
        operator_on_a_workload,
    ),
    Attack(
        "a pod signs in as the control plane",
        "federated-identity-holds-only-workload-roles",
        workload_on_the_control_plane,
    ),
    Attack(
        "an unknown principal changes the network",
        NETWORK,
        lambda: assignment("x", NETWORK_CONTRIBUTOR, scope=SUBNET_ID, description="joins the nodes"),
    ),
    Attack("the nodes change the network", NETWORK, kubelet_on_the_network),
    Attack("the nodes read secrets", "kubelet-identity-only-pulls", kubelet_by_object_id),
    Attack(
        "the workload changes the network",
        NETWORK,
        lambda: a_workload("x", "4d97b98b-1d4f-4787-a291-c67834d212e7", scope=SUBNET_ID, description="joins the nodes"),
        KNOWN,
    ),
    Attack(
        "the workload as a group that keeps secrets",
        "managed-identity-is-no-group",
        lambda: assignment(
            "x", SECRETS_OFFICER, principal_id=identity("x").principal_id, principal_type="Group", description="people"
        ),
    ),
    Attack(
        "an identity of the kubelet's name in another subscription",
        "operator-role-is-the-control-planes",
        operator_on_a_namesake,
    ),
    Attack(
        "another stack's control plane attaches the identity of a workload",
        "operator-role-is-the-control-planes",
        operator_of_elsewhere_on_a_workload,
        {"operator-role-is-the-control-planes": {"principals": [guid("control")]}},
    ),
)
