"""Judge what a program registers with the rules of the pack, through the server that the engine talks to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pulumi
from aks_workload_identity_policy import RULES, AnyRule
from aks_workload_identity_policy.analyzer import Analyzer
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.mocks import MockResourceArgs
from pulumi.runtime.proto import analyzer_pb2

from tests.azure_mocks import SUBSCRIPTION, TENANT, AzureMocks, guid
from tests.recorder import Program, Recording, Resource, Secret, run

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-shop"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-kubelet"
ISSUER = f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{guid('cluster')}/"
TODAY = date(2026, 11, 22)

Config = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Violation:
    """One message of the pack."""

    rule: str
    resource: str
    level: str
    message: str


def judge(
    recording: Recording,
    rules: Iterable[AnyRule] = RULES,
    config: Config | None = None,
    *,
    levels: Mapping[str, int] | None = None,
    stack: bool = True,
) -> list[Violation]:
    """Every violation in a recording, as the engine would be told.

    Args:
        recording: What was registered.
        rules: What is judged. Left out: the pack.
        config: The configuration of each rule by its name.
        levels: The level of a rule, if it is configured.
        stack: Whether the stack as a whole is judged too.
    """
    server = _of_the_pack() if rules is RULES and not config and not levels else configured(rules, config, levels)
    found: list[Violation] = []
    for resource in recording.resources:
        found += violations_of(server.Analyze(request_of(resource), None))
    return found + (violations_of(server.AnalyzeStack(stack_of(recording), None)) if stack else [])


def configured(
    rules: Iterable[AnyRule] = RULES, config: Config | None = None, levels: Mapping[str, int] | None = None
) -> Analyzer:
    """The pack's server under a configuration, on a fixed day."""
    rules = list(rules)
    server = Analyzer("pack", rules, today=TODAY)
    if config or levels:
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        own = {rule.name: analyzer_pb2.EnforcementLevel.Value(rule.level.name) for rule in rules}
        for name in {**(config or {}), **(levels or {})}:
            request.policyConfig[name].enforcementLevel = (levels or {}).get(name, own.get(name, analyzer_pb2.ADVISORY))
            request.policyConfig[name].properties.update((config or {}).get(name, {}))
        server.Configure(request, None)
    return server


@cache
def _of_the_pack() -> Analyzer:
    return configured()


def refusals(
    program: Program, *, preview: bool = False, config: Config | None = None, stack: bool = True
) -> dict[str, str]:
    """The mandatory violations of a program: the message of each rule that refuses it."""
    violations = judge(run(program, preview=preview, mocks=AnyAzure()), config=config, stack=stack)
    return {v.rule: v.message for v in violations if v.level == "MANDATORY"}


def advice(program: Program, *, preview: bool = False, config: Config | None = None) -> dict[str, str]:
    """What the pack points out without stopping anything."""
    violations = judge(run(program, preview=preview, mocks=AnyAzure()), config=config)
    return {v.rule: v.message for v in violations if v.level == "ADVISORY"}


def request_of(resource: Resource) -> analyzer_pb2.AnalyzeRequest:
    """What the engine sends of a resource before it is created."""
    return analyzer_pb2.AnalyzeRequest(
        urn=resource.urn, type=resource.type, name=resource.name, properties=_struct(resource.inputs)
    )


def violations_of(answer: Any) -> list[Violation]:
    """What the pack has answered."""
    level = analyzer_pb2.EnforcementLevel.Name
    return [
        Violation(d.policyName, d.urn.rpartition("::")[2], level(d.enforcementLevel), d.message)
        for d in answer.diagnostics
    ]


def stack_of(recording: Recording) -> analyzer_pb2.AnalyzeStackRequest:
    """What the engine sends when all is registered."""
    request = analyzer_pb2.AnalyzeStackRequest()
    for resource in recording.resources:
        sent = request.resources.add(
            urn=resource.urn,
            type=resource.type,
            name=resource.name,
            properties=_struct(recording.states.get(resource.urn, resource.inputs)),
            dependencies=sorted(resource.dependencies),
        )
        for name, urns in resource.property_dependencies.items():
            sent.propertyDependencies[name].urns.extend(sorted(urns))
    return request


def _struct(inputs: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(opened(inputs), struct_pb2.Struct())


def opened(value: Any) -> Any:
    """The engine hands secrets to policies as plain values."""
    if isinstance(value, Secret):
        return opened(value.value)
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    return [opened(item) for item in value] if isinstance(value, list) else value


class AnyAzure(AzureMocks):
    """Answers types that this project does not use too: with their inputs."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        try:
            return super().new_resource(args)
        except NotImplementedError:
            name = guid(args.typ, args.name)
            made = {} if pulumi.runtime.is_dry_run() else {"id": f"/any/{name}", "name": name}
            return "" if pulumi.runtime.is_dry_run() else made["id"], {**args.inputs, **made}
