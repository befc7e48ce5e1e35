"""The kubelet's part for volumes of a CSI driver that is written inline in a pod.

Source: kubernetes pkg/volume/csi/{csi_mounter.go, csi_util.go}; kubernetes-csi, "Pod Info on Mount", "Token Requests".
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.control_plane.add_ons import CSI_DRIVER
from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.grpc_calls import call
from sandbox.control_plane.secrets_store import SecretsStoreDriver
from sandbox.errors import SandboxError
from sandbox.plain import items, part

_SECONDS = 120
_HOUR = 3600


@dataclass(frozen=True)
class MountedFile:
    """A file in a volume; its content is None where its mode keeps it from this process."""

    content: bytes | None
    mode: int


@dataclass(frozen=True)
class CsiVolumes:
    """The volumes of one CSI driver.

    Args:
        plane: whose pods have them.
        driver: what mounts them; None where this machine lets nobody mount, and then nothing is mounted.
        folder: where the kubelet keeps its pods.
        token_request: asks the API server for a pod's token of an audience; the answer's status.
    """

    plane: ControlPlane
    driver: SecretsStoreDriver | None
    folder: Path
    token_request: Callable[[Mapping[str, Any], str, int], dict[str, Any]]

    def publish(self, pod: Mapping[str, Any]) -> None:
        """Have the driver mount the pod's volumes; for a pod that has them, look for what is new.

        Raises:
            CallError: The driver refuses, with what it says.
            RefusedError: The API server gives no token.
            SandboxError: There is no driver.
        """
        for volume in self.of_pod(pod):
            call(self._running.socket, "csi.v1.Node/NodePublishVolume", self.request(pod, volume), _SECONDS)

    def unpublish(self, pod: Mapping[str, Any]) -> None:
        """Have the driver take the pod's volumes away."""
        for volume in self.of_pod(pod):
            request = {"volume_id": _handle(pod, volume), "target_path": str(self.target(pod, volume["name"]))}
            call(self._running.socket, "csi.v1.Node/NodeUnpublishVolume", request, _SECONDS)

    def files(self, pod: Mapping[str, Any], volume: str) -> dict[str, MountedFile]:
        """What the pod finds in a volume, by path; nothing where nothing is mounted."""
        target = self._running.seen(self.target(pod, volume))
        # The driver's own folders begin with two dots; what pods see are links into them.
        written = target / "..data"
        found = [path.relative_to(written) for path in written.rglob("*") if path.is_file()]
        return {str(path): _read(target / path) for path in sorted(found)}

    def target(self, pod: Mapping[str, Any], volume: str) -> Path:
        """Where a volume is mounted, as the driver sees it; it reads pod and volume from this path."""
        return self.folder / "pods" / pod["metadata"]["uid"] / "volumes" / "kubernetes.io~csi" / volume / "mount"

    def of_pod(self, pod: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The pod's volumes of this driver."""
        return [each for each in items(pod, "spec", "volumes") if part(each, "csi").get("driver") == CSI_DRIVER]

    def request(self, pod: Mapping[str, Any], volume: Mapping[str, Any]) -> dict[str, Any]:
        """The call for one volume: what the pod says of it, who the pod is, and the tokens that the driver wants."""
        source, about = part(volume, "csi"), pod["metadata"]
        target = self.target(pod, volume["name"])
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        context = {
            **part(source, "volumeAttributes"),
            "csi.storage.k8s.io/pod.name": about["name"],
            "csi.storage.k8s.io/pod.namespace": about["namespace"],
            "csi.storage.k8s.io/pod.uid": about["uid"],
            "csi.storage.k8s.io/serviceAccount.name": pod["spec"]["serviceAccountName"],
            "csi.storage.k8s.io/ephemeral": "true",
        }
        tokens = self._tokens(pod)
        if tokens:
            context["csi.storage.k8s.io/serviceAccount.tokens"] = json.dumps(tokens)
        return {
            "volume_id": _handle(pod, volume),
            "target_path": str(target),
            "readonly": bool(source.get("readOnly")),
            "volume_capability": {"mount": {}, "access_mode": {"mode": "SINGLE_NODE_WRITER"}},
            "volume_context": context,
        }

    @property
    def _running(self) -> SecretsStoreDriver:
        if self.driver is None:
            raise SandboxError("vault files need the CSI driver, and this kubelet has none")
        return self.driver

    def _tokens(self, pod: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The pod's tokens by audience, as the CSIDriver object asks for them."""
        described = self.plane.node_client.get("storage.k8s.io/v1", "CSIDriver", "", CSI_DRIVER) or {}
        return {
            each["audience"]: self.token_request(pod, each["audience"], each.get("expirationSeconds") or _HOUR)
            for each in items(described, "spec", "tokenRequests")
        }


def _read(path: Path) -> MountedFile:
    try:
        content = path.read_bytes()
    except PermissionError:
        content = None
    return MountedFile(content, path.stat().st_mode & 0o7777)


def _handle(pod: Mapping[str, Any], volume: Mapping[str, Any]) -> str:
    return f"csi-{hashlib.sha256((pod['metadata']['uid'] + volume['name']).encode()).hexdigest()}"
