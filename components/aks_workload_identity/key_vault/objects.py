"""What a pod may see of a vault: secrets, keys and certificates, each as a file."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, cast

import yaml
from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from ..arguments import Arguments, Rule
from ..errors import InvalidArgumentError, Problem, refused
from ..names import VaultObjectName


def _file_name(value: str) -> str | None:
    # secrets-store-csi-driver pkg/util/fileutil: the path must be clean and stay inside the mount.
    parts = value.split("/")
    if value.startswith("/") or ".." in value or any(part in ("", ".") for part in parts):
        return "absolute, or with an empty part, '.' or '..'"
    if "\\" in value or not value.isprintable():
        return "a backslash, or a character that cannot be printed"
    if any(len(part.encode()) > 255 for part in parts):
        return "a part longer than 255 bytes"
    return None


def _file_permission(value: str) -> str | None:
    # secrets-store-csi-driver pkg/util/fileutil, WritePayloads: content and mode are set, the owner is not
    # (kubernetes-sigs/secrets-store-csi-driver#858).
    if int(value, 8) & 0o004:
        return None
    return "the CSI driver makes every file root's and ignores fsGroup, so a pod that is not root reads as 'others'"


FileName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4096),
    Rule("a relative path inside the mount", "db/password", _file_name),
]
ObjectVersion = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{32}$"),
    Rule("a version of 32 hexadecimal digits", "0123456789abcdef0123456789abcdef"),
]
VersionHistory = Annotated[int, Field(strict=True, ge=1, le=100), Rule("1-100 versions", 2)]
# The Azure provider takes "999" and "rw-" without a word and makes a file of mode 0.
FilePermission = Annotated[
    str,
    StringConstraints(pattern=r"^0[0-7]{3}$"),
    Rule("a quoted octal mode up to 0777 that lets others read", "0444", _file_permission),
]


class VaultObject(Arguments):
    """What secrets, keys and certificates have in common."""

    name: VaultObjectName | None = None
    """The object's name in the vault; left out, its key in the map."""
    file: FileName | None = None
    """The file's path in the mount; left out, the object's name."""
    version: ObjectVersion | None = None
    """The one version to show; left out, the newest."""
    file_permission: FilePermission | None = None
    """The file's mode, which lets others read, as every pod does that is not root; left out, the provider's 0644."""


class Secret(VaultObject):
    """A secret's value.

    Needs Key Vault Secrets User, which reads every secret of the vault.

    Source: secrets-store-csi-driver-provider-azure documentation, "Usage".
    """

    kind: Literal["secret"] = "secret"
    """Tells the object's kind in stack configuration."""
    encoding: Literal["utf-8", "hex", "base64"] = "utf-8"
    """How the value is encoded in the vault; the file holds it decoded; left out, `utf-8`."""
    version_history: VersionHistory | None = None
    """How many versions to show, as files `<file>/0` (newest) and up; the Azure provider 1.8.2 shows one more. Versions
    of one second come in any order. Left out, only the newest."""


class Key(VaultObject):
    """A key's public part as PEM; the private part never leaves the vault. Needs Key Vault Reader."""

    kind: Literal["key"] = "key"
    """Tells the object's kind in stack configuration."""


class Certificate(VaultObject):
    """A certificate as PEM; with `private_key`, the private key and chain too.

    Azure keeps the private key as a secret of the same name, so `private_key` needs Key Vault Secrets User;
    the certificate alone needs Key Vault Reader.

    Source: secrets-store-csi-driver-provider-azure documentation, "Getting certificates and keys".
    """

    kind: Literal["certificate"] = "certificate"
    """Tells the object's kind in stack configuration."""
    private_key: bool = False
    """Whether the pod gets the private key; left out, no."""
    format: Literal["pem", "pfx"] = "pem"
    """Format of the private key and chain; `pfx`, with an empty password, only with `private_key` and where the vault
    keeps the certificate as PFX; left out, `pem`."""

    @model_validator(mode="after")
    def _pfx_holds_a_private_key(self) -> Self:
        if self.format == "pfx" and not self.private_key:
            raise refused("format", "must be 'pem' unless private_key is true, for example 'pem'; got 'pfx'")
        return self


_KINDS: dict[object, type[Secret | Key | Certificate]] = {"secret": Secret, "key": Key, "certificate": Certificate}


def _of_its_kind(value: Any, handler: ValidatorFunctionWrapHandler) -> Secret | Key | Certificate:
    """Validates a mapping as the model that its `kind` names, so that errors name the field and no union member."""
    if not isinstance(value, Mapping):
        return handler(value)
    fields = cast(Mapping[str, Any], value)
    if fields.get("kind") not in _KINDS:
        raise refused("kind", f"must be 'secret', 'key' or 'certificate'; got {fields.get('kind')!r}")
    return _KINDS[fields["kind"]](**fields)


def needs_secret_values(shown: Secret | Key | Certificate) -> bool:
    """Whether showing this object takes the right to read secret values; otherwise public parts are enough."""
    return isinstance(shown, Secret) or (isinstance(shown, Certificate) and shown.private_key)


def file_paths(key: str, shown: Secret | Key | Certificate) -> list[str]:
    """The paths that an object takes in the mount."""
    path = shown.file or shown.name or key
    if isinstance(shown, Secret) and shown.version_history and shown.version_history > 1:
        # The Azure provider 1.8.2 stops one version too late.
        return [f"{path}/{index}" for index in range(shown.version_history + 1)]
    return [path]


def _files_do_not_collide(
    objects: Mapping[str, Secret | Key | Certificate],
) -> Mapping[str, Secret | Key | Certificate]:
    taken: dict[str, str] = {}
    problems: list[Problem] = []
    for key, each in objects.items():
        for path in file_paths(key, each):
            other = next((t for t in taken if f"{t}/".startswith(f"{path}/") or f"{path}/".startswith(f"{t}/")), None)
            if other is not None:
                text = f"must be a path of its own; got {path!r}, {taken[other]} has {other!r}"
                problems.append(Problem((key, "file"), text))
            taken[path] = key
    if problems:
        raise InvalidArgumentError("VaultObjects", problems)
    return objects


VaultObjects = Annotated[
    Mapping[
        VaultObjectName,
        Annotated[Secret | Key | Certificate, Field(discriminator="kind"), WrapValidator(_of_its_kind)],
    ],
    AfterValidator(_files_do_not_collide),
]


class _Block(str):
    """Text that YAML shows as a block, so that people can read the class in the cluster."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    _Block,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|"),  # pyright: ignore[reportUnknownMemberType]
)


def objects_parameter(objects: VaultObjects) -> str:
    """The `objects` parameter of a SecretProviderClass: YAML text whose items are YAML text again.

    Source: secrets-store-csi-driver-provider-azure documentation, "Create your own SecretProviderClass".
    """
    items = [_Block(yaml.safe_dump(_provider_object(key, shown), sort_keys=False)) for key, shown in objects.items()]
    return yaml.dump({"array": items}, Dumper=_Dumper, sort_keys=False)


def _provider_object(key: str, shown: Secret | Key | Certificate) -> dict[str, str | int]:
    item: dict[str, str | int | None] = {
        "objectName": shown.name or key,
        "objectType": "secret" if needs_secret_values(shown) else "key" if isinstance(shown, Key) else "cert",
        "objectAlias": shown.file,
        "objectVersion": shown.version,
        "filePermission": shown.file_permission,
    }
    if isinstance(shown, Secret):
        item["objectEncoding"] = None if shown.encoding == "utf-8" else shown.encoding
        item["objectVersionHistory"] = shown.version_history
    if isinstance(shown, Certificate) and shown.private_key:
        item["objectFormat"] = shown.format
        # The vault holds a PFX as base64 text, and so would the file.
        item["objectEncoding"] = "base64" if shown.format == "pfx" else None
    return {field: value for field, value in item.items() if value is not None}
