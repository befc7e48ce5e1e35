"""KeyVaultMount: what one workload sees of one vault, as files."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import authorization
from pydantic import Field, InstanceOf, PlainValidator, StringConstraints, model_validator

from ..arguments import Arguments, Rule, shown
from ..clouds import POD_TOKEN_AUDIENCE
from ..component import Component
from ..errors import InvalidArgumentError, Problem, refused
from ..grants import Grant, key_vault
from ..names import DNS_SUBDOMAIN_PATTERN, ObjectName
from ..program import remember
from ..workload.workload import FederatedWorkload
from .objects import VaultObjects, file_paths, needs_secret_values, objects_parameter
from .vault import KeyVault, VaultReference

MountPath = Annotated[
    str,
    StringConstraints(pattern=r"^/[^:]+$"),
    Rule("an absolute path without a colon", "/mnt/secrets-store"),
]


def _vault(given: object) -> VaultReference:
    if isinstance(given, KeyVault):
        return given.reference
    if isinstance(given, VaultReference):
        return given
    raise ValueError(f"must be a KeyVault or a VaultReference; got {shown(given)}")


class KeyVaultMountArgs(Arguments):
    """Arguments of `KeyVaultMount`."""

    workload: InstanceOf[FederatedWorkload]
    """Whose pods get the files; its identity gets the roles that the objects need."""
    vault: Annotated[VaultReference | KeyVault, PlainValidator(_vault)]
    """The vault: a `KeyVault`, or a `VaultReference` to one made elsewhere."""
    objects: Annotated[VaultObjects, Field(min_length=1)]
    """The secrets, keys and certificates to show; the key is the object's name unless the object has one."""
    class_name: ObjectName | None = None
    """The name of the SecretProviderClass; left out, the component's name."""
    mount_path: MountPath | None = None
    """Where the files appear in the containers; left out, `/mnt/secrets-store/<name>`."""
    containers: Sequence[str] | None = None
    """Names of the containers that see the files; left out, all of them, init containers included."""

    @model_validator(mode="after")
    def _the_driver_can_log_in(self) -> Self:
        if self.workload.audience != POD_TOKEN_AUDIENCE:
            got = f"got {self.workload.audience!r}"
            text = f"must have audience {POD_TOKEN_AUDIENCE!r}, the only one that the CSI driver presents; {got}"
            raise refused("workload", text)
        return self

    @model_validator(mode="after")
    def _files_do_not_collide(self) -> Self:
        taken: dict[str, str] = {}
        problems: list[Problem] = []
        for key, each in self.objects.items():
            for path in file_paths(key, each):
                other = next(
                    (t for t in taken if f"{t}/".startswith(f"{path}/") or f"{path}/".startswith(f"{t}/")), None
                )
                if other is not None:
                    problems.append(
                        Problem(
                            ("objects", key, "file"),
                            f"must be a path of its own; got {path!r}, {taken[other]} has {other!r}",
                        )
                    )
                taken[path] = key
        if problems:
            raise InvalidArgumentError("KeyVaultMountArgs", problems)
        return self


class KeyVaultMount(Component):
    """The secrets, keys and certificates of one vault that one workload's pods see as files.

    The roles follow from the objects: values of secrets and private keys need Key Vault Secrets User, public
    keys and certificates Key Vault Reader, nothing else is granted. Values never pass through the program or
    its state, and they are not copied into Kubernetes Secrets, which would put them into etcd. A
    SecretProviderClass is no security boundary: a pod may override its parameters; what protects the vault is
    the credential and the roles.

    Creates:
        - a `SecretProviderClass` for each namespace of the workload on each cluster
        - at most two `RoleAssignment`s of the workload on the vault (children of the workload)

    Args:
        name: the logical name; children are called `name-<cluster>-<namespace>`.
        args: see `KeyVaultMountArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: secrets-store-csi-driver-provider-azure documentation, "Workload Identity".
    """

    secret_provider_classes: dict[str, kubernetes.apiextensions.CustomResource]
    """The classes by `<cluster>-<namespace>`."""
    workload: FederatedWorkload
    """Whose pods get the files."""
    vault: VaultReference
    """The vault."""
    objects: VaultObjects
    """What is shown of it."""
    role_assignments: dict[str, authorization.RoleAssignment]
    """The roles that the objects need, by grant key; they belong to the workload's identity."""
    class_name: str
    """The name of the classes."""
    mount_path: str
    """Where the files appear."""
    containers: Sequence[str] | None
    """The containers that see the files; None for all."""
    checksum: str
    """Hash of what is shown; a pod template that carries it is rolled when the declaration changes."""

    def __init__(
        self, name: str, args: KeyVaultMountArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = KeyVaultMountArgs.of(args)
        self.class_name = args.class_name or name
        if not re.match(DNS_SUBDOMAIN_PATTERN, self.class_name):
            raise InvalidArgumentError(
                f"KeyVaultMount {name!r}",
                [
                    Problem(
                        ("class_name",),
                        f"must be given where the component's name is no Kubernetes object name; got {name!r}",
                    )
                ],
            )
        self.workload = workload = args.workload
        self.objects = args.objects
        self.vault = vault = args.vault.reference if isinstance(args.vault, KeyVault) else args.vault
        objects = objects_parameter(args.objects)
        self.mount_path = args.mount_path or f"/mnt/secrets-store/{name}"
        self.containers = args.containers
        self.checksum = hashlib.sha256(f"{vault.key}\n{objects}".encode()).hexdigest()[:16]

        secret_values = [needs_secret_values(each) for each in args.objects.values()]
        needed: dict[str, Grant] = {}
        if any(secret_values):
            needed[f"{vault.key}-secrets-user"] = key_vault.read_secrets(vault.id)
        if not all(secret_values):
            needed[f"{vault.key}-reader"] = key_vault.read_keys_and_certificates(vault.id)
        self.role_assignments = {key: workload.grant(key, grant) for key, grant in needed.items()}
        super().__init__("aks-workload-identity:index:KeyVaultMount", name, {}, opts)

        self.secret_provider_classes = {}
        for key, namespace in workload.namespaces.items():
            self.secret_provider_classes[key] = kubernetes.apiextensions.CustomResource(
                f"{name}-{key}",
                api_version="secrets-store.csi.x-k8s.io/v1",
                kind="SecretProviderClass",
                metadata={"name": self.class_name, "namespace": namespace.name},
                spec={
                    "provider": "azure",
                    # Every parameter is text, booleans too; `tenantId` is a deprecated spelling.
                    "parameters": {
                        "usePodIdentity": "false",
                        "useVMManagedIdentity": "false",
                        "clientID": workload.identity.client_id,
                        "tenantID": workload.identity.tenant_id,
                        "keyvaultName": vault.name,
                        **({"cloudName": workload.cloud} if workload.cloud != "AzurePublicCloud" else {}),
                        "objects": objects,
                    },
                },
                opts=namespace.trust.in_cluster(self, depends_on=namespace.resources),
            )
        remember(self)
        self.register_outputs({"className": self.class_name})

    @property
    def volume(self) -> dict[str, object]:
        """The pod volume: read-only, and with nothing that overrides the class."""
        return {
            "name": self.volume_name,
            "csi": {
                "driver": "secrets-store.csi.k8s.io",
                "readOnly": True,
                "volumeAttributes": {"secretProviderClass": self.class_name},
            },
        }

    @property
    def volume_name(self) -> str:
        """The pod volume's name: a DNS label, which a class name need not be."""
        return self.class_name.replace(".", "-")[:63].rstrip("-")

    @property
    def volume_mount(self) -> dict[str, object]:
        """The container's mount of the whole volume; a `subPath` would never see a rotated secret."""
        return {"name": self.volume_name, "mountPath": self.mount_path, "readOnly": True}
