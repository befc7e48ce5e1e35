"""An agent with exactly its pod's environment calls a model through OpenAI's own client; a key opens nothing."""

import copy
from typing import Any

import pytest

from sandbox.azure.cognitiveservices import ACCOUNTS, keys_of
from sandbox.plain import items
from tests.chain import programs, refusals
from tests.chain.behind import changed, closed
from tests.chain.conftest import Chain

pytestmark = [
    pytest.mark.capability("A9"),
]


@pytest.fixture(scope="module")
def agent(chain: Chain) -> dict[str, Any]:
    return chain.start(chain.template("assistant", "agents"), "agents")


def check(chain: Chain, cause: str, text: str, *, code: str, because: str) -> None:
    refusals.check(
        cause, text, code=code, because=because, said_by="the AI account", values=refusals.known_values(chain.store)
    )


def test_the_agent_completes_a_chat_without_any_code_of_ours(chain: Chain, agent: dict[str, Any]):
    said, refused = programs.run(chain, agent, programs.COMPLETE)

    assert (said, refused) == ("The sandbox has no models.", "")


def test_an_accounts_own_key_opens_nothing(chain: Chain, agent: dict[str, Any]):
    (account,) = chain.store.of_type(ACCOUNTS)
    key = keys_of(chain.store, account)["key1"]

    _, refused = programs.run(chain, agent, programs.COMPLETE_WITH_KEY, key)

    check(
        chain,
        "account-keys-are-off",
        refused,
        code="Key based authentication is disabled for this resource.",
        because="The account's disableLocalAuth is on, and a program brings an API key.",
    )


def test_a_token_for_the_vault_is_none_for_the_account(chain: Chain, agent: dict[str, Any]):
    _, refused = programs.run(
        chain,
        agent,
        programs.COMPLETE.replace('os.environ["AZURE_OPENAI_SCOPE"]', '"https://vault.azure.net/.default"'),
    )

    check(
        chain,
        "account-wrong-audience",
        refused,
        code="audience is incorrect",
        because="A program asks for a token of another service than the account's.",
    )


@pytest.mark.capability("A21")
def test_a_workload_without_the_role_may_not_call_the_model(chain: Chain, agent: dict[str, Any]):
    template = copy.deepcopy(chain.template("fulfilment"))
    own = [each for each in items(agent["spec"]["containers"][0], "env") if each["name"].startswith("AZURE_OPENAI_")]
    template["spec"]["containers"][0]["env"] = own
    other = chain.start(template)

    _, refused = programs.run(chain, other, programs.COMPLETE)

    check(
        chain,
        "account-no-role",
        refused,
        code="lacks the required data action",
        because="The workload has no role on the account: no grant cognitive_services.call_models.",
    )


@pytest.mark.capability("A21")
def test_outside_of_the_accounts_network_rules_nobody_comes_in(chain: Chain, agent: dict[str, Any]):
    (account,) = chain.store.of_type(ACCOUNTS)

    with changed(chain, account["id"], networkAcls=closed(account)):
        _, refused = programs.run(chain, agent, programs.COMPLETE)

    check(
        chain,
        "account-closed-network",
        refused,
        code="Access denied due to Virtual Network/Firewall rules.",
        because="The caller's address is in none of the account's network rules.",
    )
