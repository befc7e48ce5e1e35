"""Federated credentials."""

from tests.azure_mocks import TENANT, guid
from tests.policy.builders import ISSUER, cluster, credential
from tests.policy.cases.case import Case
from tests.policy.programs import KNOWN_ISSUER, credentials, twins

CASES = (
    Case(
        rule="credential-subject-is-one-service-account",
        refused=lambda: credential("wildcard", subject="system:serviceaccount:shop:*"),
        passed=lambda: credential("one-account", subject="system:serviceaccount:shop:orders"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-namespace-is-not-a-system-one",
        refused=lambda: credential("system", subject="system:serviceaccount:kube-system:orders"),
        passed=lambda: credential("own-namespace", subject="system:serviceaccount:shop:orders"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-account-is-not-default",
        refused=lambda: credential("default-account", subject="system:serviceaccount:shop:default"),
        passed=lambda: credential("own-account", subject="system:serviceaccount:shop:orders"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-audience-is-the-clouds",
        refused=lambda: credential("other-audience", audiences=["https://vault.azure.net"]),
        passed=lambda: credential("own-audience", audiences=["api://AzureADTokenExchange"]),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credential-issuer-is-exact",
        refused=lambda: credential("no-slash", issuer=ISSUER.rstrip("/")),
        passed=lambda: credential("slash", issuer=ISSUER),
        config={"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER, ISSUER.rstrip("/")]}},
    ),
    Case(
        rule="credential-issuer-is-a-known-cluster",
        refused=lambda: credential(
            "foreign", issuer=f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('foreign')}/"
        ),
        passed=lambda: credential("own", issuer=cluster("aks-own").oidc_issuer_profile.issuer_url),
    ),
    Case(
        rule="credential-is-unique-on-its-identity",
        refused=lambda: twins("twins", "orders"),
        passed=lambda: twins("siblings", "orders", "stock"),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-has-at-most-20-credentials",
        refused=lambda: credentials("too-many", 21),
        passed=lambda: credentials("some", 15),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-has-room-for-credentials",
        refused=lambda: credentials("nearly-too-many", 16),
        passed=lambda: credentials("few", 3),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="credentials-of-an-identity-are-chained",
        refused=lambda: credentials("at-once", 2, chained=False),
        passed=lambda: credentials("in-turn", 2),
        config=KNOWN_ISSUER,
    ),
    Case(
        rule="identity-serves-one-namespace",
        refused=lambda: credentials("shared", 2, namespaces=True),
        passed=lambda: credentials("own-team", 2),
        config=KNOWN_ISSUER,
    ),
)
