"""What it costs to judge a resource before it is created, whatever was registered before it."""

from collections import Counter
from typing import Any

import pulumi_kubernetes as kubernetes
import pytest
from aks_workload_identity_policy.resource import Part
from aks_workload_identity_policy.stack import Graph

from tests.policy.builders import ACR_PULL, PEOPLE, assignment, cluster, cluster_binding, cluster_role
from tests.policy.judging import AnyAzure, configured, request_of, violations_of
from tests.recorder import Recording, run


def rights_of(teams: int) -> Recording:
    """One cluster, and the same rights for each of some teams."""

    def program() -> None:
        cluster("aks")
        for number in range(teams):
            team = f"team-{number}"
            cluster_role(team, ["get"], ["pods"])
            cluster_binding(f"{team}-bound", team)
            kubernetes.rbac.v1.Role(team, metadata={"name": team, "namespace": team}, rules=[])
            kubernetes.rbac.v1.RoleBinding(
                team,
                metadata={"name": team, "namespace": team},
                role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": team},
                subjects=[],
            )
            assignment(team, ACR_PULL, principal_id=PEOPLE)

    return run(program, mocks=AnyAzure())


def work_of(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often anything is read of a resource, put into a graph, or a graph made, until all are registered."""
    done: Counter[str] = Counter()
    server = configured()
    with monkeypatch.context() as counting:
        for owner, name in ((Part, "_read"), (Graph, "add"), (Graph, "__init__")):
            counting.setattr(owner, name, counted(getattr(owner, name), f"{owner.__name__}.{name}", done))
        for resource in recording.resources:
            server.Analyze(request_of(resource), None)
    return done


def counted(function: Any, name: str, done: Counter[str]) -> Any:
    def call(*arguments: Any) -> Any:
        done[name] += 1
        return function(*arguments)

    return call


def test_a_resource_costs_the_same_however_many_were_registered_before_it(monkeypatch: pytest.MonkeyPatch):
    few, more, most = (work_of(rights_of(teams), monkeypatch) for teams in (10, 20, 30))

    assert few["Part._read"] > 500
    assert few["Graph.add"] > 10
    assert most["Part._read"] - more["Part._read"] == more["Part._read"] - few["Part._read"]
    assert most["Graph.add"] - more["Graph.add"] == more["Graph.add"] - few["Graph.add"] == 10
    assert most["Graph.__init__"] == more["Graph.__init__"] == few["Graph.__init__"]


def test_a_binding_is_judged_by_the_one_role_that_it_names_among_many():
    def program() -> None:
        for number in range(10):
            cluster_role(f"role-{number}", ["get"], ["secrets" if number == 7 else "pods"])
        for number in range(10):
            cluster_binding(f"bound-{number}", f"role-{number}")

    server = configured()
    answers = [server.Analyze(request_of(one), None) for one in run(program, mocks=AnyAzure()).resources]

    found = [one for answer in answers for one in violations_of(answer)]
    assert [(one.rule, one.resource) for one in found] == [
        ("service-account-reads-no-secrets-of-the-cluster", "bound-7")
    ]
