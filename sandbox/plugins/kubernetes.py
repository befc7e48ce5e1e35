"""pulumi-resource-kubernetes: translates between the engine and a cluster's API server."""

import json
import os
import time
from importlib.metadata import version
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from sandbox.plain import merge_patch
from sandbox.plugins.differences import diff_response
from sandbox.plugins.kubeconfig import KubeconfigError, read_kubeconfig
from sandbox.plugins.kubernetes_client import KubernetesClient, RefusedError, UnreachableError
from sandbox.plugins.kubernetes_shape import (
    AUTONAMED,
    FIELD_MANAGER,
    identity_of,
    is_namespaced,
    is_patch,
    object_id,
    patch_is_forced,
    patch_manager,
    replaced_by,
    shown,
    split_id,
)
from sandbox.plugins.properties import UNKNOWN, Properties, read, write
from sandbox.plugins.provider import StandIn, random_hex, refuse, urn_name, urn_type
from sandbox.plugins.serving import serve

_CONNECTION = ("kubeconfig", "context", "cluster")
# provider/pkg/await/await.go (Deletion): how long an object may take to be gone.
_DELETION_SECONDS = 300
_POLL_SECONDS = 0.1


class Kubernetes(StandIn):
    """pulumi-kubernetes' manners for plain objects.

    Source: pulumi-kubernetes provider/pkg/provider/provider.go and provider/pkg/await/await.go.
    """

    def __init__(self) -> None:
        super().__init__(version("pulumi-kubernetes"))
        self._config: dict[str, str] = {}
        self._connected: KubernetesClient | None = None

    def DiffConfig(self, request: proto.DiffRequest, context: Any) -> proto.DiffResponse:
        old = read(request.old_inputs if request.HasField("old_inputs") else request.olds)
        new = read(request.news)
        changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        if not changed:
            return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE)
        if "clusterIdentifier" in old and "clusterIdentifier" in new:
            replaces = ["clusterIdentifier"] if "clusterIdentifier" in changed else []
        else:
            replaces = [name for name in _CONNECTION if name in changed] if _server(old) != _server(new) else []
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_SOME, diffs=changed, replaces=replaces)

    def Configure(self, request: proto.ConfigureRequest, context: Any) -> proto.ConfigureResponse:
        # Not request.args: there the engine has parsed what looks like JSON, as a kubeconfig may.
        prefix = "kubernetes:config:"
        self._config = {name.removeprefix(prefix): value for name, value in request.variables.items()}
        return super().Configure(request, context)

    def Check(self, request: proto.CheckRequest, context: Any) -> proto.CheckResponse:
        old, new = read(request.olds), read(request.news)
        metadata = new["metadata"] = dict(new.get("metadata", {}))
        if is_patch(urn_type(request.urn), new.get("kind", "")):
            if self._config.get("enableServerSideApply") == "false":
                refuse(
                    context,
                    "patch resources require Server-side Apply mode, which is enabled using the "
                    "`enableServerSideApply` Provider config",
                )
            if "name" not in metadata:
                refuse(context, "patch resources require the resource `.metadata.name` to be set")
        elif "name" not in metadata:
            before = old.get("metadata", {})
            kept = before.get("name") if AUTONAMED in before.get("annotations", {}) else None
            metadata["name"] = kept or f"{urn_name(request.urn).lower()}-{random_hex(request.randomSeed, 8)}"
            metadata["annotations"] = {**metadata.get("annotations", {}), AUTONAMED: "true"}
        if is_namespaced(new.get("kind", "")):
            metadata.setdefault("namespace", self._config.get("namespace", "default"))
        failures = [
            proto.CheckFailure(property=name, reason=f"missing required property '{name}'")
            for name in ("apiVersion", "kind")
            if name not in new
        ]
        return proto.CheckResponse(inputs=write(new), failures=failures)

    def Diff(self, request: proto.DiffRequest, context: Any) -> proto.DiffResponse:
        old, new = read(request.old_inputs), read(request.news)
        return diff_response(
            old,
            new,
            replaces=replaced_by(new["kind"]).__contains__,
            delete_before_replace=AUTONAMED not in new["metadata"].get("annotations", {}),
        )

    def Create(self, request: proto.CreateRequest, context: Any) -> proto.CreateResponse:
        inputs = read(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=write(inputs))
        identifier = object_id(inputs)
        namespace = split_id(identifier)[0]
        try:
            if is_patch(urn_type(request.urn), inputs["kind"]):
                manager = patch_manager(inputs, {}, random_hex(urn_name(request.urn).encode() + os.urandom(8), 8))
                live = self._patched(inputs, namespace, manager)
            else:
                live = self._client().create(inputs, namespace)
        except RefusedError as error:
            refuse(
                context,
                f"resource {identifier} was not successfully created by the Kubernetes API server: {error}",
            )
        except (UnreachableError, KubeconfigError) as error:
            refuse(context, str(error))
        return proto.CreateResponse(id=identifier, properties=write(live))

    def Update(self, request: proto.UpdateRequest, context: Any) -> proto.UpdateResponse:
        inputs = read(request.news)
        if request.preview:
            return proto.UpdateResponse(properties=write(inputs))
        state, change = read(request.olds), merge_patch(read(request.old_inputs), inputs)
        namespace, name = split_id(request.id)
        try:
            if FIELD_MANAGER in state:
                live = self._patched(inputs, namespace, patch_manager(inputs, state, ""))
            else:
                live = self._client().patch(inputs["apiVersion"], inputs["kind"], namespace, name, change)
        except RefusedError as error:
            refuse(
                context,
                f"resource {request.id} was not successfully updated by the Kubernetes API server: {error}",
            )
        except (UnreachableError, KubeconfigError) as error:
            refuse(context, str(error))
        return proto.UpdateResponse(properties=write(live))

    def Read(self, request: proto.ReadRequest, context: Any) -> proto.ReadResponse:
        inputs = read(request.inputs)
        known = inputs or read(request.properties) or _kind_of(request.type)
        namespace, name = split_id(request.id)
        try:
            live = self._client().get(known["apiVersion"], known["kind"], namespace, name)
        except UnreachableError as error:
            if self._config.get("deleteUnreachable") == "true":
                return proto.ReadResponse(id="")
            refuse(context, str(error))
        except (RefusedError, KubeconfigError) as error:
            refuse(context, str(error))
        if live is None:
            return proto.ReadResponse(id="")
        inputs = shown(inputs, live) if inputs else live
        if manager := read(request.properties).get(FIELD_MANAGER):
            live = {**live, FIELD_MANAGER: manager}
        return proto.ReadResponse(id=request.id, properties=write(live), inputs=write(inputs))

    def Delete(self, request: proto.DeleteRequest, context: Any) -> empty_pb2.Empty:
        live = read(request.properties)
        namespace, name = split_id(request.id)
        try:
            if manager := live.get(FIELD_MANAGER):
                self._relinquish(live, namespace, manager)
            else:
                # provider/pkg/await/await.go (Deletion): what the object owns goes first.
                self._client().delete(live["apiVersion"], live["kind"], namespace, name, "Foreground")
                if not self._gone(live, namespace, name):
                    kind = f"{live['apiVersion']}/{live['kind']}"
                    refuse(context, f'Timed out waiting for deletion of {kind} "{name}"')
        except UnreachableError as error:
            if self._config.get("deleteUnreachable") != "true":
                refuse(context, str(error))
        except (RefusedError, KubeconfigError) as error:
            refuse(context, str(error))
        return empty_pb2.Empty()

    def _patched(self, inputs: Properties, namespace: str, manager: str) -> Properties:
        live = self._client().apply(inputs, namespace, manager, force=patch_is_forced(inputs))
        return {**live, FIELD_MANAGER: manager}

    def _relinquish(self, live: Properties, namespace: str, manager: str) -> None:
        """Give the fields of a patch up; the object stays, and one that is gone is no error.

        Source: pulumi-kubernetes provider/pkg/ssa/client.go, Relinquish.
        """
        try:
            self._client().apply(identity_of(live), namespace, manager, force=True)
        except RefusedError as error:
            if error.reason not in ("Conflict", "NotFound"):
                raise

    def _gone(self, live: Properties, namespace: str, name: str) -> bool:
        """Wait for the end of what a deletion only began: a namespace empties itself first."""
        uid, end = live["metadata"].get("uid"), time.monotonic() + _DELETION_SECONDS
        while found := self._client().get(live["apiVersion"], live["kind"], namespace, name):
            if found["metadata"].get("uid") != uid:
                return True  # somebody has made it anew
            if time.monotonic() > end:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _client(self) -> KubernetesClient:
        if self._connected is None:
            text = self._config.get("kubeconfig") or os.environ.get("KUBECONFIG", "")
            self._connected = KubernetesClient(read_kubeconfig(text, self._config.get("context")))
        return self._connected


def _server(config: Properties) -> str | None:
    kubeconfig = config.get("kubeconfig", UNKNOWN)
    if kubeconfig == UNKNOWN:
        return None
    try:
        text = kubeconfig if isinstance(kubeconfig, str) else json.dumps(kubeconfig)
        return read_kubeconfig(text, config.get("context")).server
    except KubeconfigError:
        return None


def _kind_of(token: str) -> Properties:
    _, group_version, kind = token.split(":")
    return {"apiVersion": group_version.removeprefix("core/"), "kind": kind.removesuffix("Patch")}


def main() -> None:
    provider = Kubernetes()
    serve(lambda server: add_ResourceProviderServicer_to_server(provider, server))
