"""The table of other ways to access: types of resources whose effect on Azure no rule reads from their inputs."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache

from aks_workload_identity_policy.resource import Resource, kinds_of


class What(Enum):
    """What comes of a resource, and so which rule it is for."""

    ACCESS = auto()
    """Gives access, or trust."""
    SECRET = auto()
    """Makes a credential that is a secret."""
    MEMBER = auto()
    """Puts a principal into a group."""
    UNSEEN = auto()
    """Runs a program."""


@dataclass(frozen=True)
class Way:
    """Some types of resources, and what is said of them.

    Args:
        what: What comes of them.
        kinds: As those of a rule: `<module>:<type>`, or `<package>:*`.
        says: What it does, and what to do instead.
        types: Which of a package's types it is about, as an expression on `<module>:<type>` in lower case.
    """

    what: What
    kinds: tuple[str, ...]
    says: str
    types: str = ".*"


_NATIVE = "register it with azure-native, whose inputs are judged"
_EXCEPT = "or have it excepted in the pack's configuration"
_FEDERATE = "federate the workload's service account instead"

_COSMOS = (
    "CassandraResourceCassandra",
    "GremlinResourceGremlin",
    "MongoMIResourceMongoMI",
    "TableResourceTable",
)
_SHARED_KEYS = (
    ("servicebus", "Namespace"),
    ("servicebus", "Queue"),
    ("servicebus", "Topic"),
    ("eventhub", "Namespace"),
    ("eventhub", "EventHub"),
    ("relay", "Namespace"),
    ("relay", "HybridConnection"),
    ("relay", "WCFRelay"),
    ("notificationhubs", "Namespace"),
    ("notificationhubs", "NotificationHub"),
)

# Sources: the registry's pages of the packages `azure`, `azuread`, `azapi`, `command`; azure-native's modules; dynamic
# providers: pulumi/pulumi sdk/python/lib/pulumi/dynamic, sdk/nodejs/dynamic; Azure Service Operator and Crossplane:
# their CRDs; `azurerm` and `msgraph` are what `pulumi package add terraform-provider` makes of those.
WAYS = (
    Way(
        What.UNSEEN,
        ("command:*",),
        f"cannot be judged: it runs a command, and nobody sees what that grants; {_NATIVE}, {_EXCEPT}",
    ),
    Way(
        What.UNSEEN,
        ("pulumi-nodejs:*", "pulumi-python:*"),
        f"cannot be judged: it runs the program's own code as a provider; {_NATIVE}, {_EXCEPT}",
    ),
    Way(
        What.UNSEEN,
        ("resources:AzureCliScript", "resources:AzurePowerShellScript"),
        f"cannot be judged: it runs a script, and nobody sees what that grants; {_NATIVE}, {_EXCEPT}",
    ),
    Way(
        What.ACCESS,
        ("azure:*", "azurerm:*"),
        f"is registered by another provider; {_NATIVE}",
        r"(?:authorization|role):(?:assignment|definition)|.*role(?:assignment|definition|binding)|pim:.*|lighthouse.*"
        r"|.*:lighthouse.*|.*federatedidentitycredential|.*:(?:keyvault|keyvaultaccesspolicy|kubernetescluster)"
        r"|containerservice:registry|index:containerregistry|cognitive:account|.*:cognitiveaccount"
        r"|.*accesspolicyassignment|.*principalassignment|.*templatedeployment|.*deploymentscript.*",
    ),
    Way(
        What.SECRET,
        ("azure:*", "azurerm:*"),
        f"makes a key or writes a secret's value; {_FEDERATE}",
        r".*authorizationrule|.*registrytoken(?:password)?|.*keyvaultsecret|.*mongouserdefinition|.*localuser",
    ),
    Way(
        What.SECRET,
        ("azuread:*",),
        f"makes a credential that is a secret; {_FEDERATE}",
        r".*(?:password|certificate|synchronizationsecret)",
    ),
    Way(
        What.MEMBER,
        ("azuread:*",),
        "puts a principal into a group; grant the role to the workload's identity itself, or manage people elsewhere",
        r".*(?:groupmember|privilegedaccessgroup.*schedule)",
    ),
    Way(
        What.ACCESS,
        ("azuread:*",),
        f"gives rights in the directory, which no rule judges; grant an Azure role on one resource, {_EXCEPT}",
        r".*(?:approleassignment|delegatedpermissiongrant|directoryrole.*|administrativeunitrolemember"
        r"|accesspackageassignment.*|accesspackageresource.*)",
    ),
    Way(
        What.ACCESS,
        ("msgraph:*",),
        f"cannot be judged: it asks Microsoft Graph for anything; use azuread's or azure-native's types, {_EXCEPT}",
    ),
    Way(
        What.ACCESS,
        ("managedservices:RegistrationDefinition", "managedservices:RegistrationAssignment"),
        "gives another tenant rights here (Azure Lighthouse), whose holders nobody sees; invite those people instead",
    ),
    Way(
        What.ACCESS,
        ("containerservice:JWTAuthenticator",),
        "lets whoever holds another issuer's token into the cluster; let people sign in with Entra ID instead",
    ),
    Way(
        What.ACCESS,
        ("containerservice:IdentityBinding",),
        "trusts every service account that a ClusterRole of the cluster names, unseen here; federate one instead",
    ),
    Way(
        What.ACCESS,
        ("containerservice:TrustedAccessRoleBinding",),
        f"gives another Azure service rights in the cluster, which no rule judges; leave it out, {_EXCEPT}",
    ),
    Way(
        What.ACCESS,
        ("blueprint:RoleAssignmentArtifact", "blueprint:TemplateArtifact", "blueprint:PolicyAssignmentArtifact"),
        f"is assigned later, and grants then; {_NATIVE}",
    ),
    Way(
        What.ACCESS,
        (
            *(f"cosmosdb:{api}Role{one}" for api in _COSMOS for one in ("Assignment", "Definition")),
            "cosmosdb:MongoDBResourceMongoRoleDefinition",
            "redis:AccessPolicyAssignment",
            "cache:AccessPolicyAssignment",
            "redisenterprise:AccessPolicyAssignment",
            "kusto:ClusterPrincipalAssignment",
            "kusto:DatabasePrincipalAssignment",
        ),
        f"grants data by a service's own roles, which no rule judges; use Azure RBAC where the service can, {_EXCEPT}",
    ),
    Way(
        What.SECRET,
        (
            "cosmosdb:MongoDBResourceMongoUserDefinition",
            "containerregistry:Token",
            "storage:LocalUser",
            *(f"{module}:{of}AuthorizationRule" for module, of in _SHARED_KEYS),
        ),
        f"makes a password or a shared key; give the workload's identity a data role, and {_FEDERATE}",
    ),
    Way(
        What.ACCESS,
        ("kubernetes:*",),
        f"has an operator in the cluster make it; {_NATIVE}",
        r"(?:.*\.)?(?:authorization|managedidentity|keyvault|managedservices)\.azure\..*:"
        r"(?:role.*|federatedidentitycredential.*|accesspolic.*|vault|secret|registration.*)",
    ),
)
"""Everything that this pack knows of and cannot look into; the first line that fits a resource is said."""


def kinds(what: What) -> tuple[str, ...]:
    """The kinds that the rule about `what` is for."""
    return tuple(kind for way in WAYS if way.what is what for kind in way.kinds)


def way_of(resource: Resource, what: What) -> Way | None:
    """What is said of a resource, if anything."""
    return _found(resource.token, what)


@cache
def _found(token: str, what: What) -> Way | None:
    names = kinds_of(token)
    for way in WAYS:
        about = any(kind.lower() in names for kind in way.kinds)
        if way.what is what and about and re.fullmatch(way.types, names[0]):
            return way
    return None
