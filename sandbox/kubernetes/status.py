"""Refusals as the Kubernetes API server words them.

Source: kubernetes/apimachinery pkg/api/errors/errors.go.
"""

from collections.abc import Sequence
from typing import Any

from sandbox.kubernetes.kinds import Kind


class StatusError(Exception):
    """A refusal: HTTP status, reason and message of the Status object that is answered."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }


def unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized", "Unauthorized")


def no_such_path() -> StatusError:
    return StatusError(404, "NotFound", "the server could not find the requested resource")


def not_found(kind: Kind, name: str) -> StatusError:
    return StatusError(404, "NotFound", f'{kind.resource} "{name}" not found')


def already_exists(kind: Kind, name: str) -> StatusError:
    return StatusError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists')


def conflict(kind: Kind, name: str) -> StatusError:
    return StatusError(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {kind.resource} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again",
    )


def apply_conflict(kind: Kind, taken: Sequence[tuple[str, str]]) -> StatusError:
    """kubernetes/apimachinery pkg/util/managedfields/internal/conflict.go."""
    lines = [f'conflict with "{manager}" using {kind.api_version}: {path}' for manager, path in taken]
    if len(lines) == 1:
        return StatusError(409, "Conflict", f"Apply failed with 1 conflict: {lines[0]}")
    listed = "".join(f"\n- {line}" for line in lines)
    return StatusError(409, "Conflict", f"Apply failed with {len(lines)} conflicts: conflicts:{listed}")


def uid_mismatch(kind: Kind, name: str, uid: str, live: str | None) -> StatusError:
    """kubernetes/apiserver pkg/endpoints/handlers/patch.go: an apply that names a uid creates nothing."""
    why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
    if live:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {live}"
    return StatusError(409, "Conflict", f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}')


def forbidden(kind: Kind, name: str, why: str) -> StatusError:
    return StatusError(403, "Forbidden", f'{kind.resource} "{name}" is forbidden: {why}')


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def no_field_manager() -> StatusError:
    """kubernetes/apimachinery pkg/apis/meta/v1/validation/validation.go, ValidatePatchOptions."""
    why = "fieldManager: Required value: is required for apply patch"
    return StatusError(422, "Invalid", f'PatchOptions.meta.k8s.io "" is invalid: {why}')


def invalid(kind: Kind, name: str, problems: Sequence[str]) -> StatusError:
    qualified = f"{kind.name}.{kind.group}" if kind.group else kind.name
    causes = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    return StatusError(422, "Invalid", f'{qualified} "{name}" is invalid: {causes}')


def unsupported_media_type(content_type: str) -> StatusError:
    return StatusError(
        415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {content_type or 'none'}"
    )
