"""Refusals as Microsoft Entra ID words them.

Source of the numbers: Microsoft Learn, identity-platform/reference-error-codes and the troubleshooting page of Azure
Workload Identity. Microsoft says the text is not a contract. Which `error` and HTTP status go with a number is not
documented; they are what callers have reported.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

_CHECK = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)


class EntraError(Exception):
    """A refused token request: number and text of the AADSTS error, OAuth error and HTTP status."""

    def __init__(self, number: int, text: str, *, error: str = "invalid_request", status: int = 400) -> None:
        super().__init__(f"AADSTS{number}: {text}")
        self.number = number
        self.text = text
        self.error = error
        self.status = status

    def body(self, now: float) -> dict[str, Any]:
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        time = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        return {
            "error": self.error,
            "error_description": f"{self} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}",
            "error_codes": [self.number],
            "timestamp": time,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }


def tenant_not_found(tenant: str) -> EntraError:
    return EntraError(90002, f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID.")


def parameter_missing(name: str) -> EntraError:
    return EntraError(900144, f"The request body must contain the following parameter: '{name}'.")


def grant_not_supported(grant: str) -> EntraError:
    text = f"The app requested an unsupported grant type '{grant}'. The sandbox has client_credentials."
    return EntraError(70003, text, error="unsupported_grant_type")


def application_not_found(client_id: str, tenant_id: str) -> EntraError:
    text = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant_id}'. This can happen if "
        "the application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )
    return EntraError(700016, text, error="unauthorized_client")


def wrong_secret(client_id: str) -> EntraError:
    text = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        f"the client secret ID, for a secret added to app '{client_id}'."
    )
    return EntraError(7000215, text, error="invalid_client", status=401)


def assertion_malformed(problem: str) -> EntraError:
    return EntraError(50027, f"JWT token is invalid or malformed: {problem}.")


def assertion_expired(now: float, end: float) -> EntraError:
    times = [datetime.fromtimestamp(time, UTC).isoformat() for time in (now, end)]
    text = (
        "Client assertion is not within its valid time range. "
        f"Current time: {times[0]}, expiry time of assertion {times[1]}."
    )
    return EntraError(700024, text, error="invalid_client", status=401)


def signature_wrong(problem: str) -> EntraError:
    text = f"Client assertion failed signature validation: {problem}."
    return EntraError(700027, text, error="invalid_client", status=401)


def issuer_unreachable(issuer: str) -> EntraError:
    text = f"Request to External OIDC endpoint failed: no cluster publishes the documents of the issuer '{issuer}'."
    return EntraError(90061, text, error="invalid_client", status=401)


def no_matching(number: int, what: str, value: str) -> EntraError:
    text = f"No matching federated identity record found for presented assertion {what} '{value}'. {_CHECK}"
    return EntraError(number, text, error="invalid_client", status=401)
