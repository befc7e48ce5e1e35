"""JSON Web Tokens that the sandbox's Entra ID signs, and what can be read in those of others."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.azure.store import Store
from sandbox.entra.principals import Principal
from sandbox.plain import is_map

ACCESS_TOKEN_SECONDS = 3600
KEY_NAME = "entra-key"


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
        self._kept_key: rsa.RSAPrivateKey | None = None

    @property
    def issuer(self) -> str:
        """Of access tokens version 1.0. Source: Microsoft Learn, identity-platform/access-token-claims-reference."""
        return f"https://sts.windows.net/{self.store.tenant_id}/"

    def access_token(self, principal: Principal, audience: str) -> str:
        """Source of the claims: Microsoft Learn, identity-platform/access-token-claims-reference."""
        return self.signed(
            {
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
        head = {"typ": "JWT", "alg": "RS256", "kid": self._key_id}
        payload = {**claims, "iat": now, "nbf": now, "exp": now + seconds}
        text = ".".join(_encoded(json.dumps(part).encode()) for part in (head, payload))
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{_encoded(signature)}"

    def check_signature(self, token: str) -> None:
        """Raises: BadTokenError, when this sandbox did not sign the token."""
        text, _, signature = token.rpartition(".")
        try:
            self._key.public_key().verify(_decoded(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError) as error:
            raise BadTokenError("it was not signed here") from error

    def public_keys(self) -> dict[str, Any]:
        """The JSON Web Key Set: RFC 7517."""
        numbers = self._key.public_key().public_numbers()
        n, e = (_encoded(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self._key_id, "n": n, "e": e}]}

    @property
    def _key(self) -> rsa.RSAPrivateKey:
        if self._kept_key is None:
            key = serialization.load_pem_private_key(self.store.kept(KEY_NAME, new_key).encode(), None)
            assert isinstance(key, rsa.RSAPrivateKey)
            self._kept_key = key
        return self._kept_key

    @property
    def _key_id(self) -> str:
        return self.store.guid(KEY_NAME)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it.

    Raises:
        BadTokenError: It is no JSON Web Token.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise BadTokenError("it must have three parts")
    try:
        claims: Any = json.loads(_decoded(parts[1]))
    except ValueError as error:
        raise BadTokenError("its payload is no base64url of JSON") from error
    if not is_map(claims):
        raise BadTokenError("its payload is no JSON object")
    return claims


def new_key() -> str:
    """A private key, as text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
