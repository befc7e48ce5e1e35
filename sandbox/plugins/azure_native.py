"""pulumi-resource-azure-native: translates between the engine and Azure Resource Manager, and judges nothing."""

import os
import uuid
from importlib.metadata import version
from typing import Any, NoReturn

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from sandbox.plugins import arm_shape
from sandbox.plugins.arm_client import ArmClient, ArmFailureError
from sandbox.plugins.arm_shape import API_VERSION, CREATE_BEFORE_DELETE, resource_id
from sandbox.plugins.arm_types import ACTIONS, TYPES, ArmType, find_type, split_token
from sandbox.plugins.differences import diff_response
from sandbox.plugins.properties import UNKNOWN, Properties, read, write
from sandbox.plugins.provider import StandIn, random_hex, refuse, refuse_created, urn_name, urn_type
from sandbox.plugins.serving import serve

_GROUP = "resources:ResourceGroup"


class AzureNative(StandIn):
    """azure-native's manners over the REST API of Azure.

    Source: pulumi-azure-native provider/pkg/provider/provider.go.
    """

    def __init__(self) -> None:
        super().__init__(version("pulumi-azure-native"))
        self._arm = ArmClient()
        self._location: str | None = None
        self._subscription_id = os.environ.get("ARM_SUBSCRIPTION_ID", "")
        self._tenant_id = os.environ.get("ARM_TENANT_ID", "")

    def Configure(self, request: proto.ConfigureRequest, context: Any) -> proto.ConfigureResponse:
        prefix = "azure-native:config:"
        config = {name.removeprefix(prefix): value for name, value in request.variables.items()}
        self._location = config.get("location")
        self._subscription_id = config.get("subscriptionId", self._subscription_id)
        self._tenant_id = config.get("tenantId", self._tenant_id)
        return super().Configure(request, context)

    def Check(self, request: proto.CheckRequest, context: Any) -> proto.CheckResponse:
        row, api_version = self._type(request.urn, context)
        old, new = read(request.olds), read(request.news)
        if row.name not in new:
            if row.name in old:
                new[row.name] = old[row.name]
                new |= {name: old[name] for name in (CREATE_BEFORE_DELETE,) if name in old}
            else:
                new |= {row.name: _made_up_name(row, request), CREATE_BEFORE_DELETE: True}
        if row.located and "location" not in new:
            new["location"] = self._default_location(old, new)
        new.setdefault(API_VERSION, api_version)
        missing = [name for name in row.path_inputs if name not in new]
        failures = [proto.CheckFailure(reason=f"missing required property '{name}'") for name in missing]
        return proto.CheckResponse(inputs=write(new), failures=failures)

    def Diff(self, request: proto.DiffRequest, context: Any) -> proto.DiffResponse:
        row, _ = self._type(request.urn, context)
        old = read(request.old_inputs)
        replacing = {*row.path_inputs, *row.replaced_by}
        return diff_response(
            old,
            read(request.news),
            replaces=replacing.__contains__,
            delete_before_replace=not old.get(CREATE_BEFORE_DELETE, False),
            same=arm_shape.same,
        )

    def Create(self, request: proto.CreateRequest, context: Any) -> proto.CreateResponse:
        row, api_version = self._type(request.urn, context)
        inputs = read(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=write(arm_shape.preview(row, inputs)))
        identifier = resource_id(row, self._subscription_id, inputs)
        body = arm_shape.body(row, inputs)
        try:
            if self._arm.get(identifier, api_version) is not None:
                refuse(context, f"cannot create already existing resource '{identifier}'")
            for path in row.maintained:
                _keep(body, path.split("."), {})
            received = self._arm.put(identifier, api_version, body)
        except ArmFailureError as error:
            self._fail(context, error, row, api_version, identifier, inputs)
        outputs = arm_shape.outputs(row, api_version, received)
        return proto.CreateResponse(id=received.get("id", identifier), properties=write(outputs))

    def Update(self, request: proto.UpdateRequest, context: Any) -> proto.UpdateResponse:
        row, api_version = self._type(request.urn, context)
        inputs = read(request.news)
        if request.preview:
            known = arm_shape.preview(row, inputs)
            before = read(request.olds)
            known |= {name: before[name] for name in ("name", "location") if name in before}
            return proto.UpdateResponse(properties=write(known))
        body = arm_shape.body(row, inputs)
        try:
            if row.maintained:
                live = self._arm.get(request.id, api_version) or {}
                for path in row.maintained:
                    _keep(body, path.split("."), live)
            received = self._arm.put(request.id, api_version, body)
        except ArmFailureError as error:
            self._fail(context, error, row, api_version, request.id, inputs)
        return proto.UpdateResponse(properties=write(arm_shape.outputs(row, api_version, received)))

    def Read(self, request: proto.ReadRequest, context: Any) -> proto.ReadResponse:
        row, api_version = self._type(request.urn, context)
        try:
            received = self._arm.get(request.id, api_version)
        except ArmFailureError as error:
            refuse(context, str(error))
        if received is None:
            return proto.ReadResponse(id="")
        live = arm_shape.outputs(row, api_version, received)
        inputs = read(request.inputs)
        if inputs:
            inputs = arm_shape.drifted(row, inputs, read(request.properties), live)
        else:
            try:
                inputs = arm_shape.imported(row, request.id, live)
            except LookupError as error:
                refuse(context, str(error))
        return proto.ReadResponse(id=request.id, properties=write(live), inputs=write(inputs))

    def Delete(self, request: proto.DeleteRequest, context: Any) -> empty_pb2.Empty:
        _, api_version = self._type(request.urn, context)
        try:
            self._arm.delete(request.id, api_version)
        except ArmFailureError as error:
            refuse(context, str(error))
        return empty_pb2.Empty()

    def Invoke(self, request: proto.InvokeRequest, context: Any) -> proto.InvokeResponse:
        try:
            answer = self._call(request.tok, read(request.args))
        except (ArmFailureError, LookupError) as error:
            refuse(context, str(error))
        response = proto.InvokeResponse()
        getattr(response, "return").CopyFrom(write(answer))
        return response

    def _call(self, token: str, arguments: Properties) -> Properties:
        function, api_version = split_token(token)
        if function == "authorization:getClientConfig":
            return {
                "clientId": os.environ.get("ARM_CLIENT_ID", ""),
                "objectId": os.environ.get("ARM_OBJECT_ID", ""),
                "subscriptionId": self._subscription_id,
                "tenantId": self._tenant_id,
            }
        if function == "authorization:getClientToken":
            return {"token": self._arm.token()}
        if function in ACTIONS:
            type_name, action, query_names = ACTIONS[function]
            row = TYPES[type_name]
            query = {query_names[name]: str(arguments[name]) for name in query_names if name in arguments}
            path = f"{resource_id(row, self._subscription_id, arguments)}/{action}"
            return self._arm.post(path, api_version or row.api_version, query)
        row, default_version = find_type(f"azure-native:{function.replace(':get', ':', 1)}")
        api_version = api_version or default_version
        identifier = resource_id(row, self._subscription_id, arguments)
        received = self._arm.get(identifier, api_version)
        if received is None:
            raise ArmFailureError(
                f'Status=404 Code="ResourceNotFound" Message="The resource {identifier} was not found."', status=404
            )
        return arm_shape.outputs(row, api_version, received) | {"id": received["id"]}

    def _type(self, urn: str, context: Any) -> tuple[ArmType, str]:
        try:
            return find_type(urn_type(urn))
        except LookupError as error:
            refuse(context, str(error))

    def _default_location(self, old: Properties, new: Properties) -> str:
        if "location" in old:
            return str(old["location"])
        if self._location:
            return self._location
        if "resourceGroupName" not in new or UNKNOWN in (new["resourceGroupName"],):
            return UNKNOWN
        group = TYPES[_GROUP]
        found = self._arm.get(resource_id(group, self._subscription_id, new), group.api_version)
        return found["location"] if found else UNKNOWN

    def _fail(
        self, context: Any, error: ArmFailureError, row: ArmType, api_version: str, identifier: str, inputs: Properties
    ) -> NoReturn:
        try:
            live = self._arm.get(identifier, api_version) if error.accepted else None
        except ArmFailureError:
            live = None
        if live is None:
            refuse(context, str(error))
        outputs = arm_shape.outputs(row, api_version, live)
        refuse_created(context, str(error), resource_id=live.get("id", identifier), outputs=outputs, inputs=inputs)


def _made_up_name(row: ArmType, request: proto.CheckRequest) -> str:
    if row.uuid_name:
        return str(uuid.UUID(random_hex(request.randomSeed, 32)))
    return f"{urn_name(request.urn)}{random_hex(request.randomSeed, 8)}"


def _keep(body: Properties, path: list[str], live: Properties) -> None:
    *parents, last = path
    for parent in parents:
        body = body.setdefault(parent, {})
        live = live.get(parent, {})
    body.setdefault(last, live.get(last, []))


def main() -> None:
    provider = AzureNative()
    serve(lambda server: add_ResourceProviderServicer_to_server(provider, server))
