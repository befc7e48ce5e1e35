"""Refusals as AI accounts word them.

Source: Microsoft Learn, ai-services/{disable-local-auth, cognitive-services-virtual-networks} and ai-foundry/openai/
how-to/role-based-access-control say what is refused. Statuses, codes and texts are what callers have reported.
"""

from typing import Any


class AccountError(Exception):
    """A refused request: HTTP status and body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def _error(status: int, code: str, message: str) -> AccountError:
    return AccountError(status, {"error": {"code": code, "message": message}})


def keys_are_off() -> AccountError:
    return _error(403, "AuthenticationTypeDisabled", "Key based authentication is disabled for this resource.")


def wrong_key() -> AccountError:
    text = (
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        "active subscription and use a correct regional API endpoint for your resource."
    )
    return _error(401, "401", text)


def wrong_token() -> AccountError:
    text = (
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), "
        "or have expired."
    )
    return AccountError(401, {"statusCode": 401, "message": text})


def action_missing(object_id: str, action: str, operation: str) -> AccountError:
    text = f"The principal `{object_id}` lacks the required data action `{action}` to perform `{operation}` operation."
    return _error(401, "PermissionDenied", text)


def outside_of_the_network() -> AccountError:
    return _error(403, "403", "Access denied due to Virtual Network/Firewall rules.")


def not_public() -> AccountError:
    return _error(403, "403", "Public access is disabled. Please configure private endpoint.")


def nothing_there() -> AccountError:
    return _error(404, "404", "Resource not found")


def deployment_not_found() -> AccountError:
    text = (
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
        "please wait a moment and try again."
    )
    return _error(404, "DeploymentNotFound", text)
