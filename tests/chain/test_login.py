"""Unmodified programs log in with what an injected pod has, and nothing else."""

import copy
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
import requests

from sandbox.entra.issuers import issuer_of
from sandbox.entra.tokens import claims_of
from tests.chain import programs, refusals
from tests.chain.conftest import Chain

AUDIENCE = "api://AzureADTokenExchange"
READ = """
import sys
from azure.identity import {credential}
from azure.keyvault.secrets import SecretClient
print(SecretClient(sys.argv[1], {credential}(), retry_total=0).get_secret(sys.argv[2]).value)
"""
TOKEN = """
import sys
from azure.identity import WorkloadIdentityCredential
print(WorkloadIdentityCredential().get_token(sys.argv[1]).token)
"""


def python(source: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", source, *arguments]


@pytest.fixture(scope="module")
def orders(chain: Chain) -> dict[str, Any]:
    """An injected pod of the workload that reads the vault, and the secret that it reads."""
    chain.write_secret("db-password", "from the vault")
    return chain.start(chain.template("orders"))


@pytest.mark.parametrize("credential", ["WorkloadIdentityCredential", "DefaultAzureCredential"])
def test_an_injected_pod_reads_its_secret_without_any_code_of_ours(
    chain: Chain, orders: dict[str, Any], credential: str
):
    source = READ.format(credential=credential)

    done = chain.kubelet.run(orders, python(source, chain.vault_url, "db-password"), chain.network)

    assert (done.stdout.strip(), done.returncode) == ("from the vault", 0), done.stderr


def test_the_agents_pod_gets_a_token_for_its_account(chain: Chain):
    agent = chain.start(chain.template("assistant", "agents"), "agents")

    done = chain.kubelet.run(agent, python(TOKEN, "https://cognitiveservices.azure.com/.default"), chain.network)

    assert done.returncode == 0, done.stderr
    claims = claims_of(done.stdout.strip())
    (client_id,) = [
        each["value"] for each in agent["spec"]["containers"][0]["env"] if each["name"] == "AZURE_CLIENT_ID"
    ]
    assert (claims["aud"], claims["appid"]) == ("https://cognitiveservices.azure.com", client_id)


def test_the_token_of_a_pod_says_what_a_kubelets_says(chain: Chain, orders: dict[str, Any]):
    issuer = issuer_of(chain.store, chain.cluster)
    assert issuer is not None

    claims = claims_of(chain.kubelet.token(orders, AUDIENCE))

    assert (claims["iss"], claims["sub"]) == (issuer.url, "system:serviceaccount:shop:orders")
    assert claims["aud"] == [AUDIENCE]
    assert claims["kubernetes.io"]["pod"] == {name: orders["metadata"][name] for name in ("name", "uid")}


def test_what_azure_publishes_for_the_issuer_is_what_the_api_server_says(chain: Chain):
    issuer = issuer_of(chain.store, chain.cluster)
    assert issuer is not None
    plane = chain.plane
    headers = {"Authorization": f"Bearer {plane.administrator_token}"}

    for document in (".well-known/openid-configuration", "openid/v1/jwks"):
        said = requests.get(
            f"{plane.server}/{document}", headers=headers, verify=str(plane.settings.ca_path), timeout=20
        )
        published = requests.get(f"{issuer.url}{document}", timeout=20)
        assert json.loads(said.text) == published.json()


def without_label(chain: Chain) -> dict[str, Any]:
    template = copy.deepcopy(chain.template("orders"))
    del template["metadata"]["labels"]["azure.workload.identity/use"]
    return chain.start(template)


def without_annotation(chain: Chain) -> dict[str, Any]:
    account = {"name": "unannotated", "namespace": "shop"}
    chain.api.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}, "shop", "test", force=True)
    template = copy.deepcopy(chain.template("orders"))
    template["spec"]["serviceAccountName"] = "unannotated"
    return chain.start(template)


@pytest.mark.parametrize(
    ("cause", "start", "code", "because"),
    [
        ("pod-without-the-label", without_label, "tenant_id", "The pod's template lacks the label of the webhook."),
        (
            "account-without-annotation",
            without_annotation,
            "client_id",
            "The pod's service account lacks the client-id annotation.",
        ),
    ],
)
def test_a_pod_that_the_webhook_told_too_little_cannot_log_in(
    chain: Chain, cause: str, start: Callable[[Chain], dict[str, Any]], code: str, because: str
):
    _, refused = programs.run(chain, start(chain), programs.READ_SECRET, chain.vault_url, "db-password")

    known = refusals.known_values(chain.store)
    refusals.check(cause, refused, code=code, because=because, said_by="azure-identity", values=known)
