"""login.microsoftonline.com as an ASGI application: discovery, keys and the token endpoint.

Sources: Microsoft Learn, identity-platform/{v2-oauth2-client-creds-grant-flow, v2-protocols-oidc};
what the Microsoft Authentication Library for Python asks for.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.circumstances import Circumstances
from sandbox.azure.store import Store
from sandbox.directory import NAME as DIRECTORY
from sandbox.directory import application
from sandbox.entra import assertions, errors
from sandbox.entra.errors import EntraError
from sandbox.entra.principals import Principal, by_client_id, caller
from sandbox.entra.tokens import ACCESS_TOKEN_SECONDS, Tokens

HOST = "login.microsoftonline.com"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def create_app(
    store: Store, circumstances: Circumstances | None = None, *, now: Callable[[], float] = time.time
) -> Starlette:
    """The authority of one tenant.

    Args:
        circumstances: which issuers there are outside of the tenant; left out, none.
        now: the clock, in seconds since 1970.
    """
    elsewhere = (circumstances or Circumstances()).issuers_elsewhere
    tokens = Tokens(store, now)

    async def discovery(request: Request) -> Response:
        tenant = _tenant(store, request, "invalid_tenant")
        host = f"https://{HOST}/{tenant}"
        return JSONResponse(
            {
                "issuer": f"{host}/v2.0",
                "authorization_endpoint": f"{host}/oauth2/v2.0/authorize",
                "token_endpoint": f"{host}/oauth2/v2.0/token",
                "jwks_uri": f"{host}/discovery/v2.0/keys",
                "response_types_supported": ["code", "id_token"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            }
        )

    async def discovery_of_access_tokens(request: Request) -> Response:
        """Whoever takes access tokens of version 1.0, as an API server does, looks their keys up here."""
        tenant = _tenant(store, request, "invalid_tenant")
        uri = f"https://{HOST}/{tenant}/discovery/v2.0/keys"
        return JSONResponse({"issuer": tokens.issuer, "jwks_uri": uri})

    async def keys(request: Request) -> Response:
        _tenant(store, request)
        return JSONResponse(tokens.public_keys())

    async def token(request: Request) -> Response:
        _tenant(store, request)
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        principal = _authenticated(tokens, form, elsewhere)
        audience = _required(form, "scope").split(" ")[0].removesuffix("/.default")
        return JSONResponse(
            {
                "token_type": "Bearer",
                "expires_in": ACCESS_TOKEN_SECONDS - 1,
                "ext_expires_in": ACCESS_TOKEN_SECONDS - 1,
                "access_token": tokens.access_token(principal, audience),
            }
        )

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, EntraError)
        return JSONResponse(error.body(now()), status_code=error.status)

    return Starlette(
        routes=[
            Route("/common/discovery/instance", _instance),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", discovery),
            Route("/{tenant}/.well-known/openid-configuration", discovery_of_access_tokens),
            Route("/{tenant}/discovery/v2.0/keys", keys),
            Route("/{tenant}/oauth2/v2.0/token", token, methods=["POST"]),
        ],
        exception_handlers={EntraError: refused},
    )


async def _instance(request: Request) -> Response:
    metadata: dict[str, Any] = {"preferred_network": HOST, "preferred_cache": "login.windows.net", "aliases": [HOST]}
    tenant = request.query_params.get("authorization_endpoint", "").partition(f"{HOST}/")[2].partition("/")[0]
    return JSONResponse(
        {
            "tenant_discovery_endpoint": f"https://{HOST}/{tenant or 'common'}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [metadata],
        }
    )


def _tenant(store: Store, request: Request, error: str = "") -> str:
    tenant = request.path_params["tenant"]
    if tenant.lower() != store.tenant_id:
        raise errors.tenant_not_found(tenant, error)
    return tenant


def _authenticated(tokens: Tokens, form: dict[str, str], elsewhere: Mapping[str, Mapping[str, Any]]) -> Principal:
    grant = _required(form, "grant_type")
    if grant != "client_credentials":
        raise errors.grant_not_supported(grant)
    client_id = _required(form, "client_id")
    principal = by_client_id(tokens.store, client_id)
    if principal is None:
        if application(tokens.store, client_id):
            raise errors.service_principal_missing(client_id, tokens.store.tenant_id)
        raise errors.application_not_found(client_id, DIRECTORY)
    if form.get("client_assertion_type") == _ASSERTION_TYPE:
        assertions.check(tokens, principal, _required(form, "client_assertion"), elsewhere)
    elif not form.get("client_secret"):
        raise errors.nothing_presented()
    elif principal != caller(tokens.store) or form["client_secret"] != tokens.store.caller_secret:
        raise errors.wrong_secret(client_id)
    return principal


def _required(form: dict[str, str], name: str) -> str:
    if not form.get(name):
        raise errors.parameter_missing(name)
    return form[name]
