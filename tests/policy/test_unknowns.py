"""What rules about several resources make of values that a preview does not know, and what an update asks in time."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from aks_workload_identity_policy import RULES, StackRule
from pulumi_azure_native import managedidentity

from tests.azure_mocks import TENANT, guid
from tests.policy.builders import (
    ACR_PULL,
    ISSUER,
    NETWORK_CONTRIBUTOR,
    OPERATOR,
    SECRETS_USER,
    assignment,
    cluster,
    cluster_binding,
    credential,
    deployment,
    identity,
)
from tests.policy.judging import AnyAzure, Config, Violation, judge
from tests.policy.programs import WHY, Foreign
from tests.recorder import run

Program = Callable[[], Any]
REPORT: Config = {"pack-settings": {"unknown": "report"}}
ADVISORY: Config = {"pack-settings": {"unknown": "advisory"}}


def one_of(*values: pulumi.Output[str], at: int = -1) -> pulumi.Output[str]:
    """The value of one, made so that a preview takes it for something of all."""
    return pulumi.Output.all(*values).apply(lambda all_: all_[at])


def an_attached_kubelet() -> managedidentity.UserAssignedIdentity:
    kubelet = identity("kubelet")
    cluster("aks", identity_profile={"kubeletidentity": {"resource_id": kubelet.id}})
    return kubelet


def a_role_of_the_kubelets_or_the_workloads() -> None:
    orders = identity("orders")
    credential("trust", orders.name)
    assignment("secrets", principal_id=one_of(orders.principal_id, an_attached_kubelet().principal_id))


def a_role_of_the_clusters_or_the_workloads() -> None:
    made, orders = cluster("aks"), identity("orders")
    credential("trust", orders.name)
    profile = made.identity_profile.apply(lambda it: (it or {})["kubeletidentity"].object_id or "")
    assignment("secrets", principal_id=one_of(orders.principal_id, profile))


def a_network_role_of_a_workload_or_a_control_plane() -> None:
    control, orders = identity("control"), identity("orders")
    cluster("aks", identity={"type": "UserAssigned", "user_assigned_identities": [control.id]})
    credential("trust", orders.name)
    principal = one_of(control.principal_id, orders.principal_id)
    assignment("network", NETWORK_CONTRIBUTOR, principal_id=principal, description=WHY)


def a_credential_of_one_of_two() -> None:
    first, second = identity("first"), identity("second")
    assignment("first-role", principal_id=first.principal_id)
    assignment("second-role", NETWORK_CONTRIBUTOR, principal_id=second.principal_id, description=WHY)
    credential("trust", one_of(first.name, second.name))


def an_issuer_of_a_cluster_or_not() -> None:
    issuer = cluster("aks").oidc_issuer_profile.apply(lambda it: it.issuer_url if it else "")
    credential("trust", issuer=one_of(issuer, identity("orders").client_id.apply(lambda _: "https://issuer.example/")))


LAUNDERED: list[tuple[str, Program, str, str]] = [
    ("kubelet-identity-only-pulls", a_role_of_the_kubelets_or_the_workloads, "secrets", "principalId"),
    ("kubelet-identity-only-pulls", a_role_of_the_clusters_or_the_workloads, "secrets", "principalId"),
    ("addon-identities-hold-nothing", a_role_of_the_clusters_or_the_workloads, "secrets", "principalId"),
    (
        "federated-identity-holds-only-workload-roles",
        a_network_role_of_a_workload_or_a_control_plane,
        "network",
        "principalId",
    ),
    ("federated-identity-holds-only-workload-roles", a_credential_of_one_of_two, "trust", "resourceName"),
    ("credential-issuer-is-a-known-cluster", an_issuer_of_a_cluster_or_not, "trust", "issuer"),
]
laundered = pytest.mark.parametrize(
    ("rule", "program", "resource", "property_"), LAUNDERED, ids=[f"{row[0]}, {row[1].__name__}" for row in LAUNDERED]
)


def about(rule: str, found: list[Violation]) -> list[Violation]:
    return [one for one in found if one.rule == rule]


def preview(program: Program, config: Config | None = None) -> list[Violation]:
    return judge(run(program, preview=True, mocks=AnyAzure()), config=config)


@laundered
def test_a_value_made_from_several_resources_stops_the_preview(
    rule: str, program: Program, resource: str, property_: str
):
    found = about(rule, preview(program))

    assert [(one.resource, one.level) for one in found] == [(resource, "MANDATORY")]
    assert f"{property_} of {resource} is made from several resources" in found[0].message
    assert "pass the output of one on" in found[0].message


@laundered
def test_it_is_only_pointed_out_where_the_configuration_says_so(
    rule: str, program: Program, resource: str, property_: str
):
    found = about(rule, preview(program, ADVISORY))

    assert [(one.resource, one.level) for one in found] == [(resource, "ADVISORY")]
    assert "at the update, when all is created" in found[0].message


@laundered
def test_an_exception_of_the_resource_lets_it_pass(rule: str, program: Program, resource: str, property_: str):
    exception = {
        "rule": rule,
        "resource": f"urn:*::{resource}",
        "reason": "Known since spring.",
        "expires": "2026-12-31",
    }

    found = preview(program, {"pack-settings": {"exceptions": [exception]}})

    assert {one.level for one in about(rule, found)} == {"ADVISORY"}
    assert about("pack-settings", found) == []


def test_roles_of_two_workloads_may_be_taken_for_each_others():
    def program() -> None:
        first, second = identity("first"), identity("second")
        for each in (first, second):
            credential(f"{each._name}-trust", each.name)  # pyright: ignore[reportPrivateUsage]
        assignment("secrets", principal_id=one_of(first.principal_id, second.principal_id))

    found = preview(program, {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}})

    assert found == []


@pytest.mark.parametrize("at", [0, 1])
def test_the_update_judges_by_the_value_and_not_by_what_it_was_made_from(at: int):
    def program() -> None:
        kubelet, orders = an_attached_kubelet(), identity("orders")
        credential("trust", orders.name)
        chosen = pulumi.Output.all(kubelet.principal_id, orders.principal_id).apply(lambda ids: ids[at])
        assignment("secrets", principal_id=chosen)

    found = about("kubelet-identity-only-pulls", judge(run(program, mocks=AnyAzure())))

    assert [one.resource for one in found] == (["secrets"] if at == 0 else [])


def test_another_identitys_id_under_a_workloads_output_is_seen_once_it_is_known():
    def program() -> None:
        kubelet, orders = an_attached_kubelet(), identity("orders")
        credential("trust", orders.name)
        ids: list[str] = []
        kubelet.principal_id.apply(ids.append)
        assignment("secrets", principal_id=pulumi.Output.all(orders.principal_id, kubelet.id).apply(lambda _: ids[0]))

    found = about("kubelet-identity-only-pulls", judge(run(program, mocks=AnyAzure())))

    assert [one.resource for one in found] == ["secrets"]


def test_a_role_of_somebody_elsewhere_is_not_taken_for_the_workloads_whose_output_hid_it():
    def program() -> None:
        orders = identity("orders")
        credential("trust", orders.name)
        assignment("secrets", principal_id=orders.principal_id.apply(lambda _: guid("elsewhere")))

    found = judge(run(program, mocks=AnyAzure()))

    assert [one.resource for one in about("federated-identity-has-roles", found)] == ["orders"]


def test_which_of_a_clusters_own_identities_is_left_to_the_update_or_reported():
    def program() -> None:
        made = cluster("aks")
        kubelet = made.identity_profile.apply(lambda it: (it or {})["kubeletidentity"].object_id)
        assignment("secrets", SECRETS_USER, principal_id=kubelet)

    left = about("kubelet-identity-only-pulls", preview(program))
    reported = about("kubelet-identity-only-pulls", preview(program, REPORT))
    rule = {"rule": "kubelet-identity-only-pulls", "resource": "urn:*::secrets"}
    exception = {**rule, "reason": "Known of old.", "expires": "2026-12-31"}
    excepted = preview(program, {"pack-settings": {"exceptions": [exception]}})

    assert [(one.level, one.resource) for one in left] == [("ADVISORY", "")]
    assert "judges secrets at the update, when all is created" in left[0].message
    assert [(one.level, one.resource) for one in reported] == [("MANDATORY", "secrets")]
    assert about("pack-settings", excepted) == []


def handed_through(*, kubelet: bool) -> Program:
    """A role for what another resource hands on, which waits for the identity of a kubelet, or of nothing."""

    def program() -> None:
        given = an_attached_kubelet() if kubelet else identity("orders")
        passed_on = Foreign("random:index/randomId:RandomId", "passed-on", keepers={"id": given.principal_id})
        assignment("secrets", principal_id=passed_on.id)

    return program


def test_an_identity_that_is_handed_through_another_resource_is_left_to_the_update():
    found = about("kubelet-identity-only-pulls", preview(handed_through(kubelet=True)))

    assert [(one.level, "judges secrets at the update" in one.message) for one in found] == [("ADVISORY", True)]
    assert about("kubelet-identity-only-pulls", preview(handed_through(kubelet=False))) == []


def test_what_is_reported_as_not_known_can_be_excepted():
    def program() -> None:
        made = cluster("aks")
        kubelet = made.identity_profile.apply(lambda it: (it or {})["kubeletidentity"].object_id)
        assignment("pull", ACR_PULL, principal_id=kubelet, scope=identity("cr").id)

    rules = ("addon-identities-hold-nothing", "assignment-scope-is-one-resource")
    exceptions = [
        {"rule": rule, "resource": "urn:*::pull", "reason": "Pulls for the nodes.", "expires": "2026-12-31"}
        for rule in rules
    ]
    settings = {"unknown": "report", "exceptions": exceptions}

    strict = preview(program, REPORT)
    excepted = preview(program, {"pack-settings": settings})

    assert [about(rule, strict)[0].level for rule in rules] == ["MANDATORY", "MANDATORY"]
    assert [about(rule, excepted)[0].level for rule in rules] == ["ADVISORY", "ADVISORY"]
    assert about("pack-settings", excepted) == []


def operators(hidden: Any) -> None:
    assignment("hidden", OPERATOR, principal_type=hidden)
    assignment("plain", OPERATOR)


def networks(hidden: Any) -> None:
    assignment("hidden", NETWORK_CONTRIBUTOR, principal_type=hidden)
    assignment("plain", NETWORK_CONTRIBUTOR)


def readers_of_secrets(hidden: Any) -> None:
    cluster_binding("hidden", "edit", kind="Group", name=hidden)
    cluster_binding("plain", "edit")


def pods_without_the_label(hidden: Any) -> None:
    credential("orders")
    deployment("hidden", labels={"azure.workload.identity/use": hidden}, serviceAccountName="orders")
    deployment("plain", serviceAccountName="orders")


@pytest.mark.parametrize("known", [False, True], ids=["not known", "of a shape that cannot be judged"])
@pytest.mark.parametrize(
    ("rule", "program"),
    [
        ("operator-role-is-the-control-planes", operators),
        ("network-role-is-the-control-planes", networks),
        ("service-account-reads-no-secrets-of-the-cluster", readers_of_secrets),
        ("pod-of-a-federated-account-carries-the-label", pods_without_the_label),
    ],
)
def test_what_cannot_be_read_of_one_resource_does_not_hide_another(
    rule: str, program: Callable[[Any], None], known: bool
):
    recording = run(lambda: program(7 if known else identity("laundry").principal_id), preview=True, mocks=AnyAzure())
    recording.resources.sort(key=lambda one: one.name == "plain")
    found = about(rule, judge(recording))

    assert "plain" in [one.resource for one in found if one.level == "MANDATORY"]


def test_what_a_stack_rule_cannot_read_is_a_violation_of_that_resource():
    found = about("service-account-reads-no-secrets-of-the-cluster", preview(lambda: readers_of_secrets(7)))

    assert {one.resource: "must be text, but is a number" in one.message for one in found} == {
        "hidden": True,
        "plain": False,
    }


# --- before the update creates it


def before_creation(program: Program, config: Config | None = None) -> list[Violation]:
    """What stops the creation of a resource at the update."""
    return judge(run(program, mocks=AnyAzure()), config=config, stack=False)


def test_a_role_of_a_clusters_named_kubelet_is_not_created():
    def program() -> None:
        kubelet, orders = identity("kubelet"), identity("orders")
        made = cluster(
            "aks",
            identity_profile={"kubeletidentity": {"resource_id": kubelet.id, "object_id": kubelet.principal_id}},
        )
        laundered = pulumi.Output.all(kubelet.principal_id, orders.principal_id, made.id).apply(lambda all_: all_[0])
        assignment("secrets", principal_id=laundered)
        assignment("group", SECRETS_USER, principal_id=laundered, principal_type="Group")

    found = before_creation(program)

    stopped = {(one.rule, one.resource) for one in found if one.level == "MANDATORY"}
    assert ("kubelet-identity-only-pulls", "secrets") in stopped
    assert ("managed-identity-is-no-group", "group") in stopped


@pytest.mark.parametrize(
    ("issuer", "stopped"),
    [
        ("https://issuer.example/", True),
        (f"https://westeurope.oic.prod-aks.azure.com.issuer.example/{TENANT}/{guid('x')}/", True),
        ("https://[", True),
        (f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('another')}/", False),
    ],
)
def test_a_credential_of_an_issuer_that_no_cluster_of_aks_has_is_not_created(issuer: str, stopped: bool):
    def program() -> None:
        credential("trust", issuer=cluster("aks").oidc_issuer_profile.apply(lambda _: issuer))

    found = about("credential-issuer-is-a-known-cluster", before_creation(program))

    assert [(one.resource, one.level) for one in found] == ([("trust", "MANDATORY")] if stopped else [])


def test_an_issuer_that_is_listed_is_created():
    config: Config = {"credential-issuer-is-a-known-cluster": {"issuers": ["https://issuer.example/"]}}

    assert before_creation(lambda: credential("trust", issuer="https://issuer.example/") and None, config) == []


def test_a_binding_of_every_secret_is_not_created():
    found = before_creation(lambda: cluster_binding("reads", "edit") and None)

    assert [(one.rule, one.resource) for one in found] == [("service-account-reads-no-secrets-of-the-cluster", "reads")]


def test_what_was_said_before_the_creation_is_not_said_again():
    found = judge(run(lambda: cluster_binding("reads", "edit") and None))

    assert len(found) == 1


def test_what_is_needed_to_judge_a_resource_is_not_judged_with_it_again():
    def program() -> None:
        label = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
        rules = [{"apiGroups": [""], "verbs": ["get"], "resources": ["secrets"]}]
        kubernetes.rbac.v1.ClusterRole("added", metadata={"name": "added", "labels": label}, rules=rules)
        for number in range(3):
            cluster_binding(f"views-{number}", "view")

    found = about("service-account-reads-no-secrets-of-the-cluster", judge(run(program)))

    assert [one.resource for one in found].count("added") == 1


def test_every_rule_that_speaks_early_is_about_kinds_that_it_judges():
    early = [rule for rule in RULES if isinstance(rule, StackRule) and rule.early is not None]

    assert len(early) >= 3
    assert all((rule.early or frozenset()) <= rule.kinds for rule in early)
