"""Rules about federated identity credentials: which tokens an identity accepts."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Resource
from aks_workload_identity_policy.rule import rule

CREDENTIAL = "managedidentity:FederatedIdentityCredential"

# Microsoft Learn: entra/workload-id/workload-identity-federation-config-app-trust-managed-identity (one a cloud)
AUDIENCES = (
    "api://AzureADTokenExchange",
    "api://AzureADTokenExchangeUSGov",
    "api://AzureADTokenExchangeChina",
)

# Kubernetes and AKS run their own components there. Microsoft Learn: aks/concepts-managed-namespaces;
# azure-workload-identity and the AKS add-ons Istio, Gatekeeper, Flux, Dapr and Calico: their installation pages.
SYSTEM_NAMESPACES = frozenset(
    (
        "aks-command",
        "app-routing-system",
        "azure-workload-identity-system",
        "calico-system",
        "dapr-system",
        "flux-system",
        "gatekeeper-system",
        "istio-system",
        "kube-node-lease",
        "kube-public",
        "kube-system",
        "tigera-operator",
    )
)
SYSTEM_NAMESPACE_PREFIXES = ("aks-istio-",)

# A namespace is an RFC 1123 label, a service account an RFC 1123 subdomain.
# kubernetes/apimachinery: pkg/util/validation/validation.go
_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_SUBDOMAIN_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SUBJECT = re.compile(rf"system:serviceaccount:({_LABEL}):({_SUBDOMAIN_LABEL}(?:\.{_SUBDOMAIN_LABEL})*)")
_ACCOUNT_MAX = 253

# Microsoft Learn: aks/use-oidc-issuer
_AKS_HOST = re.compile(r"[a-z0-9-]+\.oic\.[a-z0-9-]+\.azure\.[a-z]+")
_AKS_PATH = re.compile(r"/[0-9a-f-]{36}/[0-9a-f-]{36}/")


@rule(
    "credential-subject-is-one-service-account",
    CREDENTIAL,
    why="Entra ID compares the subject letter by letter: only the name of one service account opens this door to one.",
    severity=Severity.CRITICAL,
)
def subject_is_one_service_account(credential: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations (no wildcards)."""
    subject = credential.text("subject")
    if _account(subject) is None:
        yield (
            f"subject is {subject!r}; name one account as system:serviceaccount:<namespace>:<account>, "
            "for example system:serviceaccount:shop:orders"
        )


@rule(
    "credential-namespace-is-not-a-system-one",
    CREDENTIAL,
    why="Whoever runs in a namespace of Kubernetes or AKS itself holds the cluster, and would hold the identity too.",
    severity=Severity.CRITICAL,
)
def namespace_is_not_a_system_one(credential: Resource) -> Iterator[str]:
    """Source: see `SYSTEM_NAMESPACES`."""
    account = _account(credential.text("subject"))
    if account and (account[0] in SYSTEM_NAMESPACES or account[0].startswith(SYSTEM_NAMESPACE_PREFIXES)):
        yield f"subject names an account of {account[0]}; run the workload in a namespace of its own and name that"


@rule(
    "credential-account-is-not-default",
    CREDENTIAL,
    why="Every pod that names no account runs as default, so each pod of the namespace could become the identity.",
    severity=Severity.CRITICAL,
)
def account_is_not_default(credential: Resource) -> Iterator[str]:
    """Source: Kubernetes documentation, Configure Service Accounts for Pods."""
    account = _account(credential.text("subject"))
    if account and account[1] == "default":
        yield f"subject names the account default of {account[0]}; make an account for the workload and name that"


@rule(
    "credential-audience-is-the-clouds",
    CREDENTIAL,
    why="The audience is what keeps a token that was made for another service from being exchanged here.",
    severity=Severity.HIGH,
)
def audience_is_the_clouds(credential: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations (exactly one)."""
    audiences = credential.texts("audiences") or []
    if len(audiences) != 1 or audiences[0] not in AUDIENCES:
        yield f"audiences is {audiences}; give exactly one, [{AUDIENCES[0]!r}] in the public cloud"


@rule(
    "credential-issuer-is-exact",
    CREDENTIAL,
    why="Entra ID compares the issuer letter by letter and fetches its keys: a wrong one is a dead or a foreign door.",
    severity=Severity.HIGH,
)
def issuer_is_exact(credential: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/use-oidc-issuer; OpenID Connect Core 1.0, section 2 (iss)."""
    issuer = credential.text("issuer")
    fault = _issuer_fault(issuer or "")
    if fault:
        yield f"issuer is {issuer!r}, which {fault}; pass the cluster's oidcIssuerProfile.issuerURL on unchanged"


def _account(subject: str | None) -> tuple[str, str] | None:
    """Namespace and service account of a subject; None if it does not name exactly one."""
    match = _SUBJECT.fullmatch(subject or "")
    return (match[1], match[2]) if match and len(match[2]) <= _ACCOUNT_MAX else None


def _issuer_fault(issuer: str) -> str | None:
    if any(c.isspace() or not c.isprintable() for c in issuer):
        return "contains whitespace"
    try:
        url = urlsplit(issuer)
    except ValueError:
        return "is not a URL"
    if url.scheme != "https" or not url.hostname or not issuer.startswith("https://"):
        return "is not an https URL"
    if "@" in url.netloc or "?" in issuer or "#" in issuer:
        return "has a user name, query or fragment"
    if _AKS_HOST.fullmatch(url.hostname) and not issuer.endswith("/"):
        return "lacks the slash that an AKS issuer ends in"
    if _AKS_HOST.fullmatch(url.hostname) and not _AKS_PATH.fullmatch(url.path):
        return "is not of the form https://<region>.oic.prod-aks.azure.com/<tenant>/<id>/"
    return None
