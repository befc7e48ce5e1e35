"""Refusals as Key Vault words them.

Source: Microsoft Learn, key-vault/general/{rest-error-codes, authentication-requests-and-responses}. The texts are what
callers have reported; Microsoft documents codes and inner codes.
"""

from typing import Any


class VaultError(Exception):
    """A refused request: HTTP status, code, message and, where there is one, the inner code."""

    def __init__(self, status: int, code: str, message: str, inner: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"error": {"code": code, "message": message}}
        if inner:
            self.body["error"]["innererror"] = {"code": inner}


def unauthorized(number: int, message: str) -> VaultError:
    return VaultError(401, "Unauthorized", f"AKV{number}: {message}")


def forbidden_by_rbac(caller: str, action: str, resource: str, vault: str) -> VaultError:
    text = (
        "Caller is not authorized to perform action on resource.\r\n"
        "If role assignments, deny assignments or role definitions were changed recently, please observe propagation "
        f"time.\r\nCaller: {caller}\r\nAction: '{action}'\r\nResource: '{resource}'\r\nAssignment: (not found)\r\n"
        f"DenyAssignmentId: null\r\nDecisionReason: null \r\nVault: {vault}\r\n"
    )
    return VaultError(403, "Forbidden", text, "ForbiddenByRbac")


def forbidden_by_policy(caller: str, permission: str, vault: str) -> VaultError:
    text = (
        f"The user, group or application '{caller}' does not have {permission} permission on key vault '{vault}'. For "
        "help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287"
    )
    return VaultError(403, "Forbidden", text, "ForbiddenByPolicy")


def forbidden_by_firewall(address: str, caller: str, vault: str) -> VaultError:
    text = (
        f"Client address is not authorized and caller is not a trusted service.\r\nClient address: {address}\r\n"
        f"Caller: {caller}\r\nVault: {vault}"
    )
    return VaultError(403, "Forbidden", text, "ForbiddenByFirewall")


def forbidden_by_connection(caller: str, vault: str) -> VaultError:
    text = (
        "Public network access is disabled and request is not from a trusted service nor via an approved private link."
        f"\r\nCaller: {caller}\r\nVault: {vault}"
    )
    return VaultError(403, "Forbidden", text, "ForbiddenByConnection")


def not_found(kind: str, name: str) -> VaultError:
    text = f"A {kind} with (name/id) {name} was not found in this key vault."
    return VaultError(404, f"{kind.capitalize()}NotFound", text)


def disabled() -> VaultError:
    return VaultError(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled")


def bad_parameter(message: str) -> VaultError:
    return VaultError(400, "BadParameter", message)
