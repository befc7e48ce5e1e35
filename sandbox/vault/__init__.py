"""The data plane of Key Vault: secrets, keys and certificates, and who may read them."""
