"""The identities of a cluster: the control plane's, the kubelets', and those of add-ons."""

import pytest
from aks_workload_identity import NodePool
from pulumi_azure_native.managedidentity import UserAssignedIdentity

from tests.azure_mocks import identity_ids
from tests.components.builders import cluster
from tests.components.clusters import SUBNET_ID, identity_id, registered, role_of
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A1")


def test_control_plane_and_kubelets_have_identities_of_their_own():
    inputs = registered()

    kubelet = identity_ids(identity_id("aks-kubelet"))
    assert inputs["identity"] == {
        "type": "UserAssigned",
        "userAssignedIdentities": [identity_id("aks-control-plane")],
    }
    assert inputs["identityProfile"]["kubeletidentity"] == {
        "resourceId": identity_id("aks-kubelet"),
        "clientId": kubelet["clientId"],
        "objectId": kubelet["principalId"],
    }


def test_the_control_plane_may_assign_exactly_the_kubelet_identity_before_the_cluster_is_made():
    recording = run(cluster)

    operator = recording.one("RoleAssignment", "aks-kubelet-operator")
    assert role_of(operator) == "f1a07417-d97a-45cb-824c-7a7467783830"
    assert operator.inputs["scope"] == identity_id("aks-kubelet")
    assert operator.inputs["principalId"] == identity_ids(identity_id("aks-control-plane"))["principalId"]
    assert operator.urn in recording.one("ManagedCluster").dependencies


def test_roles_that_somebody_else_assigns_are_not_assigned_twice():
    plane = {"control_plane_identity": identity_id("control"), "assign_control_plane_roles": False}
    recording = run(lambda: cluster(system_pool=NodePool(subnet_id=SUBNET_ID), **plane))

    assert recording.of_type("RoleAssignment") == []


def test_given_identities_are_used_and_not_made():
    recording = run(
        lambda: cluster(control_plane_identity=identity_id("control"), kubelet_identity=identity_id("kubelet"))
    )

    assert recording.of_type("UserAssignedIdentity") == []
    inputs = recording.one("ManagedCluster").inputs
    assert inputs["identity"]["userAssignedIdentities"] == [identity_id("control")]
    assert inputs["identityProfile"]["kubeletidentity"]["resourceId"] == identity_id("kubelet")


def test_one_identity_given_as_the_same_resource_twice_is_refused():
    def program() -> None:
        made = UserAssignedIdentity("one", resource_group_name="rg")
        cluster(control_plane_identity=made, kubelet_identity=made)

    assert "must be another identity than control_plane_identity" in str(attempt(program).error)


def test_add_on_identities_are_known_so_that_nobody_grants_them_anything():
    seen: list[str] = []

    def program() -> None:
        identities = cluster().add_on_identities
        assert set(identities) == {"azureKeyvaultSecretsProvider", "azurepolicy"}
        for identity in identities.values():
            for value in (identity.client_id, identity.object_id, identity.resource_id):
                value.apply(seen.append)

    run(program)

    assert len(set(seen)) == 6
    assert all(seen)
