"""Azure's own clients log in with a service account's token and meet a vault: what they read and why they do not."""

import base64
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from aks_workload_identity.grants.conditions import on_secret_names
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import ClientAssertionCredential, WorkloadIdentityCredential
from azure.keyvault.certificates import CertificateClient, CertificateContentType, CertificatePolicy
from azure.keyvault.keys import JsonWebKey, KeyClient
from azure.keyvault.secrets import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.store import Store
from sandbox.azure.timing import Timing
from sandbox.certificates import Authority
from sandbox.entra.assertions import AUDIENCE
from sandbox.entra.issuers import Issuer, issuer_of
from sandbox.entra.principals import caller
from sandbox.entra.tokens import Tokens, new_key
from sandbox.firewall import CLIENT_ADDRESS

from .azure_client import AzureClient, a_cluster, a_credential, a_vault, cluster, credential, vault
from .conftest import CA_PEM, Loopback

SUBJECT = "system:serviceaccount:shop:orders"
URL = "https://kv-shop.vault.azure.net"
OFFICERS = {
    "secrets": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "certificates": "a4417e6f-fecd-4de8-b567-7b0420556985",
    "keys": "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
}
READER_OF_SECRETS = "4633458b-17de-408a-b874-0445c86b69e6"
ROLE_DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"
# pbeWithSHAAnd3-KeyTripleDES-CBC, RFC 7292 appendix C, as DER has it.
TRIPLE_DES = bytes.fromhex("060a2a864886f70d010c0103")


@dataclass
class Shop:
    """A vault, an identity that trusts one service account of one cluster, and whoever made them."""

    azure: AzureClient
    store: Store
    issuer: Issuer
    folder: Path
    orders: dict[str, Any]
    assertion: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def tenant(self) -> str:
        return self.store.tenant_id

    def assign(self, role: str, object_id: str, scope: str = vault("kv-shop"), **properties: Any) -> str:
        """A role assignment; returns its id."""
        role_id = f"{self.azure.subscription}{ROLE_DEFINITIONS}/{role}"
        path = f"{self.azure.id(scope)}/providers/{ASSIGNMENTS}/{uuid.uuid4()}"
        stated = {"roleDefinitionId": role_id, "principalId": object_id, **properties}
        return str(self.azure.make(path, {"properties": stated})["id"])

    def reads_secrets(self, **properties: Any) -> str:
        """The workload gets the role that reads secrets."""
        return self.assign(READER_OF_SECRETS, self.orders["principalId"], **properties)

    def login(self, tenant: str = "", **claims: Any) -> WorkloadIdentityCredential:
        """The workload's login, with a token in a file as in a pod."""
        now = int(time.time())
        stated = {"iss": self.issuer.url, "sub": SUBJECT, "aud": [AUDIENCE], "iat": now, "exp": now + 3600}
        file = self.folder / "token"
        file.write_text(self.issuer.signed({**stated, **claims}))
        return WorkloadIdentityCredential(
            tenant_id=tenant or self.tenant, client_id=self.orders["clientId"], token_file_path=str(file)
        )

    def secrets(self, url: str = URL, **claims: Any) -> SecretClient:
        """What a program in a pod of the workload reads secrets with."""
        return SecretClient(url, self.login(**claims), retry_total=0)

    def own_login(self) -> ClientAssertionCredential:
        """Whoever runs the sandbox."""
        tokens, who = Tokens(self.store), caller(self.store)
        trust = {"iss": f"https://sandbox.invalid/{self.tenant}/", "sub": "sandbox:caller", "aud": AUDIENCE}
        return ClientAssertionCredential(self.tenant, who.client_id, lambda: tokens.signed(trust, 600))

    def officer(self, kind: str = "secrets") -> Any:
        """A client of whoever runs the sandbox, after the role that writes these objects was given."""
        self.assign(OFFICERS[kind], self.store.caller_object_id)
        clients = {"secrets": SecretClient, "certificates": CertificateClient, "keys": KeyClient}
        return clients[kind](URL, self.own_login(), retry_total=0)


@pytest.fixture(scope="module")
def cluster_key() -> str:
    return new_key()


@pytest.fixture
def shop(online: Store, loopback: Loopback, tmp_path: Path, cluster_key: str) -> Shop:
    timing = Timing(credential_write_seconds=0, principal_replication_seconds=0)
    loopback.app = create_azure(online, CA_PEM, timing=timing)
    azure = AzureClient(loopback.url, online)
    azure.make_group()
    orders = azure.make_identity()["properties"]
    made = azure.make(cluster(), a_cluster(oidcIssuerProfile={"enabled": True}))
    online.kept(f"issuer-key-{made['properties']['resourceUID']}", lambda: cluster_key)
    issuer = issuer_of(online, made)
    assert issuer is not None
    azure.make(credential("id-orders", "dev"), a_credential(SUBJECT, issuer=issuer.url))
    azure.make(vault("kv-shop"), a_vault(tenantId=online.tenant_id))
    return Shop(azure, online, issuer, tmp_path, orders)


def refusal(action: Callable[[], object]) -> tuple[int, str, str]:
    """Status, inner code (or code) and message of a refusal."""
    with pytest.raises(HttpResponseError) as raised:
        action()
    response: Any = raised.value.response
    error: dict[str, Any] = response.json()["error"]
    return raised.value.status_code or 0, error.get("innererror", error)["code"], error["message"]


def test_a_workload_reads_the_secret_that_an_officer_wrote(shop: Shop):
    written = shop.officer().set_secret("db-password", "first", content_type="text/plain", tags={"owner": "shop"})
    shop.reads_secrets()

    read = shop.secrets().get_secret("db-password")

    assert (read.value, read.properties.version) == ("first", written.properties.version)
    assert (read.properties.content_type, read.properties.tags) == ("text/plain", {"owner": "shop"})
    assert (read.properties.recovery_level, read.properties.recoverable_days) == ("Recoverable+Purgeable", 90)


def test_the_newest_version_is_read_unless_one_is_named(shop: Shop):
    officer = shop.officer()
    first, second = (officer.set_secret("db-password", value) for value in ("first", "second"))
    shop.reads_secrets()

    secrets = shop.secrets()

    assert secrets.get_secret("db-password").value == "second"
    assert secrets.get_secret("DB-Password", first.properties.version).value == "first"
    versions = list(secrets.list_properties_of_secret_versions("db-password"))
    assert [each.version for each in versions] == [first.properties.version, second.properties.version]


def test_a_reader_lists_names_and_writes_nothing(shop: Shop):
    officer = shop.officer()
    for name in ("one", "two"):
        officer.set_secret(name, "x")
    shop.reads_secrets()

    secrets = shop.secrets()

    assert [each.name for each in secrets.list_properties_of_secrets()] == ["one", "two"]
    assert refusal(lambda: secrets.set_secret("one", "y"))[:2] == (403, "ForbiddenByRbac")


@pytest.mark.capability("A21")
def test_without_a_role_the_vault_says_who_may_not_do_what(shop: Shop):
    shop.officer().set_secret("db-password", "x")

    status, code, message = refusal(lambda: shop.secrets().get_secret("db-password"))

    assert (status, code) == (403, "ForbiddenByRbac")
    assert message.startswith("Caller is not authorized to perform action on resource.")
    assert f"appid={shop.orders['clientId']};oid={shop.orders['principalId']}" in message
    assert "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'" in message
    assert f"Resource: '{shop.azure.id(vault('kv-shop')).lower()}/secrets/db-password'" in message


@pytest.mark.capability("A21")
def test_a_removed_role_reads_no_longer(shop: Shop):
    shop.officer().set_secret("db-password", "x")
    assignment = shop.reads_secrets()
    secrets = shop.secrets()
    assert secrets.get_secret("db-password").value == "x"

    shop.azure.delete(assignment)

    assert refusal(lambda: secrets.get_secret("db-password"))[:2] == (403, "ForbiddenByRbac")


@pytest.mark.capability("A21")
def test_a_role_on_one_vault_is_none_on_another(shop: Shop):
    shop.azure.make(vault("kv-other"), a_vault(tenantId=shop.tenant))
    shop.reads_secrets()

    other = shop.secrets("https://kv-other.vault.azure.net")

    assert refusal(lambda: other.get_secret("db-password"))[:2] == (403, "ForbiddenByRbac")


def test_a_role_on_one_secret_reads_that_one_alone(shop: Shop):
    officer = shop.officer()
    for name in ("mine", "mine-too"):
        officer.set_secret(name, "x")
    shop.reads_secrets(scope=f"{shop.azure.id(vault('kv-shop'))}/secrets/mine")

    secrets = shop.secrets()

    assert secrets.get_secret("mine").value == "x"
    assert refusal(lambda: secrets.get_secret("mine-too"))[:2] == (403, "ForbiddenByRbac")


def test_the_librarys_condition_lets_the_named_secrets_through_and_hides_no_names(shop: Shop):
    officer = shop.officer()
    for name in ("one", "two", "three", "four"):
        officer.set_secret(name, name)
    shop.reads_secrets(condition=on_secret_names(["one", "two", "three"]), conditionVersion="2.0")

    secrets = shop.secrets()

    assert [secrets.get_secret(name).value for name in ("one", "two", "three")] == ["one", "two", "three"]
    assert refusal(lambda: secrets.get_secret("four"))[:2] == (403, "ForbiddenByRbac")
    assert len(list(secrets.list_properties_of_secrets())) == 4


def test_a_condition_that_the_sandbox_does_not_know_is_no_guess(shop: Shop):
    shop.reads_secrets(condition="@Resource[Microsoft.KeyVault/vaults:x] DateTimeEquals '1'", conditionVersion="2.0")

    assert refusal(lambda: shop.secrets().get_secret("db-password"))[:2] == (501, "NotImplemented")


@pytest.mark.capability("A21")
@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"sub": "system:serviceaccount:default:orders"}, 700213),
        ({"sub": "system:serviceaccount:shop:fulfilment"}, 700213),
        ({"sub": "system:serviceaccount:shop:Orders"}, 7002138),
        ({"iss": "https://westeurope.oic.prod-aks.azure.com/other/cluster/"}, 700211),
        ({"aud": ["https://kubernetes.default.svc"]}, 700212),
        ({"exp": 1}, 700024),
    ],
)
def test_a_token_that_the_credential_does_not_trust_never_reaches_the_vault(
    shop: Shop, claims: dict[str, Any], number: int
):
    shop.reads_secrets()

    with pytest.raises(ClientAuthenticationError, match=f"AADSTS{number}: "):
        shop.secrets(**claims).get_secret("db-password")


@pytest.mark.capability("A21")
def test_an_issuer_without_its_slash_is_refused(shop: Shop):
    with pytest.raises(ClientAuthenticationError, match="AADSTS700211: "):
        shop.secrets(iss=shop.issuer.url.rstrip("/")).get_secret("db-password")


@pytest.mark.capability("A21")
def test_a_removed_credential_logs_nobody_in(shop: Shop):
    shop.officer().set_secret("db-password", "x")
    shop.reads_secrets()
    assert shop.secrets().get_secret("db-password").value == "x"

    other = "https://westeurope.oic.prod-aks.azure.com/other/cluster/"
    shop.azure.make(credential("id-orders", "other"), a_credential(SUBJECT, issuer=other))

    shop.azure.delete(credential("id-orders", "dev"))
    with pytest.raises(ClientAuthenticationError, match="AADSTS700211: "):
        shop.secrets().get_secret("db-password")

    shop.azure.delete(credential("id-orders", "other"))
    with pytest.raises(ClientAuthenticationError, match=r"AADSTS70025: The client '[^']{36}'\(id-orders\) has no "):
        shop.secrets().get_secret("db-password")


@pytest.mark.capability("A21")
def test_another_tenants_vault_takes_no_token_of_this_one(shop: Shop):
    token = shop.login().get_token("https://vault.azure.net/.default").token
    shop.azure.make(vault("kv-theirs"), a_vault())

    answer = requests.get(
        "https://kv-theirs.vault.azure.net/secrets/x", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )

    assert answer.status_code == 401
    assert "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/00000000" in answer.text


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        (None, "AKV10000: Request is missing a Bearer or PoP token."),
        (
            "https://management.azure.com/.default",
            "AKV10022: Invalid audience. Expected https://vault.azure.net or cfa8b339-82a2-471a-a3c9-0fc0be7a4093, "
            "found: https://management.azure.com.",
        ),
        ("https://vault.azure.net//.default", "AKV10022: Invalid audience."),
    ],
)
def test_a_vault_takes_no_token_but_its_own_and_says_where_to_get_one(shop: Shop, scope: str | None, text: str):
    headers = {"Authorization": f"Bearer {shop.login().get_token(scope).token}"} if scope else {}

    answer = requests.get(f"{URL}/secrets/x", headers=headers, timeout=20)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Unauthorized")
    assert answer.json()["error"]["message"].startswith(text)
    authority = f'authorization="https://login.microsoftonline.com/{shop.tenant}"'
    assert answer.headers["WWW-Authenticate"] == f'Bearer {authority}, resource="https://vault.azure.net"'


def test_a_token_that_the_directory_did_not_sign_is_refused(shop: Shop):
    token = shop.issuer.signed({"aud": "https://vault.azure.net", "exp": int(time.time()) + 60})

    answer = requests.get(f"{URL}/secrets/x", headers={"Authorization": f"Bearer {token}"}, timeout=20)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Unauthorized")
    assert f"EncodedJwtHeader: '{token.partition('.')[0]}'" in answer.json()["error"]["message"]


@pytest.mark.capability("A21")
@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"}}, "ForbiddenByFirewall"),
        (
            {"networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "198.51.100.0/24"}]}},
            "ForbiddenByFirewall",
        ),
        ({"publicNetworkAccess": "Disabled"}, "ForbiddenByConnection"),
    ],
)
def test_a_closed_vault_refuses_even_who_has_the_role(shop: Shop, properties: dict[str, Any], code: str):
    shop.officer().set_secret("db-password", "x")
    shop.reads_secrets()
    shop.azure.make(vault("kv-shop"), a_vault(tenantId=shop.tenant, **properties))

    status, found, message = refusal(lambda: shop.secrets().get_secret("db-password"))

    assert (status, found) == (403, code)
    assert f"Client address: {CLIENT_ADDRESS}" in message or code == "ForbiddenByConnection"


@pytest.mark.parametrize("allowed", [CLIENT_ADDRESS, "203.0.113.0/24"])
def test_a_vault_that_lets_the_address_in_is_read(shop: Shop, allowed: str):
    shop.officer().set_secret("db-password", "x")
    shop.reads_secrets()
    rules = {"defaultAction": "Deny", "ipRules": [{"value": allowed}]}
    shop.azure.make(vault("kv-shop"), a_vault(tenantId=shop.tenant, networkAcls=rules))

    assert shop.secrets().get_secret("db-password").value == "x"


def test_a_vault_with_access_policies_does_not_look_at_roles(shop: Shop):
    shop.officer().set_secret("db-password", "x")
    shop.reads_secrets()
    policy = {
        "tenantId": shop.tenant,
        "objectId": shop.orders["principalId"],
        "permissions": {"secrets": ["Get"]},
    }
    stated = {"tenantId": shop.tenant, "enableRbacAuthorization": False}
    shop.azure.make(vault("kv-shop"), a_vault(**stated, accessPolicies=[]))
    refused = refusal(lambda: shop.secrets().get_secret("db-password"))

    shop.azure.make(vault("kv-shop"), a_vault(**stated, accessPolicies=[policy]))

    assert refused[:2] == (403, "ForbiddenByPolicy")
    assert shop.secrets().get_secret("db-password").value == "x"
    assert refusal(lambda: list(shop.secrets().list_properties_of_secrets()))[1] == "ForbiddenByPolicy"


def test_what_is_not_there_is_not_found(shop: Shop):
    shop.reads_secrets()

    with pytest.raises(ResourceNotFoundError, match=r"A secret with .name/id. db-password was not found"):
        shop.secrets().get_secret("db-password")


def test_a_disabled_secret_is_not_read(shop: Shop):
    shop.officer().set_secret("db-password", "x", enabled=False)
    shop.reads_secrets()

    assert refusal(lambda: shop.secrets().get_secret("db-password"))[:2] == (403, "SecretDisabled")


@pytest.mark.parametrize("form", ["pem", "pfx"])
def test_a_certificate_is_a_certificate_a_key_and_a_secret_with_the_private_key(
    shop: Shop, authority: Authority, form: str
):
    leaf = authority.issue("shop.example")
    certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    pem = leaf.private_key_and_cert_chain_pem.bytes()
    key = load_pem_private_key(pem, None)
    sealed = pkcs12.serialize_key_and_certificates(None, key, certificate, None, BestAvailableEncryption(b"x"))  # pyright: ignore[reportArgumentType]

    password = "x" if form == "pfx" else None
    policy = CertificatePolicy(content_type=CertificateContentType.pem) if form == "pem" else None
    imported = shop.officer("certificates").import_certificate(
        "shop-tls", pem if form == "pem" else sealed, password=password, policy=policy
    )
    shop.reads_secrets()
    secret = shop.secrets().get_secret("shop-tls")

    assert x509.load_der_x509_certificate(bytes(imported.cer)) == certificate
    assert imported.properties.version == secret.properties.version
    assert secret.properties.key_id == imported.key_id
    assert secret.value is not None
    if form == "pem":
        assert secret.value.encode() == pem
    else:
        opened = base64.b64decode(secret.value)
        assert pkcs12.load_pkcs12(opened, b"").cert.certificate == certificate  # pyright: ignore[reportOptionalMemberAccess]
        assert TRIPLE_DES in opened, "the Azure provider of the CSI driver reads no newer algorithm"


def test_a_key_is_imported_and_its_private_part_is_not_given_out(shop: Shop):
    keys = shop.officer("keys")
    keys.import_key("signing", JsonWebKey(kty="RSA", n=b"\x01" * 256, e=b"\x01\x00\x01", d=b"\x02" * 256))

    read = keys.get_key("signing")

    assert (read.key.kty, read.key.n, read.key.d) == ("RSA", b"\x01" * 256, None)
    assert [each.name for each in keys.list_properties_of_keys()] == ["signing"]


def test_a_reader_of_secrets_reads_no_keys_and_no_certificates(shop: Shop):
    shop.reads_secrets()

    for client, read in ((KeyClient, "get_key"), (CertificateClient, "get_certificate")):
        made: Any = client(URL, shop.login(), retry_total=0)
        assert refusal(lambda: getattr(made, read)("shop-tls"))[:2] == (403, "ForbiddenByRbac")  # noqa: B023 - called at once


def test_a_name_that_no_vault_has_is_refused(shop: Shop):
    officer = shop.officer()

    assert refusal(lambda: officer.set_secret("db_password", "x"))[:2] == (400, "BadParameter")


def test_a_recovered_vault_has_its_secrets_and_one_made_after_a_purge_has_none(shop: Shop):
    shop.officer().set_secret("db-password", "x")
    shop.azure.delete(vault("kv-shop"))
    shop.azure.make(vault("kv-shop"), a_vault(tenantId=shop.tenant, createMode="recover"))
    shop.reads_secrets()
    recovered = shop.secrets().get_secret("db-password").value

    shop.azure.delete(vault("kv-shop"))
    deleted = f"{shop.azure.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-shop"
    shop.azure.post(f"{deleted}/purge")
    shop.azure.make(vault("kv-shop"), a_vault(tenantId=shop.tenant))
    shop.reads_secrets()

    assert recovered == "x"
    with pytest.raises(ResourceNotFoundError):
        shop.secrets().get_secret("db-password")
