"""Vaults, registries and AI accounts that open without a role."""

from pulumi_azure_native import keyvault

from tests.azure_mocks import TENANT, guid
from tests.policy.attacks.attack import Attack, laundered, raw
from tests.policy.builders import audit, vault

ATTACKS = (
    Attack(
        "an access policy",
        "vault-has-no-access-policies",
        lambda: keyvault.AccessPolicy(
            "x",
            resource_group_name="rg",
            vault_name="kv",
            policy={"objectId": guid("x"), "tenantId": TENANT, "permissions": {"secrets": ["get"]}},
        ),
    ),
    Attack(
        "access policies within the vault",
        "vault-has-no-access-policies",
        lambda: vault("kv", access_policies=[{"objectId": guid("x"), "tenantId": TENANT, "permissions": {}}]),
    ),
    Attack(
        "a vault mode that the preview does not know",
        "vault-uses-azure-rbac",
        lambda: vault("kv", enable_rbac_authorization=laundered("x").apply(lambda _: False)),
    ),
    Attack(
        "a vault open to half of the internet",
        "vault-network-is-closed",
        lambda: vault(
            "kv",
            public_network_access="Enabled",
            network_acls={"defaultAction": "Deny", "ipRules": [{"value": "0.0.0.0/1"}]},
        ),
    ),
    Attack(
        "a secret's value by an older API version",
        "program-writes-no-secret-value",
        lambda: raw("azure-native:keyvault/v20230701:Secret", properties={"value": "x"}),
    ),
    Attack(
        "a vault open to everybody in four quarters",
        "vault-network-is-closed",
        lambda: vault(
            "kv",
            public_network_access="Enabled",
            network_acls={"defaultAction": "Deny", "ipRules": [{"value": f"{n}.0.0.0/2"} for n in (0, 64, 128, 192)]},
        ),
    ),
    Attack(
        "audit logs that are turned off",
        "vault-audit-events-go-somewhere",
        lambda: audit(
            "off", vault("x", audited=False).id, "AuditEvent", logs=[{"category": "AuditEvent", "enabled": False}]
        ),
    ),
)
