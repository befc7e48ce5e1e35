"""The pack as Pulumi loads it."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import aks_workload_identity_policy
import grpc
import pytest
import yaml
from aks_workload_identity_policy import RULES
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

PACK = Path(__file__).parents[2] / "policy"


def test_the_pack_file_holds_every_rule(monkeypatch: pytest.MonkeyPatch):
    served: list[Any] = []
    monkeypatch.setattr(aks_workload_identity_policy, "serve", lambda *arguments: served.extend(arguments))

    runpy.run_path(str(PACK / "__main__.py"), run_name="__main__")

    assert served == ["aks-workload-identity", RULES]


def test_names_are_unique_kebab_case():
    names = [rule.name for rule in RULES]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name) for name in names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_says_why_and_names_its_source(rule: Any):
    assert rule.why.endswith(".")
    assert len(rule.why) > 30
    assert "Source: " in rule.judge.__doc__


def test_the_pack_answers_as_a_process_of_its_own():
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    with subprocess.Popen(command, cwd=PACK, stdout=subprocess.PIPE, text=True) as pack:
        try:
            assert pack.stdout is not None
            with grpc.insecure_channel(f"127.0.0.1:{int(pack.stdout.readline())}") as channel:
                stub = analyzer_pb2_grpc.AnalyzerStub(channel)
                info = stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=20)
                vault = json_format.ParseDict({"properties": {"enablePurgeProtection": True}}, struct_pb2.Struct())
                answer = stub.Analyze(
                    analyzer_pb2.AnalyzeRequest(
                        urn="urn:pulumi:dev::shop::azure-native:keyvault:Vault::kv",
                        type="azure-native:keyvault/v20230701:Vault",
                        name="kv",
                        properties=vault,
                    ),
                    timeout=20,
                )
        finally:
            pack.terminate()

    assert [policy.name for policy in info.policies] == ["pack-settings", *(rule.name for rule in RULES)]
    assert [d.policyName for d in answer.diagnostics] == ["vault-uses-azure-rbac", "vault-network-is-closed"]
    told = yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())["version"]
    assert {d.policyPackVersion for d in answer.diagnostics} == {told}
