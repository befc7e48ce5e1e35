"""Azure Resource Manager over HTTPS: requests, retries and long-running operations by Azure's own library."""

from typing import Any

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.policies import (
    BearerTokenCredentialPolicy,
    HeadersPolicy,
    RequestIdPolicy,
    RetryPolicy,
    UserAgentPolicy,
)
from azure.core.polling import LROPoller
from azure.core.rest import HttpRequest
from azure.mgmt.core import ARMPipelineClient
from azure.mgmt.core.polling.arm_polling import ARMPolling

from sandbox.plugins.login import FederatedLogin

_ENDPOINT = "https://management.azure.com"
_POLL_SECONDS = 0.05  # when the service names no Retry-After


class ArmFailureError(Exception):
    """A refusal by Azure, worded as azure-native words it.

    Attributes:
        status: HTTP status; 0 when there was no answer.
        accepted: Whether the request was taken and failed only later, so that the resource may exist.
    """

    def __init__(self, message: str, *, status: int = 0, accepted: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.accepted = accepted


class ArmClient:
    """Reads, writes and deletes resources by id; safe to use from several threads."""

    def __init__(self) -> None:
        self._login = FederatedLogin()
        policies: list[Any] = [
            RequestIdPolicy(),
            HeadersPolicy(),
            UserAgentPolicy("pulumi-azure-native-stand-in"),
            RetryPolicy(retry_backoff_factor=0.2),
            BearerTokenCredentialPolicy(self._login, f"{_ENDPOINT}/.default"),
        ]
        self._client: ARMPipelineClient[Any, Any] = ARMPipelineClient(_ENDPOINT, policies=policies)

    def token(self) -> str:
        """The login's access token, which azure-native hands to programs too."""
        try:
            return self._login.get_token(f"{_ENDPOINT}/.default").token
        except AzureError as error:
            raise ArmFailureError(str(error)) from error

    def get(self, identifier: str, api_version: str) -> dict[str, Any] | None:
        """The resource; None when there is none."""
        try:
            return self._send("GET", identifier, api_version).http_response.json()
        except ArmFailureError as error:
            if error.status == 404:
                return None
            raise

    def put(self, identifier: str, api_version: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create or update a resource and wait until Azure is done with it."""
        self._finish(self._send("PUT", identifier, api_version, body=body))
        live = self.get(identifier, api_version)
        if live is None:
            raise ArmFailureError(f"{identifier} is gone right after it was written", status=404)
        return live

    def delete(self, identifier: str, api_version: str) -> None:
        """Delete a resource and wait until it is gone; it is no error when there is none."""
        try:
            self._finish(self._send("DELETE", identifier, api_version))
        except ArmFailureError as error:
            if error.status != 404:
                raise

    def post(self, path: str, api_version: str, query: dict[str, str]) -> dict[str, Any]:
        """Call an action of a resource."""
        return self._send("POST", path, api_version, query=query).http_response.json()

    def _send(
        self,
        method: str,
        path: str,
        api_version: str,
        *,
        query: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Any:
        request = HttpRequest(method, path, params={"api-version": api_version, **(query or {})}, json=body)
        request.url = self._client.format_url(request.url)
        try:
            response = self._client.send_request(request, _return_pipeline_response=True)
            response.http_response.raise_for_status()
            return response
        except HttpResponseError as error:
            raise _failure(error, accepted=False) from error
        except AzureError as error:
            raise ArmFailureError(f"{_ENDPOINT} did not answer: {error}") from error

    def _finish(self, started: Any) -> None:
        polling = ARMPolling(_POLL_SECONDS)
        try:
            LROPoller(self._client, started, lambda _response: None, polling).result()
        except HttpResponseError as error:
            raise _failure(error, accepted=True) from error
        except AzureError as error:
            raise ArmFailureError(f"{_ENDPOINT} stopped answering: {error}", accepted=True) from error


def _failure(error: HttpResponseError, *, accepted: bool) -> ArmFailureError:
    if isinstance(error, ClientAuthenticationError) and error.response is None:  # the login was refused
        return ArmFailureError(error.message, accepted=accepted)
    status = error.status_code or 0
    if not status:
        return ArmFailureError(f"{_ENDPOINT} broke off its answer: {error.message}", accepted=accepted)
    detail = error.error
    code = detail.code if detail and detail.code else error.reason
    message = detail.message if detail and detail.message else error.message
    return ArmFailureError(f'Status={status} Code="{code}" Message="{message}"', status=status, accepted=accepted)
