"""OpenAI's own client meets an AI account: who gets a completion, and what the others are told."""

import time
from typing import Any

import jwt
import pytest
import requests
from azure.identity import ClientAssertionCredential, get_bearer_token_provider
from openai import APIStatusError, AzureOpenAI

from sandbox.ai_account.app import AUDIENCE
from sandbox.azure.app import create_app as create_azure
from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.cognitiveservices import keys_of
from sandbox.azure.store import Json, Store
from sandbox.azure.timing import Timing
from sandbox.entra.assertions import caller_assertion
from sandbox.entra.principals import caller
from sandbox.entra.tokens import Tokens, claims_of, new_key

from .azure_client import AzureClient
from .conftest import CA_PEM, Loopback

OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
ACCOUNT = "Microsoft.CognitiveServices/accounts/oai-shop"
ENDPOINT = "https://oai-shop.openai.azure.com/"


class Shop:
    """An account with one deployment, and whoever runs the sandbox."""

    def __init__(self, azure: AzureClient, store: Store) -> None:
        self.azure, self.store = azure, store
        azure.make_group()
        self.set()
        azure.make(
            f"{ACCOUNT}/deployments/chat",
            {"sku": {"name": "Standard", "capacity": 1}, "properties": {"model": {"name": "gpt-4o-mini"}}},
        )

    def set(self, **properties: Any) -> Json:
        stated = {"customSubDomainName": "oai-shop", **properties}
        body = {"location": "westeurope", "kind": "OpenAI", "sku": {"name": "S0"}, "properties": stated}
        return self.azure.make(ACCOUNT, body)

    def give_role(self) -> None:
        role = f"{self.azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{OPENAI_USER}"
        stated = {"roleDefinitionId": role, "principalId": self.store.caller_object_id}
        path = f"{self.azure.id(ACCOUNT)}/providers/{ASSIGNMENTS}/9d2c8b3e-0d0f-4f5e-8a55-0b6f5f1f2a11"
        self.azure.make(path, {"properties": stated})

    def client(self, scope: str = f"{AUDIENCE}/.default") -> AzureOpenAI:
        tokens = Tokens(self.store)
        login = ClientAssertionCredential(
            self.store.tenant_id, self.store.caller_client_id, lambda: caller_assertion(tokens)
        )
        provider = get_bearer_token_provider(login, scope)
        return AzureOpenAI(
            azure_endpoint=ENDPOINT, azure_ad_token_provider=provider, api_version="2024-10-21", max_retries=0
        )

    def client_with_key(self, key: str) -> AzureOpenAI:
        return AzureOpenAI(azure_endpoint=ENDPOINT, api_key=key, api_version="2024-10-21", max_retries=0)


def ask(client: AzureOpenAI, deployment: str = "chat") -> str | None:
    with client:
        answer = client.chat.completions.create(model=deployment, messages=[{"role": "user", "content": "Hello"}])
    return answer.choices[0].message.content


def refusal(client: AzureOpenAI, deployment: str = "chat") -> tuple[int, str, str]:
    with pytest.raises(APIStatusError) as error:
        ask(client, deployment)
    body: Any = error.value.body
    return error.value.status_code, str(body.get("code", body.get("statusCode"))), body["message"]


@pytest.fixture
def shop(online: Store, loopback: Loopback) -> Shop:
    loopback.app = create_azure(online, CA_PEM, timing=Timing(principal_replication_seconds=0))
    return Shop(AzureClient(loopback.url, online), online)


def test_whoever_has_the_role_gets_a_completion_with_a_token(shop: Shop):
    shop.give_role()

    assert ask(shop.client()) == "The sandbox has no models."


def test_without_the_role_the_missing_data_action_is_named(shop: Shop):
    status, code, message = refusal(shop.client())

    assert (status, code) == (401, "PermissionDenied")
    assert f"`{shop.store.caller_object_id}` lacks" in message
    assert "`Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`" in message


def test_a_token_for_another_service_is_refused(shop: Shop):
    shop.give_role()

    status, code, message = refusal(shop.client("https://vault.azure.net/.default"))

    assert (status, code) == (401, "401")
    assert "audience is incorrect (https://cognitiveservices.azure.com)" in message


@pytest.mark.parametrize("wrong", ["text", "forged", "expired"])
def test_a_token_that_entra_did_not_sign_or_that_has_expired_is_refused(shop: Shop, wrong: str):
    shop.give_role()
    earlier = Tokens(shop.store, lambda: time.time() - 2 * 3600)
    expired = earlier.access_token(caller(shop.store), AUDIENCE)
    claims = {**claims_of(expired), "exp": time.time() + 3600}
    tokens = {"text": "a.b.c", "forged": jwt.encode(claims, new_key(), "RS256"), "expired": expired}
    client = AzureOpenAI(azure_endpoint=ENDPOINT, azure_ad_token=tokens[wrong], api_version="2024-10-21", max_retries=0)

    assert refusal(client)[:2] == (401, "401")


def test_a_token_in_another_scheme_is_refused(shop: Shop):
    shop.give_role()
    token = Tokens(shop.store).access_token(caller(shop.store), AUDIENCE)
    url = f"{ENDPOINT}openai/deployments/chat/chat/completions"

    answers = [
        requests.post(url, json={}, headers={"Authorization": f"{scheme} {token}"}, timeout=20)
        for scheme in ("Bearer", "Basic")
    ]

    assert [answer.status_code for answer in answers] == [200, 401]


def test_keys_open_an_account_until_they_are_switched_off(shop: Shop):
    (account,) = shop.store.of_type("Microsoft.CognitiveServices/accounts")
    key = keys_of(shop.store, account)["key1"]
    answer = ask(shop.client_with_key(key))
    guessed = refusal(shop.client_with_key("guessed"))

    shop.set(disableLocalAuth=True)

    assert answer is not None
    assert guessed[:2] == (401, "401")
    assert refusal(shop.client_with_key(key)) == (
        403,
        "AuthenticationTypeDisabled",
        "Key based authentication is disabled for this resource.",
    )


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"networkAcls": {"defaultAction": "Deny"}}, "Access denied due to Virtual Network/Firewall rules."),
        ({"publicNetworkAccess": "Disabled"}, "Public access is disabled. Please configure private endpoint."),
    ],
)
def test_a_closed_network_lets_nobody_in_whatever_their_role(shop: Shop, rules: dict[str, Any], message: str):
    shop.give_role()
    shop.set(**rules)

    assert refusal(shop.client()) == (403, "403", message)


def test_an_address_that_the_network_rules_name_comes_in(shop: Shop):
    shop.give_role()
    shop.set(networkAcls={"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.0/24"}]})

    assert ask(shop.client()) is not None


def test_a_deployment_that_is_not_there_is_not_found(shop: Shop):
    shop.give_role()

    assert refusal(shop.client(), "gpt-4o-mini")[:2] == (404, "DeploymentNotFound")


def test_what_the_sandbox_does_not_play_is_not_found(shop: Shop):
    shop.give_role()

    with pytest.raises(APIStatusError) as error, shop.client() as client:
        client.embeddings.create(model="chat", input="Hello")
    assert error.value.status_code == 404
