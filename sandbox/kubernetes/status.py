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


def forbidden(kind: Kind, name: str, why: str) -> StatusError:
    return StatusError(403, "Forbidden", f'{kind.resource} "{name}" is forbidden: {why}')


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def invalid(kind: Kind, name: str, problems: Sequence[str]) -> StatusError:
    qualified = f"{kind.name}.{kind.group}" if kind.group else kind.name
    causes = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    return StatusError(422, "Invalid", f'{qualified} "{name}" is invalid: {causes}')


def unsupported_media_type(content_type: str) -> StatusError:
    return StatusError(
        415, "UnsupportedMediaType", f"the body of the request was in an unknown format: {content_type or 'none'}"
    )
