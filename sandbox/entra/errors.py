"""Refusals as Microsoft Entra ID words them.

Microsoft documents most numbers and says that texts are no contract; they, the OAuth errors and the HTTP statuses are
those of the reports in `REPORTED`.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from sandbox.reported import Reported, learn, thread

_CODES = learn("entra/identity-platform/reference-error-codes")
_AWI = "Azure/azure-workload-identity"
_CHECK = (
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
)
_CHECK_CASE = (
    "The subject matches with case-insensitive comparison, but not with case-sensitive comparison. "
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. "
    "See documentation at: https://learn.microsoft.com/entra/workload-id/workload-identity-federation. "
    "See breaking change notification and remediation at: "
    "https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024."
)

REPORTED = {
    "AADSTS50027": Reported(
        400,
        "invalid_request",
        (_CODES, thread("panva/openid-client", 348)),
        "the status, the OAuth error and the number for an assertion of a workload that is no token (as for others)",
    ),
    "AADSTS70003": Reported(
        400,
        "unsupported_grant_type",
        (_CODES, thread("AzureAD/microsoft-authentication-library-for-dotnet", 3023)),
        "the status (400)",
    ),
    "AADSTS70023": Reported(
        401,
        "invalid_client",
        (thread("Azure/azure-sdk-for-python", 32124), thread("MicrosoftDocs/azure-docs", 86915)),
        "the status (401), and whether it is still asked of tokens to say when they were issued (it is)",
    ),
    "AADSTS70025": Reported(
        401,
        "invalid_client",
        (
            thread("dotnet-foundation/projects", 503),
            "https://github.com/NHSDigital/lung_cancer_screening/blob/main/docs/infrastructure/infra-faq.md",
            "https://github.com/ratify-project/ratify/blob/90367de5/docs/discussion/Ratify%20Error%20Handling%20Scenarios.md",
        ),
        "whether it comes before the assertion's time is looked at (no)",
    ),
    "AADSTS90002": Reported(
        400, "invalid_request", (thread("Azure/azure-cli", 22145), thread("kubernetes-sigs/external-dns", 4418))
    ),
    "AADSTS90061": Reported(
        400,
        "invalid_request",
        (thread(_AWI, 605), thread(_AWI, 642), thread("Azure/AKS", 4029)),
        "when the same words come with 50166 or 501661 instead (never)",
    ),
    "AADSTS700016": Reported(
        400,
        "unauthorized_client",
        (_CODES, thread("microsoft/AzureTRE", 1475), thread("Azure/login", 561)),
        "the status where a workload logs in (400)",
    ),
    "AADSTS700024": Reported(
        401,
        "invalid_client",
        (
            thread(_AWI, 693),
            thread("risingwavelabs/risingwave", 17123),
            thread("AzureAD/microsoft-authentication-library-for-java", 984),
        ),
    ),
    "AADSTS700027": Reported(
        401,
        "invalid_client",
        (_CODES,),
        "whether it is what a published key that did not sign the assertion leads to (yes), and the reason in its text "
        "(none)",
    ),
    "AADSTS700211": Reported(
        401,
        "invalid_client",
        (thread(_AWI, 1200),),
        "the status (401, as of 70021 before it), and whether an issuer that differs only in case has words of its own "
        "(no)",
    ),
    "AADSTS700212": Reported(
        401,
        "invalid_client",
        (
            "https://docs.gitlab.com/ci/cloud_services/azure/",
            "https://github.com/Azure/azure-sdk-for-net/blob/main/sdk/identity/Azure.Identity/TROUBLESHOOTING.md",
        ),
        "the status, and the text after the audience (as of 700213)",
    ),
    "AADSTS700213": Reported(
        401, "invalid_client", (thread(_AWI, 1200), thread("Azure/login", 482)), "the status (401, as of 70021)"
    ),
    "AADSTS7000215": Reported(401, "invalid_client", (_CODES, thread("Azure/sap-automation", 418))),
    "AADSTS7000216": Reported(401, "invalid_client", (thread("stephaneey/azure-apim-extension", 138),)),
    "AADSTS7000229": Reported(
        401,
        "invalid_client",
        (thread("Azure/Commercial-Marketplace-SaaS-Accelerator", 830), thread("Azure/azure-sdk-for-net", 46762)),
        "the status (401)",
    ),
    "AADSTS7000272": Reported(401, "invalid_client", (thread(_AWI, 616), thread(_AWI, 1232))),
    "AADSTS7002138": Reported(
        401, "invalid_client", (thread("Azure/login", 515), thread("Azure/login", 517)), "the status (401)"
    ),
    "AADSTS900144": Reported(400, "invalid_request", (_CODES, thread("MicrosoftDocs/azure-docs", 43780))),
}


class EntraError(Exception):
    """A refused token request: number and text of the AADSTS error, OAuth error and HTTP status."""

    def __init__(self, number: int, text: str, *, error: str = "") -> None:
        super().__init__(f"AADSTS{number}: {text}")
        reported = REPORTED[f"AADSTS{number}"]
        self.number = number
        self.text = text
        self.error = error or reported.code
        self.status = reported.status

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


def tenant_not_found(tenant: str, error: str = "") -> EntraError:
    """Where the tenant's documents are asked for, the OAuth error is `invalid_tenant`."""
    text = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant."
    )
    return EntraError(90002, text, error=error)


def parameter_missing(name: str) -> EntraError:
    return EntraError(900144, f"The request body must contain the following parameter: '{name}'.")


def nothing_presented() -> EntraError:
    text = "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."
    return EntraError(7000216, text)


def grant_not_supported(grant: str) -> EntraError:
    return EntraError(70003, f"The app requested an unsupported grant type '{grant}'.")


def application_not_found(client_id: str, tenant: str) -> EntraError:
    text = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if "
        "the application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant."
    )
    return EntraError(700016, text)


def service_principal_missing(client_id: str, tenant_id: str) -> EntraError:
    text = (
        f"The client application {client_id} is missing service principal in the tenant {tenant_id}. "
        "See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"
    )
    return EntraError(7000229, text)


def wrong_secret(client_id: str) -> EntraError:
    text = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        f"the client secret ID, for a secret added to app '{client_id}'."
    )
    return EntraError(7000215, text)


def assertion_malformed() -> EntraError:
    return EntraError(50027, "JWT token is invalid or malformed.")


def assertion_out_of_time(now: float, start: float, end: float) -> EntraError:
    text = (
        f"Client assertion is not within its valid time range. Current time: {_ticks(now)}, assertion valid from "
        f"{_ticks(start)}, expiry time of assertion {_ticks(end)}. Review the documentation at "
        "https://learn.microsoft.com/entra/identity-platform/certificate-credentials ."
    )
    return EntraError(700024, text)


def assertion_lives_too_long(issued: int, end: int) -> EntraError:
    text = (
        "External OIDC Provider token must have a lifetime of less than or equal to 1.01:00:00. "
        f"Token issued at {issued}. Token expires on {end}."
    )
    return EntraError(70023, text)


def no_credentials(client_id: str, name: str) -> EntraError:
    """In 2024 the text named nobody: "Client application has no configured federated identity credentials."."""
    return EntraError(70025, f"The client '{client_id}'({name}) has no configured federated identity credentials.")


def signature_wrong() -> EntraError:
    return EntraError(700027, "Client assertion failed signature validation.")


def key_not_published(issuer: str) -> EntraError:
    """What stands for the key is its certificate's thumbprint; tokens of service accounts name none."""
    text = (
        "The certificate with identifier  used to sign the federated credential could not be found in the metadata of "
        f"identity provider {issuer}. Please validate that your Identity Provider's metadata exposes the key used to "
        "sign the incoming token."
    )
    return EntraError(7000272, text)


def issuer_unreachable() -> EntraError:
    return EntraError(90061, "Request to External OIDC endpoint failed.")


def no_matching(number: int, what: str, value: str) -> EntraError:
    check = _CHECK_CASE if number == 7002138 else _CHECK
    return EntraError(
        number, f"No matching federated identity record found for presented assertion {what} '{value}'. {check}"
    )


def _ticks(time: float) -> str:
    """A time to the tenth of a microsecond."""
    return f"{datetime.fromtimestamp(time, UTC).strftime('%Y-%m-%dT%H:%M:%S.%f')}0Z"
