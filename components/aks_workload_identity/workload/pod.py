"""The pod side: what a pod template needs to become a workload's identity and to see its vault files."""

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

import pulumi
from pydantic.alias_generators import to_camel

from ..arguments import shown
from ..errors import InvalidArgumentError, Problem
from .service_account import TOKEN_EXPIRATION_ANNOTATION, USE_LABEL, ServiceAccount, token_expiration_problem
from .template import changed, get, read, read_items, read_map, with_template

T = TypeVar("T")

PROXY_SIDECAR_ANNOTATION = "azure.workload.identity/inject-proxy-sidecar"
SECRETS_STORE_DRIVER = "secrets-store.csi.k8s.io"
# azure-identity, EnvironmentCredential: with one of them DefaultAzureCredential never comes to the workload's identity.
_STORED_LOGINS = {"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_PASSWORD"}
_CLASS_ATTRIBUTE = "secretProviderClass"


@runtime_checkable
class PodMount(Protocol):
    """Files that a pod sees; `KeyVaultMount` is one."""

    @property
    def volume_name(self) -> str: ...
    @property
    def volume(self) -> dict[str, object]: ...
    @property
    def volume_mount(self) -> dict[str, object]: ...
    @property
    def mount_path(self) -> str: ...
    @property
    def containers(self) -> Sequence[str] | None: ...
    @property
    def checksum(self) -> str: ...
    @property
    def workload(self) -> pulumi.Resource: ...


def mount_problems(mounts: Sequence[PodMount], workload: pulumi.Resource) -> list[str]:
    """What stands against mounting these in one pod of a workload."""
    problems = [
        f"mounts must be the workload's own; got {mount.volume_name!r} of {mount.workload.pulumi_resource_name!r}, "
        "whose identity reads the vault"
        for mount in mounts
        if mount.workload is not workload
    ]
    for what, values in (
        ("class names", [mount.volume_name for mount in mounts]),
        ("mount paths", [mount.mount_path.rstrip("/") for mount in mounts]),
    ):
        if len(set(values)) < len(values):
            problems.append(f"mounts must have different {what}; got {values}")
    return problems


def pod_annotations(where: str, mounts: Sequence[PodMount], token_expiration_seconds: int | None) -> dict[str, str]:
    """What the pods are annotated with: a checksum for each mount, and the lifetime of their token if it is given.

    Args:
        where: what was called, for messages.
        mounts: what the pods see of vaults.
        token_expiration_seconds: the lifetime, if it is given.

    Raises:
        InvalidArgumentError: for a lifetime that the webhook refuses, and for what is no mount.
    """
    given = cast(Sequence[object], mounts) if isinstance(mounts, list | tuple) else [mounts]
    odd = [each for each in given if not isinstance(each, PodMount)]
    if odd:
        raise InvalidArgumentError(where, [Problem(("mounts",), f"must be a list of mounts; got {shown(odd[0])}")])
    annotations = {f"checksum/{mount.volume_name}": mount.checksum for mount in mounts}
    if token_expiration_seconds is not None:
        if token_expiration_problem(str(token_expiration_seconds)):
            text = f"must be a token lifetime of 3600-86400 seconds, for example 3600; got {token_expiration_seconds!r}"
            raise InvalidArgumentError(where, [Problem(("token_expiration_seconds",), text)])
        annotations[TOKEN_EXPIRATION_ANNOTATION] = str(token_expiration_seconds)
    return annotations


def with_identity(
    spec: T, account: ServiceAccount, mounts: Sequence[PodMount], annotations: Mapping[str, str], problems: list[str]
) -> T:
    """A copy of a workload's spec whose pods run as the account and see the mounted files.

    Args:
        spec: as `FederatedWorkload.pod_spec` takes it.
        account: the service account of the pods.
        mounts: what they see of vaults.
        annotations: what they are annotated with.
        problems: what stands against it already.

    Raises:
        InvalidArgumentError: with everything in the template that stands against it.
    """
    result = with_template(
        spec, lambda template: _federated(template, account, mounts, annotations, problems), problems
    )
    if problems:
        raise InvalidArgumentError("pod_spec", [Problem((), problem) for problem in problems])
    return result


def _federated(
    template: Any,
    account: ServiceAccount,
    mounts: Sequence[PodMount],
    added: Mapping[str, str],
    problems: list[str],
) -> Any:
    metadata = read_map(template, "metadata", " of the template", problems)
    pod = read_map(template, "spec", " of the template", problems)
    labels = read_map(metadata, "labels", "", problems)
    annotations = read_map(metadata, "annotations", "", problems)
    volumes = read_items(pod, "volumes", "", problems)
    problems.extend(_metadata_problems(labels, annotations))
    # Kubernetes calls `serviceAccount` deprecated and still reads it.
    for field in ("service_account_name", "service_account"):
        named = read(pod, field, "", problems)
        if named is not None and named != account.name:
            problems.append(f"{to_camel(field)} must be left out or {account.name!r}; got {named!r}")
    ours = {mount.volume_name for mount in mounts}
    for volume in volumes:
        _check_volume(volume, ours, problems)

    known: set[str | None] = set()
    for kind in ("containers", "init_containers"):
        containers = read_items(pod, kind, "", problems)
        if kind == "containers" and not containers and not problems:
            problems.append("spec of the template must have containers; got none")
        known |= {read(container, "name", f" of an entry of {to_camel(kind)}", problems) for container in containers}
        for container in containers:
            problems.extend(_login_problems(container))
        if containers:
            pod = changed(pod, **{kind: [_with_mounts(container, mounts, problems) for container in containers]})
    names = sorted(map(str, known))
    for mount in mounts:
        problems.extend(
            f"containers of mount {mount.volume_name!r} must be in the pod; got {name!r}, the pod has {names}"
            for name in mount.containers or ()
            if name not in known
        )
    metadata = changed(metadata, labels={**labels, USE_LABEL: "true"})
    if added:
        metadata = changed(metadata, annotations={**annotations, **added})
    if mounts:
        pod = changed(pod, volumes=[*volumes, *(mount.volume for mount in mounts)])
    return changed(template, metadata=metadata, spec=changed(pod, service_account_name=account.name))


def _metadata_problems(labels: Mapping[str, Any], annotations: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    if labels.get(USE_LABEL, "true") != "true":
        problems.append(f'label {USE_LABEL} must be "true", exactly; got {shown(labels[USE_LABEL])}')
    if PROXY_SIDECAR_ANNOTATION in annotations:
        text = "must be left out: it adds a privileged container to every pod"
        problems.append(f"annotation {PROXY_SIDECAR_ANNOTATION} {text}")
    wrong = token_expiration_problem(annotations.get(TOKEN_EXPIRATION_ANNOTATION, "3600"))
    if wrong:
        problems.append(f"annotation {TOKEN_EXPIRATION_ANNOTATION} {wrong}")
    return problems


def _login_problems(container: Any) -> list[str]:
    entries = get(container, "env")
    # A list that is known later may be anything; the policy pack judges what becomes of it.
    names = [get(entry, "name") for entry in cast(list[Any], entries)] if isinstance(entries, list | tuple) else []
    of_container = f"env of {shown(get(container, 'name'))}"
    return [
        f"{of_container} must not set {name}: Azure's SDKs would log in with it, not as the identity"
        for name in names
        if isinstance(name, str) and name in _STORED_LOGINS
    ]


def _check_volume(volume: Any, ours: set[str], problems: list[str]) -> None:
    """What stands against a volume of the user's own: attributes there override the class, a Secret is a login."""
    name = read(volume, "name", " of an entry of volumes", problems)
    if name in ours:
        problems.append(f"volumes must not hold the mount's own name; got {name!r}")
    of_volume = f" of volume {name!r}"
    csi = read_map(volume, "csi", of_volume, problems)
    if read(csi, "driver", of_volume, problems) != SECRETS_STORE_DRIVER:
        return
    attributes = read_map(csi, "volume_attributes", of_volume, problems)
    overrides = sorted(set(cast(Mapping[str, object], attributes)) - {_CLASS_ATTRIBUTE})
    if overrides:
        problems.append(
            f"volumeAttributes of volume {name!r} must be {_CLASS_ATTRIBUTE} alone: others override the class; "
            f"got {overrides}"
        )
    if get(csi, "node_publish_secret_ref") is not None:
        problems.append(f"nodePublishSecretRef of volume {name!r} must be left out: it logs in with a stored secret")


def _with_mounts(container: Any, mounts: Sequence[PodMount], problems: list[str]) -> Any:
    name = get(container, "name")
    of_container = f" of {shown(name)}"
    present = read_items(container, "volume_mounts", of_container, problems)
    ours = {mount.volume_name for mount in mounts}
    for volume_mount in present:
        read(volume_mount, "mount_path", f" in volumeMounts{of_container}", problems)
        of_ours = read(volume_mount, "name", f" in volumeMounts{of_container}", problems) in ours
        if of_ours and any(get(volume_mount, field) not in (None, "") for field in ("sub_path", "sub_path_expr")):
            problems.append(f"volumeMounts of {name!r} must not use subPath: the file would never be rotated")
    already = {get(volume_mount, "name") for volume_mount in present}
    added = [
        mount
        for mount in mounts
        if (mount.containers is None or name in mount.containers) and mount.volume_name not in already
    ]
    others = [(get(each, "mount_path"), get(each, "name")) for each in present]
    problems.extend(
        f"volumeMounts of {name!r} must leave {mount.mount_path!r} to mount {mount.volume_name!r}, which is read-only; "
        f"got {path!r} for volume {volume!r}"
        for mount in added
        for path, volume in others
        if isinstance(path, str) and _is_within(path, mount.mount_path)
    )
    return (
        changed(container, volume_mounts=[*present, *(mount.volume_mount for mount in added)]) if added else container
    )


def _is_within(path: str, folder: str) -> bool:
    return PurePosixPath(posixpath.normpath(path)).is_relative_to(posixpath.normpath(folder))
