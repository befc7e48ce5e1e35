"""Rules about federated identity credentials: which tokens an identity accepts."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from aks_workload_identity.clouds import ENVIRONMENTS, POD_TOKEN_AUDIENCE
from pulumi_policy import EnforcementLevel, Severity
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.identity_credentials import credentials_of
from aks_workload_identity_policy.principals import CLUSTER, CREDENTIAL, IDENTITY
from aks_workload_identity_policy.resource import Resource, StackResource, UnreadableError
from aks_workload_identity_policy.rule import rule, stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

# The same credential on an application: its inputs have the same names.
APPLICATION_CREDENTIAL = "index:ApplicationFederatedIdentityCredential"
FLEXIBLE_CREDENTIAL = "index:ApplicationFlexibleFederatedIdentityCredential"

# Kubernetes and AKS run their own components there. Microsoft Learn: aks/concepts-managed-namespaces;
# azure-workload-identity and the AKS add-ons Istio, Gatekeeper, Flux, Dapr and Calico: their installation pages;
# Azure Arc and extensions: default of excludedNamespaces in Azure's policies for Kubernetes.
SYSTEM_NAMESPACES = frozenset(
    (
        "aks-command",
        "app-routing-system",
        "azure-arc",
        "azure-extensions-usage-system",
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

# Microsoft Learn: entra/workload-id/workload-identity-federation-considerations
CREDENTIALS_MAX = 20
CREDENTIALS_NEARLY = 16


@rule(
    "credential-subject-is-one-service-account",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    FLEXIBLE_CREDENTIAL,
    why="Entra ID compares the subject letter by letter: only the name of one service account opens this door to one.",
    severity=Severity.CRITICAL,
)
def subject_is_one_service_account(credential: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations (no wildcards);
    entra/workload-id/workload-identities-flexible-federated-identity-credentials.
    """
    if credential.has("claimsMatchingExpression"):
        yield (
            "claimsMatchingExpression accepts whatever token it matches; name one account in subject instead, for "
            "example system:serviceaccount:shop:orders"
        )
        return
    subject = credential.text("subject")
    if account_of(subject) is None:
        yield (
            f"subject is {subject!r}; name one account as system:serviceaccount:<namespace>:<account>, "
            "for example system:serviceaccount:shop:orders"
        )


@rule(
    "credential-namespace-is-not-a-system-one",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    why="Whoever runs in a namespace of Kubernetes or AKS itself holds the cluster, and would hold the identity too.",
    severity=Severity.CRITICAL,
)
def namespace_is_not_a_system_one(credential: Resource) -> Iterator[str]:
    """Source: see `SYSTEM_NAMESPACES`."""
    account = account_of(credential.text("subject"))
    if account and (account[0] in SYSTEM_NAMESPACES or account[0].startswith(SYSTEM_NAMESPACE_PREFIXES)):
        yield f"subject names an account of {account[0]}; run the workload in a namespace of its own and name that"


@rule(
    "credential-account-is-not-default",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    why="Every pod that names no account runs as default, so each pod of the namespace could become the identity.",
    severity=Severity.CRITICAL,
)
def account_is_not_default(credential: Resource) -> Iterator[str]:
    """Source: Kubernetes documentation, Configure Service Accounts for Pods."""
    account = account_of(credential.text("subject"))
    if account and account[1] == "default":
        yield f"subject names the account default of {account[0]}; make an account for the workload and name that"


@rule(
    "credential-audience-is-the-clouds",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    why="The audience is what keeps a token that was made for another service from being exchanged here.",
    severity=Severity.HIGH,
    settings={
        "cloud": {
            "type": "string",
            "enum": list(ENVIRONMENTS),
            "default": "AzurePublicCloud",
            "description": "The cloud: its own audience is accepted beside the one that pods' tokens have everywhere.",
        }
    },
)
def audience_is_the_clouds(credential: Resource) -> Iterator[str]:
    """Tokens of pods have one audience in every cloud, unless a webhook of one's own writes the cloud's.

    Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations (exactly one);
    azure-workload-identity: pkg/webhook/consts.go.
    """
    audiences = credential.texts("audiences") or []
    cloud = credential.settings.text("cloud") or "AzurePublicCloud"
    allowed = {POD_TOKEN_AUDIENCE, *(one.audience for name, one in ENVIRONMENTS.items() if name == cloud)}
    if len(audiences) != 1 or audiences[0] not in allowed:
        elsewhere = any(audiences == [one.audience] for one in ENVIRONMENTS.values())
        configured = (
            " (another cloud's is accepted where this rule's configuration names it: cloud)" if elsewhere else ""
        )
        yield f"audiences is {audiences}; give exactly one, [{POD_TOKEN_AUDIENCE!r}] in {cloud}{configured}"


@rule(
    "credential-issuer-is-exact",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    why="Entra ID compares the issuer letter by letter and fetches its keys: a wrong one is a dead or a foreign door.",
    severity=Severity.HIGH,
)
def issuer_is_exact(credential: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/use-oidc-issuer; OpenID Connect Core 1.0, section 2 (iss)."""
    issuer = credential.text("issuer")
    fault = _issuer_fault(issuer or "")
    if fault:
        yield f"issuer is {issuer!r}, which {fault}; pass the cluster's oidcIssuerProfile.issuerURL on unchanged"


@stack_rule(
    "credential-issuer-is-a-known-cluster",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    CLUSTER,
    early=(),
    why="Whoever runs the cluster behind an issuer can sign in as the identity, so it must be one of yours.",
    severity=Severity.CRITICAL,
    settings={
        "issuers": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Issuer URLs of clusters outside the stack, letter by letter.",
        }
    },
)
def issuer_is_a_known_cluster(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations (issuer)."""
    clusters = {cluster.urn: cluster for cluster in stack.of(CLUSTER)}
    issuers = set(stack.settings.texts("issuers") or ())
    for cluster in clusters.values():
        if _asks_for_issuer(cluster):
            yield Finding(
                cluster,
                "oidcIssuerProfile.issuerURL is among its inputs; leave it out, for Azure alone says what it is",
            )
        elif url := cluster.made_text("oidcIssuerProfile", "issuerURL"):
            issuers.add(url)
    for credential in stack.of(CREDENTIAL, APPLICATION_CREDENTIAL):
        issuer = credential.known("issuer")
        if issuer in issuers or (stack.is_early and (issuer is None or _may_be_of_aks(issuer))):
            continue
        if issuer is None:
            # Not known yet: what it is made from says whose it will be.
            sources = credential.made_from("issuer")
            if not sources & clusters.keys():
                stack.unknown(credential)
            elif not sources <= clusters.keys():
                stack.unclear(credential, "issuer")
            continue
        yield Finding(
            credential,
            f"issuer {issuer!r} is of no cluster of this stack; pass the issuer of one on, or list the other cluster's "
            "in this rule's configuration (issuers)",
        )


@stack_rule(
    "credential-is-unique-on-its-identity",
    CREDENTIAL,
    IDENTITY,
    CLUSTER,
    why="Azure refuses a second credential with the same issuer and subject on an identity, half-way through.",
    severity=Severity.MEDIUM,
)
def credential_is_unique_on_its_identity(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations."""
    for credentials in credentials_of(stack).values():
        seen: dict[tuple[str, str], StackResource] = {}
        for credential in credentials:
            issuer = credential.known("issuer") or "".join(sorted(credential.made_from("issuer")))
            subject = credential.known("subject")
            if not issuer or not subject:
                continue
            first = seen.setdefault((issuer, subject), credential)
            if first is not credential:
                yield Finding(
                    credential,
                    f"issuer and subject ({subject}) are those of {first.name} on the same identity; remove one",
                )


@stack_rule(
    "identity-has-at-most-20-credentials",
    CREDENTIAL,
    IDENTITY,
    CLUSTER,
    why="Azure takes 20 federated credentials on an identity and refuses the next, half-way through the update.",
    severity=Severity.MEDIUM,
)
def identity_has_at_most_20_credentials(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations."""
    for credentials in credentials_of(stack).values():
        if len(credentials) > CREDENTIALS_MAX:
            yield Finding(
                credentials[CREDENTIALS_MAX],
                f"the identity has {len(credentials)} credentials; give some workloads an identity of their own",
            )


@stack_rule(
    "identity-has-room-for-credentials",
    CREDENTIAL,
    IDENTITY,
    CLUSTER,
    why="A second cluster doubles the credentials of an identity, and 20 is the end.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def identity_has_room_for_credentials(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations."""
    for credentials in credentials_of(stack).values():
        if CREDENTIALS_NEARLY <= len(credentials) <= CREDENTIALS_MAX:
            yield Finding(
                credentials[-1],
                f"the identity has {len(credentials)} of {CREDENTIALS_MAX} credentials; give some workloads an "
                "identity of their own",
            )


@stack_rule(
    "credentials-of-an-identity-are-chained",
    CREDENTIAL,
    IDENTITY,
    CLUSTER,
    why="Azure refuses two writes of credentials at once on one identity, so the update fails now and then.",
    severity=Severity.MEDIUM,
)
def credentials_of_an_identity_are_chained(stack: Stack) -> Iterator[Finding]:
    """Source: Microsoft Learn, entra/workload-id/workload-identity-federation-considerations (concurrent writes)."""
    waits_for, bits = _waits_for(stack)
    for credentials in credentials_of(stack).values():
        own = sum(bits[credential.urn] for credential in credentials)
        at: dict[int, StackResource] = {}
        for credential in credentials:
            before = (waits_for[credential.urn] & own).bit_count()
            first = at.setdefault(before, credential)
            if first is not credential:
                yield Finding(
                    credential,
                    f"is written at the same time as {first.name} on the same identity; let it depend on that "
                    "(depends_on), so that each waits for the one before it",
                )


@stack_rule(
    "identity-serves-one-namespace",
    CREDENTIAL,
    IDENTITY,
    CLUSTER,
    why="Namespaces are what separates teams: an identity that two of them share belongs to nobody.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def identity_serves_one_namespace(stack: Stack) -> Iterator[Finding]:
    """Source: Kubernetes documentation, Multi-tenancy (namespaces)."""
    for credentials in credentials_of(stack).values():
        accounts = {account[0] for one in credentials if (account := account_of(one.known("subject")))}
        if len(accounts) > 1:
            yield Finding(
                credentials[-1],
                f"the identity serves the namespaces {', '.join(sorted(accounts))}; give each an identity of its own",
            )


def _asks_for_issuer(cluster: StackResource) -> bool:
    try:
        return cluster.given.has("oidcIssuerProfile", "issuerURL")
    except UnknownValueError:
        return True
    except UnreadableError:
        return False  # a rule about the cluster itself says so


def _waits_for(stack: Stack) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Which credentials each resource waits for, through whatever it waits for, as bits; and the bit of each.

    Found for all identities at once, so that each resource is looked at once whatever the number of identities.
    """
    bits = {credential.urn: 1 << at for at, credential in enumerate(stack.of(CREDENTIAL))}
    found: dict[str, int] = {}
    entered: set[str] = set()
    waiting = [(urn, False) for urn in bits]
    while waiting:
        urn, dependencies_are_found = waiting.pop()
        if dependencies_are_found:
            found[urn] = 0
            for one in stack.dependencies(urn):
                found[urn] |= found.get(one, 0) | bits.get(one, 0)
        elif urn not in entered:
            entered.add(urn)
            waiting.append((urn, True))
            waiting += [(one, False) for one in stack.dependencies(urn)]
    return found, bits


def account_of(subject: str | None) -> tuple[str, str] | None:
    """Namespace and service account of a subject; None if it does not name exactly one."""
    match = _SUBJECT.fullmatch(subject or "")
    return (match[1], match[2]) if match and len(match[2]) <= _ACCOUNT_MAX else None


def _may_be_of_aks(issuer: str) -> bool:
    """Whether an issuer has the form of those of AKS, so that it may be of a cluster whose outputs are not seen yet."""
    try:
        return _AKS_HOST.fullmatch(urlsplit(issuer).hostname or "") is not None
    except ValueError:
        return False


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
