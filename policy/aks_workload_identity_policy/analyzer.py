"""The pack as the engine talks to it: only the rules about a resource's kind are run, and its properties read once."""

import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent import futures
from datetime import date
from typing import Any, cast

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer as SdkServicer  # pyright: ignore[reportPrivateUsage]
from pulumi_policy.proxy import UNKNOWN_OBJECT_VALUE, UnknownValueError

from aks_workload_identity_policy.judgement import Message, RuleError, judge_resource, judge_stack
from aks_workload_identity_policy.policies import as_policies
from aks_workload_identity_policy.resource import Resource, StackResource, UnreadableError, inputs_in, kind_of
from aks_workload_identity_policy.rule import AnyRule, Rule, StackRule
from aks_workload_identity_policy.settings import PACK_SETTINGS, Settings, SettingsError, settings_of
from aks_workload_identity_policy.stack import Graph
from aks_workload_identity_policy.wire import plain

_MAX_MESSAGE = 400 * 2**20
_MADE_BY_PACK = "What is configured for the whole pack."


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers the engine for a list of rules.

    The policy SDK's own server runs every policy on every resource, and reads the resource's properties anew for
    each: with sixty rules that alone is a millisecond. This one looks the rules up by the resource's kind. What has no
    part in judging (the description of the pack, its configuration schemas) is still answered by the SDK's.

    Args:
        name: The pack's name.
        rules: What is judged, in the order of the reports.
        today: The day on which exceptions must still hold. Left out: today.
    """

    def __init__(
        self, name: str, rules: Iterable[AnyRule], *, version: str = "0.0.1", today: date | None = None
    ) -> None:
        self.rules = tuple(rules)
        self._name, self._version, self._today = name, version, today
        self._sdk = SdkServicer(name, version, as_policies(self.rules), EnforcementLevel.MANDATORY)
        self._by_token: dict[str, tuple[Rule, ...]] = {}
        self._stack_rules = [rule for rule in self.rules if isinstance(rule, StackRule)]
        self._stack_kinds = frozenset(kind for rule in self._stack_rules for kind in rule.kinds)
        self._levels: Mapping[str, Any] = {rule.name: _LEVELS[rule.level] for rule in self.rules}
        self._settings = Settings()
        self._given: dict[str, Resource] = {}
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        response = proto.AnalyzeResponse()
        kind = kind_of(request.type)
        if not self._rules_about(request.type) and kind not in self._stack_kinds and not kind.endswith("list"):
            return response
        resource = Resource(request.type, request.name, request.urn, plain(request.properties))
        with self._lock:
            self._given[request.urn] = resource
        for each in members(resource):
            for rule in self._rules_about(each.token):
                self._say(response, rule, judge_resource, each)
        return response

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        response = proto.AnalyzeResponse()
        dependencies = {each.urn: tuple(each.dependencies) for each in request.resources}
        graph = Graph((one for each in request.resources for one in self._stack_resources(each)), dependencies)
        for rule in self._stack_rules:
            self._say(response, rule, judge_stack, graph)
        self._say_what_is_unused(response, [each.urn for each in request.resources])
        with self._lock:
            self._given.clear()
        return response

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        config = {name: json_format.MessageToDict(one.properties) for name, one in request.policyConfig.items()}
        try:
            names, final = [rule.name for rule in self.rules], [rule.name for rule in self.rules if rule.final]
            settings = settings_of(config, rules=names, final=final, today=self._today)
        except SettingsError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"the configuration of the policy pack is wrong:\n{error}")
            raise  # abort has raised already
        with self._lock:
            self._settings = settings
            self._levels = {
                **self._levels,
                **{name: one.enforcementLevel for name, one in request.policyConfig.items()},
            }
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        return proto.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return cast(Any, self._sdk).GetAnalyzerInfo(request, context)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=self._version)

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802
        return proto.RemediateResponse()  # the pack changes nothing: it says what to change

    def _rules_about(self, token: str) -> Sequence[Rule]:
        if token not in self._by_token:
            self._by_token[token] = tuple(one for one in self.rules if isinstance(one, Rule) and one.is_about(token))
        return self._by_token[token]

    def _stack_resources(self, sent: Any) -> Iterable[StackResource]:
        kind = kind_of(sent.type)
        if kind not in self._stack_kinds and not kind.endswith("list"):
            return
        made = Resource(sent.type, sent.name, sent.urn, plain(sent.properties))
        given = self._given.get(sent.urn) or inputs_in(made)
        sources = {name: tuple(urns.urns) for name, urns in sent.propertyDependencies.items()}
        for each_given, each_made in zip(members(given), members(made), strict=False):
            if each_given.kind in self._stack_kinds:
                yield StackResource(each_given, each_made, sources, tuple(sent.dependencies))

    def _say(self, response: Any, rule: AnyRule, judge: Any, subject: Any) -> None:
        level = self._levels[rule.name]
        if level == proto.DISABLED:
            return
        said: Iterable[Message] = judge(rule, subject, self._settings)
        for message in said:
            self._note_use(rule, message)
            response.diagnostics.append(
                proto.AnalyzeDiagnostic(
                    policyName=rule.name,
                    policyPackName=self._name,
                    policyPackVersion=self._version,
                    description=rule.why,
                    message=f"{rule.why}\n{message.text}",
                    urn=message.urn,
                    enforcementLevel=proto.ADVISORY if message.only_advice else _strict(level),
                    severity=_SEVERITIES[rule.severity.value],
                )
            )

    def _note_use(self, rule: AnyRule, message: Message) -> None:
        if exemption := self._settings.exemption(rule.name, message.urn):
            with self._lock:
                self._used.add(str(exemption))

    def _say_what_is_unused(self, response: Any, urns: Sequence[str]) -> None:
        for exemption in self._settings.exceptions:
            if str(exemption) in self._used or self._levels.get(PACK_SETTINGS) == proto.DISABLED:
                continue
            there = any(exemption.covers(exemption.rule, urn) for urn in urns)
            why = "there is no such resource" if not there else "the rule has nothing against it"
            response.diagnostics.append(
                proto.AnalyzeDiagnostic(
                    policyName=PACK_SETTINGS,
                    policyPackName=self._name,
                    policyPackVersion=self._version,
                    description=_MADE_BY_PACK,
                    message=f"{exemption} matches nothing ({why}): remove it, so that it excepts nothing later",
                    enforcementLevel=proto.ADVISORY,
                    severity=_SEVERITIES["low"],
                )
            )


def members(resource: Resource) -> Iterable[Resource]:
    """The resource itself, or the objects of a Kubernetes list (`DeploymentList`), each as if registered alone."""
    package, _, _ = resource.token.partition(":")
    if package != "kubernetes" or not resource.kind.endswith("list"):
        return (resource,)
    token = resource.token[: -len("List")]
    items: list[Mapping[str, Any]]
    try:
        items = [item.properties for item in resource.parts("items")]
    except UnknownValueError:
        items = [dict.fromkeys(_OF_OBJECTS, UNKNOWN_OBJECT_VALUE)]  # rules say that they cannot judge it yet
    except UnreadableError:
        items = [dict.fromkeys(_OF_OBJECTS, 0)]  # rules say that they cannot judge it
    return [Resource(token, f"{resource.name}[{at}]", resource.urn, item) for at, item in enumerate(items)]


_OF_OBJECTS: tuple[str, ...] = (
    "metadata",
    "type",
    "spec",
    "template",
    "data",
    "stringData",
    "rules",
    "roleRef",
    "subjects",
    "imagePullSecrets",
)


def serve(name: str, rules: Iterable[AnyRule]) -> None:
    """Answer the engine until it goes; this is what the file of a policy pack calls, and nothing else.

    Args:
        name: The pack's name.
        rules: `RULES`, or `[*RULES, mine]`.
    """
    options = [("grpc.max_receive_message_length", _MAX_MESSAGE)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), interceptors=[_Loud()], options=options)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(name, rules), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


class _Loud(grpc.ServerInterceptor):
    """Hands a rule's bug to the engine in words; gRPC would wrap them."""

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        handler = continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler

        def answer(request: Any, context: Any) -> Any:
            try:
                return handler.unary_unary(request, context)
            except RuleError as error:
                context.abort(grpc.StatusCode.INTERNAL, str(error))

        return grpc.unary_unary_rpc_method_handler(
            answer, request_deserializer=handler.request_deserializer, response_serializer=handler.response_serializer
        )


def _strict(level: Any) -> Any:
    """Nothing is changed by this pack, so `remediate` can only mean that a violation stops."""
    return proto.MANDATORY if level == proto.REMEDIATE else level


_LEVELS = {
    EnforcementLevel.ADVISORY: proto.ADVISORY,
    EnforcementLevel.MANDATORY: proto.MANDATORY,
    EnforcementLevel.REMEDIATE: proto.REMEDIATE,
    EnforcementLevel.DISABLED: proto.DISABLED,
}
_SEVERITIES = {
    "low": proto.POLICY_SEVERITY_LOW,
    "medium": proto.POLICY_SEVERITY_MEDIUM,
    "high": proto.POLICY_SEVERITY_HIGH,
    "critical": proto.POLICY_SEVERITY_CRITICAL,
}
