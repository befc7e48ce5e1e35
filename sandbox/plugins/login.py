"""Logs in as the environment says: with a federated token, as azure-native does where ARM_USE_OIDC is set."""

import os
import time
from typing import Any

import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

_AUTHORITY = "https://login.microsoftonline.com"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_SECONDS = 30


class FederatedLogin:
    """A credential as Azure's libraries take one.

    Source of the variables: Pulumi documentation, azure-native, "Authenticate using OpenID Connect (OIDC)".
    """

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        """A new access token.

        Raises:
            ClientAuthenticationError: There is no login, or Entra refuses it.
        """
        try:
            tenant, client, assertion = (
                os.environ[name] for name in ("ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_OIDC_TOKEN")
            )
        except KeyError as error:
            raise ClientAuthenticationError(f"no login was found: the variable {error.args[0]} is not set") from error
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            "client_id": client,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        try:
            answer = requests.post(f"{_AUTHORITY}/{tenant}/oauth2/v2.0/token", data=form, timeout=_SECONDS)
            body: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ClientAuthenticationError(f"{_AUTHORITY} did not answer: {error}") from error
        if not answer.ok:
            raise ClientAuthenticationError(str(body.get("error_description", body)))
        return AccessToken(body["access_token"], int(time.time()) + int(body["expires_in"]))
