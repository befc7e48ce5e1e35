"""Mounts through the driver, as a kubelet has them made, and through the provider alone, as the driver asks it."""

import base64
import itertools
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from sandbox.control_plane.add_ons import CSI_DRIVER
from sandbox.control_plane.csi_volumes import MountedFile
from sandbox.control_plane.grpc_calls import CallError, call
from sandbox.control_plane.kubelet import Kubelet
from sandbox.control_plane.secrets_store import KeyVaultProvider
from tests.chain import refusals
from tests.chain.ledger import Contents
from tests.engine.engine import Engine

if TYPE_CHECKING:
    from tests.chain.conftest import Chain

T = TypeVar("T")

DRIVER = "the Secrets Store CSI driver"
STORE = "secrets-store.csi.x-k8s.io/v1"
_COUNT = itertools.count()


@dataclass(frozen=True)
class Ledger:
    """The workload of two mounts, deployed, and what mounts them."""

    chain: "Chain"
    engine: Engine
    contents: Contents
    provider: KeyVaultProvider
    kubelet: Kubelet

    def pod(self) -> dict[str, Any]:
        """A new pod of the workload; nothing is mounted yet."""
        return self.chain.start(self.chain.template("ledger", "books"), "books")

    def parameters(self, name: str = "ledger", namespace: str = "books") -> dict[str, str]:
        """The parameters of a class that a program declared."""
        found = self.chain.api.get(STORE, "SecretProviderClass", namespace, name)
        assert found is not None
        return found["spec"]["parameters"]

    def changed(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        """The parameters with changes by hand; None takes a parameter away."""
        return {key: value for key, value in {**self.parameters(), **changes}.items() if value is not None}

    def pod_by_hand(
        self,
        parameters: Mapping[str, str],
        *,
        namespace: str = "books",
        account: str = "ledger",
        provider: str = "azure",
        secret_objects: Sequence[Mapping[str, Any]] = (),
        **csi: Any,
    ) -> dict[str, Any]:
        """A pod with one volume, `files` at /mnt/files, of a class that somebody wrote by hand."""
        name = f"by-hand-{next(_COUNT)}"
        written = {
            "apiVersion": STORE,
            "kind": "SecretProviderClass",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "provider": provider,
                "parameters": dict(parameters),
                **({"secretObjects": list(secret_objects)} if secret_objects else {}),
            },
        }
        self.chain.api.create(written, namespace)
        source = {"driver": CSI_DRIVER, "readOnly": True, "volumeAttributes": {"secretProviderClass": name}, **csi}
        container = {
            "name": "app",
            "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9",
            "volumeMounts": [{"name": "files", "mountPath": "/mnt/files", "readOnly": True}],
        }
        spec = {"serviceAccountName": account, "containers": [container], "volumes": [{"name": "files", "csi": source}]}
        return self.chain.start({"spec": spec}, namespace)

    def names_of(self, kind: str, namespace: str, of: str = "v1") -> list[str]:
        """The names of all objects of a kind."""
        found: Any = self.chain.api.get(of, kind, namespace, "")
        return [each["metadata"]["name"] for each in found["items"]]

    def by_provider(
        self, pod: Mapping[str, Any], parameters: Mapping[str, str], *, tokens: bool = True
    ) -> dict[str, MountedFile]:
        """What the provider answers to the driver for a pod: the class's parameters under the volume's own."""
        context = self.kubelet.csi.request(pod, self.kubelet.csi.of_pod(pod)[0])["volume_context"]
        if not tokens:
            del context["csi.storage.k8s.io/serviceAccount.tokens"]
        request = {"attributes": json.dumps({**parameters, **context}), "secrets": "null", "permission": "420"}
        answer = call(self.provider.socket, "v1alpha1.CSIDriverProvider/Mount", request, 60)
        return {each["path"]: MountedFile(base64.b64decode(each["contents"]), each["mode"]) for each in answer["files"]}

    def by_driver(self, pod: Mapping[str, Any], volume: str = "files") -> dict[str, MountedFile]:
        """What the pod finds in a volume after the kubelet has had its volumes made or looked after."""
        self.kubelet.csi.publish(pod)
        return self.kubelet.csi.files(pod, volume)

    def check(
        self, cause: str, error: CallError, *, code: str, because: str, said_by: str = "the Azure provider"
    ) -> None:
        """Hold what a mount failed with against its file."""
        known = {**refusals.known_values(self.chain.store), "vault": self.parameters()["keyvaultName"]}
        text = re.sub(r" [^ ]*/volumes/kubernetes.io~csi/", " <pod's folder>/", str(error))
        text = re.sub(r"/\.\.\d{4}(_\d\d){5}\.\d+", "/<time>", re.sub(r"pod-\d+", "<pod>", text))
        refusals.check(cause, text, code=code, because=because, said_by=said_by, values=known)


def objects(*items: str) -> str:
    """The `objects` parameter of a class: a text of texts."""
    return yaml.safe_dump({"array": list(items)})


def eventually(check: Callable[[], T], seconds: float = 180) -> T:
    """What a check yields as soon as it yields something; the driver and the controllers work at their own pace."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.2)
    return found
