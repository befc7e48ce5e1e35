"""Rules about stored credentials in the objects of a cluster: there is none."""

import re
from collections.abc import Iterator

from pulumi_policy import Severity
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from aks_workload_identity_policy.fields import fields_in
from aks_workload_identity_policy.pods import TEMPLATES, containers, template
from aks_workload_identity_policy.resource import Later, Part, Resource
from aks_workload_identity_policy.rule import rule
from aks_workload_identity_policy.secret_provider_classes import REASON
from aks_workload_identity_policy.stored_credentials import (
    credential_assigned,
    credential_in,
    credential_under,
    names_a_credential,
)

CONFIG_MAP = "core:ConfigMap"
SECRET = "core:Secret"  # noqa: S105
RELEASES = ("helm.sh:Release", "helm.sh:Chart")
# Azure's drivers for shares and containers of storage accounts: their READMEs (volume parameters).
_STORAGE_DRIVERS = frozenset(("file.csi.azure.com", "blob.csi.azure.com"))
_PERSISTENT_VOLUME = "core:persistentvolume"
_MAY_HOLD_ONE = re.compile(r"\.(?:env|args|command|annotations|httpHeaders)\b")
_OF_ENV = re.compile(r"\]\.env\[\d+\]\.value$")
_DEFINITION = "apiextensions.k8s.io:customresourcedefinition"
_HOLDERS = frozenset(kind.lower() for kind in (CONFIG_MAP, SECRET, *RELEASES))
_NAME_OF_ONE = re.compile(r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?(?:[:/][\w.-]+)?")


@rule(
    "pod-holds-no-azure-credential",
    *TEMPLATES,
    why="A credential in a pod's environment is in the cluster's store, in every dump, and good from anywhere.",
    severity=Severity.CRITICAL,
)
def pod_holds_no_azure_credential(workload: Resource) -> Iterator[str]:
    """The whole object is searched: variables, arguments, annotations, the headers of probes.

    Source: Microsoft Learn, aks/workload-identity-overview; azure-identity: EnvironmentCredential.
    """
    later = Later()
    for container in containers(workload):
        name = container.shown("name")
        for variable in container.parts("env"):
            with later:
                for fault in _variable_faults(variable):
                    yield f"container {name} {fault}; {_INSTEAD}"
        with later:
            words = [*(container.texts("command") or ()), *(container.texts("args") or ())]
            if assigned := credential_assigned(words):
                yield f"container {name} is started with a credential as {assigned}; {_INSTEAD}"
    with later:
        for volume in template(workload).parts("spec", "volumes"):
            if fault := _volume_fault(volume):
                yield f"volume {volume.shown('name')} {fault}"
    for place, name, text in fields_in(workload.content()):
        if _OF_ENV.search(place):
            continue
        with later:
            if text is None and _MAY_HOLD_ONE.search(place):
                raise UnknownValueError(UNKNOWN_STRING_VALUE, [place])
        if text and (found := credential_in(text, name)):
            yield f"{place} holds {found}; {_INSTEAD}"
    later.done()


@rule(
    "object-holds-no-azure-credential",
    "kubernetes:*",
    why="A credential in an object of the cluster is read by whoever may read objects, and good from anywhere.",
    severity=Severity.CRITICAL,
)
def object_holds_no_azure_credential(holder: Resource) -> Iterator[str]:
    """ConfigMaps, Secrets, the values of Helm releases, custom resources and annotations, also where base64 hides it.

    A custom resource may name a Secret where others hold its value, so a plain name is no credential there.

    Source: Microsoft Learn, aks/workload-identity-overview; Kubernetes documentation, Secrets (good practices).
    """
    if holder.kind in TEMPLATES or holder.kind == _DEFINITION:
        return
    later, own = Later(), holder.kind in _HOLDERS
    if holder.kind == _PERSISTENT_VOLUME:
        with later:
            if fault := _volume_fault(holder.part("spec")):
                yield fault
    with later:
        if (holder.text("type") or "").startswith("kubernetes.io/dockerc"):
            yield "is a registry password; remove it, and give the cluster's kubelet identity AcrPull"
    for place, name, text in fields_in(holder.content()):
        with later:
            if text is None and (own or names_a_credential(name)):
                raise UnknownValueError(UNKNOWN_STRING_VALUE, [place])
        if not text:
            continue
        elsewhere = place.startswith("metadata.") or ".encryptedData." in place
        by_name = not elsewhere and (own or not _NAME_OF_ONE.fullmatch(text))
        found = credential_under(name, text) if by_name else credential_in(text, name)
        if found and _is_key_of_tls(holder, place):
            if holder.reason(holder.map("metadata", "annotations").get(REASON), f"{place} holds a private key"):
                continue
            otherwise = holder.or_reason(f"set the annotation {REASON} to the reason why the program writes it")
            yield f"{place} holds {found}; have cert-manager or the vault's CSI driver write this Secret{otherwise}"
        elif found:
            yield f"{place} holds {found}; {_INSTEAD}"
    later.done()


_INSTEAD = "let the pod sign in as its own identity (azure-identity finds it), and mount other secrets from a vault"


def _variable_faults(variable: Part) -> Iterator[str]:
    key, source = variable.text("name") or "", variable.part("valueFrom")
    by_name = names_a_credential(key)
    for reference, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
        if source.has(reference):
            if by_name:
                yield f"takes {key} from the {kind} {source.shown(reference, 'name')}"
            return
    if found := credential_under(key, variable.text("value") or ""):
        yield f"has {found} in {key}"


def _volume_fault(volume: Part) -> str | None:
    """What is wrong with a volume that is mounted with the key of a storage account, in a pod or for itself."""
    secret, csi = volume.part("azureFile").text("secretName"), volume.part("csi")
    if csi.text("driver") in _STORAGE_DRIVERS:
        attributes = {name.lower(): value for name, value in csi.map("volumeAttributes").items()}
        references = (csi.part(one).text("name") for one in ("nodeStageSecretRef", "nodePublishSecretRef"))
        secret = attributes.get("secretname") or next((one for one in references if one), None)
    if secret is None:
        return None
    return (
        f"is mounted with the storage credential in the Secret {secret}; mount it with the workload's identity "
        "(clientID of the CSI driver), or let the program read the store as itself"
    )


def _is_key_of_tls(holder: Resource, place: str) -> bool:
    """Whether this is the key of a TLS Secret, which ingresses read from Secrets alone: a reason will do for it."""
    at_key = holder.kind == SECRET.lower() and place in ("data.tls.key", "stringData.tls.key")
    return at_key and holder.text("type") == "kubernetes.io/tls"
