"""Refusals as AI accounts word them, by the part of the text that tells them apart.

Source of what is refused: Microsoft Learn, ai-services/{disable-local-auth, cognitive-services-virtual-networks} and
ai-foundry/openai/how-to/role-based-access-control; of the words: `REPORTED`.
"""

from typing import Any

from sandbox.reported import Reported, thread

_KEYS_ARE_OFF = "Key based authentication is disabled for this resource."
_WRONG_KEY = "Access denied due to invalid subscription key or wrong API endpoint."
_NOT_TAKEN = "Access token is missing, invalid, audience is incorrect"
_ACTION_MISSING = "lacks the required data action"
_OUTSIDE = "Access denied due to Virtual Network/Firewall rules."
_NOT_PUBLIC = "Public access is disabled. Please configure private endpoint."
_NO_DEPLOYMENT = "The API deployment for this resource does not exist."
_NOTHING = "Resource not found"

REPORTED = {
    _KEYS_ARE_OFF: Reported(403, "AuthenticationTypeDisabled", (thread("microsoft/sample-app-aoai-chatGPT", 1000),)),
    _WRONG_KEY: Reported(401, "401", (thread("microsoft/semantic-kernel", 10337),)),
    _NOT_TAKEN: Reported(
        401, "", (thread("MuiseDestiny/zotero-gpt", 412), thread("Azure-Samples/azure-search-openai-demo", 458))
    ),
    _ACTION_MISSING: Reported(
        401,
        "PermissionDenied",
        (thread("microsoft/ai-agent-evals", 43), thread("Azure-Samples/azure-ai-studio-secure-bicep", 17)),
        "when the text is 'Principal does not have access to API/Operation.' instead (never), and whether a chat "
        "completion's ends with a link to aka.ms/FoundryPermissions as that of agents does (no)",
    ),
    _OUTSIDE: Reported(403, "403", (thread("Azure-Samples/azure-sql-db-chatbot", 3),)),
    _NOT_PUBLIC: Reported(403, "403", (thread("TabularEditor/TabularEditor3", 1557),), "the code in its body (403)"),
    _NO_DEPLOYMENT: Reported(404, "DeploymentNotFound", (thread("MicrosoftDocs/azure-docs", 114013),)),
    _NOTHING: Reported(404, "404", (), "the words for an address that leads nowhere (these)"),
}


class AccountError(Exception):
    """A refused request: HTTP status and body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def _refused(words: str, message: str) -> AccountError:
    reported = REPORTED[words]
    return AccountError(reported.status, {"error": {"code": reported.code, "message": message}})


def keys_are_off() -> AccountError:
    return _refused(_KEYS_ARE_OFF, _KEYS_ARE_OFF)


def wrong_key() -> AccountError:
    text = "Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for"
    return _refused(_WRONG_KEY, f"{_WRONG_KEY} {text} your resource.")


def wrong_token() -> AccountError:
    """Its body is of another form than that of all others."""
    status = REPORTED[_NOT_TAKEN].status
    text = f"Unauthorized. {_NOT_TAKEN} (https://cognitiveservices.azure.com), or have expired."
    return AccountError(status, {"statusCode": status, "message": text})


def action_missing(object_id: str, action: str, operation: str) -> AccountError:
    text = f"The principal `{object_id}` {_ACTION_MISSING} `{action}` to perform `{operation}` operation."
    return _refused(_ACTION_MISSING, text)


def outside_of_the_network() -> AccountError:
    return _refused(_OUTSIDE, _OUTSIDE)


def not_public() -> AccountError:
    return _refused(_NOT_PUBLIC, _NOT_PUBLIC)


def nothing_there() -> AccountError:
    return _refused(_NOTHING, _NOTHING)


def deployment_not_found() -> AccountError:
    text = "If you created the deployment within the last 5 minutes, please wait a moment and try again."
    return _refused(_NO_DEPLOYMENT, f"{_NO_DEPLOYMENT} {text}")
