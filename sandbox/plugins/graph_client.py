"""Microsoft Graph over HTTPS, with refusals worded as the azuread provider words them."""

import time
from typing import Any

import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from sandbox.plain import part
from sandbox.plugins.login import FederatedLogin

_ENDPOINT = "https://graph.microsoft.com"
_SECONDS = 30


class GraphFailureError(Exception):
    """A refusal by Graph, or none of its answers.

    Attributes:
        status: HTTP status; 0 when there was no answer.
    """

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class GraphClient:
    """Reads and writes objects of the directory; safe to use from several threads."""

    def __init__(self) -> None:
        self._login = FederatedLogin()
        self._kept: AccessToken | None = None

    def token(self) -> str:
        """The login's access token."""
        if self._kept is None or self._kept.expires_on < time.time() + 60:
            try:
                self._kept = self._login.get_token(f"{_ENDPOINT}/.default")
            except ClientAuthenticationError as error:
                raise GraphFailureError(str(error)) from error
        return self._kept.token

    def reference(self, object_id: str) -> str:
        """How a body names another object."""
        return f"{_ENDPOINT}/v1.0/directoryObjects/{object_id}"

    def get(self, path: str, **query: str) -> Any:
        """The answer; None when there is nothing at the path."""
        try:
            return self.send("GET", path, query=query)
        except GraphFailureError as error:
            if error.status == 404:
                return None
            raise

    def send(self, method: str, path: str, body: Any = None, *, query: dict[str, str] | None = None) -> Any:
        """One request; the answer's body, if it has one."""
        headers = {"Authorization": f"Bearer {self.token()}"}
        url = f"{_ENDPOINT}/v1.0{path}"
        try:
            answer = requests.request(method, url, params=query, json=body, headers=headers, timeout=_SECONDS)
        except requests.RequestException as error:
            raise GraphFailureError(f"{_ENDPOINT} did not answer: {error}") from error
        if answer.ok:
            return answer.json() if answer.content else None
        try:
            error = part(answer.json(), "error")
        except ValueError:
            error = {}
        status = f"{answer.status_code} ({answer.status_code} {answer.reason})"
        raise GraphFailureError(
            f"unexpected status {status} with error: {error.get('code')}: {error.get('message')}",
            status=answer.status_code,
        )
