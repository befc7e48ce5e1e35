"""Microsoft Entra ID on loopback: login.microsoftonline.com, and who there is in the directory."""
