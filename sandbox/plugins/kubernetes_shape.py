"""Inputs of Kubernetes objects: names, what an update cannot change, what an object shows of its inputs."""

from typing import Any

from sandbox.plain import is_list, is_map
from sandbox.plugins.properties import Properties

AUTONAMED = "pulumi.com/autonamed"
FIELD_MANAGER = "__fieldManager"  # in the state of a patch: whose fields it has
_PATCH_FORCE = "pulumi.com/patchForce"
_PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager"

# pulumi-kubernetes provider/pkg/provider/diff.go (forceNewProperties); a change of any of these replaces the object.
_ALWAYS = frozenset({"apiVersion", "kind", "metadata.name", "metadata.namespace"})
_BY_KIND: dict[str, frozenset[str]] = {
    "ConfigMap": frozenset({"binaryData", "data"}),
    "DaemonSet": frozenset({"spec.selector"}),
    "Deployment": frozenset({"spec.selector"}),
    "Job": frozenset({"spec.completions", "spec.selector", "spec.template"}),
    "Secret": frozenset({"data", "stringData", "type"}),
    "StatefulSet": frozenset({"spec.podManagementPolicy", "spec.selector", "spec.serviceName"}),
    "RoleBinding": frozenset({"roleRef"}),
    "ClusterRoleBinding": frozenset({"roleRef"}),
}
# Not namespaced among what programs declare; the real provider asks the cluster, which a preview may not have yet.
_CLUSTER_WIDE = frozenset(
    {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "Namespace", "PersistentVolume", "StorageClass"}
)
_WRITE_ONLY = "stringData"  # of a Secret: written into data, never shown


def is_namespaced(kind: str) -> bool:
    return kind not in _CLUSTER_WIDE


def replaced_by(kind: str) -> frozenset[str]:
    """The paths whose change replaces an object of this kind."""
    return _ALWAYS | _BY_KIND.get(kind, frozenset())


def object_id(inputs: Properties) -> str:
    metadata = inputs["metadata"]
    namespace = metadata.get("namespace") if is_namespaced(inputs["kind"]) else None
    return f"{namespace}/{metadata['name']}" if namespace else metadata["name"]


def split_id(identifier: str) -> tuple[str, str]:
    """Namespace, empty for what has none, and name."""
    namespace, _, name = identifier.rpartition("/")
    return namespace, name


def shown(inputs: Any, live: Any) -> Any:
    """The inputs as the live object shows them; what the server added is left out."""
    if is_map(inputs) and is_map(live):
        return {
            name: shown(value, live[name]) if name in live else value
            for name, value in inputs.items()
            if name in live or name == _WRITE_ONLY
        }
    if is_list(inputs) and is_list(live) and len(inputs) == len(live):
        return [shown(value, item) for value, item in zip(inputs, live, strict=True)]
    return live


def is_patch(token: str, kind: str) -> bool:
    """Whether a type changes an object that exists instead of making one: `ServiceAccountPatch` and its like.

    Source: pulumi-kubernetes provider/pkg/kinds, IsPatchResource.
    """
    return not kind.endswith("Patch") and token.endswith(f":{kind}Patch")


def patch_manager(inputs: Properties, state: Properties, random: str) -> str:
    """The manager of a patch's fields: as asked for, as in the state, otherwise a random one.

    Source: pulumi-kubernetes provider/pkg/provider/provider.go, fieldManagerName.
    """
    asked = inputs["metadata"].get("annotations", {}).get(_PATCH_FIELD_MANAGER)
    return asked or state.get(FIELD_MANAGER) or f"pulumi-kubernetes-{random}"


def patch_is_forced(inputs: Properties) -> bool:
    return inputs["metadata"].get("annotations", {}).get(_PATCH_FORCE) == "true"


def identity_of(live: Properties) -> Properties:
    """What is left of an object that a patch gives up: which object it is, and that it is still the same one."""
    metadata = {name: live["metadata"][name] for name in ("name", "namespace", "uid") if name in live["metadata"]}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata}
