"""pulumi-resource-azuread: translates between the engine and Microsoft Graph, and judges nothing."""

from importlib.metadata import version
from typing import Any

import jwt
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from sandbox.plain import is_list
from sandbox.plugins.azuread_types import TYPES, DirectoryType
from sandbox.plugins.differences import diff_response
from sandbox.plugins.graph_client import GraphClient, GraphFailureError
from sandbox.plugins.properties import UNKNOWN, Properties, read, write
from sandbox.plugins.provider import StandIn, refuse, refuse_created, urn_type
from sandbox.plugins.serving import serve


class AzureAD(StandIn):
    """The azuread provider's manners over Microsoft Graph v1.0.

    What it does beside and no plan shows is left out: it renames a new object twice to see whether it has spread.

    Source: terraform-provider-azuread, internal/services; pulumi-terraform-bridge, pkg/tfbridge/provider.go.
    """

    def __init__(self) -> None:
        super().__init__(version("pulumi-azuread"))
        self._graph = GraphClient()

    def Check(self, request: proto.CheckRequest, context: Any) -> proto.CheckResponse:
        kind = _type(request.urn, context)
        new = {**kind.defaults, **read(request.news)}
        failures = [
            proto.CheckFailure(property=name, reason=f"the sandbox's azuread provider has no {name}")
            for name in new
            if name not in kind.written and name not in kind.others
        ]
        return proto.CheckResponse(inputs=write(new), failures=failures)

    def Diff(self, request: proto.DiffRequest, context: Any) -> proto.DiffResponse:
        kind = _type(request.urn, context)
        return diff_response(
            read(request.old_inputs),
            read(request.news),
            replaces=kind.replaced_by.__contains__,
            delete_before_replace=False,
            same=lambda _path, before, after: before == after,
        )

    def Create(self, request: proto.CreateRequest, context: Any) -> proto.CreateResponse:
        kind, inputs = _type(request.urn, context), read(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=write({**dict.fromkeys(kind.computed, UNKNOWN), **inputs}))
        identifier = ""
        try:
            if inputs.get("preventDuplicateNames"):
                self._refuse_second(kind, inputs["displayName"])
            caller = self._claims()["oid"]
            body = _body(kind, inputs)
            if kind.owned:
                owners = [caller, *(each for each in inputs.get("owners", []) if each != caller)]
                body["owners@odata.bind"] = [self._graph.reference(each) for each in owners]
            parent = inputs.get("applicationId", "").rpartition("/")[2]
            made = self._graph.send("POST", kind.path.format(parent=f"/applications/{parent}"), body)
            identifier = kind.id.format(parent=parent, id=made["id"])
            if kind.owned and caller not in inputs.get("owners", []):
                self._graph.send("DELETE", f"{_path(identifier)}/owners/{caller}/$ref")
            live = self._live(kind, identifier, inputs)
        except GraphFailureError as error:
            if identifier:
                refuse_created(context, str(error), resource_id=identifier, outputs=inputs, inputs=inputs)
            refuse(context, str(error))
        return proto.CreateResponse(id=identifier, properties=write(live or {}))

    def Update(self, request: proto.UpdateRequest, context: Any) -> proto.UpdateResponse:
        kind, inputs, before = _type(request.urn, context), read(request.news), read(request.old_inputs)
        if request.preview:
            return proto.UpdateResponse(properties=write({**read(request.olds), **inputs}))
        removed: dict[str, Any] = {
            kind.written[name]: [] if is_list(value) else None
            for name, value in before.items()
            if name in kind.written and name not in inputs
        }
        try:
            self._graph.send("PATCH", _path(request.id), {**removed, **_body(kind, inputs)})
            self._own(request.id, set(before.get("owners", [])), set(inputs.get("owners", [])))
            live = self._live(kind, request.id, inputs)
        except GraphFailureError as error:
            refuse(context, str(error))
        return proto.UpdateResponse(properties=write(live or {}))

    def Read(self, request: proto.ReadRequest, context: Any) -> proto.ReadResponse:
        kind, inputs = _type(request.urn, context), read(request.inputs)
        try:
            live = self._live(kind, request.id, inputs)
        except GraphFailureError as error:
            refuse(context, str(error))
        if live is None:
            return proto.ReadResponse(id="")
        known = inputs or {name: live[name] for name in (*kind.written, *kind.others) if name in live}
        shown = {name: live[name] for name in known if name in live}
        return proto.ReadResponse(id=request.id, properties=write(live), inputs=write(shown))

    def Delete(self, request: proto.DeleteRequest, context: Any) -> empty_pb2.Empty:
        try:
            self._graph.send("DELETE", _path(request.id))
        except GraphFailureError as error:
            if error.status != 404:
                refuse(context, str(error))
        return empty_pb2.Empty()

    def Invoke(self, request: proto.InvokeRequest, context: Any) -> proto.InvokeResponse:
        if request.tok != "azuread:index/getClientConfig:getClientConfig":
            refuse(context, f"the sandbox's azuread provider has no {request.tok}")
        try:
            claims = self._claims()
        except GraphFailureError as error:
            refuse(context, str(error))
        names = {"tenantId": "tid", "clientId": "appid", "objectId": "oid"}
        response = proto.InvokeResponse()
        found = {name: claims[claim] for name, claim in names.items()}
        getattr(response, "return").CopyFrom(write({**found, "id": "-".join(found.values())}))
        return response

    def _claims(self) -> dict[str, Any]:
        return jwt.decode(self._graph.token(), options={"verify_signature": False})

    def _refuse_second(self, kind: DirectoryType, name: str) -> None:
        found = self._graph.get(kind.path, **{"$filter": f"displayName eq '{name}'"})["value"]
        if found:
            raise GraphFailureError(
                f'An existing "azuread_application" with name "{name}" (ID: "{found[0]["id"]}") was found and '
                "`prevent_duplicate_names` was specified"
            )

    def _own(self, identifier: str, before: set[str], after: set[str]) -> None:
        owners = f"{_path(identifier)}/owners"
        for each in sorted(after - before):
            self._graph.send("POST", f"{owners}/$ref", {"@odata.id": self._graph.reference(each)})
        for each in sorted(before - after):
            self._graph.send("DELETE", f"{owners}/{each}/$ref")

    def _live(self, kind: DirectoryType, identifier: str, inputs: Properties) -> Properties | None:
        found = self._graph.get(_path(identifier))
        if found is None:
            return None
        names = {**kind.written, **kind.computed}
        live: Properties = {name: found[there] for name, there in names.items() if found.get(there) is not None}
        if kind.owned:
            live["owners"] = [each["id"] for each in self._graph.get(f"{_path(identifier)}/owners")["value"]]
        else:
            live["applicationId"] = f"/applications/{identifier.partition('/')[0]}"
        if "preventDuplicateNames" in inputs:
            live["preventDuplicateNames"] = inputs["preventDuplicateNames"]
        # Sets: their order says nothing.
        sets = {name: inputs[name] for name in ("owners", "tags", "identifierUris") if name in inputs}
        return live | {name: given for name, given in sets.items() if sorted(given) == sorted(live.get(name, []))}


def _type(urn: str, context: Any) -> DirectoryType:
    token = urn_type(urn)
    if token not in TYPES:
        refuse(context, f"the sandbox's azuread provider has no {token}")
    return TYPES[token]


def _body(kind: DirectoryType, inputs: Properties) -> Properties:
    return {there: inputs[name] for name, there in kind.written.items() if name in inputs}


def _path(identifier: str) -> str:
    """Where Graph keeps what has this id."""
    if identifier.startswith("/"):
        return identifier
    application, _, credential = identifier.split("/")
    return f"/applications/{application}/federatedIdentityCredentials/{credential}"


def main() -> None:
    provider = AzureAD()
    serve(lambda server: add_ResourceProviderServicer_to_server(provider, server))
