"""What the policy pack costs: CPU of resources and of whole stacks, and the time of a preview with and without it."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from aks_workload_identity_policy import RULES
from aks_workload_identity_policy.analyzer import Analyzer
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from bench.preview import Program
from bench.report import line, progress
from sandbox.home import REPOSITORY

STACKS = (2_500, 5_000, 10_000)
WORKLOADS = 300
MOST_PER_RESOURCE = 0.001
MOST_OF_A_PREVIEW = 0.25
_INSIDE = "BENCH_FOLDER"
_GROUP = "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/rg"
_TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
_ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{_TENANT}/0a1b2c3d-0000-4000-8000-123456789abc/"
_ROLE = "4633458b-17de-408a-b874-0445c86b69e6"
_LOGS = f"{_GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
_MADE = {
    "azure-native:containerservice:ManagedCluster": {"oidcIssuerProfile": {"enabled": True, "issuerURL": _ISSUER}},
}
# The program of the bench has an issuer that no cluster of it has.
_CONFIG = {"credential-issuer-is-a-known-cluster": {"issuers": [_ISSUER]}}


def compare(runs: int) -> None:
    """Print both tables.

    Args:
        runs: pairs of previews.
    """
    line(f"\nThe policy pack, {len(RULES)} rules, CPU time in one process")
    line(f"{'resources':>9}  {'each':>10}  {'the stack':>10}  {'in all, each':>12}")
    for resources in STACKS:
        progress(f"policies over {resources} resources")
        line(_row(resources))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        variables = {"SANDBOX_HOME": f"{folder}/sandbox", _INSIDE: folder}
        own = [sys.executable, "-m", "bench.policy", str(runs)]
        done = subprocess.run([sys.executable, "-m", "sandbox", "--", *own], env={**os.environ, **variables})  # noqa: S603
    if done.returncode:
        sys.exit(done.returncode)


def _row(resources: int) -> str:
    stack, calls = analyzer_pb2.AnalyzeStackRequest(), list[Any]()
    _add(stack, calls, "aks", *_cluster())
    for number in range(resources // len(_workload(0))):
        for type_, inputs, sources in _workload(number):
            _add(stack, calls, f"app-{number}", type_, inputs, sources)
    analyzer = Analyzer("bench", RULES)
    began = time.process_time()
    for call in calls:
        analyzer.Analyze(call, None)
    registered = time.process_time()
    answer = analyzer.AnalyzeStack(stack, None)
    ended = time.process_time()
    stopping = [one for one in answer.diagnostics if one.enforcementLevel == analyzer_pb2.MANDATORY]
    if stopping:
        sys.exit(f"error: the bench's own resources are refused: {stopping[0].message}")
    each, whole = (registered - began) / len(calls), ended - registered
    total = each + whole / len(calls)
    note = "" if total <= MOST_PER_RESOURCE else f"  more than {MOST_PER_RESOURCE * 1000:.0f} ms"
    return f"{len(calls):>9}  {each * 1000:>7.3f} ms  {whole:>8.2f} s  {total * 1000:>9.3f} ms{note}"


def _add(stack: Any, calls: list[Any], name: str, type_: str, inputs: dict[str, Any], sources: list[str]) -> None:
    urn = f"urn:pulumi:dev::bench::{type_}::{name}"
    properties = json_format.ParseDict(inputs, struct_pb2.Struct())
    calls.append(analyzer_pb2.AnalyzeRequest(urn=urn, type=type_, name=name, properties=properties))
    made = json_format.ParseDict({**inputs, **_MADE.get(type_, {})}, struct_pb2.Struct())
    sent = stack.resources.add(urn=urn, type=type_, name=name, properties=made)
    for property_ in sources:
        of = f"urn:pulumi:dev::bench::azure-native:managedidentity:UserAssignedIdentity::{name}"
        sent.propertyDependencies[property_].urns.append(of)
        sent.dependencies.append(of)


def _cluster() -> tuple[str, dict[str, Any], list[str]]:
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "aks",
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "oidcIssuerProfile": {"enabled": True},
        "securityProfile": {
            "workloadIdentity": {"enabled": True},
            "defender": {"logAnalyticsWorkspaceResourceId": _LOGS, "securityMonitoring": {"enabled": True}},
        },
        "disableLocalAccounts": True,
        "aadProfile": {"managed": True, "enableAzureRBAC": True},
        "apiServerAccessProfile": {"disableRunCommand": True, "authorizedIPRanges": ["203.0.113.0/24"]},
        "addonProfiles": {
            "azureKeyvaultSecretsProvider": {"enabled": True, "config": {"enableSecretRotation": "true"}},
            "azurepolicy": {"enabled": True},
        },
    }
    return "azure-native:containerservice:ManagedCluster", inputs, []


def _workload(number: int) -> list[tuple[str, dict[str, Any], list[str]]]:
    """All resources of one: type, inputs, and the properties that come of the identity."""
    name = f"app-{number}"
    pod = {
        "metadata": {"labels": {"app": name, "azure.workload.identity/use": "true"}},
        "spec": {
            "serviceAccountName": name,
            "containers": [
                {
                    "name": name,
                    "image": "shop.azurecr.io/app:1",
                    "env": [{"name": f"SETTING_{one}", "value": f"value {one}"} for one in range(5)],
                    "volumeMounts": [{"name": "secrets", "mountPath": "/mnt/secrets", "readOnly": True}],
                }
            ],
            "volumes": [
                {
                    "name": "secrets",
                    "csi": {
                        "driver": "secrets-store.csi.k8s.io",
                        "readOnly": True,
                        "volumeAttributes": {"secretProviderClass": name},
                    },
                }
            ],
        },
    }
    where = {"name": name, "namespace": "shop"}
    return [
        (
            "azure-native:managedidentity:UserAssignedIdentity",
            {
                "resourceGroupName": "rg",
                "resourceName": name,
                "location": "westeurope",
                "principalId": f"{number:032d}",
            },
            [],
        ),
        (
            "azure-native:managedidentity:FederatedIdentityCredential",
            {
                "resourceGroupName": "rg",
                "resourceName": name,
                "issuer": _ISSUER,
                "subject": f"system:serviceaccount:shop:{name}",
                "audiences": ["api://AzureADTokenExchange"],
            },
            ["resourceName"],
        ),
        (
            "azure-native:authorization:RoleAssignment",
            {
                "principalId": f"{number:032d}",
                "principalType": "ServicePrincipal",
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{_ROLE}",
                "scope": f"{_GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop",
            },
            ["principalId"],
        ),
        ("kubernetes:core/v1:ServiceAccount", {"metadata": where}, []),
        ("kubernetes:apps/v1:Deployment", {"metadata": where, "spec": {"template": pod}}, []),
        ("kubernetes:core/v1:ConfigMap", {"metadata": where, "data": {"app.yaml": "level: info\nport: 8080\n"}}, []),
        ("kubernetes:core/v1:Secret", {"metadata": where, "stringData": {"greeting": f"hello from {name}"}}, []),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
            {
                "metadata": {"name": name},
                "rules": [{"apiGroups": [""], "resources": ["pods", "services"], "verbs": ["get", "list", "watch"]}],
            },
            [],
        ),
        (
            "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
            {
                "metadata": {"name": name},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                "subjects": [{"kind": "ServiceAccount", **where}],
            },
            [],
        ),
    ]


def _inside(runs: int, folder: Path) -> None:
    program = Program("flat", folder / "flat")
    program.prepare()
    (folder / "pack.json").write_text(json.dumps(_CONFIG), encoding="utf-8")
    options = ("--policy-pack", str(REPOSITORY / "policy"), "--policy-pack-config", str(folder / "pack.json"))
    program.preview(WORKLOADS)
    added: list[float] = []
    for number in range(runs):
        progress(f"preview of {WORKLOADS} workloads without and with policies: pair {number + 1} of {runs}")
        taken: dict[bool, float] = {}
        for judged in (False, True) if number % 2 else (True, False):
            taken[judged] = program.preview(WORKLOADS, *(options if judged else ())).wall
        added.append(taken[True] / taken[False] - 1)
    median = statistics.median(added)
    note = "" if median <= MOST_OF_A_PREVIEW else f"  more than {MOST_OF_A_PREVIEW}"
    spread = f"({min(added):.2f}–{max(added):.2f}, {runs} pairs)"
    line(f"\nA preview of {WORKLOADS} workloads takes longer with the pack by {median:.2f} of its time {spread}{note}")


if __name__ == "__main__":
    _inside(int(sys.argv[1]), Path(os.environ[_INSIDE]))
