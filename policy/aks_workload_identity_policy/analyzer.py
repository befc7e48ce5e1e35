"""The pack as the engine talks to it: only the rules about a resource's kind are run, and its properties read once."""

import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent import futures
from datetime import date
from pathlib import Path
from typing import Any, cast

import grpc
import yaml
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer as SdkServicer  # pyright: ignore[reportPrivateUsage]

from aks_workload_identity_policy.exemptions import Exemption
from aks_workload_identity_policy.judgement import Message, RuleError, judge_resource, judge_stack
from aks_workload_identity_policy.policies import as_policies
from aks_workload_identity_policy.registered import Registered, is_list
from aks_workload_identity_policy.resource import Resource, StackResource, kind_of
from aks_workload_identity_policy.rule import AnyRule, Rule, StackRule
from aks_workload_identity_policy.settings import PACK_SETTINGS, Settings, SettingsError, settings_of
from aks_workload_identity_policy.stack import Graph
from aks_workload_identity_policy.wire import plain

_MAX_MESSAGE = 400 * 2**20
_NO_VERSION = "0.0.1"
_MADE_BY_PACK = "What is configured for the whole pack."


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers the engine for a list of rules.

    The policy SDK's own server runs every policy on every resource, and reads the resource's properties anew for
    each: with sixty rules that alone is a millisecond. This one looks the rules up by the resource's kind. What has no
    part in judging (the description of the pack, its configuration schemas) is still answered by the SDK's.

    Args:
        name: The pack's name.
        rules: What is judged, in the order of the reports.
        version: The pack's version. Left out: what the policy SDK says of a pack that has none.
        today: The day on which exceptions must still hold. Left out: today.
    """

    def __init__(
        self, name: str, rules: Iterable[AnyRule], *, version: str = _NO_VERSION, today: date | None = None
    ) -> None:
        self.rules = tuple(rules)
        self._name, self._version, self._today = name, version, today
        self._sdk = SdkServicer(name, version, as_policies(self.rules), EnforcementLevel.MANDATORY)
        self._by_token: dict[str, tuple[Rule, ...]] = {}
        self._stack_rules = [rule for rule in self.rules if isinstance(rule, StackRule)]
        self._early: dict[str, list[StackRule]] = {}
        for rule in self._stack_rules:
            for kind in rule.kinds if rule.early is not None else ():
                self._early.setdefault(kind, []).append(rule)
        self._stack_kinds = frozenset(kind for rule in self._stack_rules for kind in rule.kinds)
        self._levels: Mapping[str, Any] = {rule.name: _LEVELS[rule.level] for rule in self.rules}
        self._settings = Settings()
        self._registered = Registered()
        self._beside = {rule.early: Graph(()) for rule in self._stack_rules if rule.early is not None}
        self._said: set[tuple[str, str]] = set()
        self._used: set[Exemption] = set()
        self._is_preview = False
        self._lock = threading.Lock()

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        response = proto.AnalyzeResponse()
        kind = kind_of(request.type)
        if not self._rules_about(request.type) and kind not in self._stack_kinds and not is_list(kind):
            return response
        resource = Resource(request.type, request.name, request.urn, plain(request.properties))
        for each, alone in [(each, self._remember(each)) for each in self._registered.add(resource)]:
            for rule in self._rules_about(each.token):
                self._say(response, rule, judge_resource(rule, each, self._settings))
            for rule in self._early.get(each.kind, ()):
                self._say(response, rule, self._soon(rule, alone))
        return response

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        response = proto.AnalyzeResponse()
        dependencies = {each.urn: tuple(each.dependencies) for each in request.resources}
        sent = self._registered.in_order(request.resources)
        graph = Graph((one for each in sent for one in self._stack_resources(each)), dependencies)
        for rule in self._stack_rules:
            messages = judge_stack(rule, graph, self._settings)
            self._say(response, rule, (one for one in messages if (rule.name, one.urn) not in self._said))
        if self._levels.get(PACK_SETTINGS) != proto.DISABLED:
            self._say_what_is_lowered(response)
            self._say_what_is_unused(response, [each.urn for each in request.resources])
        self._registered.clear()
        self._beside = {kinds: Graph(()) for kinds in self._beside}
        self._said.clear()
        return response

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        config = {name: json_format.MessageToDict(one.properties) for name, one in request.policyConfig.items()}
        try:
            names, final = [rule.name for rule in self.rules], [rule.name for rule in self.rules if rule.final]
            own = {rule.name: rule.settings for rule in self.rules}
            settings = settings_of(config, rules=names, settings=own, final=final, today=self._today)
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
        self._is_preview = request.dry_run
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
        if kind not in self._stack_kinds and not is_list(kind):
            return
        made = Resource(sent.type, sent.name, sent.urn, plain(sent.properties))
        sources = {name: tuple(urns.urns) for name, urns in sent.propertyDependencies.items()}
        for each in self._registered.in_stack(made, sources, tuple(sent.dependencies)):
            if each.given.kind in self._stack_kinds:
                yield each

    def _remember(self, resource: Resource) -> StackResource:
        """A resource as stack rules see it early, beside which those that come later are judged."""
        alone = StackResource(resource, resource)
        with self._lock:
            for kinds, graph in self._beside.items():
                if resource.kind in kinds:
                    graph.add(alone)
        return alone

    def _soon(self, rule: StackRule, resource: StackResource) -> Iterable[Message]:
        """What a stack rule has to say about one resource before it is created; that is then not said again."""
        for message in judge_stack(rule, self._beside[rule.early or frozenset()], self._settings, resource):
            if message.urn == resource.urn:
                self._said.add((rule.name, message.urn))
                yield message

    def _say(self, response: Any, rule: AnyRule, messages: Iterable[Message]) -> None:
        level = self._levels[rule.name]
        if level == proto.DISABLED:
            return
        for message in messages:
            with self._lock:
                self._used.update(message.exceptions)
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

    def _say_what_is_unused(self, response: Any, urns: Sequence[str]) -> None:
        for exemption in self._settings.exceptions:
            if exemption in self._used:
                continue
            there = any(exemption.covers(exemption.rule, urn) for urn in urns)
            why = "the rule has nothing against it" if there else "there is no such resource"
            what = "remove it, so that it excepts nothing later"
            if self._is_preview and not there:
                what = "remove it, unless the update makes that resource inside an `apply`"
            self._point_out(response, f"{exemption} matches nothing ({why}): {what}", "low")

    def _say_what_is_lowered(self, response: Any) -> None:
        for rule in self.rules:
            if rule.final and _strict(self._levels[rule.name]) != proto.MANDATORY:
                level = proto.EnforcementLevel.Name(self._levels[rule.name]).lower()
                text = f"{rule.name} takes no exception, and as {level} it stops nothing: set it to mandatory"
                self._point_out(response, text, rule.severity.value)

    def _point_out(self, response: Any, text: str, severity: str) -> None:
        response.diagnostics.append(
            proto.AnalyzeDiagnostic(
                policyName=PACK_SETTINGS,
                policyPackName=self._name,
                policyPackVersion=self._version,
                description=_MADE_BY_PACK,
                message=text,
                enforcementLevel=proto.ADVISORY,
                severity=_SEVERITIES[severity],
            )
        )


def serve(name: str, rules: Iterable[AnyRule]) -> None:
    """Answer the engine until it goes; this is what the file of a policy pack calls, and nothing else.

    The pack's version is the one in the `PulumiPolicy.yaml` beside that file.

    Args:
        name: The pack's name.
        rules: `RULES`, or `[*RULES, mine]`.
    """
    options = [("grpc.max_receive_message_length", _MAX_MESSAGE)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), interceptors=[_Loud()], options=options)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(name, rules, version=_version()), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


def _version() -> str:
    file = Path(sys.modules["__main__"].__file__ or "").with_name("PulumiPolicy.yaml")
    told: Any = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    return str(told.get("version") or _NO_VERSION)


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
