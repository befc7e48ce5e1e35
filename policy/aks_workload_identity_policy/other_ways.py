"""Rules about resources that this pack cannot look into, and credentials that are a secret by nature."""

from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Later, Resource, kinds_of
from aks_workload_identity_policy.rule import rule
from aks_workload_identity_policy.templates import faults_in, is_judged
from aks_workload_identity_policy.ways import What, kinds, way_of

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
)
# Any resource of Azure, by the name of its type.
GENERIC = ("resources:Resource", "azapi:*")


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
    fault = next(faults_in(resource.content(), later), None)
    if fault:
        yield fault
    else:
        later.done()


@rule(
    "program-runs-nothing-unseen",
    *kinds(What.UNSEEN),
    why="A command, a script or a provider of the program's own can grant anything, past every rule.",
    severity=Severity.HIGH,
)
def program_runs_nothing_unseen(resource: Resource) -> Iterator[str]:
    """What such a program does cannot be read from its inputs: it may call another one.

    Source: see `ways.py`.
    """
    if way := way_of(resource, What.UNSEEN):
        yield way.says


@rule(
    "credential-is-no-secret",
    *kinds(What.SECRET),
    why="A password, key or certificate is good from anywhere until it expires, and kept in the state.",
    severity=Severity.CRITICAL,
)
def credential_is_no_secret(credential: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation; see `ways.py`."""
    if way := way_of(credential, What.SECRET):
        yield way.says
    elif credential.kind == "index:application" and credential.has("password"):
        yield "password makes a credential that is a secret; remove it, and federate the workload's service account"


@rule(
    "identity-is-in-no-group",
    *kinds(What.MEMBER),
    why="What a group may do is not seen on its members, and a token carries its groups for a day.",
    severity=Severity.HIGH,
)
def identity_is_in_no_group(member: Resource) -> Iterator[str]:
    """A program knows few people, so a member that it adds is taken for an identity.

    Source: Microsoft Learn, entra/identity/managed-identities-azure-resources, best practice recommendations.
    """
    if way := way_of(member, What.MEMBER):
        yield way.says
    elif member.kind == "index:group" and member.content("members"):
        yield "members puts principals into the group; grant roles to identities themselves instead"


_HOLDING = frozenset(kind.lower() for kind in (*TEMPLATES, *GENERIC))
