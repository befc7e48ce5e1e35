"""The issuers of the clusters: the keys that they sign service account tokens with, and where those are published.

AKS publishes both documents outside the cluster, so that Entra ID reads them without reaching it.
Source: Microsoft Learn, aks/use-oidc-issuer; OpenID Connect Discovery 1.0; kubernetes.io, "Configure Service Accounts".
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.store import Json, Store
from sandbox.entra.tokens import ALGORITHM, new_key, read_key
from sandbox.plain import part

HOST = "{region}.oic.prod-aks.azure.com"


class Issuer:
    """The issuer of one cluster.

    Args:
        store: where its key is kept.
        url: its address, with the slash at its end.
        cluster_uid: whose it is; a cluster made anew has a new key.
    """

    def __init__(self, store: Store, url: str, cluster_uid: str) -> None:
        self.url = url
        self.private_key_pem = store.kept(f"issuer-key-{cluster_uid}", new_key)

    @property
    def _key(self) -> rsa.RSAPrivateKey:
        return read_key(self.private_key_pem)

    @property
    def key_id(self) -> str:
        """As Kubernetes forms it: the hash of the public key. Source: kubernetes pkg/serviceaccount/jwt.go."""
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.urlsafe_b64encode(hashlib.sha256(public).digest()).rstrip(b"=").decode()

    @property
    def configuration(self) -> dict[str, Any]:
        """The discovery document, as an API server answers it."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }

    @property
    def key_set(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set, as an API server answers it."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        public = {name: key[name] for name in ("kty", "n", "e")}
        return {"keys": [{"use": "sig", **public, "alg": ALGORITHM, "kid": self.key_id}]}

    def signed(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        return jwt.encode(claims, self._key, ALGORITHM, headers={"kid": self.key_id})


def issuer_of(store: Store, cluster: Json) -> Issuer | None:
    """The issuer of a cluster; None where it is off."""
    url = part(cluster, "properties", "oidcIssuerProfile").get("issuerURL")
    return Issuer(store, url, cluster["properties"]["resourceUID"]) if url else None


def find(store: Store, url: str) -> Issuer | None:
    """The issuer of this very address, if a cluster that exists has it."""
    issuers = (issuer_of(store, cluster) for cluster in store.of_type(CLUSTERS))
    return next((each for each in issuers if each and each.url == url), None)


def published_keys(store: Store, url: str, elsewhere: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The key set of the issuer of this very address: of a cluster here, or one that is published elsewhere."""
    here = find(store, url)
    return here.key_set if here else elsewhere.get(url)


def create_app(store: Store) -> Starlette:
    """The host on which AKS publishes the documents of its issuers."""

    def issuer(request: Request) -> Issuer | None:
        host = request.headers["host"].partition(":")[0]
        return find(store, f"https://{host}/{request.path_params['tenant']}/{request.path_params['guid']}/")

    async def configuration(request: Request) -> Response:
        found = issuer(request)
        return JSONResponse(found.configuration) if found else Response(status_code=404)

    async def keys(request: Request) -> Response:
        found = issuer(request)
        return JSONResponse(found.key_set) if found else Response(status_code=404)

    return Starlette(
        routes=[
            Route("/{tenant}/{guid}/.well-known/openid-configuration", configuration),
            Route("/{tenant}/{guid}/openid/v1/jwks", keys),
        ]
    )
