"""What a command in the sandbox is told about its login, in the variables that azure-native and Terraform read."""

from collections.abc import Mapping

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
