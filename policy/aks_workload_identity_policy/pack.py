"""The roster: every rule of the pack, in the order in which they are listed and run."""

from aks_workload_identity_policy import cluster, federated_credentials, key_vault, role_assignments
from aks_workload_identity_policy.rule import Rule

RULES: tuple[Rule, ...] = (
    role_assignments.role_gives_no_administration,
    role_assignments.wider_role_has_a_reason,
    role_assignments.scope_is_one_resource,
    role_assignments.principal_type_is_named,
    role_assignments.assignment_name_is_a_guid,
    role_assignments.condition_is_version_2,
    federated_credentials.subject_is_one_service_account,
    federated_credentials.namespace_is_not_a_system_one,
    federated_credentials.account_is_not_default,
    federated_credentials.audience_is_the_clouds,
    federated_credentials.issuer_is_exact,
    cluster.oidc_issuer_is_on,
    cluster.workload_identity_is_on,
    cluster.local_accounts_are_off,
    cluster.entra_and_azure_rbac_decide,
    cluster.run_command_is_off,
    cluster.pod_identity_is_absent,
    cluster.service_principal_is_absent,
    key_vault.vault_uses_azure_rbac,
    key_vault.vault_has_purge_protection,
)
"""Every rule of the pack."""
