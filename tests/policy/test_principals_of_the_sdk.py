"""Every class of azure-native that names a principal is judged, or was reviewed and gives nobody anything."""

import re

import pytest
from aks_workload_identity_policy import RULES
from aks_workload_identity_policy.ways import WAYS

from tests.policy.sdk import inputs_of, modules, resources_of

KNOWN = {kind for rule in RULES for kind in rule.kinds}
PRINCIPALS = re.compile(
    r"(?:principal|object)Ids?|principalID|sid|administrators|admins|accessPolicies|members|allowedPrincipals"
    r"|.*(?:PrincipalIds?|ObjectIds?|ObjectIDs|[pP]rincipals|RoleAssignments?)"
)
# What a resource's own identity is, Azure writes.
OWN = re.compile(r"(?:^|\.)(?:identity|userAssignedIdentities|managedIdentities|[a-z]\w*Identity\w*|spnDetails)\.")

GIVES_NOTHING = {
    "tells who a person is, or was": (
        "authorization:AccessReviewScheduleDefinitionById",
        "authorization:ScopeAccessReviewScheduleDefinitionById",
        "devtestlab:Formula",
        "devtestlab:VirtualMachine",
        "machinelearningservices:Compute",
        "securityinsights:AutomationRule",
        "securityinsights:Bookmark",
        "securityinsights:Hunt",
        "securityinsights:Incident",
        "securityinsights:IncidentTask",
        "securityinsights:Watchlist",
        "securityinsights:WatchlistItem",
        "testbase:CustomerEvent",
    ),
    "takes rights away, or narrows who comes in by other means": (
        "app:ContainerAppsAuthConfig",
        "authorization:DenyAssignment",
        "blueprint:Assignment",
        "datalakeanalytics:Account",
        "datalakeanalytics:ComputePolicy",
        "resources:DeploymentStacksWhatIfResultsAtManagementGroup",
        "resources:DeploymentStacksWhatIfResultsAtResourceGroup",
        "resources:DeploymentStacksWhatIfResultsAtSubscription",
        "web:WebAppAuthSettingsV2",
        "web:WebAppAuthSettingsV2Slot",
        "web:WebAppAuthSettingsV2WithoutSecrets",
        "web:WebAppAuthSettingsV2WithoutSecretsSlot",
    ),
    "says as what a service itself signs in, with rights that are assigned elsewhere": (
        "azurestackhci:ArcSetting",
        "azurestackhci:Cluster",
        "datafactory:CredentialOperation",
        "datafactory:LinkedService",
        "monitor:ActionGroupInit",
        "monitor:TenantActionGroup",
    ),
    "would connect, and only tries it": ("servicelinker:ConnectorDryrun", "servicelinker:LinkerDryrun"),
    "is about a provider of resources of one's own": (
        "providerhub:CustomRollout",
        "providerhub:DefaultRollout",
        "providerhub:ProviderRegistration",
        "providerhub:ResourceTypeRegistrationInit",
    ),
    "names nobody in Entra ID": (
        "apimanagement:Subscription",
        "apimanagement:WorkspaceSubscription",
        "awsconnector:OpenSearchDomainStatus",
        "iotoperations:BrokerAuthorization",
        "iotoperationsmq:BrokerAuthorization",
        "netapp:Account",
        "netapp:ActiveDirectoryConfig",
        "powerbidedicated:AutoScaleVCore",
        "recoveryservices:ReplicationProtectedItem",
        "sql:DataMaskingPolicy",
        "storagecache:Cache",
        "workloads:ProviderInstance",
    ),
    "has members that are no principals": (
        "avs:WorkloadNetworkVMGroup",
        "awsconnector:CloudFrontDistribution",
        "dbforpostgresql:VirtualEndpoint",
        "sql:JobTargetGroup",
    ),
}
REVIEWED = [kind for kinds in GIVES_NOTHING.values() for kind in kinds]
NAMING = [
    (kind, path) for way in WAYS if way.where for kind in way.kinds for path in way.where if not kind.endswith(":*")
]
FORMER = {
    "dbformysql:ServerAdministrator",
    "dbforpostgresql:Role",
    "dbforpostgresql:ServerAdministrator",
    "devices:IotDpsResource",
    "devices:IotHubResource",
}
"""Names under which the SDK's classes go as aliases alone."""


def names_principals(paths: frozenset[str]) -> bool:
    return any(PRINCIPALS.fullmatch(path.rpartition(".")[2]) and not OWN.search(path) for path in paths)


@pytest.mark.slow
def test_a_class_that_names_principals_is_judged_or_was_reviewed():
    found = [kind for module in modules() for kind, paths in resources_of(module).items() if names_principals(paths)]

    unjudged = {kind for kind in found if kind.lower().removesuffix("init") not in KNOWN}
    assert len(found) > 100
    assert unjudged == set(REVIEWED)


@pytest.mark.parametrize(("kind", "path"), [one for one in NAMING if one[0] not in FORMER])
def test_the_properties_that_the_table_names_are_inputs_of_the_class(kind: str, path: str):
    paths = inputs_of(kind)

    assert paths is not None
    assert path in paths
