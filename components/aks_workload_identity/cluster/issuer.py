"""The OIDC issuer of a cluster, which Entra ID compares byte for byte with a token's."""

import re
from collections.abc import Awaitable
from typing import Annotated
from urllib.parse import urlsplit

import pulumi

from ..arguments import Deferred, Rule
from ..errors import InvalidArgumentError, Problem

_AKS_ISSUER_HOST = re.compile(r"^https://[^/]*\.oic\.prod-aks\.azure\.(com|us|cn)(/|$)", re.IGNORECASE)


def issuer_problem(issuer: str) -> str | None:
    """What is wrong with an issuer URL, or None. Entra ID compares it byte for byte with the token's `iss`.

    Source: Microsoft Learn, "Create an OpenID Connect provider on AKS"; Entra's federated credential limits; OpenID
    Connect Core, "Terminology" (Issuer Identifier).
    """
    if not issuer.startswith("https://"):
        return "not https"
    if not urlsplit(issuer).hostname:
        return "no host"
    if "?" in issuer or "#" in issuer:
        return "an issuer has no query and no fragment"
    if re.search(r"\s", issuer):
        return "white space is accepted by Azure and never matches a token"
    if len(issuer) > 600:
        return "longer than 600 characters"
    if _AKS_ISSUER_HOST.match(issuer) and not issuer.endswith("/"):
        return "an AKS issuer ends in a slash"
    return None


_ISSUER_RULE = Rule(
    "the cluster's OIDC issuer URL exactly as Azure gives it, or an Output",
    "https://westeurope.oic.prod-aks.azure.com/<tenant>/<guid>/",
    issuer_problem,
)
IssuerUrl = Annotated[str | Awaitable[str] | pulumi.Output[str], Deferred(_ISSUER_RULE)]


def refuse_bad_issuer(issuer: str) -> str:
    """An issuer that became known: one that no token matches stops the credential.

    Raises:
        InvalidArgumentError: when something is wrong with it.
    """
    wrong = issuer_problem(issuer)
    if wrong:
        raise InvalidArgumentError(
            "ClusterTrust", [Problem(("issuer_url",), f"must be {_ISSUER_RULE.text}; got {issuer!r} ({wrong})")]
        )
    return issuer
