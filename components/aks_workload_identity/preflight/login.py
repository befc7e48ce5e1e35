"""The login that Pulumi will use, found as azure-native finds it."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from azure.core.credentials import TokenCredential
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    AzureCliCredential,
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)

_YES = ("1", "t", "true")
_PUBLIC = ("public", "azurecloud", "azurepubliccloud")


@dataclass(frozen=True)
class Login:
    """Who will deploy, and into which subscription.

    Args:
        credential: gives tokens.
        how: where the login comes from, in words; it holds no secret.
        subscription_id: the subscription.
    """

    credential: TokenCredential
    how: str
    subscription_id: str

    @classmethod
    def find(cls, subscription_id: str | None = None, environment: Mapping[str, str] | None = None) -> "Login":
        """The login of the variables that azure-native reads, or else that of the Azure CLI.

        Logins in a stack's own configuration (`azure-native:clientId` and its sisters) are not seen.

        Args:
            subscription_id: the subscription; left out, `ARM_SUBSCRIPTION_ID`, or else the Azure CLI's.
            environment: the variables; left out, those of this process.

        Raises:
            ClientAuthenticationError: there is no login, it names no subscription, or it is of another cloud than the
                public one.

        Source: Pulumi Registry, Azure Native, "Installation & Configuration".
        """
        given = os.environ if environment is None else environment
        cloud = given.get("ARM_ENVIRONMENT") or given.get("AZURE_ENVIRONMENT") or "public"
        if cloud.lower() not in _PUBLIC:
            raise ClientAuthenticationError(f"only the public cloud is looked at; the environment is {cloud!r}")
        credential, how = _credential(given)
        found = subscription_id or given.get("ARM_SUBSCRIPTION_ID")
        return cls(credential, how, found or _subscription_of_the_azure_cli())


def _credential(given: Mapping[str, str]) -> tuple[TokenCredential, str]:
    tenant, client = given.get("ARM_TENANT_ID", ""), given.get("ARM_CLIENT_ID", "")
    if given.get("ARM_USE_OIDC", "").lower() in _YES:
        assertion, how = _assertion(given)
        return ClientAssertionCredential(_needed(given, "ARM_TENANT_ID"), client, lambda: assertion), how
    if given.get("ARM_USE_MSI", "").lower() in _YES:
        return ManagedIdentityCredential(client_id=client or None), "the managed identity of this machine"
    if "ARM_CLIENT_SECRET" in given:
        secret = given["ARM_CLIENT_SECRET"]
        return ClientSecretCredential(_needed(given, "ARM_TENANT_ID"), client, secret), "ARM_CLIENT_SECRET"
    if "ARM_CLIENT_CERTIFICATE_PATH" in given:
        path, password = given["ARM_CLIENT_CERTIFICATE_PATH"], given.get("ARM_CLIENT_CERTIFICATE_PASSWORD")
        certificate = CertificateCredential(_needed(given, "ARM_TENANT_ID"), client, path, password=password)
        return certificate, "ARM_CLIENT_CERTIFICATE_PATH"
    return AzureCliCredential(tenant_id=tenant), "the Azure CLI"


def _assertion(given: Mapping[str, str]) -> tuple[str, str]:
    if "ARM_OIDC_TOKEN" in given:
        return given["ARM_OIDC_TOKEN"], "the federated token in ARM_OIDC_TOKEN"
    if "ARM_OIDC_TOKEN_FILE_PATH" in given:
        path = Path(given["ARM_OIDC_TOKEN_FILE_PATH"])
        return path.read_text().strip(), "the federated token in ARM_OIDC_TOKEN_FILE_PATH"
    raise ClientAuthenticationError(
        "ARM_USE_OIDC is set; set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH to the pipeline's token too"
    )


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise ClientAuthenticationError(f"{name} is not set")
    return given[name]


def _subscription_of_the_azure_cli() -> str:
    try:
        shown = subprocess.run(
            ["az", "account", "show", "--output", "json"],  # noqa: S607 - the one on the user's PATH is meant
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        account = json.loads(shown.stdout)
        subscription, cloud = str(account["id"]), str(account.get("environmentName") or "AzureCloud")
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise ClientAuthenticationError("neither ARM_SUBSCRIPTION_ID nor the Azure CLI names a subscription") from error
    if cloud.lower() not in _PUBLIC:
        raise ClientAuthenticationError(f"only the public cloud is looked at; the Azure CLI is logged in to {cloud!r}")
    return subscription
