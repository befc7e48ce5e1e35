"""Rules about what is deployed by other means than a registration: templates, untyped requests, policies of Azure."""

from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.fields import held
from aks_workload_identity_policy.permissions import takes
from aks_workload_identity_policy.resource import Later, Resource, kinds_of
from aks_workload_identity_policy.role_assignments import role_guid
from aks_workload_identity_policy.roles import role, writes_roles
from aks_workload_identity_policy.rule import rule
from aks_workload_identity_policy.templates import faults_in, faults_of, is_judged
from aks_workload_identity_policy.way import What
from aks_workload_identity_policy.ways import kinds, way_of

TEMPLATES = (
    "resources:Deployment",
    "resources:DeploymentAtScope",
    "resources:DeploymentAtManagementGroupScope",
    "resources:DeploymentAtSubscriptionScope",
    "resources:DeploymentAtTenantScope",
    "resources:DeploymentStackAtManagementGroup",
    "resources:DeploymentStackAtResourceGroup",
    "resources:DeploymentStackAtSubscription",
    "resources:TemplateSpecVersion",
    "solutions:ApplicationDefinition",
)
# Any resource of Azure, by the name of its type.
GENERIC = ("resources:Resource", "azapi:*")
# Policies may deploy a template. Microsoft Learn: governance/policy/concepts/effect-deploy-if-not-exists
DEPLOYERS = (
    "authorization:PolicyDefinition",
    "authorization:PolicyDefinitionAtManagementGroup",
    "authorization:PolicyDefinitionVersion",
    "authorization:PolicyDefinitionVersionAtManagementGroup",
)
_HOLDING = frozenset(kind.lower() for kind in (*TEMPLATES, *GENERIC))


@rule(
    "access-is-registered-where-it-is-judged",
    *TEMPLATES,
    *GENERIC,
    *kinds(What.ACCESS),
    why="What is granted inside a template or by another provider passes every other rule unseen.",
    severity=Severity.HIGH,
)
def access_is_registered_where_it_is_judged(resource: Resource) -> Iterator[str]:
    """A template that neither grants nor trusts is none of this rule's business.

    Source: Microsoft Learn, azure-resource-manager/templates (a template may hold any resource); see `ways.py`.
    """
    if way := way_of(resource, What.ACCESS):
        yield way.says
        return
    if _HOLDING.isdisjoint(kinds_of(resource.token)):
        return
    later = Later()
    with later:
        words = (resource.text(name) for name in ("resourceProviderNamespace", "parentResourcePath", "resourceType"))
        type_ = "/".join(word.strip("/") for word in words if word)
        if is_judged(type_):
            yield f"is a {type_} without a type of its own; register it with its own type, to be judged"
    only_asks = False
    with later:
        of, action = (resource.text("type") or "").partition("@")[0], resource.text("action")
        # What is not a plain POST writes the resource, or another that the action is the path to.
        only_asks = bool(action) and "/" not in (action or "") and (resource.text("method") or "POST").upper() == "POST"
        if action and (taken := takes(f"{of}/{action}/action")):
            yield f"asks {of} for {action}, which {taken}; give the workload's identity a data role instead"
        elif action and is_judged(f"{of}/{action}") and not only_asks:
            yield f"writes {of}/{action}; register it with azure-native, so that it is judged"
    fault = next(faults_of(resource, later, *(["type"] if only_asks else [])), None)
    if fault:
        yield fault
    else:
        later.done()


@rule(
    "policy-deploys-no-access",
    *DEPLOYERS,
    why="What a policy deploys is made later, by an identity of its own, past every rule here.",
    severity=Severity.HIGH,
)
def policy_deploys_no_access(definition: Resource) -> Iterator[str]:
    """The assignment's identity holds what role assignments give it: those are judged where they are registered.

    Source: Microsoft Learn, governance/policy/how-to/remediate-resources (roleDefinitionIds).
    """
    later = Later()
    for id_ in held(definition.content("policyRule"), ("then", "details", "roleDefinitionIds")):
        guid = role_guid(id_ if isinstance(id_, str) else None)
        if guid is None:
            yield f"cannot be judged: policyRule.then.details.roleDefinitionIds names {id_!r}; write the role's id"
        elif (known := role(guid)) and writes_roles(guid):
            yield (
                f"policyRule.then.details.roleDefinitionIds names {known.name}, with which the policy's identity gives "
                "itself any role; name the one role that its deployment needs"
            )
    for deployment in held(definition.content("policyRule"), ("then", "details", "deployment")):
        fault = next(faults_in(deployment, later, "policyRule.then.details.deployment"), None)
        if fault:
            yield fault
            return
    later.done()
