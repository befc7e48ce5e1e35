"""Judge what a program registers with the rules of the pack, through the policy SDK's own server code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aks_workload_identity_policy import RULES, Rule, as_policies
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from tests.azure_mocks import SUBSCRIPTION
from tests.recorder import Program, Recording, Secret, run

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-kubelet"


@dataclass(frozen=True)
class Violation:
    """One message of the pack."""

    rule: str
    resource: str
    level: str
    message: str


def judge(
    recording: Recording, rules: Iterable[Rule] = RULES, config: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Violation]:
    """Every violation in a recording. `config` maps a rule's name to its configuration."""
    server = _PolicyAnalyzerServicer("pack", "0.0.1", list(as_policies(rules)), EnforcementLevel.MANDATORY)
    if config:
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, properties in config.items():
            request.policyConfig[name].enforcementLevel = analyzer_pb2.MANDATORY
            request.policyConfig[name].properties.update(properties)
        server.Configure(request, None)
    found: list[Violation] = []
    for resource in recording.resources:
        properties = json_format.ParseDict(_open(resource.inputs), struct_pb2.Struct())
        response = server.Analyze(
            analyzer_pb2.AnalyzeRequest(
                urn=resource.urn, type=resource.type, name=resource.name, properties=properties
            ),
            None,
        )
        found += [
            Violation(d.policyName, resource.name, analyzer_pb2.EnforcementLevel.Name(d.enforcementLevel), d.message)
            for d in response.diagnostics
        ]
    return found


def refusals(program: Program, *, preview: bool = False) -> dict[str, str]:
    """The mandatory violations of a program: the message of each rule that refuses it."""
    return {v.rule: v.message for v in judge(run(program, preview=preview)) if v.level == "MANDATORY"}


def _open(value: Any) -> Any:
    """The engine hands secrets to policies as plain values."""
    if isinstance(value, Secret):
        return _open(value.value)
    if isinstance(value, dict):
        return {key: _open(item) for key, item in value.items()}
    return [_open(item) for item in value] if isinstance(value, list) else value
