"""Rights within the cluster that name what is needed."""

import functools

import pulumi_kubernetes as kubernetes

from tests.policy.builders import PEOPLE, cluster_binding, cluster_role
from tests.policy.peace.good import Good
from tests.policy.programs import secret_reader_binding


def a_controller() -> None:
    cluster_role("ingress", ["get", "list", "watch"], ["pods", "services", "endpoints"])
    cluster_binding("ingress-bound", "ingress")


GOODS = (
    *(
        Good(f"a service account with the role {role}", functools.partial(cluster_binding, "bound", role))
        for role in ("view", "system:auth-delegator")
    ),
    Good(
        "the account of a chart that reads secrets on purpose",
        lambda: secret_reader_binding("chart", "secrets"),
        {"service-account-reads-no-secrets-of-the-cluster": {"accounts": ["shop/orders"]}},
    ),
    Good("a controller that reads no secrets", a_controller),
    Good(
        "named administrators",
        lambda: cluster_binding("admins", "cluster-admin", kind="Group", name=PEOPLE),
        {"cluster-admin-is-for-named-groups": {"groups": [PEOPLE]}},
    ),
    Good(
        "a role added to view that reads no secrets",
        lambda: kubernetes.rbac.v1.ClusterRole(
            "widgets",
            metadata={"name": "widgets", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
            rules=[{"apiGroups": ["example.org"], "resources": ["widgets"], "verbs": ["get"]}],
        ),
    ),
)
