"""Settings of one App Configuration store."""

from .grant import Grant, ResourceId, catalogued


def read(store_id: ResourceId) -> Grant:
    """Read all key-values, feature flags and snapshots of one store.

    A key-value that refers to Key Vault holds the secret's address alone: its value takes
    `key_vault.read_secrets`. App Configuration Reader sounds alike and reads no setting.

    Args:
        store_id: the store's resource id.

    Source: Microsoft Learn, "Azure built-in roles for Integration": App Configuration Data Reader.
    """
    return catalogued("app_configuration.read", store_id)
