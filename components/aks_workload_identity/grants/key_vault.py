"""Reading one Key Vault in the RBAC permission model."""

from .grant import Grant, ResourceId, on
from .roles import KEY_VAULT_READER, KEY_VAULT_SECRETS_USER

_VAULT = "Microsoft.KeyVault/vaults"


def read_secrets(vault_id: ResourceId) -> Grant:
    """Read the values of all secrets of the vault, certificates' private keys included; lists their names too.

    It cannot write. It reaches every secret of the vault: keep one vault per application and environment.

    Args:
        vault_id: the vault's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Security": Key Vault Secrets User.
    """
    return on(_VAULT, KEY_VAULT_SECRETS_USER, vault_id)


def read_keys_and_certificates(vault_id: ResourceId) -> Grant:
    """Read public keys and certificates of the vault; no secret value and no private key.

    Key Vault Certificate User would do too, but it also reads every secret's value.

    Args:
        vault_id: the vault's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Security": Key Vault Reader.
    """
    return on(_VAULT, KEY_VAULT_READER, vault_id)
