"""The kubelet's part in a pod's life, as far as its environment, its tokens and its vault files are concerned.

Played here, as the node that it is to the API server: a token is bound to the pod that it was asked for, and there is
none for pods of other nodes or for audiences that neither the pod's volumes nor its CSI driver name. Containers are
plain programs that see the pod's volumes at the pod's own paths, in a mount namespace of their own where this machine
allows one; images, networks and other kinds of volumes there are none of.
Source: kubernetes.io, "Projected Volumes", "TokenRequest API", "Using Node Authorization"; kubernetes
plugin/pkg/admission/noderestriction.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from sandbox.control_plane.control_plane import ControlPlane
from sandbox.control_plane.csi_volumes import CsiVolumes
from sandbox.control_plane.namespaces import mount_command
from sandbox.control_plane.pod_files import enclosed, told
from sandbox.control_plane.secrets_store import SecretsStoreDriver
from sandbox.leash import leashed
from sandbox.plain import items, part
from sandbox.plugins.kubernetes_client import RefusedError

_SECONDS = 30
_HOUR = 3600


class Kubelet:
    """Prepares and runs pods of one control plane.

    Args:
        plane: whose pods these are.
        folder: where it keeps their volumes.
        driver: what mounts their vault files; left out, nothing does.

    Attributes:
        csi: their volumes of vault files.
    """

    def __init__(self, plane: ControlPlane, folder: Path, driver: SecretsStoreDriver | None = None) -> None:
        self._plane = plane
        self._folder = folder
        self.csi = CsiVolumes(plane, driver, folder, self.token_request)

    def token(self, pod: Mapping[str, Any], audience: str, seconds: int = _HOUR) -> str:
        """A token of the pod's service account, bound to the pod.

        Args:
            audience: whom it is for; empty, the API server itself, by the name that it has for itself.

        Raises:
            RefusedError: The API server gives none.
        """
        return str(self.token_request(pod, audience, seconds)["token"])

    def token_by_hand(self, pod: Mapping[str, Any], audience: str) -> str:
        """The same for whoever may create tokens, as `kubectl create token --bound-object-kind Pod` does."""
        return str(self._requested(pod, audience, _HOUR, self._plane.administrator_token)["token"])

    def token_request(self, pod: Mapping[str, Any], audience: str, seconds: int) -> dict[str, Any]:
        """A token and when it expires; without an audience, one for the API server.

        Raises:
            RefusedError: The API server gives none.
        """
        return self._requested(pod, audience, seconds, self._plane.node_token)

    def _requested(self, pod: Mapping[str, Any], audience: str, seconds: int, login: str) -> dict[str, Any]:
        about = pod["metadata"]
        bound = {"apiVersion": "v1", "kind": "Pod", "name": about["name"], "uid": about["uid"]}
        spec = {"audiences": [audience] if audience else [], "expirationSeconds": seconds, "boundObjectRef": bound}
        account = pod["spec"]["serviceAccountName"]
        path = f"/api/v1/namespaces/{about['namespace']}/serviceaccounts/{account}/token"
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(
                f"{self._plane.server}{path}",
                json=body,
                headers={"Authorization": f"Bearer {login}"},
                verify=str(self._plane.settings.ca_path),
                timeout=_SECONDS,
            )
        if not answer.ok:
            raise RefusedError(answer.json()["message"], answer.json().get("reason", ""))
        return answer.json()["status"]

    def run(
        self, pod: Mapping[str, Any], command: Sequence[str], network: Mapping[str, str], container: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as a container of the pod: with its variables and, at their paths, its tokens and vault files.

        Where this machine allows no mount namespace, the paths in variables and arguments are those of this machine.

        Args:
            network: what leads the program to the sandbox (its proxy and its certificate authority), and what else an
                image would set.

        Raises:
            SandboxError: A volume's path is one that a pod of the sandbox cannot have.
        """
        spec: dict[str, Any] = pod["spec"]["containers"][container]
        found = {each["mountPath"]: self._source(pod, each["name"]) for each in items(spec, "volumeMounts")}
        mounts = {at: source for at, source in found.items() if source}
        stated = {each["name"]: each["value"] for each in items(spec, "env") if "value" in each}
        enclosing = self.csi.driver.enter_command if self.csi.driver else mount_command()
        if enclosing:
            keep = [self._plane.settings.ca_path.parent]
            enclosing = enclosed(enclosing, mounts, root=self._folder / "root", keep=keep)
        else:
            sys.stderr.write(
                "This machine allows no mount namespace: the pod's program is told where its volumes are.\n"
            )
            command = [told(each, mounts) for each in command]
            stated = {name: told(value, mounts) for name, value in stated.items()}
        return subprocess.run(
            # A pod's program gets nothing from this process but the leash, no mark of whose sandbox it runs in either.
            leashed([*(enclosing or ()), *command], signal.SIGKILL),
            env={"PATH": os.environ.get("PATH", os.defpath), **network, **stated},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def _source(self, pod: Mapping[str, Any], name: str) -> Path | None:
        """The folder that a volume's content lies in; None for kinds of volumes that there are none of."""
        if name in [each["name"] for each in self.csi.of_pod(pod)]:
            return self.csi.target(pod, name) if self.csi.driver else None
        return self._projected(pod, name)

    def _projected(self, pod: Mapping[str, Any], name: str) -> Path | None:
        """The folder of a volume of service account tokens; None for volumes of other kinds."""
        volume = next(each for each in items(pod, "spec", "volumes") if each["name"] == name)
        tokens = [
            each["serviceAccountToken"]
            for each in items(volume, "projected", "sources")
            if "serviceAccountToken" in each
        ]
        folder = self._folder / "pods" / pod["metadata"]["uid"] / "volumes" / "kubernetes.io~projected" / name
        for token in tokens:
            file = folder / token["path"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.token(pod, token.get("audience", ""), token.get("expirationSeconds", _HOUR)))
            file.chmod(int(part(volume, "projected").get("defaultMode", 0o644)))
        return folder if tokens else None
