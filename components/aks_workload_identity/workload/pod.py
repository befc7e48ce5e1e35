"""The pod side: what a pod template needs to become a workload's identity and to see its vault files."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

import pulumi
from pydantic.alias_generators import to_camel

from ..errors import InvalidArgumentError, Problem
from .service_account import USE_LABEL, ServiceAccount

T = TypeVar("T")

_PROXY_SIDECAR = "azure.workload.identity/inject-proxy-sidecar"


class PodMount(Protocol):
    """Files that a pod sees; `KeyVaultMount` is one."""

    @property
    def volume_name(self) -> str: ...
    @property
    def volume(self) -> dict[str, object]: ...
    @property
    def volume_mount(self) -> dict[str, object]: ...
    @property
    def containers(self) -> Sequence[str] | None: ...
    @property
    def checksum(self) -> str: ...


def with_identity(spec: T, account: ServiceAccount, mounts: Sequence[PodMount]) -> T:
    """A copy of a workload's spec whose pods run as the account and see the mounted files.

    Args:
        spec: as `FederatedWorkload.pod_spec` takes it.
        account: the service account of the pods.
        mounts: what they see of vaults.

    Raises:
        InvalidArgumentError: with everything in the template that stands against it.
    """
    problems: list[str] = []
    result = _with_template(spec, lambda template: _federated(template, account, mounts, problems), problems)
    if problems:
        raise InvalidArgumentError("pod_spec", [Problem((), problem) for problem in problems])
    return result


def _with_template(spec: Any, change: Callable[[Any], Any], problems: list[str]) -> Any:
    """Applies a change to the pod template, wherever this kind of spec keeps it."""
    if isinstance(spec, pulumi.Output):
        problems.append("spec must be plain, so that its label and service account can be checked; got an Output")
        return cast(Any, spec)
    for inner in ("job_template", "spec", "template"):
        found = _get(spec, inner)
        if found is not None:
            is_template = inner == "template" or (inner == "spec" and _get(found, "containers") is not None)
            if isinstance(found, pulumi.Output):
                problems.append(f"spec.{to_camel(inner)} must be plain; got an Output")
                return spec
            if inner == "spec" and is_template:
                return change(spec)
            return _with(spec, **{inner: change(found) if is_template else _with_template(found, change, problems)})
    problems.append(
        "spec must be the spec of a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob, or a whole Pod "
        f"with metadata and spec; got {type(spec).__name__} without a pod template"
    )
    return spec


def _federated(template: Any, account: ServiceAccount, mounts: Sequence[PodMount], problems: list[str]) -> Any:
    metadata: Any = _get(template, "metadata") or {}
    pod: Any = _get(template, "spec") or {}
    labels = _plain(_get(metadata, "labels") or {}, "labels", problems)
    annotations = _plain(_get(metadata, "annotations") or {}, "annotations", problems)
    volumes = _plain(_get(pod, "volumes") or [], "volumes", problems)
    named = _get(pod, "service_account_name") or _get(pod, "service_account")
    if named is not None and named != account.name:
        problems.append(f"serviceAccountName must be left out or {account.name!r}; got {named!r}")
    if labels.get(USE_LABEL, "true") != "true":
        problems.append(f'label {USE_LABEL} must be "true", exactly; got {labels[USE_LABEL]!r}')
    if _PROXY_SIDECAR in annotations:
        problems.append(f"annotation {_PROXY_SIDECAR} must be left out: it adds a privileged container to every pod")
    ours = {mount.volume_name: mount for mount in mounts}
    taken = [name for name in (_get(volume, "name") for volume in volumes) if name in ours]
    problems.extend(f"volumes must not hold the mount's own name; got {name!r}" for name in taken)
    if len(ours) < len(mounts):
        problems.append(f"mounts must have different class names; got {[mount.volume_name for mount in mounts]}")

    known: set[str] = set()
    for kind in ("containers", "init_containers"):
        containers = _plain(_get(pod, kind) or [], to_camel(kind), problems)
        known |= {_get(container, "name") for container in containers}
        if containers:
            pod = _with(pod, **{kind: [_with_mounts(container, mounts, problems) for container in containers]})
    for mount in mounts:
        problems.extend(
            f"containers of mount {mount.volume_name!r} must be in the pod; got {name!r}, the pod has {sorted(known)}"
            for name in mount.containers or ()
            if name not in known
        )
    checksums = {f"checksum/{mount.volume_name}": mount.checksum for mount in mounts}
    metadata = _with(metadata, labels={**labels, USE_LABEL: "true"})
    if checksums:
        metadata = _with(metadata, annotations={**annotations, **checksums})
        pod = _with(pod, volumes=[*volumes, *(mount.volume for mount in mounts)])
    return _with(template, metadata=metadata, spec=_with(pod, service_account_name=account.name))


def _with_mounts(container: Any, mounts: Sequence[PodMount], problems: list[str]) -> Any:
    name = _get(container, "name")
    present = _plain(_get(container, "volume_mounts") or [], f"volumeMounts of {name}", problems)
    ours = {mount.volume_name for mount in mounts}
    for volume_mount in present:
        if _get(volume_mount, "name") in ours and _get(volume_mount, "sub_path"):
            problems.append(f"volumeMounts of {name!r} must not use subPath: the file would never be rotated")
    added = [mount.volume_mount for mount in mounts if mount.containers is None or name in mount.containers]
    already = {_get(volume_mount, "name") for volume_mount in present}
    added = [volume_mount for volume_mount in added if volume_mount["name"] not in already]
    return _with(container, volume_mounts=[*present, *added]) if added else container


def _plain(value: Any, where: str, problems: list[str]) -> Any:
    """A labels map or a list of the template, which must be known now to be checked."""
    if isinstance(value, pulumi.Output):
        problems.append(f"{where} must be plain; got an Output")
        return {} if where in ("labels", "annotations") else []
    return value


def _get(value: Any, field: str) -> Any:
    """A field of typed arguments, or of a dict in either spelling."""
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        return fields.get(field, fields.get(to_camel(field)))
    return getattr(value, field, None)


def _with(value: Any, **changes: Any) -> Any:
    """A copy of typed arguments or of a dict with some fields changed."""
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        kept = {key: item for key, item in fields.items() if not any(key in (f, to_camel(f)) for f in changes)}
        return {**kept, **{to_camel(field): item for field, item in changes.items()}}
    changed = copy.copy(value)
    for field, item in changes.items():
        setattr(changed, field, item)
    return changed
