"""Vaults, registries and AI accounts."""

from pulumi_azure_native import keyvault

from tests.azure_mocks import TENANT, guid
from tests.policy.builders import ai_account, assignment, provider_class, registry, vault
from tests.policy.cases.case import Case

CASES = (
    Case(
        rule="vault-uses-azure-rbac",
        refused=lambda: vault("kv-policies", enable_rbac_authorization=None),
        passed=lambda: vault("kv-rbac"),
    ),
    Case(
        rule="vault-has-no-access-policies",
        refused=lambda: keyvault.AccessPolicy(
            "policy",
            resource_group_name="rg",
            vault_name="kv",
            policy=keyvault.AccessPolicyEntryArgs(
                object_id=guid("somebody"), tenant_id=TENANT, permissions=keyvault.PermissionsArgs(secrets=["get"])
            ),
        ),
        passed=lambda: assignment("instead-of-policy"),
    ),
    Case(
        rule="vault-has-purge-protection",
        refused=lambda: vault("kv-purge", enable_purge_protection=None),
        passed=lambda: vault("kv-kept"),
    ),
    Case(
        rule="vault-network-is-closed",
        refused=lambda: vault("kv-open", public_network_access="Enabled"),
        passed=lambda: vault("kv-closed"),
    ),
    Case(
        rule="vault-audit-events-go-somewhere",
        refused=lambda: vault("kv-silent", audited=False),
        passed=lambda: vault("kv-audited"),
    ),
    Case(
        rule="program-writes-no-secret-value",
        refused=lambda: keyvault.Secret(
            "password", resource_group_name="rg", vault_name="kv", properties=keyvault.SecretPropertiesArgs(value="x")
        ),
        passed=lambda: provider_class("names-it-only"),
    ),
    Case(
        rule="registry-has-no-admin-user",
        refused=lambda: registry("cr-admin", admin_user_enabled=True),
        passed=lambda: registry("cr-no-admin"),
    ),
    Case(
        rule="registry-refuses-anonymous-pull",
        refused=lambda: registry("cr-anonymous", anonymous_pull_enabled=True),
        passed=lambda: registry("cr-named", anonymous_pull_enabled=False),
    ),
    Case(
        rule="ai-account-takes-no-keys",
        refused=lambda: ai_account("ai-keys", disable_local_auth=None),
        passed=lambda: ai_account("ai-no-keys"),
    ),
)
