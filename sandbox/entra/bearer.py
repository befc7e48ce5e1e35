"""Which access tokens Azure Resource Manager takes.

Where Microsoft documents no text, code and message are what callers have reported.
"""

from collections.abc import Callable

from sandbox.azure.errors import ArmError
from sandbox.entra.tokens import BadTokenError, Tokens, claims_of

_AUDIENCES = ("https://management.core.windows.net/", "https://management.azure.com/")


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
            raise ArmError(401, "InvalidAuthenticationToken", "The access token is invalid.") from error
        if tokens.now() >= claims["exp"]:
            raise ArmError(401, "ExpiredAuthenticationToken", "The access token has expired.")
        if f"{str(claims['aud']).rstrip('/')}/" not in _AUDIENCES:
            raise ArmError(
                401,
                "InvalidAuthenticationTokenAudience",
                f"The access token has been obtained for wrong audience or resource '{claims['aud']}'. It should "
                f"exactly match with one of the allowed audiences {', '.join(_AUDIENCES)}.",
            )

    return check
