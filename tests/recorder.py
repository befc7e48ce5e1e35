"""Run a Pulumi program without an engine and keep every registration as plain data."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
import pulumi
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import resource_pb2, source_pb2
from pulumi.runtime.stack import Stack, run_pulumi_func

from tests.azure_mocks import AzureMocks
from tests.recording import UNKNOWN, Invoke, Options, Recording, Resource, Secret

__all__ = ["UNKNOWN", "Invoke", "Options", "Recording", "Resource", "Secret", "attempt", "run"]

PROJECT = "aks-workload-identity"
STACK = "dev"

Program = Callable[[], Any]

# Half of the time that a registration takes goes into what no recording holds: where in its source the program stands,
# and the URNs of all aliases, which the SDK works out although the engine takes aliases as they are.
pulumi.runtime.resource._get_stack_trace = source_pb2.StackTrace
cast(Any, pulumi.resource).collapse_alias_to_urn = lambda *_: ""


def run(
    program: Program,
    *,
    mocks: pulumi_mocks.Mocks | None = None,
    preview: bool = False,
    config: Mapping[str, str] | None = None,
    secret_config: Collection[str] = (),
    project: str = PROJECT,
    stack: str = STACK,
) -> Recording:
    """Run `program` to its end and return what it registered; the program's error is raised as it is.

    Every run has its own event loop and context, so nothing of one test is seen by the next.

    Args:
        program: A function (or coroutine function) that creates resources. Outputs live only inside it.
        mocks: What provider and functions answer. Left out: `AzureMocks()`.
        preview: Leave computed properties unknown, as the preview of a first `pulumi up` does.
        config: Stack configuration; a key without a colon belongs to the project.
        secret_config: Keys of `config` that are secret.
    """
    recording = attempt(
        program,
        mocks=mocks,
        preview=preview,
        config=config,
        secret_config=secret_config,
        project=project,
        stack=stack,
    )
    if recording.error is not None:
        raise recording.error
    return recording


def attempt(
    program: Program,
    *,
    mocks: pulumi_mocks.Mocks | None = None,
    preview: bool = False,
    config: Mapping[str, str] | None = None,
    secret_config: Collection[str] = (),
    project: str = PROJECT,
    stack: str = STACK,
) -> Recording:
    """As `run`, but an error is kept in `Recording.error` beside what had been registered before it."""

    def full_key(key: str) -> str:
        return key if ":" in key else f"{project}:{key}"

    all_config = {full_key(key): value for key, value in (config or {}).items()}
    secret_keys = [full_key(key) for key in secret_config]
    answers = mocks or AzureMocks()
    monitor = _Monitor(answers)

    def isolated() -> None:
        loop = _Loop()
        asyncio.set_event_loop(loop)
        try:
            settings.set_root_resource(cast(Any, None))
            pulumi_mocks.set_mocks(answers, project=project, stack=stack, preview=preview, monitor=monitor)
            pulumi.runtime.set_all_config(all_config, secret_keys)
            cast(Any, settings.SETTINGS).outputs.clear()

            async def body() -> None:
                result = program()
                if asyncio.iscoroutine(result):
                    await result

            loop.run_until_complete(run_pulumi_func(body))
            root = cast(Stack, settings.get_root_resource())
            root.register_outputs(root.outputs)
            loop.run_until_complete(run_pulumi_func(lambda: None))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            monitor.recording.error = error
        finally:
            loop.end()

    contextvars.copy_context().run(isolated)
    return monitor.recording


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that takes the loops of its worker threads along when it ends; Pulumi's mocks leave them open."""

    def __init__(self) -> None:
        super().__init__()
        self._of_threads: list[asyncio.AbstractEventLoop] = []
        # A failed program leaves tasks that nobody awaits; asyncio would log each of them, long after the test.
        self.set_exception_handler(lambda _loop, _context: None)
        self.set_default_executor(ThreadPoolExecutor(initializer=self._equip_thread))

    def _equip_thread(self) -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._of_threads.append(loop)

    def end(self) -> None:
        left = asyncio.all_tasks(self)
        for task in left:
            task.cancel()
        self.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.run_until_complete(self.shutdown_default_executor())
        for loop in (*self._of_threads, self):
            loop.close()
        asyncio.set_event_loop(None)


class _InvokeError(grpc.RpcError):
    def __init__(self, details: str) -> None:
        super().__init__(details)
        self._details = details

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return self._details


class _Monitor(pulumi_mocks.MockMonitor):
    """Answers like Pulumi's own mock monitor and writes down each request; called from several threads."""

    def __init__(self, mocks: pulumi_mocks.Mocks) -> None:
        super().__init__(mocks)
        self.recording = Recording()
        self._urns: set[str] = set()
        self._root = ""
        self._lock = threading.Lock()

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:  # noqa: N802
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            self._root = urn
        else:
            self._record(urn, request)
        answer = super().RegisterResource(request)
        with self._lock:
            self.recording.states[urn] = _plain(answer.object)
        return answer

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:  # noqa: N802
        outputs = _plain(request.outputs)
        with self._lock:
            if request.urn == self._root:
                self.recording.outputs = outputs
            else:
                self.recording.component_outputs[request.urn] = outputs
        return super().RegisterResourceOutputs(request)

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802
        with self._lock:
            self.recording.invokes.append(Invoke(request.tok, _plain(request.args), request.provider or None))
        try:
            return super().Invoke(request)
        except NotImplementedError:
            raise
        except Exception as refusal:
            # A provider's refusal reaches a program as a gRPC error, which the SDK turns into its own.
            raise _InvokeError(str(refusal)) from refusal

    def _record(self, urn: str, request: resource_pb2.RegisterResourceRequest) -> None:
        resource = Resource(
            urn=urn,
            type=request.type,
            name=request.name,
            custom=request.custom,
            inputs=_plain(request.object),
            parent=request.parent if request.parent not in ("", self._root) else None,
            dependencies=frozenset(request.dependencies),
            property_dependencies={k: frozenset(v.urns) for k, v in request.propertyDependencies.items()},
            provider=request.provider or None,
            providers=dict(request.providers),
            options=_options(request),
        )
        with self._lock:
            # The engine refuses this; Pulumi's own mocks let it pass.
            if urn in self._urns:
                raise RuntimeError(f"Duplicate resource URN '{urn}'; try giving it a unique name")
            self._urns.add(urn)
            self.recording.resources.append(resource)


def _options(request: resource_pb2.RegisterResourceRequest) -> Options:
    timeouts = request.customTimeouts
    return Options(
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        deleted_with=request.deletedWith or None,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        import_id=request.importId or None,
        aliases=tuple(a.urn or f"{a.spec.type}::{a.spec.name}" for a in cast(Any, request.aliases)),
        timeouts={k: v for k in ("create", "update", "delete") if (v := getattr(timeouts, k))},
        error_hooks=tuple(request.hooks.on_error),
    )


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    return _unmark(json_format.MessageToDict(struct))


def _unmark(value: Any) -> Any:
    """Turn the wire's special objects into plain data; absent and null are the same thing to the engine."""
    if isinstance(value, list):
        return [_unmark(item) for item in cast(list[Any], value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, dict):
        return value
    fields = cast(dict[str, Any], value)
    match fields.get(rpc._special_sig_key):
        case rpc._special_secret_sig:
            return Secret(_unmark(fields["value"]))
        case rpc._special_resource_sig:
            return fields["urn"]
        case _:
            return {key: _unmark(item) for key, item in fields.items() if item is not None}
