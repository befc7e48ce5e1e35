"""Microsoft Graph on loopback: what there is in the directory, as far as the Azure CLI asks."""
