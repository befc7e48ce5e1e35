"""`*.openai.azure.com` and `*.cognitiveservices.azure.com` as an ASGI application: chat completions of a deployment.

In this order: the account's network, a key or a token at all, its signature, time and audience, the caller's roles, the
deployment. Which of them Azure looks at first is not documented. Every completion says the same: there is no model.
Source: azure-rest-api-specs cognitiveservices data plane (AzureOpenAI inference); Microsoft Learn, ai-services/
{authentication, disable-local-auth}, ai-foundry/openai/how-to/managed-identity.
"""

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.ai_account import errors
from sandbox.ai_account.errors import AccountError
from sandbox.azure.access import may
from sandbox.azure.cognitiveservices import ACCOUNTS, DEPLOYMENTS, keys_of
from sandbox.azure.store import Json, Store
from sandbox.azure.timing import Timing
from sandbox.entra.tokens import BadTokenError, Tokens, claims_of
from sandbox.firewall import is_public, lets_in
from sandbox.plain import part

AUDIENCE = "https://cognitiveservices.azure.com"
_COMPLETE = f"{ACCOUNTS}/OpenAI/deployments/chat/completions/action"
_OPERATION = "POST /openai/deployments/{deployment-id}/chat/completions"
_ANSWER = "The sandbox has no models."


def create_app(store: Store, tokens: Tokens, timing: Timing) -> Starlette:
    """The data plane of every account in `store`, told apart by the host name of its endpoint."""

    async def complete(request: Request) -> Response:
        account = _account(store, request)
        _check_network(account)
        _check_caller(store, tokens, timing, account, request)
        deployment = store.get(f"{account['id']}/deployments/{request.path_params['deployment']}")
        if deployment is None or deployment["type"] != DEPLOYMENTS:
            raise errors.deployment_not_found()
        now = int(timing.now())
        message = {"role": "assistant", "content": _ANSWER}
        return JSONResponse(
            {
                "id": f"chatcmpl-{store.guid('completion', str(now))}",
                "object": "chat.completion",
                "created": now,
                "model": deployment["properties"]["model"]["name"],
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
            }
        )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, AccountError)
        return JSONResponse(error.body, error.status)

    async def missing(request: Request, error: Exception) -> Response:
        return await refused(request, errors.nothing_there())

    return Starlette(
        routes=[Route("/openai/deployments/{deployment}/chat/completions", complete, methods=["POST"])],
        exception_handlers={AccountError: refused, 404: missing},
    )


def _account(store: Store, request: Request) -> Json:
    host = request.headers["host"].partition(":")[0].lower()
    for account in store.of_type(ACCOUNTS):
        if urlsplit(str(account["properties"]["endpoint"])).hostname == host:
            return account
    # In Azure such a name has no address in DNS.
    raise errors.nothing_there()


def _check_network(account: Json) -> None:
    """Source: Microsoft Learn, ai-services/cognitive-services-virtual-networks."""
    if not is_public(account["properties"]):
        raise errors.not_public()
    if not lets_in(part(account, "properties", "networkAcls")):
        raise errors.outside_of_the_network()


def _check_caller(store: Store, tokens: Tokens, timing: Timing, account: Json, request: Request) -> None:
    key = request.headers.get("api-key") or request.headers.get("ocp-apim-subscription-key")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if key or not token:
        if key and account["properties"].get("disableLocalAuth"):
            raise errors.keys_are_off()  # whether Azure looks at the key before it says so is not documented
        if key not in keys_of(store, account).values():
            raise errors.wrong_key()
        return
    try:
        tokens.check_signature(token)
        claims = claims_of(token)
    except BadTokenError as error:
        raise errors.wrong_token() from error
    if scheme.lower() != "bearer" or tokens.now() >= claims["exp"] or str(claims["aud"]).rstrip("/") != AUDIENCE:
        raise errors.wrong_token()
    if not may(store, timing, claims["oid"], _COMPLETE, account["id"], {}):
        raise errors.action_missing(claims["oid"], _COMPLETE, _OPERATION)
