"""The tutorials' last step: the real Azure CLI logs in with the token of an injected pod and reads the secret."""

import copy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.az.azure_cli import AZ
from tests.chain import refusals
from tests.chain.conftest import Chain

LOGIN = """
set -e
az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \
  --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")" --allow-no-subscriptions --query "[].user.name" --output tsv
"""
READ = """
az keyvault secret show --id "$1secrets/$2" --query value --output tsv
"""
WRITE = """
vault=${1#https://}
az keyvault secret set --vault-name "${vault%%.*}" --name "$2" --value other --output none
"""


def az(chain: Chain, pod: dict[str, Any], folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A script in a container of the pod whose image has the Azure CLI."""
    if not AZ.exists():
        pytest.fail("the Azure CLI is missing; install it with: tools/az/install", pytrace=False)
    settings = {
        "AZURE_CONFIG_DIR": str(folder / "az"),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
        "AZURE_CORE_SURVEY_MESSAGE": "false",
        "PATH": f"{AZ.parent}:/usr/bin:/bin",
    }
    command = ["bash", "-c", script, "az", chain.vault_url, "db-password"]
    return chain.kubelet.run(pod, command, {**chain.network, **settings})


def client_id(pod: dict[str, Any]) -> str:
    env = pod["spec"]["containers"][0]["env"]
    return next(each["value"] for each in env if each["name"] == "AZURE_CLIENT_ID")


def check(chain: Chain, cause: str, refused: str, *, code: str, because: str, said_by: str) -> None:
    values = {**refusals.known_values(chain.store), "vault": chain.vault["name"]}
    refusals.check(cause, refused, code=code, because=because, said_by=said_by, values=values)


@pytest.fixture(scope="module")
def orders(chain: Chain) -> dict[str, Any]:
    chain.write_secret("db-password", "for az")
    return chain.start(chain.template("orders"))


def test_az_logs_in_with_the_pods_token_and_reads_what_its_role_allows(
    chain: Chain, orders: dict[str, Any], tmp_path: Path
):
    done = az(chain, orders, tmp_path, LOGIN + READ)

    assert (done.stdout.splitlines(), done.returncode) == ([client_id(orders), "for az"], 0), done.stderr


def test_az_is_refused_what_the_pods_role_does_not_allow(chain: Chain, orders: dict[str, Any], tmp_path: Path):
    done = az(chain, orders, tmp_path, LOGIN + WRITE)
    read_again = az(chain, orders, tmp_path, READ)

    check(
        chain,
        "az-no-role",
        done.stderr,
        code="ForbiddenByRbac",
        because="The workload's role reads secrets and writes none.",
        said_by="Azure Key Vault",
    )
    assert "secrets/setSecret/action" in done.stderr
    assert done.returncode != 0
    assert read_again.stdout.strip() == "for az", read_again.stderr


def test_az_does_not_log_in_with_the_token_of_another_account(chain: Chain, orders: dict[str, Any], tmp_path: Path):
    template = copy.deepcopy(chain.template("fulfilment"))
    template["spec"]["containers"][0]["env"] = [{"name": "AZURE_CLIENT_ID", "value": client_id(orders)}]

    done = az(chain, chain.start(template), tmp_path, LOGIN + READ)

    check(
        chain,
        "az-other-account",
        done.stderr,
        code="AADSTS700213",
        because="The token is of another service account than the credential's subject.",
        said_by="Microsoft Entra ID",
    )
    assert done.returncode != 0
    assert "for az" not in done.stdout
