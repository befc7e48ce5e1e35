"""The token endpoint: who gets a token, and the AADSTS number of every refusal."""

import base64
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from sandbox.azure.app import create_app as create_azure
from sandbox.azure.circumstances import Circumstances
from sandbox.azure.errors import ArmError
from sandbox.azure.store import Store
from sandbox.azure.timing import Timing
from sandbox.entra.app import create_app
from sandbox.entra.assertions import AUDIENCE, caller_assertion
from sandbox.entra.bearer import arm_bearer
from sandbox.entra.issuers import Issuer, issuer_of
from sandbox.entra.issuers import create_app as create_issuers
from sandbox.entra.principals import principals
from sandbox.entra.tokens import Tokens, claims_of
from sandbox.graph.app import create_app as create_graph

from .azure_client import AzureClient, a_cluster, a_credential, cluster, credential
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
        made = azure.make(cluster(), a_cluster(oidcIssuerProfile={"enabled": True}))
        found = issuer_of(store, made)
        assert found is not None
        self.issuer, self.cluster_id = found, made["id"]
        azure.make(credential("id-orders", "dev"), a_credential(SUBJECT, issuer=found.url))
        loopback.app = create_app(store, now=clock)

    def get(self, path: str) -> Any:
        return requests.get(f"{self.url}/{path}", timeout=20).json()

    def token(self, *, tenant: str | None = None, **form: str) -> tuple[int, Any]:
        stated = {"grant_type": "client_credentials", "scope": ARM, **form}
        answer = requests.post(
            f"{self.url}/{tenant or self.store.tenant_id}/oauth2/v2.0/token", data=stated, timeout=20
        )
        return answer.status_code, answer.json()

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(self.clock())
        stated = {"iss": self.issuer.url, "sub": SUBJECT, "aud": [AUDIENCE], "iat": now, "nbf": now, "exp": now + 3600}
        return {**stated, **changed}

    def present(self, assertion: str, client_id: str = "") -> tuple[int, Any]:
        """The workload's login with this assertion."""
        return self.token(
            client_id=client_id or self.orders["clientId"], client_assertion_type=BEARER, client_assertion=assertion
        )

    def exchange(self, client_id: str = "", **claims: Any) -> tuple[int, Any]:
        return self.present(self.issuer.signed(self.claims(**claims)), client_id)


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
        ({"iss": "https://westeurope.oic.prod-aks.azure.com/other/cluster/"}, 700211),
        ({"sub": "system:serviceaccount:default:orders"}, 700213),
        ({"sub": "system:serviceaccount:Shop:orders"}, 7002138),
        ({"aud": "https://management.azure.com"}, 700212),
        ({"exp": 1}, 700024),
        ({"nbf": 99999999999}, 700024),
        ({"iat": 0}, 70023),
    ],
)
def test_an_assertion_that_no_credential_trusts_is_refused(entra: Entra, claims: dict[str, Any], number: int):
    status, answer = entra.exchange(**claims)

    assert (status, answer["error"], answer["error_codes"]) == (401, "invalid_client", [number])
    assert answer["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= set(answer)


def test_an_issuer_without_its_slash_or_in_another_case_is_another_issuer(entra: Entra):
    url = entra.issuer.url
    answers = [entra.exchange(iss=each)[1] for each in (url.rstrip("/"), url.upper())]

    assert [answer["error_codes"] for answer in answers] == [[700211], [700211]]


def test_an_identity_that_trusts_nobody_is_told_so_once_its_token_is_in_time(entra: Entra, loopback: Loopback):
    loopback.app = create_azure(entra.store, timing=Timing(now=entra.clock, credential_write_seconds=0))
    AzureClient(loopback.url, entra.store).delete(credential("id-orders", "dev"))
    loopback.app = create_app(entra.store, now=entra.clock)

    status, answer = entra.exchange(iss="https://anything.example/")
    _, expired = entra.exchange(exp=1)

    assert (status, answer["error"], answer["error_codes"]) == (401, "invalid_client", [70025])
    text = f"AADSTS70025: The client '{entra.orders['clientId']}'(id-orders) has no configured federated identity "
    assert answer["error_description"].startswith(f"{text}credentials. ")
    assert expired["error_codes"] == [700024]


def test_an_assertion_must_be_signed_with_a_key_that_its_issuer_publishes(entra: Entra):
    other = Issuer(entra.store, entra.issuer.url, "another-cluster")
    header = {"alg": "none", "kid": entra.issuer.key_id}
    answers = [
        entra.present(assertion)
        for assertion in (
            other.signed(entra.claims()),
            jwt.encode(entra.claims(), other.private_key_pem, "RS256", headers={"kid": entra.issuer.key_id}),
            jwt.encode(entra.claims(), "secret" * 10, "HS256", headers={"kid": entra.issuer.key_id}),
            jwt.encode(entra.claims(), None, "none", headers=header),
            unsigned(entra.claims()),
        )
    ]

    assert [status for status, _ in answers] == [401] * 5
    assert [answer["error_codes"] for _, answer in answers] == [[7000272], [700027], [700027], [700027], [7000272]]


def test_a_token_may_live_for_25_hours_and_not_longer(entra: Entra):
    now = int(entra.clock())

    assert entra.exchange(exp=now + 25 * 3600)[0] == 200
    assert entra.exchange(exp=now + 25 * 3600 + 1)[1]["error_codes"] == [70023]


# What callers were told, word for word but for their own names; `entra.errors.REPORTED` has the threads.
@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (
            {"sub": "system:serviceaccount:Shop:orders"},
            "AADSTS7002138: No matching federated identity record found for presented assertion subject "
            "'system:serviceaccount:Shop:orders'. The subject matches with case-insensitive comparison, but not with "
            "case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against "
            "the presented assertion. See documentation at: https://learn.microsoft.com/entra/workload-id/"
            "workload-identity-federation. See breaking change notification and remediation at: "
            "https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024. Trace ",
        ),
        (
            {"sub": "system:serviceaccount:shop:x"},
            "AADSTS700213: No matching federated identity record found for presented assertion subject "
            "'system:serviceaccount:shop:x'. Check your federated identity credential Subject, Audience and Issuer "
            "against the presented assertion. https://learn.microsoft.com/entra/workload-id/"
            "workload-identity-federation Trace ID: ",
        ),
        (
            {"nbf": 1673269751, "exp": 1673273351},
            "assertion valid from 2023-01-09T13:09:11.0000000Z, expiry time of assertion 2023-01-09T14:09:11.0000000Z. "
            "Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials . "
            "Trace ID: ",
        ),
    ],
)
def test_the_words_are_those_that_callers_reported(entra: Entra, claims: dict[str, Any], words: str):
    _, answer = entra.exchange(**claims)

    assert words in answer["error_description"]


def test_a_credential_outlives_its_cluster_and_trusts_nobody_then(entra: Entra, store: Store):
    assertion = entra.issuer.signed(entra.claims())
    store.delete(entra.cluster_id)

    status, answer = entra.present(assertion)

    assert (status, answer["error"], answer["error_codes"]) == (400, "invalid_request", [90061])
    assert answer["error_description"].startswith("AADSTS90061: Request to External OIDC endpoint failed. Trace ID: ")


def test_the_documents_of_an_issuer_lead_to_the_key_that_signs(entra: Entra, loopback: Loopback, store: Store):
    loopback.app = create_issuers(store)
    path = entra.issuer.url.removeprefix("https://").partition("/")[2]
    host = {"Host": entra.issuer.url.removeprefix("https://").partition("/")[0]}

    document = requests.get(f"{loopback.url}/{path}.well-known/openid-configuration", headers=host, timeout=20).json()
    keys = requests.get(f"{loopback.url}/{path}openid/v1/jwks", headers=host, timeout=20).json()
    stranger = requests.get(f"{loopback.url}/{path}openid/v1/jwks", headers={"Host": "x.y"}, timeout=20)

    key = jwt.PyJWKSet.from_dict(keys).keys[0]
    assert document["issuer"] == entra.issuer.url
    assert document["jwks_uri"] == f"{entra.issuer.url}openid/v1/jwks"
    assert jwt.decode(entra.issuer.signed(entra.claims()), key, ["RS256"], audience=AUDIENCE)["sub"] == SUBJECT
    assert stranger.status_code == 404


def test_an_unknown_application_is_refused(entra: Entra):
    status, answer = entra.exchange("0f2b6c1e-7d4a-4f0b-9c55-000000000001")

    assert (status, answer["error"], answer["error_codes"]) == (400, "unauthorized_client", [700016])
    assert "was not found in the directory 'Sandbox'." in answer["error_description"]


def test_another_tenant_is_not_found(entra: Entra):
    status, answer = entra.token(tenant="contoso.onmicrosoft.com")
    document = entra.get("contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration")

    assert (status, answer["error"], answer["error_codes"]) == (400, "invalid_request", [90002])
    assert (document["error"], document["error_codes"]) == ("invalid_tenant", [90002])
    assert "are signing into the correct cloud. Check with your subscription admin" in answer["error_description"]


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


def test_who_presents_nothing_is_asked_for_something(entra: Entra):
    status, answer = entra.token(client_id=entra.store.caller_client_id)

    assert (status, answer["error"], answer["error_codes"]) == (401, "invalid_client", [7000216])


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
    with pytest.raises(ArmError, match=r"expiry UTC time '\d+/\d+/\d{4} \d+:\d\d:\d\d [AP]M' is earlier than current"):
        check(f"Bearer {good}")


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
    audience = "https://management.azure.com"
    assert jwt.decode(entra.exchange()[1]["access_token"], jwt.PyJWK(key), ["RS256"], audience=audience)


def test_an_application_logs_in_with_the_service_account_that_it_trusts_and_no_other(entra: Entra, loopback: Loopback):
    loopback.app = create_graph(entra.store)
    graph = f"{loopback.url}/v1.0"
    app = requests.post(f"{graph}/applications", json={"displayName": "sync"}, timeout=20).json()
    trusted = {"name": "sync", "issuer": entra.issuer.url, "subject": SUBJECT, "audiences": [AUDIENCE]}
    credentials = f"{graph}/applications/{app['id']}/federatedIdentityCredentials"
    requests.post(credentials, json=trusted, timeout=20).raise_for_status()
    loopback.app = create_app(entra.store, now=entra.clock)
    without_principal = entra.exchange(app["appId"])
    loopback.app = create_graph(entra.store)
    principal = requests.post(f"{graph}/servicePrincipals", json={"appId": app["appId"]}, timeout=20).json()
    loopback.app = create_app(entra.store, now=entra.clock)
    status, answer = entra.exchange(app["appId"])
    _, stranger = entra.exchange(app["appId"], sub="system:serviceaccount:shop:billing")
    _, forged = entra.present(unsigned(entra.claims()), app["appId"])
    loopback.app = create_graph(entra.store)
    requests.delete(f"{credentials}/sync", timeout=20).raise_for_status()
    loopback.app = create_app(entra.store, now=entra.clock)
    _, untrusted = entra.exchange(app["appId"])

    assert (without_principal[0], without_principal[1]["error_codes"]) == (401, [7000229])
    assert status == 200
    claims = claims_of(answer["access_token"])
    assert (claims["oid"], claims["appid"]) == (principal["id"], app["appId"])
    assert stranger["error_codes"] == [700213]
    assert forged["error_codes"] == [7000272]
    name = f"'{app['appId']}'(sync)"
    assert untrusted["error_codes"] == [70025]
    assert f"The client {name} has no configured federated identity credentials." in untrusted["error_description"]


@pytest.mark.capability("A16")
def test_a_pod_of_another_tenants_cluster_logs_in_where_it_is_trusted(entra: Entra, loopback: Loopback, tmp_path: Path):
    url = f"https://westeurope.oic.prod-aks.azure.com/{entra.cluster_id.rpartition('/')[2]}/partner/"
    with closing(Store(tmp_path / "partner.sqlite", seed="a partner")) as theirs:
        partner = Issuer(theirs, url, "partner")
        assert theirs.tenant_id != entra.store.tenant_id
        loopback.app = create_azure(entra.store, timing=Timing(now=entra.clock, credential_write_seconds=0))
        azure = AzureClient(loopback.url, entra.store)
        azure.make(credential("id-orders", "partner"), a_credential(SUBJECT, issuer=url))
        loopback.app = create_app(entra.store, now=entra.clock)
        _, unpublished = entra.present(partner.signed(entra.claims(iss=url)))
        elsewhere = Circumstances(issuers_elsewhere={url: partner.key_set})
        loopback.app = create_app(entra.store, elsewhere, now=entra.clock)
        status, answer = entra.present(partner.signed(entra.claims(iss=url)))
        _, forged = entra.present(entra.issuer.signed(entra.claims(iss=url)))
        _, at_home = entra.token(
            tenant=theirs.tenant_id,
            client_id=entra.orders["clientId"],
            client_assertion_type=BEARER,
            client_assertion=partner.signed(entra.claims(iss=url)),
        )

    assert unpublished["error_codes"] == [90061]
    assert status == 200
    assert claims_of(answer["access_token"])["tid"] == entra.store.tenant_id
    assert forged["error_codes"] == [7000272]
    assert at_home["error_codes"] == [90002]
