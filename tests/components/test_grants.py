"""The catalogue: each verb is one narrow role on one kind of resource."""

from collections.abc import Callable

import pytest
from aks_workload_identity import Grant, InvalidArgumentError, grants

from tests.components.builders import GROUP, VAULT_ID

pytestmark = pytest.mark.capability("A10")

STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/st"
CONTAINER = f"{STORAGE}/blobServices/default/containers/invoices"
QUEUE = f"{STORAGE}/queueServices/default/queues/orders"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai"

# Verb, scope, GUID and name of the role: a second, independent spelling of the catalogue.
CATALOGUE: list[tuple[Callable[[str], Grant], str, str, str]] = [
    (grants.key_vault.read_secrets, VAULT_ID, "4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User"),
    (grants.key_vault.read_keys_and_certificates, VAULT_ID, "21090545-7ca7-4776-b22c-e363652d74d2", "Key Vault Reader"),
    (grants.storage.read_blobs, CONTAINER, "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader"),
    (grants.storage.write_blobs, CONTAINER, "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Storage Blob Data Contributor"),
    (
        grants.storage.process_messages,
        QUEUE,
        "8a0f0c08-91a1-4084-bc3d-661d67233fed",
        "Storage Queue Data Message Processor",
    ),
    (grants.storage.send_messages, QUEUE, "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", "Storage Queue Data Message Sender"),
    (
        grants.cognitive_services.call_models,
        ACCOUNT,
        "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        "Cognitive Services OpenAI User",
    ),
]


@pytest.mark.parametrize(("verb", "scope", "guid", "name"), CATALOGUE, ids=[row[0].__name__ for row in CATALOGUE])
def test_a_verb_is_one_role_on_its_resource(verb: Callable[[str], Grant], scope: str, guid: str, name: str):
    grant = verb(scope)

    assert (grant.role.guid, grant.role.name, grant.scope) == (guid, name, scope)


@pytest.mark.parametrize("verb", [row[0] for row in CATALOGUE], ids=[row[0].__name__ for row in CATALOGUE])
@pytest.mark.parametrize("scope", ["", GROUP, f"{GROUP}/providers/Microsoft.Network/virtualNetworks/v", STORAGE])
def test_a_scope_of_another_kind_or_wider_is_refused(verb: Callable[[str], Grant], scope: str):
    with pytest.raises(InvalidArgumentError, match="scope must be the id of"):
        verb(scope)


def test_ids_are_compared_as_azure_does_without_case():
    assert grants.key_vault.read_secrets(VAULT_ID.upper()).scope == VAULT_ID.upper()
