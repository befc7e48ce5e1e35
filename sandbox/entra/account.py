"""What a command in the sandbox is told about its login, in the variables that azure-native and Terraform read."""

from collections.abc import Mapping
from pathlib import Path

from sandbox.azure.store import Store
from sandbox.entra.assertions import caller_assertion
from sandbox.entra.tokens import Tokens


def account_variables(store: Store) -> Mapping[str, str]:
    """The caller, as a pipeline run with a federated token that holds for a day; no secret."""
    return {
        "ARM_SUBSCRIPTION_ID": store.subscription_id,
        "ARM_TENANT_ID": store.tenant_id,
        "ARM_CLIENT_ID": store.caller_client_id,
        "ARM_OBJECT_ID": store.caller_object_id,
        "ARM_USE_OIDC": "true",
        "ARM_OIDC_TOKEN": caller_assertion(Tokens(store)),
    }


def kubelogin_variables(account: Mapping[str, str], file: Path) -> Mapping[str, str]:
    """The same login for the real kubelogin, whatever way to log in a kubeconfig names.

    Source: Azure/kubelogin, "Environment variables"; they go before the kubeconfig's arguments.
    """
    file.touch(mode=0o600)
    file.write_text(account["ARM_OIDC_TOKEN"])
    return {
        "AAD_LOGIN_METHOD": "workloadidentity",
        "AZURE_CLIENT_ID": account["ARM_CLIENT_ID"],
        "AZURE_TENANT_ID": account["ARM_TENANT_ID"],
        "AZURE_FEDERATED_TOKEN_FILE": str(file),
    }
