"""A cluster's API server over HTTPS: objects by apiVersion and kind, found through discovery."""

import json
import os
from typing import Any
from urllib.parse import quote

import kubernetes
import urllib3
from kubernetes.config import ConfigException
from kubernetes.config.exec_provider import ExecProvider
from kubernetes.config.kube_config import ConfigNode

from sandbox.plugins.kubeconfig import Connection

# A real control plane starts when it is asked for the first time, and answers then.
_SECONDS = 300 if os.environ.get("SANDBOX_CLUSTER") == "real" else 30


class UnreachableError(Exception):
    """No API server answers."""


class RefusedError(Exception):
    """The API server refused.

    Attributes:
        reason: The machine-readable reason of its Status.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class KubernetesClient:
    """Reads and writes objects; safe to use from several threads.

    Raises:
        UnreachableError: The login program of the kubeconfig yields no token.
    """

    def __init__(self, connection: Connection) -> None:
        self._server = connection.server
        library: Any = kubernetes  # it has no types
        configuration = library.client.Configuration(host=connection.server, retries=False)
        configuration.ca_cert_data = connection.ca.decode() if connection.ca else None
        self._api = library.client.ApiClient(configuration)
        # The API server takes the client's name for the manager of what is not applied.
        self._headers = {"Authorization": f"Bearer {_token(connection)}", "User-Agent": "pulumi-kubernetes"}
        self._kinds: dict[str, list[dict[str, Any]]] = {}

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any] | None:
        """The object; None when there is none, or no such kind."""
        try:
            return self._send("GET", self._path(api_version, kind, namespace, name))
        except RefusedError as error:
            if error.reason == "NotFound":
                return None
            raise

    def create(self, body: dict[str, Any], namespace: str) -> dict[str, Any]:
        return self._send("POST", self._path(body["apiVersion"], body["kind"], namespace), body)

    def patch(self, api_version: str, kind: str, namespace: str, name: str, change: dict[str, Any]) -> dict[str, Any]:
        """Apply a JSON merge patch (RFC 7386)."""
        path = self._path(api_version, kind, namespace, name)
        return self._send("PATCH", path, change, content_type="application/merge-patch+json")

    def apply(self, body: dict[str, Any], namespace: str, manager: str, *, force: bool) -> dict[str, Any]:
        """Server-side apply: afterwards the manager has exactly the fields that the body has."""
        path = self._path(body["apiVersion"], body["kind"], namespace, body["metadata"]["name"])
        query = f"fieldManager={quote(manager)}&force={'true' if force else 'false'}"
        return self._send("PATCH", f"{path}?{query}", body, content_type="application/apply-patch+yaml")

    def delete(self, api_version: str, kind: str, namespace: str, name: str, propagation: str = "Background") -> None:
        """Delete the object; it is no error when there is none.

        Args:
            propagation: what becomes of the objects that it owns.
        """
        path = self._path(api_version, kind, namespace, name)
        try:
            self._send("DELETE", f"{path}?propagationPolicy={propagation}")
        except RefusedError as error:
            if error.reason != "NotFound":
                raise

    def _path(self, api_version: str, kind: str, namespace: str, name: str = "") -> str:
        base = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if api_version not in self._kinds:
            try:
                self._kinds[api_version] = self._send("GET", base)["resources"]
            except RefusedError as error:
                raise RefusedError(f'no matches for kind "{kind}" in version "{api_version}"', error.reason) from error
        described = next((entry for entry in self._kinds[api_version] if entry["kind"] == kind), None)
        if described is None:
            raise RefusedError(f'no matches for kind "{kind}" in version "{api_version}"', "NotFound")
        inside = f"/namespaces/{quote(namespace)}" if described["namespaced"] else ""
        path = f"{base}{inside}/{described['name']}"
        return f"{path}/{quote(name)}" if name else path

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None, content_type: str = "application/json"
    ) -> dict[str, Any]:
        headers = {**self._headers, "Content-Type": content_type, "Accept": "application/json"}
        try:
            response = self._api.call_api(method, f"{self._server}{path}", headers, body, _request_timeout=_SECONDS)
            text = response.read()
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(self._unreachable(str(error))) from error
        try:
            answer: dict[str, Any] = json.loads(text)
        except ValueError:
            answer = {"message": text.decode(errors="replace")}
        if response.status == 503:
            raise UnreachableError(self._unreachable(answer.get("message", "")))
        if response.status >= 300:
            raise RefusedError(answer.get("message", response.reason), answer.get("reason", ""))
        return answer

    def _unreachable(self, reason: str) -> str:
        return f"configured Kubernetes cluster is unreachable: {self._server}: {reason}"


def _token(connection: Connection) -> str:
    """A played API server takes any token; a real one the token of the login program, run as kubectl runs it."""
    login = connection.user.get("exec")
    if login is None or os.environ.get("SANDBOX_CLUSTER") != "real":
        return str(connection.user.get("token") or "sandbox")
    try:
        program: Any = ExecProvider(ConfigNode("exec", login), "", None)
        return str(program.run()["token"])
    except (ConfigException, KeyError) as error:
        raise UnreachableError(f"the kubeconfig's {login['command']} yields no token: {error}") from error
