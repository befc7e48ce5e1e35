"""Which access tokens Azure Resource Manager takes; `REPORTED` says who was told which words."""

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.azure.errors import ArmError
from sandbox.entra.tokens import BadTokenError, Tokens, claims_of
from sandbox.reported import Reported, thread

_AUDIENCES = (
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
)

REPORTED = {
    "InvalidAuthenticationToken": Reported(
        401,
        "InvalidAuthenticationToken",
        (thread("Azure/azure-powershell", 27882),),
        "how many texts there are for tokens that are wrong in other ways (one)",
    ),
    "ExpiredAuthenticationToken": Reported(
        401, "ExpiredAuthenticationToken", (thread("hashicorp/terraform-provider-azurerm", 20867),)
    ),
    "InvalidAuthenticationTokenAudience": Reported(
        401,
        "InvalidAuthenticationTokenAudience",
        (thread("Azure-Samples/active-directory-dotnetcore-daemon-v2", 145),),
    ),
}


def arm_bearer(tokens: Tokens) -> Callable[[str], None]:
    """Refuses every `Authorization` header but one with a token that the sandbox issued for Azure Resource Manager."""

    def check(header: str) -> None:
        scheme, _, token = header.partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise BadTokenError("it is no bearer token")
            tokens.check_signature(token)
            claims = claims_of(token)
        except BadTokenError as error:
            raise _refused("InvalidAuthenticationToken", "The access token is invalid.") from error
        now, end = tokens.now(), claims["exp"]
        if now >= end:
            text = f"The access token expiry UTC time '{_shown(end)}' is earlier than current UTC time '{_shown(now)}'."
            raise _refused("ExpiredAuthenticationToken", text)
        if claims["aud"] not in _AUDIENCES:
            allowed = ",".join(f"'{each}'" for each in _AUDIENCES)
            text = (
                f"The access token has been obtained for wrong audience or resource '{claims['aud']}'. It should "
                f"exactly match with one of the allowed audiences {allowed}."
            )
            raise _refused("InvalidAuthenticationTokenAudience", text)

    return check


def _refused(code: str, text: str) -> ArmError:
    return ArmError(REPORTED[code].status, code, text)


def _shown(time: float) -> str:
    """As 3/19/2023 8:55:46 AM."""
    at = datetime.fromtimestamp(time, UTC)
    return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S %p}"
