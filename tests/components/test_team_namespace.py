"""TeamNamespace: a team's namespace, and what its groups may do there."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from aks_workload_identity import (
    ClusterTrust,
    InvalidArgumentError,
    TeamGroup,
    TeamNamespace,
    TeamNamespaceArgs,
    registered_access_map,
)
from aks_workload_identity.access_map.model import AccessMap
from aks_workload_identity.access_map.rendering import as_html, as_markdown, as_text
from aks_workload_identity.grants import roles

from tests.components.builders import GROUP, cluster, trust, workload
from tests.recorder import UNKNOWN, Recording, attempt, run

pytestmark = pytest.mark.capability("A13")

DEVELOPERS = "11111111-1111-4111-8111-111111111111"
AUDITORS = "22222222-2222-4222-8222-222222222222"
CLUSTER_ID = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/blue"
WHY = "they run the shop"
ROLES = Path(__file__).parents[2] / "policy" / "aks_workload_identity_policy" / "data" / "built_in_roles.json"


def team(**changes: Any) -> TeamNamespace:
    least: dict[str, Any] = {
        "namespace": "shop",
        "groups": {
            "auditors": TeamGroup(group_object_id=AUDITORS, access="view"),
            "developers": TeamGroup(group_object_id=DEVELOPERS, access="edit"),
        },
    }
    if "cluster" not in changes:
        least["cluster"] = trust()
    return TeamNamespace("shop", TeamNamespaceArgs(**{**least, **changes}))


def in_azure(**changes: Any) -> TeamNamespace:
    return team(**{"authorization": "azure", "cluster_id": CLUSTER_ID, **changes})


def refusal(**changes: Any) -> str:
    with pytest.raises(InvalidArgumentError) as error:
        run(lambda: team(**changes))
    return str(error.value)


def test_pods_must_meet_the_restricted_standard():
    labels = run(team).one("Namespace").inputs["metadata"]["labels"]

    assert labels == {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", "restricted"), ("-version", "latest"))
    }


def test_the_standard_can_be_pinned_to_a_version():
    recording = run(lambda: team(pod_security="baseline", pod_security_version="v1.34"))

    labels = recording.one("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/enforce-version"] == "v1.34"


@pytest.mark.parametrize("version", ["1.34", "v1", "v1.034", "newest", "v1.34.1"])
def test_a_version_that_is_none_is_refused(version: str):
    assert "pod_security_version must be a minor version of Kubernetes" in refusal(pod_security_version=version)


def test_the_privileged_standard_is_refused():
    assert "pod_security must be 'restricted' or 'baseline'" in refusal(pod_security="privileged")


@pytest.mark.parametrize("access", ["view", "edit", "admin"])
def test_a_group_is_bound_to_the_cluster_role_in_the_namespace_alone(access: Any):
    group = TeamGroup(group_object_id=DEVELOPERS, access=access)

    binding = run(lambda: team(groups={"developers": group})).one("RoleBinding")

    assert binding.inputs["metadata"]["namespace"] == "shop"
    assert binding.inputs["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": access,
    }
    assert binding.inputs["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": DEVELOPERS}
    ]


def test_rights_are_kept_in_one_place():
    in_cluster, elsewhere = run(team), run(in_azure)

    assert (len(in_cluster.of_type("RoleBinding")), in_cluster.of_type("RoleAssignment")) == (2, [])
    assert (elsewhere.of_type("RoleBinding"), len(elsewhere.of_type("RoleAssignment"))) == ([], 2)


@pytest.mark.parametrize(
    ("access", "role"),
    [
        ("view", roles.AZURE_KUBERNETES_SERVICE_RBAC_READER),
        ("edit", roles.AZURE_KUBERNETES_SERVICE_RBAC_WRITER),
        ("admin", roles.AZURE_KUBERNETES_SERVICE_RBAC_ADMIN),
    ],
)
def test_azure_assigns_the_role_to_the_group_at_the_namespace(access: Any, role: roles.Role):
    group = TeamGroup(group_object_id=DEVELOPERS, access=access, because=WHY)

    assignment = run(lambda: in_azure(groups={"developers": group})).one("RoleAssignment", "shop-developers")

    assert assignment.inputs["principalId"] == DEVELOPERS
    assert assignment.inputs["principalType"] == "Group"
    assert assignment.inputs["scope"] == f"{CLUSTER_ID}/namespaces/shop"
    assert assignment.inputs["roleDefinitionId"].endswith(f"/{role.guid}")


@pytest.mark.parametrize("known", [CLUSTER_ID.replace("blue", "GREEN"), GROUP, f"{CLUSTER_ID}/namespaces/shop"])
def test_an_id_that_turns_out_to_be_of_another_cluster_stops_the_assignment(known: str):
    recording = attempt(lambda: in_azure(cluster_id=pulumi.Output.from_input(known)))

    assert "cluster_id must be the" in str(recording.error)
    assert recording.of_type("RoleAssignment") == []


@pytest.mark.parametrize("deferred", [True, False])
def test_a_cluster_of_the_same_name_in_another_group_is_not_the_one_of_this_program(deferred: bool):
    other = CLUSTER_ID.replace("/rg/", "/rg-other/").replace("blue", "aks")

    recording = attempt(
        lambda: in_azure(cluster=cluster().trust, cluster_id=pulumi.Output.from_input(other) if deferred else other)
    )

    assert "cluster_id must be the id of the cluster that the namespace is in" in str(recording.error)
    assert type(recording.error) is pulumi.RunError
    assert [each for each in recording.of_type("RoleAssignment") if each.name.startswith("shop-")] == []


def test_the_case_of_an_id_does_not_matter():
    assignment = run(lambda: in_azure(cluster_id=CLUSTER_ID.replace("blue", "BLUE"))).one(
        "RoleAssignment", "shop-developers"
    )

    assert assignment.inputs["scope"].endswith("/managedClusters/BLUE/namespaces/shop")


def test_a_cluster_of_this_program_gives_its_id_and_every_preview_knows_the_rest():
    def program() -> None:
        made = cluster()
        in_azure(cluster=made.trust, cluster_id=made.id)

    deployed = run(program).one("RoleAssignment", "shop-developers").inputs
    preview = run(program, preview=True).one("RoleAssignment", "shop-developers").inputs

    assert deployed["scope"].endswith("/managedClusters/aks/namespaces/shop")
    assert preview["scope"] == UNKNOWN
    fields = ("roleAssignmentName", "principalId", "roleDefinitionId")
    assert [preview[field] for field in fields] == [deployed[field] for field in fields]


def test_the_same_group_in_two_namespaces_has_two_assignments():
    def program() -> None:
        blue = trust()
        for name in ("one", "two"):
            groups = {"developers": TeamGroup(group_object_id=DEVELOPERS, access="edit")}
            args = TeamNamespaceArgs(
                cluster=blue, namespace=name, groups=groups, authorization="azure", cluster_id=CLUSTER_ID
            )
            TeamNamespace(name, args)

    names = {each.inputs["roleAssignmentName"] for each in run(program).of_type("RoleAssignment")}

    assert len(names) == 2


def permissions(role: roles.Role) -> dict[str, list[str]]:
    data = json.loads(ROLES.read_text())["roles"]
    (found,) = (each for each in data if each["id"] == role.guid)
    assert found["name"] == role.name
    return found["permissions"][0]


def test_the_role_for_viewing_reads_no_secret_and_writes_nothing():
    data_actions = permissions(roles.AZURE_KUBERNETES_SERVICE_RBAC_READER)["dataActions"]

    assert {each.rpartition("/")[2] for each in data_actions} == {"read"}
    assert not [each for each in data_actions if "secrets" in each or "*" in each]


def test_the_role_for_editing_reads_secrets_and_binds_no_roles():
    data_actions = permissions(roles.AZURE_KUBERNETES_SERVICE_RBAC_WRITER)["dataActions"]

    assert "Microsoft.ContainerService/managedClusters/secrets/*" in data_actions
    assert not [each for each in data_actions if "rbac" in each or each.endswith("managedClusters/*")]


def test_azures_role_for_administering_takes_a_reason_because_it_is_nearly_everything():
    admins = TeamGroup(group_object_id=DEVELOPERS, access="admin")

    assert permissions(roles.AZURE_KUBERNETES_SERVICE_RBAC_ADMIN)["dataActions"] == [
        "Microsoft.ContainerService/managedClusters/*"
    ]
    assert "groups.admins.because is required for admin" in refusal(
        authorization="azure", cluster_id=CLUSTER_ID, groups={"admins": admins}
    )


def test_a_reason_is_kept_with_the_right():
    admins = {"admins": TeamGroup(group_object_id=DEVELOPERS, access="admin", because=WHY)}

    assignment = run(lambda: in_azure(groups=admins)).one("RoleAssignment")
    binding = run(lambda: team(groups=admins)).one("RoleBinding")

    assert WHY in assignment.inputs["description"]
    assert binding.inputs["metadata"]["annotations"] == {"kubernetes.io/description": WHY}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"authorization": "azure"}, "cluster_id is required with authorization 'azure'"),
        ({"cluster_id": CLUSTER_ID}, "cluster_id must be left out unless authorization is 'azure'"),
        ({"authorization": "azure", "cluster_id": GROUP}, "cluster_id must be the resource id of the cluster"),
        ({"authorization": "azure", "cluster_id": f"{CLUSTER_ID}/namespaces/shop"}, "not the id of a managed cluster"),
        (
            {"authorization": "azure", "cluster_id": CLUSTER_ID.replace("blue", "GREEN")},
            "cluster_id must be the id of the cluster that the namespace is in, 'blue'; got",
        ),
        (
            {"groups": {"a": {"group_object_id": DEVELOPERS, "access": "admin", "because": "x"}}},
            "groups.a.because must be a reason in words",
        ),
        ({"groups": {}}, "groups must have at least 1"),
        ({"namespace": "kube-system"}, "namespace must be a namespace of its own"),
        ({"groups": {"a": {"group_object_id": "shop-developers", "access": "view"}}}, "groups.a.group_object_id must"),
        ({"groups": {"a": {"group_object_id": DEVELOPERS, "access": "cluster-admin"}}}, "groups.a.access must be"),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, Any], said: str):
    assert said in refusal(**changes)


def test_two_keys_for_one_group_are_refused():
    one, other = (TeamGroup(group_object_id=AUDITORS, access=access) for access in ("view", "edit"))

    assert "groups.b.group_object_id must be a group of its own" in refusal(groups={"a": one, "b": other})


def test_a_cluster_in_place_of_its_trust_is_refused():
    with pytest.raises(InvalidArgumentError, match=r"for example cluster\.trust"):
        run(lambda: team(cluster=cluster()))


def a_team_and_its_workload() -> None:
    blue = trust()
    team(cluster=blue)
    workload(clusters={"blue": blue})


def test_a_workload_uses_the_namespace_of_its_team():
    recording = run(a_team_and_its_workload)

    namespace = recording.one("Namespace")
    assert namespace.inputs["metadata"]["labels"]
    assert namespace.parent is None
    assert namespace.urn in recording.one("ServiceAccount").dependencies


def test_a_team_that_comes_after_a_workload_of_its_namespace_is_refused():
    def program() -> None:
        blue = trust()
        workload(clusters={"blue": blue})
        team(cluster=blue)

    with pytest.raises(InvalidArgumentError, match="namespace must be made before the workloads that use it"):
        run(program)


def mapped(program: Any) -> tuple[AccessMap, Recording]:
    def with_export() -> None:
        program()
        pulumi.export("accessMap", registered_access_map())

    recording = run(with_export)
    return AccessMap.of_outputs(recording.outputs), recording


@pytest.mark.parametrize(("program", "given_by"), [(team, "RoleBinding"), (in_azure, "RoleAssignment")])
def test_the_access_map_shows_the_people(program: Any, given_by: str):
    found, recording = mapped(program)

    (shown,) = found.teams
    assert [(each.group_object_id, each.access, each.given_by) for each in shown.groups] == [
        (AUDITORS, "view", given_by),
        (DEVELOPERS, "edit", given_by),
    ]
    assert {each.principal_id for each in found.others} == {
        each.inputs["principalId"] for each in recording.of_type("RoleAssignment")
    }
    for show in (as_text, as_markdown, as_html):
        assert DEVELOPERS in show(found)


def test_a_cluster_whose_key_another_has_is_refused():
    def program() -> None:
        workload()
        provider = kubernetes.Provider("other", kubeconfig="{}")
        team(cluster=ClusterTrust(key="BLUE", issuer_url="https://other.example", kubernetes_provider=provider))

    recording = attempt(program)

    assert "cluster.key must be the cluster's own in this program" in str(recording.error)
    assert recording.of_type("TeamNamespace") == []
