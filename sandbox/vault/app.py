"""`*.vault.azure.net` as an ASGI application: who asks is checked before what is asked for.

In this order: a token at all (the challenge says where to get one), its signature, time, audience and tenant, the
vault's network, the caller's roles or access policy. That order is the sandbox's own: Microsoft Learn
(key-vault/general/authentication) has the network before the token, while reported refusals by the network name the
caller, whom only a token tells. Deleting objects is not there.
Source: Microsoft Learn, key-vault/general/{authentication-requests-and-responses, network-security, rbac-guide,
assign-access-policy}; azure-rest-api-specs keyvault data plane.
"""

import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.access import UnknownConditionError, may
from sandbox.azure.keyvault import VAULTS
from sandbox.azure.store import Json, Store
from sandbox.azure.timing import Timing
from sandbox.entra.tokens import BadTokenError, Tokens, claims_of
from sandbox.firewall import CLIENT_ADDRESS, is_public, lets_in
from sandbox.plain import items, part
from sandbox.vault.errors import (
    VaultError,
    audience_wrong,
    bad_parameter,
    forbidden_by_connection,
    forbidden_by_firewall,
    forbidden_by_policy,
    forbidden_by_rbac,
    issuer_wrong,
    signature_wrong,
    token_expired,
    token_missing,
    vault_not_found,
)
from sandbox.vault.objects import Vault, listed_as

AUDIENCE = "https://vault.azure.net"
# Azure Key Vault, as every tenant knows it.
_APPLICATION = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"
# Data action of a role and permission of an access policy.
_NEEDED = {
    ("secrets", "read"): ("secrets/getSecret/action", "get"),
    ("secrets", "list"): ("secrets/readMetadata/action", "list"),
    ("secrets", "write"): ("secrets/setSecret/action", "set"),
    ("keys", "read"): ("keys/read", "get"),
    ("keys", "list"): ("keys/read", "list"),
    ("keys", "write"): ("keys/import/action", "import"),
    ("certificates", "read"): ("certificates/read", "get"),
    ("certificates", "list"): ("certificates/read", "list"),
    ("certificates", "write"): ("certificates/import/action", "import"),
}


def create_app(store: Store, tokens: Tokens, timing: Timing) -> Starlette:
    """The data plane of every vault in `store`, told apart by host name."""

    def opened(request: Request, verb: str) -> Vault:
        """The vault, if the caller may do this to it."""
        body = _vault(store, request)
        kind, name = request.path_params["kind"], request.path_params.get("name", "")
        if (kind, verb) not in _NEEDED:
            raise bad_parameter(f"the sandbox's vaults have no {kind}")
        claims = _claims(tokens, request, body)
        caller = f"appid={claims['appid']};oid={claims['oid']};iss={claims['iss']}"
        _check_network(body, caller)
        _check_access(store, timing, body, claims["oid"], caller, (kind, verb, name))
        if name and not re.fullmatch("[0-9A-Za-z-]{1,127}", name):
            raise bad_parameter(f"The request URI contains an invalid name: {name}")
        return Vault(store, body, int(timing.now()))

    async def read(request: Request) -> Response:
        path = request.path_params
        return JSONResponse(opened(request, "read").version(path["kind"], path["name"], path.get("version", "")))

    async def listed(request: Request) -> Response:
        found = opened(request, "list").newest(request.path_params["kind"])
        return JSONResponse({"value": [listed_as(body, versioned=False) for body in found]})

    async def versions(request: Request) -> Response:
        path = request.path_params
        found = opened(request, "list").versions(path["kind"], path["name"])
        return JSONResponse({"value": [listed_as(body, versioned=True) for _, body in found]})

    async def write(request: Request) -> Response:
        vault, kind, name = opened(request, "write"), request.path_params["kind"], request.path_params["name"]
        body: Json = await request.json()
        with store.transaction():
            match kind:
                case "secrets":
                    return JSONResponse(vault.set_secret(name, body))
                case "keys":
                    return JSONResponse(vault.import_key(name, body["key"]))
                case _:
                    return JSONResponse(vault.import_certificate(name, body["value"], body.get("pwd")))

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, VaultError)
        headers: dict[str, str] = {}
        if error.status == 401:
            authority = f"https://login.microsoftonline.com/{_vault(store, request)['properties']['tenantId']}"
            headers["WWW-Authenticate"] = f'Bearer authorization="{authority}", resource="{AUDIENCE}"'
        return JSONResponse(error.body, error.status, headers)

    return Starlette(
        routes=[
            Route("/{kind}", listed),
            Route("/{kind}/{name}/versions", versions),
            Route("/certificates/{name}/import", _of("certificates", write), methods=["POST"]),
            Route("/{kind}/{name}", read),
            Route("/{kind}/{name}/", read),
            Route("/secrets/{name}", _of("secrets", write), methods=["PUT"]),
            Route("/keys/{name}", _of("keys", write), methods=["PUT"]),
            Route("/{kind}/{name}/{version}", read),
        ],
        exception_handlers={VaultError: refused},
    )


def _of(kind: str, endpoint: Any) -> Any:
    async def with_kind(request: Request) -> Response:
        request.path_params["kind"] = kind
        return await endpoint(request)

    return with_kind


def _vault(store: Store, request: Request) -> Json:
    found = store.named(VAULTS, request.headers["host"].partition(".")[0])
    if not found:
        raise vault_not_found()
    return found[0]


def _claims(tokens: Tokens, request: Request, vault: Json) -> dict[str, Any]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise token_missing()
    try:
        tokens.check_signature(token)
        claims = claims_of(token)
    except BadTokenError as error:
        raise signature_wrong(token.partition(".")[0]) from error
    if tokens.now() >= claims["exp"]:
        raise token_expired()
    if claims["aud"] not in (AUDIENCE, _APPLICATION):
        raise audience_wrong(f"{AUDIENCE} or {_APPLICATION}", claims["aud"])
    expected = f"https://sts.windows.net/{vault['properties']['tenantId']}/"
    if claims["iss"] != expected:
        raise issuer_wrong(expected, claims["iss"])
    return claims


def _check_network(vault: Json, caller: str) -> None:
    """Source: Microsoft Learn, key-vault/general/network-security."""
    if not is_public(vault["properties"]):
        raise forbidden_by_connection(caller, _described(vault))
    if not lets_in(part(vault, "properties", "networkAcls")):
        raise forbidden_by_firewall(CLIENT_ADDRESS, caller, _described(vault))


def _check_access(
    store: Store, timing: Timing, vault: Json, object_id: str, caller: str, wanted: tuple[str, str, str]
) -> None:
    """Roles, or where the vault has them off its access policies; never both."""
    kind, verb, name = wanted
    action, permission = _NEEDED[kind, verb]
    properties = vault["properties"]
    if not properties["enableRbacAuthorization"]:
        policies: list[Json] = [each for each in properties["accessPolicies"] if each["objectId"].lower() == object_id]
        granted = [str(each).lower() for policy in policies for each in items(policy, "permissions", kind)]
        if not {permission, "all"} & {*granted}:
            raise forbidden_by_policy(caller, f"{kind} {permission}", _described(vault))
        return
    action = f"{VAULTS}/{action}"
    resource = f"{vault['id']}/{kind}/{name}".rstrip("/")
    try:
        allowed = may(store, timing, object_id, action, resource, {f"{VAULTS}/{kind}:name": name})
    except UnknownConditionError as error:
        raise VaultError(501, "NotImplemented", str(error)) from error
    if not allowed:
        raise forbidden_by_rbac(caller, action, resource, _described(vault))


def _described(vault: Json) -> str:
    return f"{vault['name']};location={vault['location']}"
