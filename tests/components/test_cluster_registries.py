"""The registries that a cluster's nodes pull from."""

from typing import Any

import pulumi
import pytest
from aks_workload_identity import RegistryAttachment
from pulumi_azure_native.managedidentity import UserAssignedIdentity

from tests.azure_mocks import SUBSCRIPTION, identity_ids
from tests.components.builders import REGISTRY_ID, cluster
from tests.components.clusters import identity_id, role_of
from tests.recorder import attempt, run

pytestmark = pytest.mark.capability("A1")


@pytest.mark.capability("A8")
@pytest.mark.parametrize(
    ("permissions", "role"),
    [
        ("rbac", "7f951dda-4ed3-4680-a7ca-43fe172d538d"),
        ("rbac-abac", "b93aa761-3e63-49ed-ac28-beffa264f7ac"),
    ],
)
def test_an_attached_registry_trusts_the_kubelet_identity_in_the_registrys_mode(permissions: Any, role: str):
    attachment = RegistryAttachment(registry_id=REGISTRY_ID, permissions=permissions)
    pull = run(lambda: cluster(registries={"apps": attachment})).one("RoleAssignment", "aks-pull-apps")

    assert role_of(pull) == role
    assert pull.inputs["scope"] == REGISTRY_ID
    assert pull.inputs["principalId"] == identity_ids(identity_id("aks-kubelet"))["principalId"]
    assert pull.inputs["roleDefinitionId"].startswith(f"/subscriptions/{SUBSCRIPTION}/")


@pytest.mark.parametrize("names", [["blue", "green"], ["blue"], ["green"]], ids=" and ".join)
@pytest.mark.parametrize("made", [False, True], ids=["by id", "as resources"])
def test_roles_of_shared_identities_are_the_same_assignments_whichever_cluster_goes(names: list[str], made: bool):
    def identity(name: str) -> str | UserAssignedIdentity:
        return UserAssignedIdentity(name, resource_group_name="rg", resource_name_=name) if made else identity_id(name)

    def program() -> None:
        control_plane, kubelet = identity("control"), identity("nodes")
        for name in names:
            cluster(
                name,
                control_plane_identity=control_plane,
                kubelet_identity=kubelet,
                registries={"apps": RegistryAttachment(registry_id=REGISTRY_ID)},
            )

    recording = run(program)

    assignments = {each.name: each for each in recording.of_type("RoleAssignment")}
    assert sorted(assignments) == ["control-nodes-operator", "nodes-pull-apps"]
    assert {each.inputs["roleAssignmentName"] for each in assignments.values()} == {
        "01cb0aab-04f5-51f5-b113-e791fe50d00e",
        "8d0aaf0b-13ca-51c5-98f3-0c5d2c6a4e87",
    }
    assert [each.name for each in recording.of_type("ManagedCluster")] == names
    for each in recording.of_type("ManagedCluster"):
        assert assignments["control-nodes-operator"].urn in each.dependencies


def test_one_registry_under_two_keys_of_shared_nodes_is_refused_as_neither_could_go_without_the_other():
    def program() -> None:
        for name in ("blue", "green"):
            cluster(
                name,
                control_plane_identity=identity_id("control"),
                kubelet_identity=identity_id("nodes"),
                registries={name: RegistryAttachment(registry_id=REGISTRY_ID)},
            )

    assert "role must be assigned once on one resource; got AcrPull for 'nodes' as 'nodes-pull-green'" in str(
        attempt(program).error
    )


@pytest.mark.parametrize("deferred", [False, True])
def test_a_registry_is_attached_once(deferred: bool):
    def program() -> None:
        registry_id = pulumi.Output.from_input(REGISTRY_ID) if deferred else REGISTRY_ID
        attachment = RegistryAttachment(registry_id=registry_id)
        other = attachment if deferred else RegistryAttachment(registry_id=REGISTRY_ID.upper())
        cluster(registries={"apps": attachment, "tools": other})

    recording = attempt(program)

    assert "registries must hold each registry once; got one of them as 'apps' and 'tools'" in str(recording.error)
    assert recording.resources == []


def test_a_key_of_a_registry_is_used_once():
    def program() -> None:
        made = cluster(registries={"apps": RegistryAttachment(registry_id=REGISTRY_ID)})
        made.attach_registry("apps", RegistryAttachment(registry_id=f"{REGISTRY_ID}2"))

    assert "key must be a key of its own; got 'apps'" in str(attempt(program).error)


@pytest.mark.parametrize(
    ("key", "attachment", "message"),
    [("apps", "x", "args must be RegistryAttachment"), ("A b", {"registry_id": REGISTRY_ID}, "key must be a map key")],
)
def test_an_attachment_that_is_none_is_told_in_words(key: str, attachment: Any, message: str):
    assert message in str(attempt(lambda: cluster().attach_registry(key, attachment)).error)


def test_pulling_does_not_wait_for_the_cluster():
    attachment = RegistryAttachment(registry_id=REGISTRY_ID)
    recording = run(lambda: cluster(registries={"apps": attachment}))

    assert recording.one("ManagedCluster").urn not in recording.one("RoleAssignment", "aks-pull-apps").dependencies
