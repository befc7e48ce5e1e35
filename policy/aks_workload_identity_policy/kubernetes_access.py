"""Rules about Kubernetes RBAC: nobody gets everything, and no service account reads all secrets."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.cluster import CLUSTER
from aks_workload_identity_policy.resource import Part, Resource, StackResource, UnreadableError
from aks_workload_identity_policy.rule import rule, stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

ROLES = ("rbac.authorization.k8s.io:Role", "rbac.authorization.k8s.io:ClusterRole")
BINDINGS = ("rbac.authorization.k8s.io:RoleBinding", "rbac.authorization.k8s.io:ClusterRoleBinding")
_CLUSTER_ROLE, _CLUSTER_BINDING = ROLES[1], BINDINGS[1]

# Kubernetes documentation, RBAC Good Practices: what is as good as more rights than one has.
_ESCALATING_VERBS = frozenset(("escalate", "bind", "impersonate"))
# Kubernetes documentation, Using RBAC Authorization (user-facing roles): view alone shows no Secrets.
_BUILT_IN_SECRET_READERS = frozenset(("cluster-admin", "admin", "edit"))
# Kubernetes documentation, Authenticating (service account tokens): the names of service accounts, and their groups.
# Whoever is called system: is Kubernetes' own, or everybody: nodes, whoever signs in, and whoever does not.
_SYSTEM = "system:"
# The same page (default roles): what of Kubernetes' own roles shows no Secrets and runs nothing.
_HARMLESS = frozenset(
    (
        "view",
        "system:aggregated-metrics-reader",
        "system:auth-delegator",
        "system:basic-user",
        "system:discovery",
        "system:monitoring",
        "system:public-info-viewer",
        "system:service-account-issuer-discovery",
    )
)
# RBAC Good Practices: who runs commands in pods, or asks the kubelet to, reads what is mounted there.
_AS_GOOD_AS_SECRETS = frozenset(("pods/exec", "pods/attach", "nodes/proxy"))
# Kubernetes documentation, Using RBAC Authorization (aggregated ClusterRoles): rules of a role so labelled are added.
_AGGREGATED = "rbac.authorization.k8s.io/aggregate-to-"
_USER_FACING = ("admin", "edit", "view")
_GROUPS: Mapping[str, Mapping[str, Any]] = {
    "groups": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "Object ids of the Entra groups whose people administer clusters.",
    }
}


@rule(
    "kubernetes-role-has-no-wildcard",
    *ROLES,
    why="A wildcard covers what will be added to the cluster, secrets and roles included.",
    severity=Severity.HIGH,
)
def kubernetes_role_has_no_wildcard(role: Resource) -> Iterator[str]:
    """Source: Kubernetes documentation, RBAC Good Practices."""
    for index, one in enumerate(role.parts("rules")):
        for name in ("verbs", "resources", "apiGroups", "nonResourceURLs"):
            values = one.texts(name) or []
            if any("*" in value for value in values if name != "nonResourceURLs" or value == "*"):
                yield f"rules[{index}].{name} contains a *; name what is needed"
        if found := sorted(_ESCALATING_VERBS & set(one.texts("verbs") or ())):
            yield f"rules[{index}].verbs contains {', '.join(found)}, which gives any right; leave it to administrators"
        if "serviceaccounts/token" in (one.texts("resources") or []) and "create" in (one.texts("verbs") or []):
            yield (f"rules[{index}] makes tokens of service accounts, and so becomes their identities; leave it out")


@rule(
    "cluster-admin-is-for-named-groups",
    *BINDINGS,
    CLUSTER,
    why="Cluster-admin is every identity of the cluster; only groups that are reviewed may have it.",
    severity=Severity.CRITICAL,
    settings=_GROUPS,
)
def cluster_admin_is_for_named_groups(binding: Resource) -> Iterator[str]:
    """A cluster has to name its groups: they are judged where groups are configured; elsewhere whoever wrote the
    cluster has named them.

    Source: Kubernetes documentation, RBAC Good Practices (least privilege); Microsoft Learn, aks/azure-ad-rbac.
    """
    groups = {group.lower() for group in binding.settings.texts("groups") or ()}
    if binding.kind == CLUSTER.lower():
        listed = binding.texts("aadProfile", "adminGroupObjectIDs") or []
        for group in listed:
            if groups and group.lower() not in groups:
                yield (
                    f"aadProfile.adminGroupObjectIDs contains {group}; leave it out, or list the group in this rule's "
                    "configuration (groups)"
                )
        return
    if binding.text("roleRef", "name") != "cluster-admin":
        return
    for subject in binding.parts("subjects"):
        kind, name = subject.text("kind"), subject.text("name") or ""
        if kind != "Group" or name.lower() not in groups:
            yield (
                f"gives cluster-admin to the {kind} {name}; bind a role that names what is needed, or list the group "
                "in this rule's configuration (groups)"
            )


@stack_rule(
    "service-account-reads-no-secrets-of-the-cluster",
    *ROLES,
    *BINDINGS,
    early=(_CLUSTER_ROLE,),
    why="Who reads the secrets of all namespaces has every account of the cluster.",
    severity=Severity.CRITICAL,
    settings={
        "accounts": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[^/]+/[^/]+$"},
            "default": [],
            "description": "Service accounts that read Secrets on purpose, as <namespace>/<account>, such as a "
            "chart's controller.",
        }
    },
)
def service_account_reads_no_secrets_of_the_cluster(stack: Stack) -> Iterator[Finding]:
    """Source: Kubernetes documentation, RBAC Good Practices (secrets)."""
    allowed = set(stack.settings.texts("accounts") or ())
    for role in stack.judged(_CLUSTER_ROLE):
        targets = [one for one in _USER_FACING if role.known("metadata", "labels", _AGGREGATED + one) == "true"]
        for target in targets if targets and _reads_secrets(role) else ():
            yield Finding(
                role,
                f"adds the secrets that it reads to the role {target} ({_AGGREGATED}{target}), and so gives "
                "them to whoever has that; remove the label, and bind the role where it is needed",
            )
    for binding in stack.judged(_CLUSTER_BINDING):
        role = binding.known("roleRef", "name")
        if role is None:
            stack.unknown(binding)
            continue
        own = stack.named(_CLUSTER_ROLE, role)
        reads = role in _BUILT_IN_SECRET_READERS or any(_reads_secrets(one) for one in own)
        if not reads and (role in _HARMLESS or own):
            continue
        if not reads and stack.is_early and not role.startswith(_SYSTEM):
            continue  # it may still come
        what = f"read the secrets of all namespaces through {role}"
        if not reads:
            what = f"do what {role} allows, a role that this stack does not define and that may read all secrets"
        with stack.by_itself(binding):
            for subject in binding.given.parts("subjects"):
                if (who := _no_person(subject)) and who not in allowed:
                    yield Finding(
                        binding,
                        f"lets {subject.shown('kind')} {subject.shown('name')} {what}; bind a role of this stack in "
                        "the namespaces that it needs, or list the account in this rule's configuration (accounts)",
                    )


def _reads_secrets(role: StackResource) -> bool:
    try:
        if role.given.has("aggregationRule"):
            return True  # what other roles add to it is not seen here
        return any(_rule_reads_secrets(one) for one in role.given.parts("rules"))
    except (UnknownValueError, UnreadableError):
        return True


def _rule_reads_secrets(one: Part) -> bool:
    verbs, resources = set(one.texts("verbs") or ()), set(one.texts("resources") or ())
    if verbs & {"create", "get", "*"} and resources & _AS_GOOD_AS_SECRETS:
        return True
    return bool(
        verbs & {"get", "list", "watch", "*"} and resources & {"secrets", "*"} and not one.texts("resourceNames")
    )


def _no_person(subject: Part) -> str | None:
    """A service account as <namespace>/<account>, or whom Kubernetes itself calls system:; None for people."""
    name = subject.text("name") or ""
    if subject.text("kind") == "ServiceAccount":
        return f"{subject.text('namespace')}/{name}"
    return name if name.startswith(_SYSTEM) else None
