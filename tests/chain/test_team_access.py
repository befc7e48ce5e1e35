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


READ = ("get", "list", "watch")
CHANGE = ("create", "update", "patch", "delete", "deletecollection")
ALL = (*READ, *CHANGE)
NOBODY = ""
VIEWERS, EDITORS, ADMINS = "view edit admin", "edit admin", "admin"
# Who may, of kubernetes.io, "Using RBAC Authorization", user-facing roles. Edit is also to use a container, to become
# an account and to have its tokens, because it is to run pods as any account.
EXPECTED: list[tuple[str, tuple[str, ...], str]] = [
    ("secrets", ALL, EDITORS),
    ("pods", READ, VIEWERS),
    ("pods", CHANGE, EDITORS),
    ("pods/log", READ, VIEWERS),
    ("pods/exec", ("get", "create"), EDITORS),
    ("pods/attach", ("get", "create"), EDITORS),
    ("pods/portforward", ("get", "create"), EDITORS),
    ("pods/eviction", ("create",), EDITORS),
    ("configmaps", READ, VIEWERS),
    ("configmaps", CHANGE, EDITORS),
    ("serviceaccounts", READ, VIEWERS),
    ("serviceaccounts", (*CHANGE, "impersonate"), EDITORS),
    ("serviceaccounts/token", ("create",), EDITORS),
    ("services", READ, VIEWERS),
    ("services", CHANGE, EDITORS),
    ("deployments.apps", READ, VIEWERS),
    ("deployments.apps", CHANGE, EDITORS),
    ("jobs.batch", READ, VIEWERS),
    ("jobs.batch", CHANGE, EDITORS),
    ("networkpolicies.networking.k8s.io", READ, VIEWERS),
    ("networkpolicies.networking.k8s.io", CHANGE, EDITORS),
    ("endpointslices.discovery.k8s.io", READ, VIEWERS),
    ("endpointslices.discovery.k8s.io", CHANGE, NOBODY),
    (f"roles.{RBAC}", ALL, ADMINS),
    (f"roles.{RBAC}", ("bind", "escalate"), NOBODY),
    (f"rolebindings.{RBAC}", ALL, ADMINS),
    ("resourcequotas", READ, VIEWERS),
    ("resourcequotas", CHANGE, NOBODY),
    ("limitranges", READ, VIEWERS),
    ("limitranges", CHANGE, NOBODY),
    ("namespaces", ("get",), VIEWERS),
    ("namespaces", CHANGE, NOBODY),
]
BEYOND = (
    "secrets",
    "pods",
    "nodes",
    "persistentvolumes",
    "namespaces",
    f"clusterroles.{RBAC}",
    f"clusterrolebindings.{RBAC}",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
)


def allowed(chain: Chain, group: str, verb: str, of: str, namespace: str = "team") -> bool:
    """Whether a group may do something to a resource, written as for kubectl: `pods/log`, `deployments.apps`."""
    path, _, api_group = of.partition(".")
    resource, _, subresource = path.partition("/")
    attributes = {
        "namespace": namespace,
        "verb": verb,
        "resource": resource,
        "subresource": subresource,
        "group": api_group,
    }
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
@pytest.mark.parametrize(("resource", "verbs", "who"), EXPECTED)
def test_each_group_may_what_kubernetes_says_of_its_role_and_no_more(
    chain: Chain, resource: str, verbs: tuple[str, ...], who: str
):
    may = {
        access: [verb for verb in verbs if allowed(chain, group, verb, resource)] for access, group in GROUPS.items()
    }

    assert may == {access: [*verbs] if access in who.split() else [] for access in GROUPS}


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("access", GROUPS)
@pytest.mark.parametrize("namespace", ["agents", "kube-system", ""])
def test_nobody_reaches_beyond_the_namespace(chain: Chain, access: str, namespace: str):
    found = [(verb, each) for each in BEYOND for verb in ALL if allowed(chain, GROUPS[access], verb, each, namespace)]

    assert found == []
    assert not allowed(chain, GROUPS[access], "*", "*.*", namespace)


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize("access", GROUPS)
def test_nobody_may_everything_in_the_namespace(chain: Chain, access: str):
    assert not allowed(chain, GROUPS[access], "*", "*.*")
    assert not allowed(chain, GROUPS[access], "*", "secrets")


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

    assert all(allowed(chain, group, verb, each, "kube-system") for each in BEYOND for verb in ALL)
    assert allowed(chain, group, "*", "*.*", "")
    assert not allowed(chain, "another-group", "list", "pods", "shop")
