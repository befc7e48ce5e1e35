"""KeyVaultMount: what one workload sees of one vault, as files."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from ..component import Component
from ..errors import InvalidArgumentError, Problem
from ..grants import Grant, key_vault
from ..names import DNS_SUBDOMAIN_PATTERN
from ..program import remember, shared
from ..workload.grant_checks import grant_problems
from ..workload.pod import SECRETS_STORE_DRIVER
from ..workload.workload import FederatedWorkload
from .mount_args import KeyVaultMountArgs
from .objects import VaultObjects, needs_secret_values, objects_parameter
from .synced_secret import SyncedSecrets, secret_objects
from .vault import KeyVault, VaultReference


class KeyVaultMount(Component):
    """The secrets, keys and certificates of one vault that one workload's pods see as files.

    The roles follow from the objects: values of secrets and private keys need Key Vault Secrets User, public
    keys and certificates Key Vault Reader, nothing else is granted. Values never pass through the program or
    its state, and they are not copied into Kubernetes Secrets, which would put them into etcd, unless `sync`
    says so and why. A SecretProviderClass is no security boundary: a pod may override its parameters; what
    protects the vault is the credential and the roles.

    Creates:
        - a `SecretProviderClass` for each namespace of the workload on each cluster
          (which keeps a Kubernetes Secret for each entry of `sync`)
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
    sync: SyncedSecrets
    """The Kubernetes Secrets that hold copies of it, by name, each with its reason."""
    role_assignments: dict[str, pulumi.CustomResource]
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
        self.workload = workload = args.workload
        self.objects, self.sync = args.objects, args.sync
        self.vault = vault = args.vault.reference if isinstance(args.vault, KeyVault) else args.vault
        self.mount_path = args.mount_path or f"/mnt/secrets-store/{name}"
        self.containers = args.containers
        needed = _needed(vault, args)
        self._claim(name, needed)
        spec = self._spec()
        self.checksum = _checksum(vault.key, spec)

        self.role_assignments = {key: workload.grant(key, grant, asked_by=self) for key, grant in needed.items()}
        super().__init__("aks-workload-identity:index:KeyVaultMount", name, {}, opts)

        self.secret_provider_classes = {}
        for key, namespace in workload.namespaces.items():
            self.secret_provider_classes[key] = kubernetes.apiextensions.CustomResource(
                f"{name}-{key}",
                api_version="secrets-store.csi.x-k8s.io/v1",
                kind="SecretProviderClass",
                metadata={"name": self.class_name, "namespace": namespace.name, **self._reasons()},
                spec=spec,
                opts=namespace.trust.in_cluster(self, depends_on=namespace.resources),
            )
        remember(self)
        self.register_outputs({"className": self.class_name})

    def _claim(self, name: str, needed: Mapping[str, Grant]) -> None:
        """Enter the names of what is made in the clusters; nobody else may make them."""
        problems = grant_problems(self.workload.identity.ledger, needed)
        if not re.fullmatch(DNS_SUBDOMAIN_PATTERN, self.class_name):
            text = f"must be given where the component's name is no Kubernetes object name; got {name!r}"
            problems.append(Problem(("class_name",), text))
        closed = {text for each in self.workload.namespaces.values() if (text := each.trust.closed_problem())}
        problems.extend(Problem(("workload",), f"must have a way to its clusters: {text}") for text in sorted(closed))
        taken = shared((_Taken, None), _Taken)
        holder = f"KeyVaultMount {name!r}"
        ours: dict[tuple[str, str, str, str], str] = {}
        for namespace in self.workload.namespaces.values():
            for argument, names in (("class_name", [self.class_name]), ("sync", list(self.sync))):
                for each in names:
                    place = (namespace.trust.key, namespace.name, argument, each)
                    if place in taken:
                        text = (
                            f"must be the mount's own in namespace {namespace.name!r}; got {each!r} of {taken[place]}"
                        )
                        problems.append(Problem((argument,), text))
                    ours[place] = holder
        if problems:
            raise InvalidArgumentError(holder, problems)
        taken.update(ours)

    def _reasons(self) -> dict[str, Any]:
        """Why secrets are copied, where a policy and whoever looks at the class read it."""
        words = "; ".join(f"{name}: {secret.because}" for name, secret in self.sync.items())
        return {"annotations": {"kubernetes.io/description": words}} if words else {}

    def _spec(self) -> dict[str, Any]:
        """The spec of the class; every parameter is text, booleans too."""
        spec: dict[str, Any] = {
            "provider": "azure",
            "parameters": {
                "usePodIdentity": "false",
                "useVMManagedIdentity": "false",
                "clientID": self.workload.identity.client_id,
                # Not `tenantId`, which is a deprecated spelling.
                "tenantID": self.workload.identity.tenant_id,
                "keyvaultName": self.vault.name,
                "objects": objects_parameter(self.objects),
            },
        }
        if self.workload.cloud != "AzurePublicCloud":
            spec["parameters"]["cloudName"] = self.workload.cloud
        if self.sync:
            spec["secretObjects"] = secret_objects(self.sync, self.objects)
        return spec

    @property
    def volume(self) -> dict[str, object]:
        """The pod volume: read-only, and with nothing that overrides the class."""
        return {
            "name": self.volume_name,
            "csi": {
                "driver": SECRETS_STORE_DRIVER,
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


def _needed(vault: VaultReference, args: KeyVaultMountArgs) -> dict[str, Grant]:
    """The grants that the objects need, by key."""
    secret_values = [needs_secret_values(each) for each in args.objects.values()]
    needed: dict[str, Grant] = {}
    if any(secret_values):
        needed[f"{vault.key}-secrets-user"] = key_vault.read_secrets(vault.id, names=args.only_secret_names)
    if not all(secret_values):
        needed[f"{vault.key}-reader"] = key_vault.read_keys_and_certificates(vault.id)
    return needed


class _Taken(dict[tuple[str, str, str, str], str]):
    """Which mount makes what in a program's clusters: cluster, namespace, argument and name to the mount."""


def _checksum(vault_key: str, spec: Mapping[str, Any]) -> str:
    """A hash of what is shown and copied, as far as it is plain."""
    copied = json.dumps(spec["secretObjects"]) if "secretObjects" in spec else ""
    return hashlib.sha256(f"{vault_key}\n{spec['parameters']['objects']}{copied}".encode()).hexdigest()[:16]
