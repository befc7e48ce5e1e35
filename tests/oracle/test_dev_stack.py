"""The dev stack as Azure's official SDKs read it after a real `pulumi up`."""

import re

import pytest

from sandbox.azure.role_definitions import built_in_roles
from tests.oracle.azure import ROWS
from tests.oracle.conftest import Deployed, kind

AUDIENCE = "api://AzureADTokenExchange"
PREREQUISITES = {
    "Managed Identity Operator",
    "AcrPull",
    "Container Registry Repository Reader",
    "Key Vault Secrets User",
}


def test_the_sdks_can_read_every_type_of_the_stack(dev_stack: Deployed):
    assert {kind(resource) for resource in dev_stack.resources} <= ROWS.keys()


def test_nothing_is_sent_or_received_that_azures_models_do_not_know(dev_stack: Deployed):
    assert dev_stack.unknown() == []


def test_every_resource_is_what_the_state_says(dev_stack: Deployed):
    for resource in dev_stack.resources:
        model = dev_stack.readings[resource["id"]].model

        assert model.id == resource["id"]
        assert model.name == resource["outputs"]["name"]
        assert not resource["outputs"].get("location") or model.location == resource["outputs"]["location"]


def test_nothing_else_is_in_the_resource_groups(dev_stack: Deployed):
    known = {resource["id"].lower() for resource in dev_stack.resources}
    groups = [group.name for group in dev_stack.of("resources:ResourceGroup")]

    listed = [
        found.id.lower()
        for group in groups
        for found in dev_stack.clients.resources.resources.list_by_resource_group(group)
    ]

    assert listed
    assert set(listed) <= known


@pytest.mark.capability("A1")
def test_clusters_issue_tokens_and_take_only_entra_logins(dev_stack: Deployed):
    for cluster in dev_stack.of("containerservice:ManagedCluster"):
        assert cluster.provisioning_state == "Succeeded"
        assert cluster.oidc_issuer_profile.enabled is True
        assert re.fullmatch(r"https://[a-z]+\.oic\.prod-aks\.azure\.com/.+/.+/", cluster.oidc_issuer_profile.issuer_url)
        assert cluster.security_profile.workload_identity.enabled is True
        assert cluster.disable_local_accounts is True
        assert cluster.aad_profile.managed is True
        assert cluster.aad_profile.enable_azure_rbac is True
        assert cluster.api_server_access_profile.disable_run_command is True
        assert cluster.addon_profiles["azureKeyvaultSecretsProvider"].enabled is True
        assert cluster.identity.type == "UserAssigned"
        assert cluster.service_principal_profile.client_id == "msi"
        assert any(pool.mode == "System" for pool in cluster.agent_pool_profiles)


@pytest.mark.capability("A1")
def test_kubelets_and_control_planes_have_identities_of_the_stack(dev_stack: Deployed):
    known = {identity.id: identity for identity in dev_stack.of("managedidentity:UserAssignedIdentity")}

    for cluster in dev_stack.of("containerservice:ManagedCluster"):
        kubelet = cluster.identity_profile["kubeletidentity"]
        assert kubelet.client_id == known[kubelet.resource_id].client_id
        assert kubelet.object_id == known[kubelet.resource_id].principal_id
        assert set(cluster.identity.user_assigned_identities) <= known.keys()


@pytest.mark.capability("A3")
def test_credentials_trust_exactly_a_service_account_of_a_cluster_of_the_stack(dev_stack: Deployed):
    issuers = {c.oidc_issuer_profile.issuer_url for c in dev_stack.of("containerservice:ManagedCluster")}

    for credential in dev_stack.of("managedidentity:FederatedIdentityCredential"):
        assert credential.issuer in issuers
        assert re.fullmatch(r"system:serviceaccount:[a-z0-9-]+:[a-z0-9.-]+", credential.subject)
        assert credential.audiences == [AUDIENCE]


@pytest.mark.capability("A10")
def test_roles_are_given_to_identities_of_the_stack_on_single_resources(dev_stack: Deployed):
    principals = {identity.principal_id for identity in dev_stack.of("managedidentity:UserAssignedIdentity")}
    known = {resource["id"].lower() for resource in dev_stack.resources}
    roles = built_in_roles()

    for assignment in dev_stack.of("authorization:RoleAssignment"):
        assert assignment.principal_type == "ServicePrincipal"
        assert assignment.principal_id in principals
        assert assignment.scope.lower() in known
        assert assignment.scope.count("/") >= 8
        assert roles[assignment.role_definition_id.rpartition("/")[2].lower()]["name"] not in ("Owner", "Contributor")


@pytest.mark.capability("A7")
def test_vaults_are_open_to_roles_alone(dev_stack: Deployed):
    for vault in dev_stack.of("keyvault:Vault"):
        assert vault.properties.enable_rbac_authorization is True
        assert vault.properties.enable_purge_protection is True
        assert vault.properties.access_policies == []
        assert vault.properties.network_acls.default_action == "Deny"


@pytest.mark.capability("A14")
def test_audit_logs_of_vault_and_cluster_go_to_a_workspace_that_takes_no_key(dev_stack: Deployed):
    (workspace,) = dev_stack.of("operationalinsights:Workspace")
    settings = dev_stack.of("monitor:DiagnosticSetting")

    assert workspace.features.disable_local_auth is True
    assert {setting.workspace_id for setting in settings} == {workspace.id}
    assert {log.category for setting in settings for log in setting.logs if log.enabled} == {
        "AuditEvent",
        "kube-audit",
        "kube-audit-admin",
        "guard",
    }


@pytest.mark.capability("A8")
def test_registries_have_neither_an_admin_nor_anonymous_readers(dev_stack: Deployed):
    for registry in dev_stack.of("containerregistry:Registry"):
        assert registry.properties.admin_user_enabled is False
        assert registry.properties.anonymous_pull_enabled is False


def test_storage_accounts_take_no_keys_and_show_nothing_to_the_public(dev_stack: Deployed):
    for account in dev_stack.of("storage:StorageAccount"):
        assert account.properties.allow_shared_key_access is False
        assert account.properties.allow_blob_public_access is False
        assert account.properties.enable_https_traffic_only is True
        assert account.properties.minimum_tls_version == "TLS1_2"
        assert account.properties.network_rule_set.default_action == "Deny"
    for container in dev_stack.of("storage:BlobContainer"):
        assert container.container_properties.public_access == "None"
    assert dev_stack.of("storage:Queue")


@pytest.mark.capability("A9")
def test_ai_accounts_take_no_keys(dev_stack: Deployed):
    for account in dev_stack.of("cognitiveservices:Account"):
        assert account.properties.disable_local_auth is True
        assert account.properties.custom_sub_domain_name
        assert account.properties.endpoint.startswith(f"https://{account.properties.custom_sub_domain_name}.")
    for deployment in dev_stack.of("cognitiveservices:Deployment"):
        assert deployment.properties.provisioning_state == "Succeeded"
