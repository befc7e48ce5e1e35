"""What the groups of a `TeamNamespace` may do, and what its pods may not, asked of the real API server."""

import copy
import json
from collections.abc import Generator
from typing import Any

import pytest

from sandbox.plugins.kubernetes_client import RefusedError
from tests.chain.conftest import Chain

pytestmark = pytest.mark.capability("A13")

RBAC = "rbac.authorization.k8s.io"
GROUPS = {
    "view": "11111111-1111-4111-8111-111111111111",
    "edit": "22222222-2222-4222-8222-222222222222",
    "admin": "33333333-3333-4333-8333-333333333333",
}
PROGRAM = """
import aks_workload_identity as wi
import pulumi

cluster = wi.ExistingCluster("aks-shop-dev", {"resource_group_name": "rg-shop-dev"})
groups = pulumi.Config().require_object("groups")
wi.TeamNamespace(
    "team",
    {
        "cluster": cluster.trust,
        "namespace": "team",
        "groups": {access: {"group_object_id": group, "access": access} for access, group in groups.items()},
    },
)
"""


def allowed(chain: Chain, group: str, verb: str, resource: str, namespace: str = "team") -> bool:
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
def team(chain: Chain) -> Generator[None]:
    """A namespace with a group for each kind of access; with the program goes what the groups may do."""
    engine = chain.engine(PROGRAM, "team", groups=json.dumps(GROUPS))
    up = engine.up()
    assert up.exit_code == 0, up.errors
    yield
    destroyed = engine.destroy()
    assert destroyed.exit_code == 0, destroyed.errors
    assert chain.api.get("v1", "Namespace", "", "team") is None
    assert not any(allowed(chain, group, "list", "pods") for group in GROUPS.values())


@pytest.mark.usefixtures("team")
def test_viewers_see_pods_and_no_secrets(chain: Chain):
    assert allowed(chain, GROUPS["view"], "list", "pods")
    assert not allowed(chain, GROUPS["view"], "get", "secrets")
    assert not allowed(chain, GROUPS["view"], "update", "deployments")


@pytest.mark.usefixtures("team")
def test_editors_change_workloads_and_admins_hand_out_roles(chain: Chain):
    assert allowed(chain, GROUPS["edit"], "update", "deployments")
    assert allowed(chain, GROUPS["edit"], "get", "secrets")
    assert not allowed(chain, GROUPS["edit"], "create", "rolebindings")
    assert allowed(chain, GROUPS["admin"], "create", "rolebindings")


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("access", GROUPS)
def test_nobody_reaches_beyond_the_namespace_or_changes_it(chain: Chain, access: str):
    assert not allowed(chain, GROUPS[access], "list", "pods", "agents")
    assert not allowed(chain, GROUPS[access], "*", "*")
    assert not allowed(chain, GROUPS[access], "update", "namespaces")
    assert not allowed(chain, GROUPS[access], "update", "resourcequotas")


@pytest.mark.usefixtures("team")
def test_a_pod_that_wants_more_than_the_restricted_standard_is_refused(chain: Chain):
    template = copy.deepcopy(chain.template("fulfilment"))
    template["spec"]["serviceAccountName"] = "default"
    del template["metadata"]["labels"]["azure.workload.identity/use"]
    privileged = copy.deepcopy(template)
    privileged["spec"]["containers"][0]["securityContext"] = {"privileged": True}

    assert chain.start(template, "team")["metadata"]["namespace"] == "team"
    with pytest.raises(RefusedError, match='violates PodSecurity "restricted:latest"'):
        chain.start(privileged, "team")


def test_the_admin_groups_of_the_cluster_may_do_everything(chain: Chain):
    (group,) = chain.cluster["properties"]["aadProfile"]["adminGroupObjectIDs"]

    assert allowed(chain, group, "get", "secrets", "kube-system")
    assert not allowed(chain, "another-group", "list", "pods", "shop")
