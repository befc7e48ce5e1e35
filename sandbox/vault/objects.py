"""What vaults hold: versions of secrets, keys and certificates.

A certificate is three objects of one name and version: the certificate, its public key as a key, and a secret with
certificate and private key. Source: Microsoft Learn, key-vault/certificates/about-certificates.
"""

import base64
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, load_pem_private_key, pkcs12
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from sandbox.azure.store import Json, Store
from sandbox.plain import part
from sandbox.vault.errors import bad_parameter, disabled, not_found

_PEM_MARK = "-----BEGIN"
PEM, PKCS12 = "application/x-pem-file", "application/x-pkcs12"
# The vault's PFX have an empty password and the algorithms that the Azure provider reads, none of them newer. RFC 7292,
# B.2: a password is repeated until it fills a block, so one zero character gives the keys that none gives.
# Source: Microsoft Learn, key-vault/certificates/how-to-export-certificate; golang.org/x/crypto/pkcs12.
_EMPTY_PASSWORD = (
    PrivateFormat.PKCS12.encryption_builder()
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())  # noqa: S303 - as above
    .build(b"\0")
)


@dataclass(frozen=True)
class Vault:
    """One vault's objects.

    Args:
        store: where they are kept.
        body: the vault's resource.
        now: the time that new versions get, in seconds since 1970.
    """

    store: Store
    body: Json
    now: int

    @property
    def uri(self) -> str:
        return str(self.body["properties"]["vaultUri"])

    def version(self, kind: str, name: str, version: str = "") -> Json:
        """One version, the newest where none is said.

        Raises:
            VaultError: There is none, or it is a disabled secret.
        """
        for found, body in reversed(self.versions(kind, name)):
            if version in ("", found):
                if kind == "secrets" and not body["attributes"]["enabled"]:
                    raise disabled()
                return body
        raise not_found(kind.removesuffix("s"), f"{name}/{version}".rstrip("/"))

    def versions(self, kind: str, name: str) -> list[tuple[str, Json]]:
        """All versions of one object with their numbers, the oldest first."""
        return [(version, body) for _, version, body in self.store.vault_objects(self.body["id"], kind, name)]

    def newest(self, kind: str) -> list[Json]:
        """The newest version of every object of a kind."""
        return list({name: body for name, _, body in self.store.vault_objects(self.body["id"], kind)}.values())

    def set_secret(self, name: str, stated: Json) -> Json:
        """A new version of a secret."""
        return self._add_secret(name, stated, self._new_version("secrets", name))

    def import_key(self, name: str, jwk: Json) -> Json:
        """A new version of a key; the private part is not kept, as nobody here signs with it."""
        public = {part: jwk[part] for part in ("kty", "n", "e", "crv", "x", "y") if part in jwk}
        return self._add_key(name, public, self._new_version("keys", name))

    def import_certificate(self, name: str, value: str, password: str | None) -> Json:
        """A new version of a certificate from a PFX (base64) or PEM text with its private key."""
        certificate, content_type, secret = _certificate(value, password)
        version = self._new_version("certificates", name)
        der = certificate.public_bytes(Encoding.DER)
        managed = {"kid": f"{self.uri}keys/{name}/{version}", "managed": True}
        self._add_secret(name, {"value": secret, "contentType": content_type, **managed}, version)
        self._add_key(name, _jwk(certificate), version)
        body = {
            "id": f"{self.uri}certificates/{name}/{version}",
            "kid": f"{self.uri}keys/{name}/{version}",
            "sid": f"{self.uri}secrets/{name}/{version}",
            "cer": base64.b64encode(der).decode(),
            "x5t": _url_safe(certificate.fingerprint(hashes.SHA1())),  # noqa: S303 - a thumbprint, by definition
            "attributes": self._attributes(),
            "policy": {
                "id": f"{self.uri}certificates/{name}/policy",
                "secret_props": {"contentType": content_type},
                "key_props": {"exportable": True},
                "issuer": {"name": "Unknown"},
            },
        }
        return self._add("certificates", name, version, body)

    def _add_secret(self, name: str, stated: Json, version: str) -> Json:
        kept = {key: stated[key] for key in ("value", "contentType", "tags", "kid", "managed") if stated.get(key)}
        attributes = {**self._attributes(), **part(stated, "attributes")}
        body = {"value": "", **kept, "id": f"{self.uri}secrets/{name}/{version}", "attributes": attributes}
        return self._add("secrets", name, version, body)

    def _add_key(self, name: str, jwk: Json, version: str) -> Json:
        body = {"key": {"kid": f"{self.uri}keys/{name}/{version}", **jwk}, "attributes": self._attributes()}
        return self._add("keys", name, version, body)

    def _add(self, kind: str, name: str, version: str, body: Json) -> Json:
        self.store.add_vault_object(self.body["id"], kind, name, version, body)
        return body

    def _attributes(self) -> Json:
        """Source of the recovery levels: azure-rest-api-specs keyvault, DeletionRecoveryLevel."""
        days = self.body["properties"]["softDeleteRetentionInDays"]
        level = f"{'Customized' if days < 90 else ''}Recoverable"
        if not self.body["properties"].get("enablePurgeProtection"):
            level += "+Purgeable"
        return {
            "enabled": True,
            "created": self.now,
            "updated": self.now,
            "recoveryLevel": level,
            "recoverableDays": days,
        }

    def _new_version(self, kind: str, name: str) -> str:
        words = (self.body["id"].lower(), kind, name.lower(), str(len(self.versions(kind, name))), str(self.now))
        return self.store.guid("vault-object", *words).replace("-", "")


def listed_as(body: Json, *, versioned: bool) -> Json:
    """What a list says of an object: no value, and without its version unless versions are listed."""
    key = "kid" if "key" in body else "id"
    address = str(body["key"]["kid"] if "key" in body else body["id"])
    told = {name: body[name] for name in ("attributes", "contentType", "tags", "managed", "x5t") if name in body}
    return {key: address if versioned else address.rpartition("/")[0], **told}


def _certificate(value: str, password: str | None) -> tuple[x509.Certificate, str, str]:
    """The certificate, the type of its secret and the secret, which has no password any more."""
    sealed = password.encode() if password else None
    try:
        # The Azure CLI sends PEM as it is, Azure's clients in base64.
        content = value.encode() if _PEM_MARK in value else base64.b64decode(value)
        if _PEM_MARK.encode() in content:
            load_pem_private_key(content, sealed)
            return x509.load_pem_x509_certificates(content)[0], PEM, content.decode()
        key, certificate, chain = pkcs12.load_key_and_certificates(content, sealed)
    except ValueError as error:
        raise bad_parameter(f"The specified X.509 certificate content can not be read: {error}") from error
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise bad_parameter(
            "The specified PKCS#12 X.509 certificate content needs a certificate with its RSA or EC key."
        )
    opened = pkcs12.serialize_key_and_certificates(None, key, certificate, chain or None, _EMPTY_PASSWORD)
    return certificate, PKCS12, base64.b64encode(opened).decode()


def _jwk(certificate: x509.Certificate) -> dict[str, Any]:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return dict(RSAAlgorithm.to_jwk(key, as_dict=True))
    if isinstance(key, ec.EllipticCurvePublicKey):
        return dict(ECAlgorithm.to_jwk(key, as_dict=True))
    raise bad_parameter("The certificate's key must be RSA or EC.")


def _url_safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
