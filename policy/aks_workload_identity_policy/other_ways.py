"""Rules about resources that this pack cannot look into, and credentials that are a secret by nature."""

import re
from collections.abc import Iterator

from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule
from aks_workload_identity_policy.stored_credentials import texts_in

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
    "resources:Resource",
)
SCRIPTS = ("resources:AzureCliScript", "resources:AzurePowerShellScript")
# The same things by the older provider, whose properties have other names.
CLASSIC = (
    "armmsi:FederatedIdentityCredential",
    "authorization:Assignment",
    "containerservice:KubernetesCluster",
    "cosmosdb:SqlRoleAssignment",
    "keyvault:KeyVault",
    "pim:ActiveRoleAssignment",
    "pim:EligibleRoleAssignment",
)
PASSWORDS = (
    "index:ApplicationPassword",
    "index:ApplicationCertificate",
    "index:ServicePrincipalPassword",
    "index:ServicePrincipalCertificate",
)
GROUP_MEMBERS = ("index:GroupMember", "groups:GroupMember")
_WHAT_IS_JUDGED = re.compile(
    r"microsoft\.(?:authorization/role|managedidentity/userassignedidentities|keyvault/vaults"
    r"|containerservice/managedclusters|documentdb/databaseaccounts/sqlrole)",
    re.IGNORECASE,
)


@rule(
    "access-is-registered-where-it-is-judged",
    *TEMPLATES,
    *SCRIPTS,
    *CLASSIC,
    why="What is granted inside a template, a script or by another provider passes every other rule unseen.",
    severity=Severity.HIGH,
)
def access_is_registered_where_it_is_judged(resource: Resource) -> Iterator[str]:
    """A template that neither grants nor trusts is none of this rule's business.

    Source: Microsoft Learn, azure-resource-manager/templates (a template may hold any resource).
    """
    if resource.kind in {kind.lower() for kind in SCRIPTS}:
        yield "runs a script, and nobody sees what it grants; register the resources with azure-native instead"
    elif resource.kind in {kind.lower() for kind in CLASSIC}:
        provider = resource.token.partition(":")[0]
        yield f"is registered by {provider}; register it with azure-native, whose inputs are judged"
    else:
        properties = resource.content()
        if resource.has("properties", "templateLink"):
            yield "takes its template from elsewhere, so nobody sees what it grants; register its resources instead"
            return
        for place, text in texts_in(properties):
            if found := _WHAT_IS_JUDGED.search(text):
                yield f"{place} holds {found[0]}…; register it with azure-native, so that it is judged"
                return
        provider = resource.text("resourceProviderNamespace") or ""
        if _WHAT_IS_JUDGED.search(f"{provider}/{resource.text('resourceType') or ''}"):
            yield f"is a {provider} resource without a type of its own; register it with its own type, to be judged"


@rule(
    "credential-is-no-secret",
    *PASSWORDS,
    why="A password or certificate of an application is good from anywhere until it expires, and kept in the state.",
    severity=Severity.CRITICAL,
)
def credential_is_no_secret(password: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation."""
    yield "makes a credential that is a secret; federate the workload's service account instead"


@rule(
    "identity-is-in-no-group",
    *GROUP_MEMBERS,
    why="What a group may do is not seen on its members, and a token carries its groups for a day.",
    severity=Severity.HIGH,
)
def identity_is_in_no_group(member: Resource) -> Iterator[str]:
    """A program knows few people, so a member that it adds is taken for an identity.

    Source: Microsoft Learn, entra/identity/managed-identities-azure-resources, best practice recommendations.
    """
    yield "puts a principal into a group; grant the role to the workload's identity itself, or manage people elsewhere"
