"""Rules about SecretProviderClass objects: which identity opens the vault, and what of it is mounted."""

import re
from collections.abc import Iterator
from typing import Any, cast

import yaml
from pulumi_policy import Severity

from aks_workload_identity_policy.resource import Later, Resource
from aks_workload_identity_policy.rule import rule

CLASS = "secrets-store.csi.x-k8s.io:SecretProviderClass"
# Kubernetes documentation, Well-Known Labels, Annotations and Taints
REASON = "kubernetes.io/description"
"""The annotation in which a class says why it writes Secrets."""

_TYPES = ("secret", "key", "cert")
# Microsoft Learn: key-vault/general/about-keys-secrets-certificates (object names)
_OBJECT_NAME = re.compile(r"[0-9A-Za-z-]{1,127}")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _is_of_azure(class_: Resource) -> bool:
    """Whether a class is Azure's; one that means to be and is spelled otherwise is refused by a rule of its own."""
    return (class_.text("spec", "provider") or "").strip().lower() == "azure"


@rule(
    "vault-class-uses-workload-identity",
    CLASS,
    why="In any other mode the vault is opened by the node's identity, which all pods of the node share.",
    severity=Severity.CRITICAL,
)
def vault_class_uses_workload_identity(class_: Resource) -> Iterator[str]:
    """Source: secrets-store-csi-driver-provider-azure: pkg/provider/provider.go (modes)."""
    if not _is_of_azure(class_):
        return
    parameters, later = class_.part("spec", "parameters"), Later()
    for mode in ("usePodIdentity", "useVMManagedIdentity", "useAzureTokenProxy"):
        with later:
            chosen = parameters.text(mode) or "false"
            if chosen.strip().lower() in ("true", "1", "t"):
                yield f"spec.parameters.{mode} is {chosen!r}; set it to 'false' and clientID to the workload's"
    with later:
        if parameters.text("userAssignedIdentityID"):
            yield "spec.parameters.userAssignedIdentityID is set; remove it and set clientID"
    with later:
        client_id = parameters.text("clientID") or ""
        if not _GUID.fullmatch(client_id):
            yield f"spec.parameters.clientID is {client_id!r}; set it to the client id of the workload's identity"
    later.done()


@rule(
    "vault-class-names-valid-objects",
    CLASS,
    why="The driver reads this text when a pod starts, and only then says what is wrong with it.",
    severity=Severity.MEDIUM,
)
def vault_class_names_valid_objects(class_: Resource) -> Iterator[str]:
    """Source: secrets-store-csi-driver-provider-azure: pkg/provider/types; secrets-store-csi-driver: paths."""
    if not _is_of_azure(class_):
        return
    provider = class_.text("spec", "provider")
    if provider != "azure":
        yield f"spec.provider is {provider!r}; set it to 'azure': the driver looks for a socket of exactly this name"
    parameters, later = class_.part("spec", "parameters"), Later()
    with later:
        yield from _objects_faults(parameters.text("objects") or "")
    with later:
        if not parameters.text("keyvaultName"):
            yield "spec.parameters.keyvaultName is not set; set it, for example kv-shop"
    if not {"tenantID", "tenantId"} & set(parameters.names()):
        yield "spec.parameters.tenantID is not set; set it to the vault's tenant"
    later.done()


@rule(
    "secret-in-etcd-has-a-reason",
    CLASS,
    why="A synced secret is in the cluster's store, where whoever may read Secrets reads it.",
    severity=Severity.HIGH,
)
def secret_in_etcd_has_a_reason(class_: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/csi-secrets-store-driver (sync mounted content with a Kubernetes secret)."""
    synced = class_.parts("spec", "secretObjects")
    if not synced:
        return
    names = ", ".join(one.shown("secretName") for one in synced)
    reason = class_.map("metadata", "annotations").get(REASON)
    if class_.reason(reason, f"spec.secretObjects writes {names}"):
        return
    otherwise = class_.or_reason(f"say why not in the annotation {REASON}")
    yield f"spec.secretObjects writes {names}; let the program read the mounted file{otherwise}"


def _objects_faults(text: str) -> Iterator[str]:
    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        fault = str(error).splitlines()[0]
        yield f"spec.parameters.objects is no YAML ({fault}); write array: with one text for each object"
        return
    array: Any = cast(dict[str, Any], document).get("array") if isinstance(document, dict) else None
    if not isinstance(array, list) or not array:
        yield "spec.parameters.objects has no array, so nothing is mounted; write array: with one text for each object"
        return
    files: set[str] = set()
    for index, item in enumerate(cast(list[Any], array)):
        try:
            entry: Any = yaml.safe_load(item) if isinstance(item, str) else None
        except yaml.YAMLError:
            entry = None
        if not isinstance(entry, dict):
            yield f"spec.parameters.objects[{index}] is no text with a mapping in it; write it as a block (- |)"
            continue
        yield from _object_faults(index, cast(dict[str, Any], entry), files)
        yield from _permission_faults(index, item)


def _object_faults(index: int, entry: dict[str, Any], files: set[str]) -> Iterator[str]:
    at = f"spec.parameters.objects[{index}]"
    name, type_ = str(entry.get("objectName") or ""), entry.get("objectType")
    if not _OBJECT_NAME.fullmatch(name):
        yield f"{at}.objectName is {name!r}; 1-127 letters, digits and hyphens, for example db-password"
    if type_ not in _TYPES:
        yield f"{at}.objectType is {type_!r}; one of secret, key and cert in lower case"
    file = str(entry.get("objectAlias") or name)
    if file.startswith("/") or ".." in file or "//" in file or file.endswith("/"):
        yield f"{at}.objectAlias is {file!r}; a file name within the volume, without .."
    if file in files:
        yield f"{at} writes the file {file} a second time; give one of the two an objectAlias"
    files.add(file)


def _permission_faults(index: int, item: str) -> Iterator[str]:
    """The driver reads it as text, with or without quotes; YAML makes another number of 0600.

    It makes every file root's and ignores fsGroup (kubernetes-sigs/secrets-store-csi-driver#858).
    """
    entry: Any = yaml.load(item, Loader=yaml.BaseLoader)  # noqa: S506 - this loader makes texts alone
    permission = entry.get("filePermission", "0644")
    if not re.fullmatch(r"0?[0-7]{3}", str(permission)):
        yield (
            f"spec.parameters.objects[{index}].filePermission is {permission!r}; octal digits up to 0777, for example "
            "'0444'"
        )
    elif not int(permission, 8) & 0o004:
        yield (
            f"spec.parameters.objects[{index}].filePermission is {permission!r}, which root alone can read; let others "
            "read it, for example '0444': the file is in no other pod"
        )
