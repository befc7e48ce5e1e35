"""What the built-in roles of Kubernetes let a team do, asked of the real authorizer."""

from typing import Any

import pytest

from tests.chain.conftest import Chain

RBAC = "rbac.authorization.k8s.io"


def allowed(chain: Chain, group: str, verb: str, resource: str, namespace: str = "shop") -> bool:
    api_group = RBAC if resource == "rolebindings" else "apps" if resource == "deployments" else ""
    attributes = {"namespace": namespace, "verb": verb, "resource": resource, "group": api_group}
    body: dict[str, Any] = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {},
        "spec": {"user": "somebody", "groups": [group], "resourceAttributes": attributes},
    }
    return chain.api.create(body, "")["status"]["allowed"]


@pytest.fixture(scope="module")
def groups(chain: Chain) -> None:
    """A group for each role, in the namespace of the shop alone."""
    for role in ("view", "edit", "admin"):
        binding = {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": role, "namespace": "shop"},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
            "subjects": [{"apiGroup": RBAC, "kind": "Group", "name": f"{role}-group"}],
        }
        chain.api.apply(binding, "shop", "test", force=False)


@pytest.mark.usefixtures("groups")
def test_viewers_see_pods_and_no_secrets(chain: Chain):
    assert allowed(chain, "view-group", "list", "pods")
    assert not allowed(chain, "view-group", "get", "secrets")
    assert not allowed(chain, "view-group", "update", "deployments")


@pytest.mark.usefixtures("groups")
def test_editors_change_workloads_and_admins_hand_out_roles(chain: Chain):
    assert allowed(chain, "edit-group", "update", "deployments")
    assert allowed(chain, "edit-group", "get", "secrets")
    assert not allowed(chain, "edit-group", "create", "rolebindings")
    assert allowed(chain, "admin-group", "create", "rolebindings")


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("role", ["view", "edit", "admin"])
def test_nobody_reaches_beyond_the_namespace(chain: Chain, role: str):
    assert not allowed(chain, f"{role}-group", "list", "pods", "agents")


def test_the_admin_groups_of_the_cluster_may_do_everything(chain: Chain):
    (group,) = chain.cluster["properties"]["aadProfile"]["adminGroupObjectIDs"]

    assert allowed(chain, group, "get", "secrets", "kube-system")
    assert not allowed(chain, "another-group", "list", "pods")
