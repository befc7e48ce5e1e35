"""JSON Web Tokens that the sandbox's Entra ID signs, and what can be read in those of others."""

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

from sandbox.azure.store import Store
from sandbox.entra.principals import Principal, groups_of

ACCESS_TOKEN_SECONDS = 3600
KEY_NAME = "entra-key"
ALGORITHM = "RS256"
# Times, issuers and audiences are judged by Entra's own rules, elsewhere.
SIGNATURE_ONLY: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}


class BadTokenError(ValueError):
    """A text that is no token, or no token of this sandbox; says in a few words why."""


class Tokens:
    """Signs with RS256 and one key, which is made once and kept in the store.

    Args:
        store: whose directory this is.
        now: the clock, in seconds since 1970.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self.store = store
        self.now = now

    @property
    def issuer(self) -> str:
        """Of access tokens version 1.0. Source: Microsoft Learn, identity-platform/access-token-claims-reference."""
        return f"https://sts.windows.net/{self.store.tenant_id}/"

    def access_token(self, principal: Principal, audience: str) -> str:
        """Source of the claims: Microsoft Learn, identity-platform/access-token-claims-reference."""
        groups = groups_of(self.store, principal)
        return self.signed(
            {
                **({"groups": groups} if groups else {}),
                "aud": audience,
                "iss": self.issuer,
                "appid": principal.client_id,
                "idtyp": "app",
                "oid": principal.object_id,
                "sub": principal.object_id,
                "tid": self.store.tenant_id,
                "ver": "1.0",
            },
            ACCESS_TOKEN_SECONDS,
        )

    def signed(self, claims: Mapping[str, Any], seconds: int) -> str:
        """A token with these claims that holds from now for so long."""
        now = int(self.now())
        payload = {**claims, "iat": now, "nbf": now, "exp": now + seconds}
        return jwt.encode(payload, self._key, ALGORITHM, headers={"kid": self._key_id})

    def check_signature(self, token: str) -> None:
        """Raises: BadTokenError, when this sandbox did not sign the token."""
        try:
            jwt.decode(token, self._key.public_key(), [ALGORITHM], options=SIGNATURE_ONLY)
        except jwt.InvalidTokenError as error:
            raise BadTokenError("it was not signed here") from error

    def public_keys(self) -> dict[str, Any]:
        """The JSON Web Key Set: RFC 7517."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "use": "sig", "alg": ALGORITHM, "kid": self._key_id}]}

    @property
    def _key(self) -> rsa.RSAPrivateKey:
        return read_key(self.store.kept(KEY_NAME, new_key))

    @property
    def _key_id(self) -> str:
        return self.store.guid(KEY_NAME)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it.

    Raises:
        BadTokenError: It is no JSON Web Token.
    """
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise BadTokenError(str(error)) from error


def new_key() -> str:
    """A private key, as text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


@cache
def read_key(text: str) -> rsa.RSAPrivateKey:
    """The private key that a text holds; reading one takes as long as making one, because it is checked."""
    key = serialization.load_pem_private_key(text.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
