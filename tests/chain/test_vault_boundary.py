"""A login is not yet a secret: what a vault tells a workload that it does not let in."""

import uuid
from typing import Any

import pytest

from sandbox.azure.authorization import ASSIGNMENTS
from sandbox.azure.managedidentity import IDENTITIES
from tests.chain import programs, refusals
from tests.chain.behind import changed, closed, taken_away
from tests.chain.conftest import ORDERS, Chain
from tests.chain.needs import needs_network
from tests.sandbox.azure_client import a_vault, vault

pytestmark = pytest.mark.capability("A21")

OPEN = {"defaultAction": "Allow", "bypass": "None"}


@pytest.fixture(scope="module")
def orders(chain: Chain) -> dict[str, Any]:
    chain.write_secret("db-password", "from the vault")
    return chain.start(chain.template("orders"))


def read(chain: Chain, pod: dict[str, Any], url: str = "", secret: str = "db-password") -> tuple[str, str]:
    return programs.run(chain, pod, programs.READ_SECRET, url or chain.vault_url, secret)


def check(
    chain: Chain, cause: str, refused: str, *, code: str, because: str, name: str = "", by: str = "Azure Key Vault"
) -> None:
    known = refusals.known_values(chain.store)
    values = {**known, "vault": name or chain.vault["name"]}
    refusals.check(cause, refused, code=code, because=because, said_by=by, values=values)


def another(chain: Chain, name: str, **properties: Any) -> str:
    """The address of a vault that `az` made beside the program's, of a kind that the library does not make."""
    chain.azure.make_group()
    stated = {"tenantId": chain.store.tenant_id, "enableRbacAuthorization": True, "networkAcls": OPEN, **properties}
    made = chain.azure.make(vault(name), a_vault(**stated))
    return str(made["properties"]["vaultUri"])


def test_a_workload_without_a_role_reads_nothing(chain: Chain, orders: dict[str, Any]):
    _, refused = read(chain, chain.start(chain.template("fulfilment")))

    check(
        chain,
        "vault-no-role",
        refused,
        code="ForbiddenByRbac",
        because="The workload has no role on the vault.",
    )


def test_a_role_that_was_taken_away_reads_nothing_until_the_next_update(chain: Chain, orders: dict[str, Any]):
    assert read(chain, orders)[0] == "from the vault"

    with taken_away(chain, *roles_on_the_vault(chain, orders)):
        _, refused = read(chain, orders)

    check(
        chain,
        "vault-role-removed",
        refused,
        code="ForbiddenByRbac",
        because="Somebody took the workload's role away; the next update of the program gives it again.",
    )
    assert read(chain, orders)[0] == "from the vault"


def roles_on_the_vault(chain: Chain, pod: dict[str, Any]) -> list[str]:
    """The assignments that the pod's identity has on the vault and in it, as `az role assignment list` finds them."""
    env = {each["name"]: each.get("value") for each in pod["spec"]["containers"][0]["env"]}
    group = chain.vault["id"].partition("/providers/")[0]
    identities = chain.azure.get(f"{group}/providers/{IDENTITIES}").body["value"]
    about = [each["properties"] for each in identities]
    (principal,) = [each["principalId"] for each in about if each["clientId"] == env["AZURE_CLIENT_ID"]]
    path = f"{chain.vault['id']}/providers/{ASSIGNMENTS}"
    found = chain.azure.get(path, query=f"$filter=principalId eq '{principal}'").body["value"]
    assert found
    return [each["id"] for each in found]


@needs_network
def test_a_role_on_one_vault_opens_no_other(chain: Chain, orders: dict[str, Any], neighbour: Chain):
    neighbour.write_secret("db-password", "the neighbour's")

    _, refused = read(chain, orders, neighbour.vault_url)

    assert read(neighbour, neighbour.start(ORDERS), neighbour.vault_url)[0] == "the neighbour's"
    check(
        chain,
        "vault-other",
        refused,
        code="ForbiddenByRbac",
        because="The workload's role is on another vault.",
        name=neighbour.vault["name"],
    )


def test_a_vault_with_access_policies_knows_no_roles(chain: Chain, orders: dict[str, Any]):
    url = another(chain, "kv-policies", enableRbacAuthorization=False, accessPolicies=[])

    _, refused = read(chain, orders, url)

    check(
        chain,
        "vault-with-access-policies",
        refused,
        code="ForbiddenByPolicy",
        because="The vault has enableRbacAuthorization off, so that roles count for nothing.",
        name="kv-policies",
    )


@pytest.mark.parametrize(
    ("cause", "code", "properties", "because"),
    [
        (
            "vault-closed-network",
            "ForbiddenByFirewall",
            {},
            "The caller's address is in none of the vault's network rules.",
        ),
        (
            "vault-not-public",
            "ForbiddenByConnection",
            {"publicNetworkAccess": "Disabled"},
            "The vault takes private endpoints only, and the name led to its public address.",
        ),
    ],
)
def test_a_closed_vault_lets_nobody_in_whatever_their_role(
    chain: Chain, orders: dict[str, Any], cause: str, code: str, properties: dict[str, Any], because: str
):
    assert read(chain, orders)[0] == "from the vault"

    with changed(chain, chain.vault["id"], **properties or {"networkAcls": closed(chain.vault)}):
        _, refused = read(chain, orders)

    check(chain, cause, refused, code=code, because=because)


def test_a_vault_of_another_tenant_is_not_even_asked(chain: Chain, orders: dict[str, Any]):
    url = another(chain, "kv-tenant", tenantId=str(uuid.uuid4()))

    _, refused = read(chain, orders, url)

    check(
        chain,
        "vault-of-another-tenant",
        refused,
        code="not configured to acquire tokens for tenant",
        because="The vault belongs to another tenant than the identity.",
        name="kv-tenant",
        by="azure-identity, which asks no other tenant than its own for tokens",
    )


def test_a_secret_that_nobody_wrote_is_missing_and_not_forbidden(chain: Chain, orders: dict[str, Any]):
    _, refused = read(chain, orders, secret="nobody-wrote-it")

    check(
        chain,
        "vault-secret-missing",
        refused,
        code="SecretNotFound",
        because="The workload may read the secret, and nobody has written it yet.",
    )
