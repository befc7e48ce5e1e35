"""The tutorials' last step: the real Azure CLI logs in with the token of an injected pod and reads the secret."""

import pytest

from tests.az.azure_cli import AZ
from tests.chain.conftest import Chain

SCRIPT = """
set -e
az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" \
  --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")" --allow-no-subscriptions --output none
az keyvault secret show --id "$1secrets/db-password" --query value --output tsv
vault=${1#https://}
az keyvault secret set --vault-name "${vault%%.*}" --name db-password --value other --output none
"""


def test_az_reads_what_the_pods_role_allows_and_is_refused_what_it_does_not(chain: Chain):
    if not AZ.exists():
        pytest.fail("the Azure CLI is missing; install it with: tools/az/install", pytrace=False)
    chain.write_secret("db-password", "for az")
    pod = chain.start(chain.template("orders"))
    settings = {
        "AZURE_CONFIG_DIR": str(chain.folder / "az"),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
        "AZURE_CORE_SURVEY_MESSAGE": "false",
        "PATH": f"{AZ.parent}:/usr/bin:/bin",
    }

    done = chain.kubelet.run(pod, ["bash", "-c", SCRIPT, "az", chain.vault_url], {**chain.network, **settings})

    assert done.stdout.strip() == "for az", done.stderr
    assert done.returncode != 0
    assert "ForbiddenByRbac" in done.stderr
    assert "secrets/setSecret/action" in done.stderr
