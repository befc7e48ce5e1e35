"""Whose token may write to the directory.

Sources: Microsoft Learn, graph/permissions-reference (Application.ReadWrite.All writes every application,
Application.ReadWrite.OwnedBy those that it owns) and graph/resolve-auth-errors.
"""

from collections.abc import Sequence

from starlette.requests import Request

from sandbox.azure.circumstances import Circumstances
from sandbox.azure.store import Store
from sandbox.entra.tokens import BadTokenError, Tokens, claims_of
from sandbox.graph.errors import GraphError, denied

_AUDIENCES = ("https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000")
_OWNED = "Application.ReadWrite.OwnedBy"


class Access:
    """The rights of the tokens that come with requests.

    Args:
        tokens: whose access tokens are taken; None takes requests without one, and lets them do everything.
    """

    def __init__(self, store: Store, circumstances: Circumstances, tokens: Tokens | None) -> None:
        self._store, self._circumstances, self._tokens = store, circumstances, tokens

    def check(self, request: Request) -> str:
        """Whose token it is: the object id.

        Raises:
            GraphError: when it is no valid one for Graph.
        """
        if self._tokens is None:
            return self._store.caller_object_id
        token = request.headers.get("authorization", "").partition(" ")[2]
        try:
            self._tokens.check_signature(token)
            claims = claims_of(token)
        except BadTokenError as error:
            raise GraphError(401, "InvalidAuthenticationToken", "Access token validation failure.") from error
        if self._tokens.now() >= claims["exp"]:
            raise GraphError(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        if str(claims["aud"]).rstrip("/") not in _AUDIENCES:
            text = "Access token validation failure. Invalid audience."
            raise GraphError(401, "InvalidAuthenticationToken", text)
        return str(claims["oid"])

    def check_write(self, request: Request, owners: Sequence[str] | None = None) -> None:
        """Raises: GraphError, when who asks may not write what these own; None is what nobody owns yet."""
        who = self.check(request)
        if who != self._store.caller_object_id:
            raise denied()
        if self._circumstances.caller_directory_right == _OWNED and owners is not None and who not in owners:
            raise denied()
