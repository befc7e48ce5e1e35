"""The one cluster that a kubeconfig leads to."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class KubeconfigError(Exception):
    """The kubeconfig cannot be used; the message says why."""


@dataclass(frozen=True)
class Connection:
    """Where a cluster's API server is and how to talk to it.

    Attributes:
        server: Base address.
        ca: The certificate that the server's is signed with; None for the public ones.
        user: Who to be there: a token, or the program that gets one.
    """

    server: str
    ca: bytes | None
    user: dict[str, Any]


def read_kubeconfig(text: str, context: str | None = None) -> Connection:
    """The connection for a context of a kubeconfig given as YAML, JSON or a path.

    Raises:
        KubeconfigError: It cannot be read, or the context or its cluster is missing.

    Source: kubernetes.io, "Organizing Cluster Access Using kubeconfig Files".
    """
    path = Path(text).expanduser() if "\n" not in text and "{" not in text else None
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8") if path else text)
        name = context or content["current-context"]
        used = _named(content["contexts"], name)["context"]
        cluster = _named(content["clusters"], used["cluster"])["cluster"]
        user: dict[str, Any] = _named(content.get("users") or [], used["user"])["user"] if used.get("user") else {}
        data = cluster.get("certificate-authority-data")
        ca = base64.b64decode(data, validate=True) if data else None
        return Connection(cluster["server"].rstrip("/"), ca, user)
    except (OSError, yaml.YAMLError, LookupError, TypeError, AttributeError, binascii.Error) as error:
        raise KubeconfigError(f"the kubeconfig cannot be used: {type(error).__name__}: {error}") from error


def _named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    for entry in entries:
        if entry["name"] == name:
            return entry
    raise LookupError(f"it has no entry named {name!r}")
