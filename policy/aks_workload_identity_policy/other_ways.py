"""Rules about resources that hand out access past the roles of Azure, or that this pack cannot look into."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule
from aks_workload_identity_policy.way import What
from aks_workload_identity_policy.ways import holders_of, kinds, way_of


@rule(
    "rights-within-a-service-are-for-named-people",
    *kinds(What.RIGHTS),
    why="An administrator of a database or service reads all of its data, and no role of Azure shows it.",
    severity=Severity.HIGH,
    settings={
        "people": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Object ids of groups that hold people alone, or names of people, as the service has them.",
        }
    },
)
def rights_within_a_service_are_for_named_people(service: Resource) -> Iterator[str]:
    """What the resource says of its administrator, a group or a user, proves nothing: services take any object id.

    Source: see `ways_of_azure.py`.
    """
    people = {one.lower() for one in service.settings.texts("people") or ()}
    for path, who, way in holders_of(service, What.RIGHTS):
        if str(who).lower() not in people:
            yield f"{path} is {str(who)[:60]!r}, which {way.says}, or list people in this rule's configuration (people)"


@rule(
    "service-runs-nothing-unseen",
    *kinds(What.RUNS),
    why="A machine, a registry or a cluster that runs what nobody judges does so with what its identities hold.",
    severity=Severity.MEDIUM,
    level=EnforcementLevel.ADVISORY,
)
def service_runs_nothing_unseen(resource: Resource) -> Iterator[str]:
    """Most of these are harmless, and the roles of the identities are judged: so it is only pointed out.

    Source: see `ways_of_azure.py`.
    """
    if way := way_of(resource, What.RUNS):
        yield way.says


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
