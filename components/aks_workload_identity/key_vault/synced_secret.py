"""Copies of a vault's files as Kubernetes Secrets, for what cannot read files: only with a written reason."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ..arguments import Arguments, Rule
from ..errors import InvalidArgumentError, Problem
from ..names import ObjectName, Reason, VaultObjectName
from .objects import Certificate, VaultObjects, file_paths


def _secret_key(value: str) -> str | None:
    # kubernetes/apimachinery pkg/util/validation, IsConfigMapKey.
    return "'.', or two dots at its start" if value == "." or value.startswith("..") else None


SecretKey = Annotated[
    str,
    StringConstraints(pattern=r"^[-._a-zA-Z0-9]+$", max_length=253),
    Rule(
        "a key of a Kubernetes Secret: 1-253 letters, digits, hyphens, dots and underscores", "DB_PASSWORD", _secret_key
    ),
]
_TLS_KEYS = {"tls.crt", "tls.key"}


class SyncedSecret(Arguments):
    """A Kubernetes Secret that the CSI driver keeps equal to files of a mount.

    What a mount shows never leaves the pods' memory; a copy in a Secret is stored in etcd, where whoever may
    read Secrets of the namespace reads it. It comes with the first pod that mounts the files and goes with what
    made the pods: a Deployment that is scaled to zero, or has lost its role, still has it. The driver overwrites
    a Secret that has its name. Environment variables made of it change when the pod is restarted.

    Source: Secrets Store CSI driver documentation, "Sync as Kubernetes Secret".
    """

    because: Reason
    """Why files do not do."""
    data: Annotated[Mapping[SecretKey, VaultObjectName], Field(min_length=1)]
    """The Secret's keys, and for each the key in `objects` whose file is copied."""
    type: Literal["Opaque", "kubernetes.io/tls"] = "Opaque"
    """The Secret's type; `kubernetes.io/tls` has the keys `tls.crt` and `tls.key`, both of one certificate with its
    private key; left out, `Opaque`. A Secret for pulling images is not among them: nodes pull with their identity."""

    @model_validator(mode="after")
    def _tls_has_its_two_keys(self) -> Self:
        if self.type == "kubernetes.io/tls" and (set(self.data) != _TLS_KEYS or len(set(self.data.values())) > 1):
            text = f"must be {sorted(_TLS_KEYS)}, both of one object, for type {self.type}; got {dict(self.data)!r}"
            raise InvalidArgumentError("SyncedSecret", [Problem(("data",), text)])
        return self


SyncedSecrets = Mapping[ObjectName, SyncedSecret]


def sync_problems(sync: SyncedSecrets, objects: VaultObjects) -> list[Problem]:
    """What stands against copying these objects."""
    problems: list[Problem] = []
    for name, secret in sync.items():
        for key, source in secret.data.items():
            path = ("sync", name, "data", key)
            if source not in objects:
                problems.append(Problem(path, f"must be a key of objects, {sorted(objects)}; got {source!r}"))
                continue
            shown = objects[source]
            if secret.type == "kubernetes.io/tls" and not (
                isinstance(shown, Certificate) and shown.private_key and shown.format == "pem"
            ):
                text = f"must be a certificate with private_key in format 'pem'; got {source!r}, a {shown.kind}"
                problems.append(Problem(path, text))
    return problems


def secret_objects(sync: SyncedSecrets, objects: VaultObjects) -> list[dict[str, object]]:
    """The `secretObjects` of a SecretProviderClass; of several versions of a secret, the newest is copied."""
    return [
        {
            "secretName": name,
            "type": secret.type,
            "data": [
                {"objectName": file_paths(source, objects[source])[0], "key": key}
                for key, source in secret.data.items()
            ],
        }
        for name, secret in sync.items()
    ]
