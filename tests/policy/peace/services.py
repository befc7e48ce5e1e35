"""Vaults, registries, AI accounts and where their logs go."""

from pulumi_azure_native import keyvault

from tests.policy.builders import registry, vault
from tests.policy.peace.good import Good

GOODS = (
    Good(
        "a vault behind a network security perimeter",
        lambda: vault("kv", public_network_access="SecuredByPerimeter"),
    ),
    Good(
        "a vault with a firewall",
        lambda: vault(
            "kv",
            public_network_access="Enabled",
            network_acls={"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]},
        ),
    ),
    Good("a registry", lambda: registry("cr")),
    Good(
        "a key of a vault",
        lambda: keyvault.Key(
            "key", resource_group_name="rg", vault_name="kv", properties=keyvault.KeyPropertiesArgs(kty="RSA")
        ),
    ),
)
