"""The public host names that the sandbox answers in place of Azure."""

import re

# Microsoft Learn: "Outbound network and FQDN rules for AKS clusters" and the endpoints of the services in the stack.
_NAMES = (
    "management.azure.com",
    "login.microsoftonline.com",
    "sts.windows.net",
    "graph.microsoft.com",
    "*.vault.azure.net",
    "*.azurecr.io",
    "*.openai.azure.com",
    "*.cognitiveservices.azure.com",
    "*.blob.core.windows.net",
    "*.oic.prod-aks.azure.com",
    "*.azmk8s.io",
)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_SERVED = re.compile("|".join(re.escape(name).replace(r"\*", rf"{_LABEL}(\.{_LABEL})*") for name in _NAMES))

DEFAULT = _NAMES[0]


def is_served(host: str) -> bool:
    """Whether the sandbox answers for `host`; every other name is unreachable from inside it."""
    return _SERVED.fullmatch(host.lower()) is not None
