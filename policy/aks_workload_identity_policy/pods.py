"""Rules about pods, wherever a template of one is: no stored credential, and the one way to an identity."""

import re
from collections.abc import Iterator, Mapping

from pulumi_policy import EnforcementLevel, Severity
from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.federated_credentials import APPLICATION_CREDENTIAL, account_of
from aks_workload_identity_policy.principals import CREDENTIAL
from aks_workload_identity_policy.resource import Later, Part, Resource, UnreadableError
from aks_workload_identity_policy.rule import rule, stack_rule
from aks_workload_identity_policy.stack import Finding, Stack

# Where the template of a pod is in each kind. Kubernetes API reference; Argo Rollouts, KEDA, Knative: their CRDs.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "core:pod": (),
    "core:podtemplate": ("template",),
    "core:replicationcontroller": ("spec", "template"),
    "apps:daemonset": ("spec", "template"),
    "apps:deployment": ("spec", "template"),
    "apps:replicaset": ("spec", "template"),
    "apps:statefulset": ("spec", "template"),
    "extensions:daemonset": ("spec", "template"),
    "extensions:deployment": ("spec", "template"),
    "extensions:replicaset": ("spec", "template"),
    "batch:job": ("spec", "template"),
    "batch:cronjob": ("spec", "jobTemplate", "spec", "template"),
    "argoproj.io:rollout": ("spec", "template"),
    "keda.sh:scaledjob": ("spec", "jobTargetRef", "template"),
    "serving.knative.dev:service": ("spec", "template"),
}
SERVICE_ACCOUNT = "core:ServiceAccount"

# azure-workload-identity: pkg/webhook/consts.go
USE_LABEL = "azure.workload.identity/use"
CLIENT_ID = "azure.workload.identity/client-id"
PROXY_SIDECAR = "azure.workload.identity/inject-proxy-sidecar"
# azure-workload-identity: pkg/webhook/webhook.go (mcr.microsoft.com/oss/azure/workload-identity/proxy, proxy-init); a
# copy in a registry of one's own, or under the project's name, is the same.
_PROXY_IMAGE = re.compile(r"(?:.*[/-])?workload-identity/proxy(?:-init)?(?:[:@].*)?")
# aad-pod-identity: pkg/apis/aadpodidentity/v1/types.go
POD_BINDING = "aadpodidbinding"
CSI_DRIVER = "secrets-store.csi.k8s.io"
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


def template(workload: Resource) -> Part:
    """The template of the workload's pods: metadata and spec."""
    return workload.part(*TEMPLATES[workload.kind])


def containers(workload: Resource) -> Iterator[Part]:
    """All containers of the workload's pods."""
    pod = template(workload)
    for kind in _CONTAINERS:
        yield from pod.parts("spec", kind)


@stack_rule(
    "pod-of-a-federated-account-carries-the-label",
    CREDENTIAL,
    APPLICATION_CREDENTIAL,
    SERVICE_ACCOUNT,
    *TEMPLATES,
    why="Without the label on the pod the webhook injects nothing, and the program falls back to whatever it finds.",
    severity=Severity.HIGH,
)
def pod_of_a_federated_account_carries_the_label(stack: Stack) -> Iterator[Finding]:
    """A pod that only mounts needs no label: the driver passes the token on itself.

    Source: azure-workload-identity: pkg/webhook; Microsoft Learn, aks/workload-identity-overview (pod labels).
    """
    credentials = stack.of(CREDENTIAL, APPLICATION_CREDENTIAL)
    accounts = {account for one in credentials if (account := account_of(one.known("subject")))}
    for account in stack.of(SERVICE_ACCOUNT):
        try:
            if account.given.has("metadata", "annotations", CLIENT_ID):
                accounts.add((_namespace(account.given), account.known("metadata", "name") or ""))
        except UnknownValueError:
            accounts.add((_namespace(account.given), account.known("metadata", "name") or ""))
        except UnreadableError:
            continue
    for workload in stack.of(*TEMPLATES):
        with stack.by_itself(workload):
            pod = template(workload.given)
            name = pod.text("spec", "serviceAccountName") or pod.text("spec", "serviceAccount")
            if name is None or (_namespace(workload.given), name) not in accounts:
                continue
            label = pod.map("metadata", "labels").get(USE_LABEL)
            mounts = any(volume.text("csi", "driver") == CSI_DRIVER for volume in pod.parts("spec", "volumes"))
            if label != "true" and not mounts:
                seen = "not set" if label is None else repr(label)
                yield Finding(
                    workload,
                    f"the label {USE_LABEL} of the pod template is {seen}; set it to 'true' in the template's metadata "
                    f"({'.'.join((*TEMPLATES[workload.given.kind], 'metadata.labels'))})",
                )


@rule(
    "label-is-on-the-pod",
    SERVICE_ACCOUNT,
    why="The webhook reads the label of pods; on a service account it has done nothing since version 1.0.",
    severity=Severity.LOW,
    level=EnforcementLevel.ADVISORY,
)
def label_is_on_the_pod(account: Resource) -> Iterator[str]:
    """Source: azure-workload-identity: release v1.0.0 (objectSelector on pods)."""
    if USE_LABEL in account.map("metadata", "labels"):
        yield f"carries {USE_LABEL}, which does nothing here; put it on the template of the pods"


@rule(
    "pod-volume-names-only-its-class",
    *TEMPLATES,
    why="What a pod writes beside the class's name overrides the class, vault and identity included.",
    severity=Severity.HIGH,
)
def pod_volume_names_only_its_class(workload: Resource) -> Iterator[str]:
    """Source: secrets-store-csi-driver: pkg/secrets-store/nodeserver.go (attributes are merged over parameters)."""
    pod = template(workload)
    for volume in pod.parts("spec", "volumes"):
        if volume.text("csi", "driver") != CSI_DRIVER:
            continue
        name, attributes = volume.shown("name"), volume.map("csi", "volumeAttributes")
        extra = sorted(set(attributes) - {"secretProviderClass"})
        if extra:
            yield f"volume {name} sets {', '.join(extra)}; write them into the SecretProviderClass, and name that alone"
        if not attributes.get("secretProviderClass"):
            yield f"volume {name} names no secretProviderClass; name one of the pod's namespace"
        if volume.has("csi", "nodePublishSecretRef"):
            secret = volume.shown("csi", "nodePublishSecretRef", "name")
            yield f"volume {name} opens the vault with the password in the Secret {secret}; remove nodePublishSecretRef"
        if volume.flag("csi", "readOnly") is not True:
            yield f"volume {name} is not readOnly; set csi.readOnly to true, or the driver refuses the mount"
        for container in containers(workload):
            for mount in container.parts("volumeMounts"):
                if mount.text("name") == volume.text("name") and (mount.text("subPath") or mount.text("subPathExpr")):
                    where = container.shown("name")
                    yield f"container {where} mounts {name} by subPath, which never rotates; mount the folder"


@rule(
    "pod-has-no-proxy-sidecar",
    *TEMPLATES,
    why="The proxy sidecar redirects the metadata service, privileged and as root: an aid for moving, not for staying.",
    severity=Severity.HIGH,
)
def pod_has_no_proxy_sidecar(workload: Resource) -> Iterator[str]:
    """The annotation's presence turns it on, whatever its value; the same containers can be written out.

    Source: azure-workload-identity: pkg/webhook/webhook.go; Microsoft Learn, aks/workload-identity-migrate-from-pod-
    identity.
    """
    later = Later()
    with later:
        if PROXY_SIDECAR in template(workload).map("metadata", "annotations"):
            yield f"the template carries {PROXY_SIDECAR}, on whatever its value; remove it, and use azure-identity"
    for container in containers(workload):
        with later:
            if _PROXY_IMAGE.fullmatch((container.text("image") or "").lower()):
                yield (
                    f"container {container.shown('name')} runs {container.shown('image')}; remove it, and use "
                    "azure-identity"
                )
    later.done()


@rule(
    "images-are-pulled-without-a-password",
    *TEMPLATES,
    SERVICE_ACCOUNT,
    why="A pull secret is a registry password in the cluster; the kubelet's identity pulls without one.",
    severity=Severity.HIGH,
)
def images_are_pulled_without_a_password(holder: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/cluster-container-registry-integration."""
    on_account = holder.kind == SERVICE_ACCOUNT.lower()
    found = holder.parts("imagePullSecrets") if on_account else template(holder).parts("spec", "imagePullSecrets")
    if found:
        names = ", ".join(one.shown("name") for one in found)
        yield f"imagePullSecrets names {names}; remove it, and give the cluster's kubelet identity AcrPull"


@rule(
    "pod-is-not-bound-by-pod-identity",
    *TEMPLATES,
    "aadpodidentity.k8s.io:AzureIdentity",
    "aadpodidentity.k8s.io:AzureIdentityBinding",
    why="Pod-managed identity is out of support and serves tokens to any pod that carries a label.",
    severity=Severity.HIGH,
)
def pod_is_not_bound_by_pod_identity(holder: Resource) -> Iterator[str]:
    """Source: Microsoft Learn, aks/use-azure-ad-pod-identity (deprecated; support ended in September 2025)."""
    if holder.kind not in TEMPLATES:
        yield "belongs to pod-managed identity; federate the workload's service account instead"
    elif POD_BINDING in template(holder).map("metadata", "labels"):
        yield f"the template carries {POD_BINDING}; remove it, and federate the workload's service account instead"


def _namespace(holder: Resource) -> str:
    try:
        return holder.text("metadata", "namespace") or "default"
    except (UnknownValueError, UnreadableError):
        return ""
