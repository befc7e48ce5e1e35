"""What AKS puts into a cluster that has workload identity and the Key Vault add-on, and who administers it."""

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from sandbox.control_plane import programs
from sandbox.plugins.kubernetes_client import KubernetesClient

_FIELD_MANAGER = "aks"
_ADMINISTRATORS = "aks-cluster-admin-binding-aad"
CSI_DRIVER = "secrets-store.csi.k8s.io"
_SECRETS_STORE = (
    "secrets-store.csi.x-k8s.io_secretproviderclasses.yaml",
    "secrets-store.csi.x-k8s.io_secretproviderclasspodstatuses.yaml",
    "csidriver.yaml",
)
# Microsoft Learn, aks/workload-identity-overview: the audience of a workload's token.
_AUDIENCE = "api://AzureADTokenExchange"


def apply(cluster: KubernetesClient, manifests: Iterable[dict[str, Any]]) -> None:
    """Server-side apply, as the field manager that owns them."""
    for manifest in manifests:
        cluster.apply(manifest, manifest["metadata"].get("namespace", ""), _FIELD_MANAGER, force=True)


def administrators(groups: Iterable[str]) -> dict[str, Any]:
    """The cluster-admin binding of the cluster's admin groups.

    Source: Microsoft Learn, aks/enable-authentication-microsoft-entra-id.
    """
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": _ADMINISTRATORS},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group} for group in groups],
    }


def secrets_store() -> list[dict[str, Any]]:
    """Kinds and driver of the Key Vault add-on.

    The driver module's own manifest names no token audience; the add-on's does, or no workload's token would reach
    the provider. Source: kubernetes-csi "CSIDriver tokenRequests"; the Azure provider's Helm chart.
    """
    found = [manifest for name in _SECRETS_STORE for manifest in _documents(programs.manifest(name))]
    for manifest in found:
        if manifest["kind"] == "CSIDriver":
            manifest["spec"]["tokenRequests"] = [{"audience": _AUDIENCE}]
    return found


def webhook_registration(url: str, ca_pem: bytes) -> dict[str, Any]:
    """The webhook's own manifest, with the service it names replaced by where it listens."""
    documents = _documents(programs.manifest("azure-wi-webhook.yaml"))
    manifest = next(each for each in documents if each["kind"] == "MutatingWebhookConfiguration")
    for webhook in manifest["webhooks"]:
        path = webhook["clientConfig"]["service"]["path"]
        webhook["clientConfig"] = {"url": f"{url}{path}", "caBundle": base64.b64encode(ca_pem).decode()}
    return manifest


def _documents(path: Path) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]
