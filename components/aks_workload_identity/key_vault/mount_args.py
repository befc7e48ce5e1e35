"""Arguments of a mount."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, InstanceOf, PlainValidator, StringConstraints, model_validator

from ..arguments import Arguments, Rule, shown
from ..clouds import POD_TOKEN_AUDIENCE
from ..errors import InvalidArgumentError, Problem, refused
from ..names import ObjectName, VaultObjectName
from ..workload.workload import FederatedWorkload
from .objects import VaultObjects, needs_secret_values
from .synced_secret import SyncedSecrets, sync_problems
from .vault import KeyVault, VaultReference

# azure-workload-identity, pkg/webhook/consts.go: TokenFileMountPath, which v1.6.0 changed; Kubernetes, ServiceAccount
# admission plugin: DefaultAPITokenMountPath.
_OF_TOKENS = ("/run/secrets/azure/tokens", "/run/secrets/azure/wi", "/run/secrets/kubernetes.io")
# opencontainers/runtime-spec, "Default Filesystems": the container runtime's own.
_OF_THE_RUNTIME = ("/dev", "/proc", "/sys")
# Filesystem Hierarchy Standard: without these no program starts; and the files that the kubelet writes.
_OF_THE_IMAGE = ("/bin", "/boot", "/etc", "/lib", "/lib64", "/run", "/sbin", "/usr", "/var")
_OF_THE_KUBELET = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf")


def _mount_path(value: str) -> str | None:
    if not value.isprintable():
        return "a character that cannot be printed"
    if {"..", ".", ""} & {*value.removesuffix("/").split("/")[1:]}:
        return "a segment '..', '.' or none between two slashes"
    path = value.rstrip("/")
    # In most images /var/run is a link to /run.
    real = path.removeprefix("/var") if f"{path}/".startswith("/var/run/") else path
    if any(_holds(place, real) or _holds(real, place) for place in _OF_TOKENS):
        return "pods find their tokens there"
    if any(_holds(place, real) for place in (*_OF_THE_RUNTIME, *_OF_THE_KUBELET)) or real in _OF_THE_IMAGE:
        return "what the container needs to run is there"
    return None


def _holds(directory: str, path: str) -> bool:
    return f"{path}/".startswith(f"{directory}/")


MountPath = Annotated[
    str,
    StringConstraints(pattern=r"^/[^:]+$"),
    Rule(
        "an absolute path without a colon, '..' or '//', beside pods' tokens and the system's directories",
        "/mnt/secrets-store",
        _mount_path,
    ),
]


def _vault(given: object) -> VaultReference:
    if isinstance(given, KeyVault):
        return given.reference
    if isinstance(given, VaultReference):
        return given
    raise ValueError(f"must be a KeyVault or a VaultReference; got {shown(given)}")


OnlySecretNames = Annotated[Sequence[VaultObjectName], Field(min_length=1)] | None


def names_problem(only_secret_names: OnlySecretNames, objects: VaultObjects) -> str | None:
    """What stands against a condition on the names of secrets: that it keeps back what a mount shows."""
    if only_secret_names is None:
        return None
    needed = {each.name or key for key, each in objects.items() if needs_secret_values(each)}
    missing = sorted(needed - set(only_secret_names))
    text = f"must name every secret that is shown, letter by letter; {missing} would be refused; "
    return f"{text}got {list(only_secret_names)}" if missing else None


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
    containers: Annotated[Sequence[str], Field(min_length=1)] | None = None
    """Names of the containers that see the files; left out, all of them, init containers included."""

    sync: SyncedSecrets = {}
    """Kubernetes Secrets that hold copies of files, by the Secret's name, each with its reason; left out, none."""
    only_secret_names: OnlySecretNames = None
    """The only secrets of the vault whose values the workload reads, by a condition on its one grant: give all its
    mounts of the vault the same list. Azure calls such conditions a preview. Left out, all secrets of the vault."""

    @model_validator(mode="after")
    def _the_driver_can_log_in(self) -> Self:
        if self.workload.audience != POD_TOKEN_AUDIENCE:
            got = f"got {self.workload.audience!r}"
            text = f"must have audience {POD_TOKEN_AUDIENCE!r}, the only one that the CSI driver presents; {got}"
            raise refused("workload", text)
        return self

    @model_validator(mode="after")
    def _the_clusters_have_the_driver(self) -> Self:
        trusts = [each.trust for each in self.workload.namespaces.values()]
        off = {each.key: each.lacks["key_vault_add_on"] for each in trusts if "key_vault_add_on" in each.lacks}
        problems = [
            Problem(
                ("workload",),
                f"must be on clusters whose Key Vault add-on is on; got {key!r}; turn it on with: {command} (or write "
                "the ClusterTrust yourself, where the CSI driver and Azure's provider run without the add-on)",
            )
            for key, command in off.items()
        ]
        if problems:
            raise InvalidArgumentError("KeyVaultMountArgs", problems)
        return self

    @model_validator(mode="after")
    def _what_is_copied_is_shown(self) -> Self:
        problems = sync_problems(self.sync, self.objects)
        if problems:
            raise InvalidArgumentError("KeyVaultMountArgs", problems)
        return self

    @model_validator(mode="after")
    def _the_condition_lets_the_objects_through(self) -> Self:
        problem = names_problem(self.only_secret_names, self.objects)
        if problem:
            raise refused("only_secret_names", problem)
        return self
