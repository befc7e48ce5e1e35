"""Credentials that let more than one known service account in."""

import functools

import pulumi

from tests.azure_mocks import TENANT, guid
from tests.policy.attacks.attack import KNOWN, Attack, laundered, raw
from tests.policy.builders import ISSUER, assignment, cluster, credential, identity
from tests.policy.judging import Config
from tests.policy.programs import a_workload

SUBJECT = "credential-subject-is-one-service-account"


def credential_by_second_identity_name() -> None:
    own = identity("orders")
    assignment("role", principal_id=own.principal_id)
    for number in range(21):
        # Half by output, half by plain name: still one identity.
        credential(
            f"trust-{number}",
            own.name if number % 2 else "orders",
            subject=f"system:serviceaccount:shop:app-{number}",
        )


def twins_by_case() -> None:
    own = identity("orders")
    first = credential("a", own.name, subject="system:serviceaccount:shop:orders")
    credential(
        "b", "ORDERS", subject="system:serviceaccount:shop:orders", opts=pulumi.ResourceOptions(depends_on=[first])
    )


FOREIGN = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('attacker')}/"


IN_CHINA: Config = {"credential-audience-is-the-clouds": {"cloud": "AzureChinaCloud"}}

ATTACKS = (
    Attack(
        "a foreign cluster's issuer",
        "credential-issuer-is-a-known-cluster",
        lambda: credential("x", issuer=FOREIGN),
        KNOWN,
    ),
    Attack(
        "an issuer in other letters",
        "credential-issuer-is-a-known-cluster",
        lambda: credential("x", issuer=ISSUER.replace("westeurope", "WestEurope")),
        KNOWN,
    ),
    Attack(
        "an issuer that looks alike",
        "credential-issuer-is-a-known-cluster",
        lambda: credential("x", issuer=ISSUER.replace(".com/", ".com.example.org/")),
        KNOWN,
    ),
    Attack(
        "a wildcard as the subject", SUBJECT, lambda: credential("x", subject="system:serviceaccount:shop:*"), KNOWN
    ),
    Attack(
        "a pipeline as the subject",
        SUBJECT,
        lambda: credential("x", subject="repo:contoso/shop:ref:refs/heads/main"),
        KNOWN,
    ),
    Attack(
        "a whole namespace as the subject",
        SUBJECT,
        lambda: credential("x", subject="system:serviceaccounts:shop"),
        KNOWN,
    ),
    Attack(
        "an expression in place of the subject",
        SUBJECT,
        lambda: raw(
            "azure-native:managedidentity/v20250131preview:FederatedIdentityCredential",
            issuer=ISSUER,
            audiences=["api://AzureADTokenExchange"],
            claimsMatchingExpression={"value": "claims['sub'] matches '*'", "languageVersion": 1},
        ),
        KNOWN,
    ),
    Attack(
        "an expression beside the subject",
        SUBJECT,
        lambda: raw(
            "azure-native:managedidentity/v20250131preview:FederatedIdentityCredential",
            issuer=ISSUER,
            subject="system:serviceaccount:shop:orders",
            audiences=["api://AzureADTokenExchange"],
            claimsMatchingExpression={"value": "claims['sub'] matches '*'", "languageVersion": 1},
        ),
        KNOWN,
    ),
    Attack(
        "an expression on an application",
        SUBJECT,
        lambda: raw(
            "azuread:index/applicationFlexibleFederatedIdentityCredential:ApplicationFlexibleFederatedIdentityCredential",
            issuer=ISSUER,
            audience="api://AzureADTokenExchange",
            claimsMatchingExpression="claims['sub'] matches 'system:serviceaccount:*'",
        ),
        KNOWN,
    ),
    Attack(
        "a subject that the preview does not know",
        SUBJECT,
        lambda: credential("x", subject=laundered("system:serviceaccount:shop:*")),
        KNOWN,
    ),
    Attack(
        "audiences as one text",
        "credential-audience-is-the-clouds",
        lambda: raw(
            "azure-native:managedidentity:FederatedIdentityCredential",
            issuer=ISSUER,
            subject="system:serviceaccount:a:b",
            audiences="api://AzureADTokenExchange",
        ),
        KNOWN,
    ),
    Attack(
        "a second audience",
        "credential-audience-is-the-clouds",
        lambda: credential("x", audiences=["api://AzureADTokenExchange", "https://vault.azure.net"]),
        KNOWN,
    ),
    Attack(
        "the credential of an application",
        SUBJECT,
        lambda: raw(
            "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            issuer=ISSUER,
            subject="system:serviceaccount:shop:*",
            audiences=["api://AzureADTokenExchange"],
        ),
        KNOWN,
    ),
    Attack(
        "21 credentials under two names of one identity",
        "identity-has-at-most-20-credentials",
        credential_by_second_identity_name,
        KNOWN,
    ),
    Attack(
        "the same credential under another case of the name",
        "credential-is-unique-on-its-identity",
        twins_by_case,
        KNOWN,
    ),
    Attack(
        "a foreign issuer on an application",
        "credential-issuer-is-a-known-cluster",
        lambda: raw(
            "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            issuer=FOREIGN,
            subject="system:serviceaccount:shop:x",
            audiences=["api://AzureADTokenExchange"],
        ),
        KNOWN,
    ),
    Attack(
        "an issuer that the program writes on its own cluster",
        "credential-issuer-is-a-known-cluster",
        lambda: (
            cluster("aks", oidc_issuer_profile={"enabled": True, "issuerURL": FOREIGN}),
            a_workload("orders", issuer=FOREIGN),
        ),
    ),
    *(
        Attack(
            f"the audience of another cloud than {cloud}",
            "credential-audience-is-the-clouds",
            functools.partial(credential, "x", audiences=[audience]),
            config,
        )
        for cloud, audience, config in (
            ("the public one", "api://AzureADTokenExchangeUSGov", {}),
            ("the one of China", "api://AzureADTokenExchangeUSGov", IN_CHINA),
        )
    ),
)
