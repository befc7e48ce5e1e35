"""The verdict on every built-in role, and on permissions as custom roles write them."""

import re
from typing import Any

import pytest
from aks_workload_identity_policy.document import verdicts
from aks_workload_identity_policy.permissions import Verdict, judge
from aks_workload_identity_policy.roles import CORRECTIONS, built_in_roles, role

from tests.engine.engine import REPOSITORY

# Written a second time, by hand: what these roles are, whatever the function and the table say.
REVIEWED = {
    Verdict.NARROW: (
        "AcrPull",
        "App Configuration Data Reader",
        "Azure Event Hubs Data Receiver",
        "Azure Event Hubs Data Sender",
        "Azure Service Bus Data Receiver",
        "Azure Service Bus Data Sender",
        "Cognitive Services Data Reader",
        "Cognitive Services OpenAI User",
        "Container Registry Repository Catalog Lister",
        "Container Registry Repository Reader",
        "Durable Task Worker",
        "EventGrid Data Sender",
        "Foundry Agent Consumer",
        "Foundry Project Runtime User",
        "Key Vault Reader",
        "Key Vault Secrets User",
        "EventGrid TopicSpaces Publisher",
        "Monitoring Metrics Publisher",
        "Search Index Data Reader",
        "Storage Blob Data Contributor",
        "Storage Blob Data Reader",
        "Storage Queue Data Message Processor",
        "Storage Queue Data Message Sender",
        "Storage Queue Data Reader",
        "Storage Table Data Contributor",
        "Storage Table Data Reader",
    ),
    Verdict.WIDE: (
        "AcrPush",
        "App Configuration Reader",
        "Azure Kubernetes Service Cluster Monitoring User",
        "Azure Kubernetes Service Cluster User Role",
        "Azure Kubernetes Service RBAC Reader",
        "Backup Reader",
        "Container Registry Repository Writer",
        "DNS Zone Contributor",
        "Desktop Virtualization User",
        "Grafana Editor",
        "Key Vault Certificate User",
        "Key Vault Crypto Service Encryption User",
        "Key Vault Crypto User",
        "Log Analytics Reader",
        "Microsoft Sentinel Reader",
        "Monitoring Reader",
        "Private DNS Zone Contributor",
        "Privileged Monitoring Data Reader",
        "Security Reader",
        "ContainerApp Reader",
        "Cost Management Reader",
        "Reader",
        "Search Index Data Contributor",
        "SignalR App Server",
        "Storage Blob Delegator",
        "Storage Queue Data Contributor",
    ),
    Verdict.REFUSED: (
        "Access Review Operator Service Role",
        "AcrDelete",
        "Azure Batch Job Submitter",
        "Site Recovery Reader",
        "Support Request Contributor",
        "App Configuration Data Owner",
        "Azure AI Administrator",
        "Azure AI Developer",
        "Azure Event Hubs Data Owner",
        "Azure Kubernetes Service Cluster Admin Role",
        "Azure Kubernetes Service Contributor Role",
        "Azure Kubernetes Service RBAC Admin",
        "Azure Kubernetes Service RBAC Cluster Admin",
        "Azure Kubernetes Service RBAC Writer",
        "Azure Red Hat OpenShift Federated Credential",
        "Azure Service Bus Data Owner",
        "Azure Spring Apps Connect Role",
        "Cognitive Services Contributor",
        "Cognitive Services OpenAI Contributor",
        "Cognitive Services User",
        "Container Registry Repository Contributor",
        "Contributor",
        "Cosmos DB Account Reader Role",
        "Cosmos DB Operator",
        "DocumentDB Account Contributor",
        "Foundry Account Owner",
        "Foundry Owner",
        "Foundry Project Manager",
        "Foundry User",
        "Key Vault Administrator",
        "Key Vault Certificates Officer",
        "Key Vault Contributor",
        "Key Vault Crypto Officer",
        "Key Vault Data Access Administrator",
        "Key Vault Purge Operator",
        "Key Vault Secrets Officer",
        "Managed Identity Contributor",
        "Managed Identity Federated Identity Credential Contributor",
        "Managed Identity Operator",
        "Network Contributor",
        "Owner",
        "Reader and Data Access",
        "Role Based Access Control Administrator",
        "SQL DB Contributor",
        "Storage Account Contributor",
        "Storage Account Key Operator Service Role",
        "Storage Blob Data Owner",
        "Storage File Data Privileged Reader",
        "User Access Administrator",
        "Virtual Machine Contributor",
    ),
}
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
BY_NAME = {one["name"]: guid for guid, one in built_in_roles().items()}

# Microsoft Learn, role-based-access-control/permissions: what these wildcards cover changes no resource of a workload.
HARMLESS = re.compile(r"microsoft\.(?:insights/alertrules|resources/deployments|support)/\*", re.IGNORECASE)
DANGEROUS = re.compile(
    r"listkeys|roleassignments/(?:\*|write)|federatedidentitycredentials/(?:\*|write)|(?<!domains/un)assign/action"
    r"|listcluster[a-z]*credential",
    re.IGNORECASE,
)


@pytest.mark.parametrize(("verdict", "name"), [(v, name) for v, names in REVIEWED.items() for name in names])
def test_the_verdict_on_a_known_role_is_the_reviewed_one(verdict: Verdict, name: str):
    judged = role(BY_NAME[name])

    assert judged
    assert judged.verdict is verdict, judged.why
    assert judged.why
    assert judged.instead


def test_the_committed_table_has_all_roles():
    committed = (REPOSITORY / "docs" / "role-verdicts.txt").read_text()

    assert committed == verdicts(), "out of date: make generate"
    assert sum(guid in committed for guid in built_in_roles()) == 928


def operations(guid: str, *lists: str) -> list[str]:
    return [o for part in built_in_roles()[guid]["permissions"] for name in lists for o in part.get(name, ())]


OK = [guid for guid in built_in_roles() if (judged := role(guid)) and judged.verdict is Verdict.NARROW]


def test_no_ok_role_hands_out_keys_or_access():
    found = {
        role(guid): operation
        for guid in OK
        for operation in operations(guid, "actions", "dataActions")
        if DANGEROUS.search(operation)
    }

    assert found == {}


def test_no_ok_role_has_a_wildcard_write_on_resources():
    wide = {
        role(guid): operation
        for guid in OK
        for operation in operations(guid, "actions")
        if "*" in operation
        and not operation.lower().endswith(("/read", "*/read"))
        and not HARMLESS.fullmatch(operation)
    }

    assert wide == {}


def test_only_two_ok_roles_have_an_open_wildcard_over_data_and_the_table_says_so():
    wide = {role(guid) for guid in OK if any(_is_open(one) for one in operations(guid, "dataActions"))}

    assert {one.name for one in wide} == {"Cognitive Services OpenAI User", "Foundry Project Runtime User"}
    assert {one.guid for one in wide} <= CORRECTIONS.keys()


def _is_open(data_action: str) -> bool:
    """Whether a data action leaves open what is done: in `Microsoft.EventHub/*/send/action` it is only where."""
    return data_action.endswith("*")


def test_roles_that_hand_out_keys_or_access_are_refused():
    sharp = re.compile(DANGEROUS.pattern.replace("|listcluster[a-z]*credential", "|listclusteradmincredential"), re.I)
    holders = [guid for guid in built_in_roles() if any(map(sharp.search, operations(guid, "actions")))]

    assert len(holders) > 60
    assert {role(guid) for guid in holders if role(guid).verdict is not Verdict.REFUSED} == set()


@pytest.mark.parametrize("guid", sorted(CORRECTIONS), ids=lambda guid: CORRECTIONS[guid].name)
def test_every_correction_names_its_role_corrects_it_and_says_why(guid: str):
    correction = CORRECTIONS[guid]
    known = built_in_roles().get(guid)

    assert len(correction.reason) > 15
    if known:
        assert known["name"] == correction.name
        computed = judge(known["permissions"])
        assert computed.verdict is not correction.verdict or HARMLESS.fullmatch(computed.operation), "needs none"


def test_the_verdict_follows_the_guid_whatever_its_case():
    assert role("8E3AF657-A8FF-443C-A75C-2FE8C4BCB635") == role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635")


@pytest.mark.parametrize(
    ("lists", "verdict"),
    [
        ({"actions": ["*"]}, Verdict.REFUSED),
        ({"actions": ["*"], "notActions": ["Microsoft.Authorization/*"]}, Verdict.REFUSED),
        ({"actions": ["*/action"]}, Verdict.REFUSED),
        ({"actions": ["*/write"]}, Verdict.REFUSED),
        ({"actions": ["*/delete"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Authorization/*"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Authorization/*/write"]}, Verdict.REFUSED),
        ({"actions": ["microsoft.authorization/ROLEASSIGNMENTS/write"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.ManagedIdentity/*/federatedIdentityCredentials/write"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Storage/storageAccounts/ListKeys/Action"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Storage/storageAccounts/list*"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Web/sites/config/list/action"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.OperationalInsights/workspaces/sharedKeys/read"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Storage/*/listkeys/action"], "dataActions": ["a.b/c/read"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.ContainerService/managedClusters/runcommand/action"]}, Verdict.REFUSED),
        ({"actions": [" * "]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.KeyVault"]}, Verdict.REFUSED),
        ({"actions": ["Microsoft.Support/*"]}, Verdict.REFUSED),
        ({"actions": ["*/read"]}, Verdict.WIDE),
        ({"actions": ["Microsoft.KeyVault/vaults/read"]}, Verdict.WIDE),
        ({"actions": [], "dataActions": []}, Verdict.WIDE),
        ({"dataActions": ["*"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.KeyVault/*"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.KeyVault/vaults/*"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.KeyVault/vaults/secrets/setSecret/action"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.ContainerService/managedClusters/pods/write"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.ContainerService/managedClusters/secrets/read"]}, Verdict.REFUSED),
        (
            {"dataActions": ["Microsoft.Storage/storageAccounts/fileServices/readFileBackupSemantics/action"]},
            Verdict.REFUSED,
        ),
        (
            {"dataActions": ["Microsoft.Storage/storageAccounts/fileServices/writeFileBackupSemantics/action"]},
            Verdict.REFUSED,
        ),
        ({"dataActions": ["Microsoft.KeyVault/vaults/storageaccounts/regeneratekey/action"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.KeyVault/vaults/storageaccounts/sas/set/action"]}, Verdict.REFUSED),
        ({"dataActions": [f"{BLOBS}/permanentDelete/action"]}, Verdict.REFUSED),
        ({"dataActions": [f"{BLOBS}/deleteBlobVersion/action"]}, Verdict.REFUSED),
        ({"dataActions": [f"{BLOBS}/*"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.AppPlatform/Spring/apps/deployments/connect/action"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.C*/managedClusters/secrets/read"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.*/*/read"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.KeyVault/v*s/*"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.ContainerServic*/managedClusters/pods/write"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.Example/shops/frobnicate/action"]}, Verdict.WIDE),
        ({"dataActions": ["Microsoft.Example/shops/frobnicate"]}, Verdict.WIDE),
        ({"dataActions": ["Microsoft.KeyVault/vaults/keys/decrypt/action"]}, Verdict.NARROW),
        ({"dataActions": [SECRET], "actions": ["Microsoft.Compute/virtualMachines/read"]}, Verdict.WIDE),
        ({"dataActions": [SECRET], "actions": ["Microsoft.KeyVault/*/read"]}, Verdict.WIDE),
        ({"dataActions": [SECRET], "actions": ["Microsoft.KeyVault/vaults/read"]}, Verdict.NARROW),
        ({"dataActions": [SECRET], "actions": ["Microsoft.Web/sites/functions/masterkey/read"]}, Verdict.REFUSED),
        ({"dataActions": [SECRET], "actions": ["Microsoft.Web/sites/host/_master/read"]}, Verdict.REFUSED),
        ({"dataActions": [SECRET], "actions": ["Microsoft.Web/sites/functions/keys/read"]}, Verdict.REFUSED),
        ({"dataActions": [SECRET], "actions": ["Microsoft.RecoveryServices/vaults/vaultTokens/read"]}, Verdict.REFUSED),
        ({"dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"]}, Verdict.WIDE),
        ({"dataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}, Verdict.NARROW),
        ({"dataActions": ["Microsoft.ServiceBus/*/receive/action"]}, Verdict.NARROW),
        (
            {"actions": ["Microsoft.Storage/storageAccounts/read"], "dataActions": ["Microsoft.Storage/x/read"]},
            Verdict.NARROW,
        ),
    ],
    ids=str,
)
def test_permissions_are_judged_by_their_worst_operation(lists: dict[str, Any], verdict: Verdict):
    assert judge([lists]).verdict is verdict


def test_one_entry_of_several_is_enough():
    harmless, dangerous = {"dataActions": ["Microsoft.Storage/x/read"]}, {"actions": ["Microsoft.Storage/x/write"]}

    judgement = judge([harmless, dangerous, harmless])

    assert (judgement.verdict, judgement.operation) == (Verdict.REFUSED, "Microsoft.Storage/x/write")


def test_an_operation_that_is_taken_away_again_does_not_count():
    operation = "Microsoft.Storage/storageAccounts/write"

    assert judge([{"actions": [operation], "notActions": [operation.upper()]}]).verdict is Verdict.NARROW
