"""Reading one Key Vault in the RBAC permission model."""

from collections.abc import Sequence

from .conditions import on_secret_names
from .grant import Grant, ResourceId, catalogued


def read_secrets(vault_id: ResourceId, *, names: Sequence[str] | None = None) -> Grant:
    """Read the values of secrets of the vault, certificates' private keys included; lists all their names too.

    It cannot write. Without `names` it reaches every secret of the vault: keep one vault per application and
    environment. An identity has one such grant on one vault, so `names` is the list of everything it reads.

    Args:
        vault_id: the vault's resource id.
        names: the only secrets whose values are read, by a condition that Azure calls a preview; left out, all.

    Source: Microsoft Learn, "Azure built-in roles for Security": Key Vault Secrets User.
    """
    return catalogued("key_vault.read_secrets", vault_id, condition=None if names is None else on_secret_names(names))


def read_keys_and_certificates(vault_id: ResourceId) -> Grant:
    """Read public keys and certificates of the vault; no secret value and no private key.

    It lists the names of secrets. Key Vault Certificate User would do too, but it also reads every secret's value.

    Args:
        vault_id: the vault's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Security": Key Vault Reader.
    """
    return catalogued("key_vault.read_keys_and_certificates", vault_id)
