"""Rights within the cluster that give every account."""

import functools
from typing import Any

import pulumi_kubernetes as kubernetes

from tests.azure_mocks import guid
from tests.policy.attacks.attack import Attack, laundered, raw
from tests.policy.builders import PEOPLE, cluster, cluster_binding, cluster_role
from tests.policy.programs import administered_by, secret_reader_binding


def role_then_binding() -> None:
    kubernetes.rbac.v1.ClusterRole(
        "harmless",
        metadata={"name": "harmless"},
        rules=[
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["watch"]},
        ],
    )
    cluster_binding("bound", "harmless")


def runs_in_pods(resource: str) -> None:
    cluster_role("runs", ["create"], [resource])
    cluster_binding("bound", "runs")


def edit_for(subjects: Any) -> None:
    raw(
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        metadata={"name": "x"},
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"},
        subjects=subjects,
    )


ORDERS = {"kind": "ServiceAccount", "name": "orders", "namespace": "shop"}

ATTACKS = (
    *(
        Attack(
            f"secrets of all namespaces for {words}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(lambda subjects: edit_for(subjects()), subjects),
        )
        for words, subjects in {
            "accounts that the preview does not know": lambda: laundered([ORDERS]),
            "an account that the preview does not know": lambda: [laundered(ORDERS)],
            "an account whose name the preview does not know": lambda: [{**ORDERS, "name": laundered("orders")}],
            "accounts that are no list": lambda: {"orders": ORDERS},
        }.items()
    ),
    Attack(
        "a cluster of unknown administrators",
        "cluster-admin-is-for-named-groups",
        lambda: cluster("aks", aad_profile=administered_by(PEOPLE, guid("strangers"))),
        {"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Attack(
        "secrets of all namespaces for whoever logs in",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "admin", kind="Group", name="system:authenticated"),
    ),
    Attack(
        "secrets of all namespaces through an aggregated role",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: (
            kubernetes.rbac.v1.ClusterRole(
                "sum",
                metadata={"name": "sum"},
                aggregation_rule={"clusterRoleSelectors": [{"matchLabels": {"to": "sum"}}]},
            ),
            cluster_binding("x", "sum"),
        ),
    ),
    Attack(
        "secrets added to view",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "x",
            metadata={"name": "x", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
            rules=[{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}],
        ),
    ),
    Attack(
        "a role that binds any role",
        "kubernetes-role-has-no-wildcard",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "x",
            metadata={"name": "x"},
            rules=[{"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"]}],
        ),
    ),
    Attack(
        "secrets of all namespaces through two rules",
        "service-account-reads-no-secrets-of-the-cluster",
        role_then_binding,
    ),
    Attack(
        "secrets of all namespaces through edit",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "edit"),
    ),
    Attack(
        "a service account under its user name",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "admin", kind="User", name="system:serviceaccount:shop:orders"),
    ),
    Attack(
        "all service accounts as a group",
        "service-account-reads-no-secrets-of-the-cluster",
        lambda: cluster_binding("x", "admin", kind="Group", name="system:serviceaccounts"),
    ),
    Attack(
        "cluster-admin for whoever logs in",
        "cluster-admin-is-for-named-groups",
        lambda: cluster_binding("x", "cluster-admin", kind="Group", name="system:authenticated"),
    ),
    Attack(
        "tokens of other accounts",
        "kubernetes-role-has-no-wildcard",
        lambda: kubernetes.rbac.v1.Role(
            "x",
            metadata={"name": "x"},
            rules=[{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}],
        ),
    ),
    Attack(
        "a role that impersonates",
        "kubernetes-role-has-no-wildcard",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "x", metadata={"name": "x"}, rules=[{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}]
        ),
    ),
    *(
        Attack(
            f"secrets of all namespaces for the {kind} {name}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(cluster_binding, "x", "admin", kind=kind, name=name),
        )
        for kind, name in (
            ("Group", "system:unauthenticated"),
            ("User", "system:anonymous"),
            ("Group", "system:nodes"),
            ("Group", "system:masters"),
        )
    ),
    *(
        Attack(
            f"a service account with the role {role}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(cluster_binding, "x", role),
        )
        for role in (
            "system:kube-controller-manager",
            "system:node",
            "system:controller:generic-garbage-collector",
            "of-another-stack",
        )
    ),
    *(
        Attack(
            f"a service account that creates {resource}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(runs_in_pods, resource),
        )
        for resource in ("pods/exec", "nodes/proxy")
    ),
    *(
        Attack(
            f"an account that reads secrets beside the one that may, {what}",
            "service-account-reads-no-secrets-of-the-cluster",
            functools.partial(secret_reader_binding, "x", "secrets"),
            {"service-account-reads-no-secrets-of-the-cluster": {"accounts": [account]}},
        )
        for what, account in {"of another name": "shop/controller", "of another namespace": "chart/orders"}.items()
    ),
)
