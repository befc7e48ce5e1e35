"""A workload with two vaults, one opened by the names of secrets, whose account somebody else writes."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from azure.keyvault.secrets import SecretClient

from sandbox.azure.store import Json
from tests.chain import programs, refusals
from tests.chain.conftest import SECRETS_OFFICER, Chain
from tests.chain.mounting import Ledger
from tests.chain.needs import needs_driver
from tests.engine.engine import Engine
from tests.sandbox.azure_client import a_vault, vault

PROGRAM = """
import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes

config = pulumi.Config()
cluster = wi.ExistingCluster("aks-shop-dev", {"resource_group_name": "rg-shop-dev"})
payroll = wi.FederatedWorkload(
    "payroll",
    {
        "resource_group_name": "rg-shop-dev",
        "location": "westeurope",
        "clusters": {"dev": cluster.trust},
        "service_accounts": {"app": wi.ServiceAccount(namespace="payroll", name="payroll", ownership="external")},
        "create_namespaces": False,
    },
)
mounts = [
    wi.KeyVaultMount(
        f"payroll-{key}",
        {
            "workload": payroll,
            "vault": wi.VaultReference(key=key, name=vault_id.rpartition("/")[2], id=vault_id),
            "objects": {name: wi.Secret()},
            "only_secret_names": only,
        },
    )
    for key, vault_id, name, only in (
        ("shop", config.require("shop"), "db-password", ["db-password"]),
        ("pay", config.require("pay"), "salaries", None),
    )
]
labels = {"app": "payroll"}
template = {
    "metadata": {"labels": labels},
    "spec": {"containers": [{"name": "payroll", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.9"}]},
}
kubernetes.apps.v1.Deployment(
    "payroll",
    metadata={"name": "payroll", "namespace": "payroll", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec=payroll.pod_spec({"selector": {"matchLabels": labels}, "template": template}, mounts=mounts),
    opts=cluster.trust.in_cluster(None, depends_on=[payroll, *mounts]),
)
pulumi.export("annotations", payroll.annotations)
"""


@dataclass(frozen=True)
class Payroll:
    """The workload, its second vault, and a pod of it."""

    ledger: Ledger
    engine: Engine
    own: Json
    pod: dict[str, Any]

    @property
    def chain(self) -> Chain:
        return self.ledger.chain

    def read(self, name: str, url: str = "") -> tuple[str, str]:
        return programs.run(self.chain, self.pod, programs.READ_SECRET, url or self.chain.vault_url, name)

    @property
    def account(self) -> dict[str, Any]:
        found = self.chain.api.get("v1", "ServiceAccount", "payroll", "payroll")
        assert found is not None
        return found["metadata"]


@pytest.fixture(scope="module")
def payroll(ledger: Ledger) -> Payroll:
    chain = ledger.chain
    chain.azure.make_group()
    opened = {"defaultAction": "Allow", "bypass": "None"}
    own = chain.azure.make(vault("kv-payroll"), a_vault(tenantId=chain.store.tenant_id, networkAcls=opened))
    chain.give(SECRETS_OFFICER, own)
    SecretClient(own["properties"]["vaultUri"], chain.login, retry_total=0).set_secret("salaries", "secret numbers")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "payroll"}}
    chain.api.apply(namespace, "", "somebody-else", force=False)
    engine = chain.engine(PROGRAM, "payroll", shop=chain.vault["id"], pay=own["id"])
    run = engine.up()
    assert run.exit_code == 0, run.errors
    told = engine.sandbox("pulumi", "-C", str(engine.project), "stack", "output", "--json", "--stack", "dev").stdout
    # As a chart or a GitOps repository does with what the program says.
    metadata = {"name": "payroll", "namespace": "payroll", "annotations": json.loads(told)["annotations"]["app"]}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    chain.api.apply(account, "payroll", "somebody-else", force=False)
    return Payroll(ledger, engine, own, chain.start(chain.template("payroll", "payroll"), "payroll"))


@pytest.mark.capability("A4")
def test_a_pod_of_an_account_that_somebody_else_wrote_logs_in(payroll: Payroll):
    assert payroll.read("db-password") == ("db-password from the vault", "")
    assert [each["manager"] for each in payroll.account["managedFields"]] == ["somebody-else"]


@pytest.mark.capability("A6", "A21")
def test_a_role_with_a_condition_opens_the_secrets_that_it_names_and_no_other(payroll: Payroll):
    _, refused = payroll.read("session-key")

    values = {**refusals.known_values(payroll.chain.store), "vault": payroll.chain.vault["name"]}
    refusals.check(
        "vault-not-among-the-names",
        refused,
        code="ForbiddenByRbac",
        because="The role's condition names other secrets of the vault than this one.",
        said_by="Azure Key Vault",
        values=values,
    )
    assert payroll.read("salaries", payroll.own["properties"]["vaultUri"]) == ("secret numbers", "")


@needs_driver
@pytest.mark.capability("A6")
def test_each_mount_shows_the_files_of_its_own_vault(payroll: Payroll):
    files = {
        each["name"]: payroll.ledger.by_driver(payroll.pod, each["name"])
        for each in payroll.ledger.kubelet.csi.of_pod(payroll.pod)
    }

    assert {name: {path: file.content for path, file in found.items()} for name, found in files.items()} == {
        "payroll-shop": {"db-password": b"db-password from the vault"},
        "payroll-pay": {"salaries": b"secret numbers"},
    }


@pytest.mark.capability("A4")
def test_destroying_the_workload_leaves_the_account_and_lets_nobody_in(payroll: Payroll):
    written = payroll.account

    run = payroll.engine.destroy()

    _, refused = payroll.read("db-password")
    assert run.exit_code == 0, run.errors
    assert payroll.account == written
    assert "AADSTS700016" in refused
