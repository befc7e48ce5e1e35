"""The token endpoint: who gets a token, and the AADSTS number of every refusal."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.errors import ArmError
from sandbox.azure.store import Store
from sandbox.azure.timing import Timing
from sandbox.entra.app import create_app
from sandbox.entra.assertions import AUDIENCE, caller_assertion
from sandbox.entra.bearer import arm_bearer
from sandbox.entra.principals import principals
from sandbox.entra.tokens import Tokens, claims_of

from .azure_client import ISSUER, AzureClient, a_credential, credential
from .conftest import Clock, Loopback

SUBJECT = "system:serviceaccount:shop:orders"
ARM = "https://management.azure.com/.default"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Entra:
    """The authority of a tenant with the identity `id-orders`, which trusts one service account."""

    def __init__(self, loopback: Loopback, store: Store, clock: Clock) -> None:
        self.url, self.store, self.clock = loopback.url, store, clock
        loopback.app = create_azure(store, timing=Timing(now=clock, credential_write_seconds=0))
        azure = AzureClient(loopback.url, store)
        azure.make_group()
        self.orders: dict[str, Any] = azure.make_identity()["properties"]
        azure.make(credential("id-orders", "dev"), a_credential(SUBJECT))
        loopback.app = create_app(store, now=clock)

    def get(self, path: str) -> Any:
        return requests.get(f"{self.url}/{path}", timeout=20).json()

    def token(self, *, tenant: str | None = None, **form: str) -> tuple[int, Any]:
        stated = {"grant_type": "client_credentials", "scope": ARM, **form}
        answer = requests.post(
            f"{self.url}/{tenant or self.store.tenant_id}/oauth2/v2.0/token", data=stated, timeout=20
        )
        return answer.status_code, answer.json()

    def exchange(self, client_id: str = "", **claims: Any) -> tuple[int, Any]:
        now = int(self.clock())
        stated = {"iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE], "nbf": now, "exp": now + 3600, **claims}
        return self.token(
            client_id=client_id or self.orders["clientId"],
            client_assertion_type=BEARER,
            client_assertion=unsigned(stated),
        )


def unsigned(claims: dict[str, Any]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "c2lnbmVk"])


@pytest.fixture
def entra(loopback: Loopback, store: Store, clock: Clock) -> Entra:
    return Entra(loopback, store, clock)


def test_a_federated_token_of_a_trusted_service_account_is_exchanged(entra: Entra):
    status, answer = entra.exchange()

    claims = claims_of(answer["access_token"])
    assert status == 200
    assert answer["token_type"] == "Bearer"
    assert claims["aud"] == "https://management.azure.com"
    assert (claims["oid"], claims["appid"]) == (entra.orders["principalId"], entra.orders["clientId"])
    assert claims["tid"] == entra.store.tenant_id
    assert claims["exp"] - claims["iat"] == answer["expires_in"] + 1


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"iss": ISSUER.rstrip("/")}, 700211),
        ({"sub": "system:serviceaccount:default:orders"}, 700213),
        ({"sub": "system:serviceaccount:Shop:orders"}, 7002138),
        ({"aud": "https://management.azure.com"}, 700212),
        ({"exp": 1}, 700024),
        ({"nbf": 99999999999}, 700024),
    ],
)
def test_an_assertion_that_no_credential_trusts_is_refused(entra: Entra, claims: dict[str, Any], number: int):
    status, answer = entra.exchange(**claims)

    assert (status, answer["error"], answer["error_codes"]) == (401, "invalid_client", [number])
    assert answer["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= set(answer)


def test_an_unknown_application_is_refused(entra: Entra):
    status, answer = entra.exchange("0f2b6c1e-7d4a-4f0b-9c55-000000000001")

    assert (status, answer["error"], answer["error_codes"]) == (400, "unauthorized_client", [700016])
    assert entra.store.tenant_id in answer["error_description"]


def test_another_tenant_is_not_found(entra: Entra):
    status, answer = entra.token(tenant="contoso.onmicrosoft.com")

    assert (status, answer["error_codes"]) == (400, [90002])


@pytest.mark.parametrize("assertion", ["", "a.b", "a.b.c", "a.W10.c"])
def test_what_is_no_token_is_no_assertion(entra: Entra, assertion: str):
    status, answer = entra.token(
        client_id=entra.orders["clientId"], client_assertion_type=BEARER, client_assertion=assertion
    )

    assert (status, answer["error_codes"]) == (400, [50027] if assertion else [900144])


def test_the_caller_logs_in_with_its_secret(entra: Entra):
    status, answer = entra.token(client_id=entra.store.caller_client_id, client_secret=entra.store.caller_secret)

    assert status == 200
    assert claims_of(answer["access_token"])["oid"] == entra.store.caller_object_id


@pytest.mark.parametrize("who", ["caller", "orders"])
def test_a_wrong_secret_is_refused_and_identities_have_none(entra: Entra, who: str):
    client_id = entra.store.caller_client_id if who == "caller" else entra.orders["clientId"]

    status, answer = entra.token(client_id=client_id, client_secret="guessed")

    assert (status, answer["error"], answer["error_codes"]) == (401, "invalid_client", [7000215])


def test_the_callers_assertion_must_be_signed_by_the_sandbox(entra: Entra):
    assertion = caller_assertion(Tokens(entra.store, entra.clock))
    login = {"client_id": entra.store.caller_client_id, "client_assertion_type": BEARER}

    taken = entra.token(**login, client_assertion=assertion)
    refused = entra.token(**login, client_assertion=unsigned(claims_of(assertion)))

    assert taken[0] == 200
    assert refused[1]["error_codes"] == [700027]


def test_azure_takes_only_tokens_that_the_sandbox_issued_for_it(store: Store, clock: Clock):
    tokens = Tokens(store, clock)
    check = arm_bearer(tokens)
    caller = principals(store)[0]
    good = tokens.access_token(caller, "https://management.azure.com/")

    check(f"Bearer {good}")
    for header, code in (
        ("Bearer any", "InvalidAuthenticationToken"),
        (f"Basic {good}", "InvalidAuthenticationToken"),
        (f"Bearer {unsigned(claims_of(good))}", "InvalidAuthenticationToken"),
        (f"Bearer {tokens.access_token(caller, 'https://vault.azure.net')}", "InvalidAuthenticationTokenAudience"),
    ):
        assert refused(check, header) == (401, code)
    clock.pass_by(3600)
    assert refused(check, f"Bearer {good}") == (401, "ExpiredAuthenticationToken")


def refused(check: Callable[[str], None], header: str) -> tuple[int, str]:
    with pytest.raises(ArmError) as error:
        check(header)
    return error.value.status, error.value.code


def test_only_client_credentials_are_granted(entra: Entra):
    _, answer = entra.token(grant_type="refresh_token")

    assert answer["error"] == "unsupported_grant_type"


def test_discovery_leads_to_the_token_endpoint_and_the_keys_that_sign(entra: Entra):
    tenant = entra.store.tenant_id

    document = entra.get(f"{tenant}/v2.0/.well-known/openid-configuration")
    instance = entra.get("common/discovery/instance")
    key = entra.get(document["jwks_uri"].partition(".com/")[2])["keys"][0]

    assert document["token_endpoint"] == f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    assert instance["metadata"][0]["aliases"] == ["login.microsoftonline.com"]
    _verify(key, entra.exchange()[1]["access_token"])


def _verify(key: dict[str, str], token: str) -> None:
    def decoded(text: str) -> bytes:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    text, _, signature = token.rpartition(".")
    public = rsa.RSAPublicNumbers(*(int.from_bytes(decoded(key[part])) for part in "en")).public_key()
    public.verify(decoded(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
