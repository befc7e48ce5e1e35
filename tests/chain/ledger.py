"""A workload with two mounts that show everything a mount offers, and what its vault holds."""

import base64
import datetime
import time
from dataclasses import dataclass
from typing import Any

from azure.identity import ClientAssertionCredential
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import JsonWebKey, KeyClient
from azure.keyvault.secrets import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PROGRAM = """
import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes

config = pulumi.Config()
where = {"resource_group_name": "rg-shop-dev", "location": "westeurope"}
cluster = wi.ExistingCluster("aks-shop-dev", {"resource_group_name": "rg-shop-dev"})
vault_id = config.require("vaultId")
vault = wi.VaultReference(key="shop", name=vault_id.rpartition("/")[2], id=vault_id)
ledger = wi.FederatedWorkload(
    "ledger",
    {
        **where,
        "clusters": {"dev": cluster.trust},
        "service_accounts": {"app": wi.ServiceAccount(namespace="books", name="ledger")},
    },
)
files = wi.KeyVaultMount(
    "ledger",
    {
        "workload": ledger,
        "vault": vault,
        "objects": {
            "db-password": wi.Secret(),
            "seed": wi.Secret(encoding="hex", file="keys/seed.bin", file_permission="0444"),
            "keystore": wi.Secret(encoding="base64", file="keys/keystore.jks", file_permission="0555"),
            "api-token": wi.Secret(version_history=2),
            "pinned": wi.Secret(name="api-token", version=config.require("pinned"), file="api-token-pinned"),
            "wrapping": wi.Key(),
            "signing": wi.Key(file="signing.pem"),
            "public": wi.Certificate(name="web", file="web.crt"),
            "pem": wi.Certificate(name="web", private_key=True, file="web.pem", file_permission="0604"),
            "pfx": wi.Certificate(name="web", private_key=True, format="pfx", file="web.pfx"),
        },
    },
)
copies = wi.KeyVaultMount(
    "ledger-copies",
    {
        "workload": ledger,
        "vault": vault,
        "objects": {
            "db-password": wi.Secret(file="db/password"),
            "session-key": wi.Secret(),
            "web": wi.Certificate(private_key=True, file="tls/web"),
        },
        "sync": {
            "ledger-variables": wi.SyncedSecret(
                because="its chart reads variables", data={"DB_PASSWORD": "db-password", "SESSION_KEY": "session-key"}
            ),
            "ledger-web": wi.SyncedSecret(
                because="the ingress reads Secrets", type="kubernetes.io/tls", data={"tls.crt": "web", "tls.key": "web"}
            ),
        },
    },
)
labels = {"app": "ledger"}
spec = {
    "selector": {"matchLabels": labels},
    "template": {
        "metadata": {"labels": labels},
        "spec": {"containers": [{"name": "ledger", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}]},
    },
}
kubernetes.apps.v1.Deployment(
    "ledger",
    metadata={"name": "ledger", "namespace": "books", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec=ledger.pod_spec(spec, mounts=[files, copies]),
    opts=cluster.trust.in_cluster(None, depends_on=[ledger, files, copies]),
)
"""


@dataclass(frozen=True)
class Contents:
    """What was written into the vault."""

    pinned: str
    """The oldest version of the secret that has four."""
    seed: bytes
    keystore: bytes
    wrapping: rsa.RSAPrivateKey
    signing: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    certificate_key: rsa.RSAPrivateKey

    def pem_of(self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
        return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_contents(vault_url: str, login: ClientAssertionCredential) -> Contents:
    """Fill the vault as people do: with Azure's own clients."""
    secrets = SecretClient(vault_url, login, retry_total=0)
    versions: list[str | None] = []
    for value in ("first", "second", "third", "fourth"):
        versions.append(secrets.set_secret("api-token", value).properties.version)
        time.sleep(1.1)  # the provider sorts versions by the second in which they were written
    seed, keystore = bytes(range(32)), b"\xfe\xed\xfe\xed" + bytes(range(256))
    for name in ("db-password", "payment-api-token", "session-key"):
        secrets.set_secret(name, f"{name} from the vault")
    secrets.set_secret("seed", seed.hex())
    secrets.set_secret("keystore", base64.b64encode(keystore).decode())
    wrapping, signing = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    keys = KeyClient(vault_url, login, retry_total=0)
    keys.import_key("wrapping", _jwk(RSAAlgorithm.to_jwk(wrapping, as_dict=True)))
    keys.import_key("signing", _jwk(ECAlgorithm.to_jwk(signing, as_dict=True)))
    key, certificate = _certificate()
    pfx = pkcs12.serialize_key_and_certificates(b"web", key, certificate, None, BestAvailableEncryption(b"once"))
    for name in ("web", "shop-tls"):
        CertificateClient(vault_url, login, retry_total=0).import_certificate(name, pfx, password="once")
    assert versions[0]
    return Contents(versions[0], seed, keystore, wrapping, signing, certificate, key)


def _jwk(members: dict[str, Any]) -> JsonWebKey:
    binary = {name for name in members if name not in ("kty", "crv", "key_ops")}
    values = {name: base64.urlsafe_b64decode(members[name] + "==") for name in binary}
    return JsonWebKey(kty=members["kty"], crv=members.get("crv"), **values)


def _certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "web.shop.example")])
    now = datetime.datetime.now(datetime.UTC)
    return key, (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
