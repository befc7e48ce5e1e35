"""Workloads through the real engine: clusters that come and go under one identity, accounts of somebody else."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engine import Engine, Run

pytestmark = [pytest.mark.engine, pytest.mark.slow]

TWO_CLUSTERS = """
import aks_workload_identity as wi
import pulumi
from pulumi_azure_native import resources

group = resources.ResourceGroup("rg", resource_group_name="rg-shop", location="westeurope")
where = {"resource_group_name": "rg-shop", "location": "westeurope"}
after = pulumi.ResourceOptions(depends_on=[group])
vault = wi.KeyVault("shop", {**where, "vault_name": "kv-shop"}, after)
clusters = {
    key: wi.WorkloadIdentityCluster(
        f"aks-{key}", {**where, "admin_group_object_ids": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]}, after
    ).trust
    for key in pulumi.Config().require_object("clusters")
}
api = {"api": wi.ServiceAccount(namespace="shop", name="orders")}
worker = {"worker": wi.ServiceAccount(namespace="shop", name="worker")}
orders = wi.FederatedWorkload("orders", {**where, "clusters": clusters, "service_accounts": api}, after)
wi.KeyVaultMount("orders", {"workload": orders, "vault": vault, "objects": {"db": wi.Secret()}})
# Shares the identity, and with it the chain of its credentials.
wi.FederatedWorkload(
    "worker", {**where, "clusters": clusters, "service_accounts": worker, "identity": orders.identity}, after
)
"""

OTHERS_ACCOUNT = """
import aks_workload_identity as wi
import pulumi
import pulumi_kubernetes as kubernetes
from pulumi_azure_native import resources

group = resources.ResourceGroup("rg", resource_group_name="rg-shop", location="westeurope")
where = {"resource_group_name": "rg-shop", "location": "westeurope"}
cluster = wi.WorkloadIdentityCluster(
    "aks",
    {**where, "admin_group_object_ids": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]},
    pulumi.ResourceOptions(depends_on=[group]),
)
in_cluster = pulumi.ResourceOptions(provider=cluster.trust.kubernetes_provider, deleted_with=cluster.cluster)
namespace = kubernetes.core.v1.Namespace("shop", metadata={"name": "shop"}, opts=in_cluster)
metadata = {"name": "orders", "namespace": "shop", "annotations": {"team": "shop"}}
in_namespace = pulumi.ResourceOptions.merge(in_cluster, pulumi.ResourceOptions(depends_on=[namespace]))
theirs = kubernetes.core.v1.ServiceAccount("theirs", metadata=metadata, opts=in_namespace)
ownership = pulumi.Config().get("ownership")
if ownership:
    account = wi.ServiceAccount(namespace="shop", name="orders", ownership=ownership)
    wi.FederatedWorkload(
        "orders",
        {**where, "clusters": {"dev": cluster.trust}, "service_accounts": {"api": account}, "create_namespaces": False},
        pulumi.ResourceOptions(depends_on=[theirs]),
    )
pulumi.export("kubeconfig", cluster.kubeconfig)
"""


def touched(run: Run) -> set[tuple[str, str]]:
    """What is done to which resource of a workload; clusters and what is in them left out."""
    kinds = ("UserAssignedIdentity", "FederatedIdentityCredential", "RoleAssignment")
    ours = ("orders", "worker")
    return {(s.op, s.name) for s in run.steps if s.type.endswith(kinds) and s.name.startswith(ours)}


@pytest.mark.capability("A3")
def test_a_second_cluster_comes_and_the_first_goes_without_touching_what_stays(tmp_path: Path):
    engine = Engine.of_program(tmp_path, TWO_CLUSTERS, clusters=["blue"])
    first = engine.up()
    assert first.exit_code == 0, first.errors

    runs: list[tuple[Run, Run, Run]] = []
    for clusters in (["blue", "green"], ["green"]):
        engine.config["clusters"] = clusters
        runs.append((engine.preview(), engine.up(), engine.up()))

    both, green = runs
    assert [run.exit_code for step in runs for run in step] == [0] * 6, [run.errors for step in runs for run in step]
    assert touched(both[1]) == {("create", "orders-green-api"), ("create", "worker-green-worker")}
    assert touched(green[1]) == {("delete", "orders-blue-api"), ("delete", "worker-blue-worker")}
    for preview, up, again in runs:
        assert touched(preview) == touched(up)
        assert not {"replace", "update", "create-replacement"} & {step.op for step in up.steps}
        assert set(again.changes) == {"same"}


@pytest.mark.capability("A4")
def test_a_patched_account_gets_our_annotations_and_keeps_its_own_when_the_workload_goes(tmp_path: Path):
    engine = Engine.of_program(tmp_path, OTHERS_ACCOUNT, ownership="patch")
    first = engine.up()
    assert first.exit_code == 0, first.errors
    patched, again = annotations(engine), engine.up()

    del engine.config["ownership"]
    gone = engine.up()

    assert set(patched) == {"team", "azure.workload.identity/client-id"}
    assert set(again.changes) == {"same"}
    assert gone.exit_code == 0, gone.errors
    assert {step.op for step in gone.steps} == {"delete"}
    assert annotations(engine) == {"team": "shop"}
    assert engine.destroy().exit_code == 0


@pytest.mark.capability("A4")
def test_an_account_that_exists_is_not_made_again(tmp_path: Path):
    engine = Engine.of_program(tmp_path, OTHERS_ACCOUNT, ownership="create")

    up = engine.up()

    assert up.exit_code != 0
    assert 'serviceaccounts "orders" already exists' in up.errors


def annotations(engine: Engine) -> dict[str, Any]:
    """What the account is annotated with, asked of the cluster."""
    command = ("pulumi", "-C", str(engine.project), "stack", "output", "--stack", "dev", "--show-secrets", "--json")
    kubeconfig = json.loads(engine.sandbox(*command).stdout)["kubeconfig"]
    script = (
        "import json, sys; from sandbox.plugins.kubeconfig import read_kubeconfig; "
        "from sandbox.plugins.kubernetes_client import KubernetesClient; "
        "client = KubernetesClient(read_kubeconfig(sys.argv[1], None)); "
        "print(json.dumps(client.get('v1', 'ServiceAccount', 'shop', 'orders')['metadata']['annotations']))"
    )
    text = kubeconfig if isinstance(kubeconfig, str) else json.dumps(kubeconfig)
    done = engine.sandbox(sys.executable, "-c", script, text)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
