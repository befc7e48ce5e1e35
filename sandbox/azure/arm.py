"""Requests on resources, as Azure Resource Manager takes and answers them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sandbox.plain import merge_patched

from . import errors, operations
from .cloud import Cloud
from .errors import ArmError
from .ids import RESOURCE_GROUPS, SUBSCRIPTIONS, Address, parse
from .paths import put_at
from .resource_type import Answer, Endpoint, Request, ResourceType
from .store import Json


class Arm:
    """Answers one request at a time; only waiting lets another one in between."""

    def __init__(self, cloud: Cloud, endpoints: tuple[Endpoint, ...]) -> None:
        self.cloud = cloud
        self.endpoints = endpoints
        self._being_written: set[str] = set()

    async def answer(self, request: Request) -> Answer:
        """Raises: ArmError, where Azure refuses."""
        with self.cloud.store.transaction():
            self.cloud.settle()
        known_path = False
        for endpoint in self.endpoints:
            if found := endpoint.pattern.fullmatch(request.path):
                known_path = True
                if endpoint.method == request.method:
                    name = endpoint.path.rpartition("/providers/")[2]
                    location = str(request.body.get("location", ""))
                    _check_version(name, request.api_version, endpoint.api_versions, location)
                    return endpoint.handle(self.cloud, request, found.groupdict())
        if known_path:
            raise _method_not_allowed(request)
        return await self._on_resource(request)

    async def _on_resource(self, request: Request) -> Answer:
        path, _, action = request.path.rpartition("/") if request.method == "POST" else (request.path, "", "")
        address = parse(path)
        if address is None:
            raise ArmError(404, "InvalidResourceType", f"The path '{request.path}' names no resource.")
        kind = known_type(self.cloud, address, request.api_version, str(request.body.get("location", "")))
        address = self.cloud.canonical(address)
        if request.method == "GET" and address.is_collection:
            return Answer(200, {"value": self._list(kind, address)})
        if address.is_collection:
            raise _method_not_allowed(request)
        match request.method:
            case "GET":
                body = self._existing(kind, address)
                unfinished = self.cloud.store.unfinished(body["id"]) if kind.long_running else None
                return Answer(200, kind.view(self.cloud, body), operations.wait(self.cloud, unfinished))
            case "HEAD":
                return Answer(204 if self.cloud.found(address) else 404)
            case "POST" if action.lower() in kind.actions:
                return kind.actions[action.lower()](self.cloud, self._existing(kind, address), request)
            case "PUT" | "PATCH":
                return await self._write(kind, address, request)
            case "DELETE":
                return await self._delete(kind, address, request)
            case _:
                raise _method_not_allowed(request)

    def _check_registration(self, address: Address) -> None:
        """Source: Microsoft Learn, azure-resource-manager/troubleshooting/error-register-resource-provider."""
        if self.cloud.unregistered(address.namespace):
            raise ArmError(
                409,
                "MissingSubscriptionRegistration",
                f"The subscription is not registered to use namespace '{address.namespace}'. "
                "See https://aka.ms/rps-not-found for how to register subscriptions.",
            )

    def _check_parents(self, kind: ResourceType, address: Address, verb: str) -> None:
        if address.resource_group and address.type != RESOURCE_GROUPS:
            group = "/".join(str(address).split("/")[:5])
            if self.cloud.store.get(group) is None:
                raise errors.resource_group_not_found(address.resource_group)
        if address.parent and self.cloud.store.get(str(address.parent)) is None:
            raise errors.parent_not_found(verb, kind.name, str(address.parent))

    def _existing(self, kind: ResourceType, address: Address) -> Json:
        body = self.cloud.found(address)
        if body is not None:
            return body
        if address.type == RESOURCE_GROUPS:
            raise errors.resource_group_not_found(address.name)
        self._check_parents(kind, address, "read")
        raise errors.resource_not_found(kind.name, address.names, address.resource_group)

    def _list(self, kind: ResourceType, address: Address) -> list[Json]:
        self._check_parents(kind, address, "read")
        under = str(address.parent or address.scope)
        bodies = self.cloud.store.of_type(kind.name, under=under)
        for name in kind.from_start.keys() - {body["name"] for body in bodies}:
            untouched = self.cloud.found(Address(address.scope, kind.name, (name,)))
            bodies += [untouched] if untouched else []
        return [kind.view(self.cloud, body) for body in sorted(bodies, key=lambda body: body["id"].lower())]

    async def _write(self, kind: ResourceType, address: Address, request: Request) -> Answer:
        async with self._sole_writer(kind, address):
            with self.cloud.store.transaction():
                self._check_registration(address)
                self._check_parents(kind, address, "write")
                before = self.cloud.found(address)
                sent = request.body
                if request.method == "PATCH":
                    before = self._existing(kind, address)
                    if not kind.patchable:
                        raise _method_not_allowed(request)
                    sent = merge_patched(before, {name: sent[name] for name in kind.patchable if name in sent})
                if before:
                    address = parse(before["id"]) or address
                write = kind.write(self.cloud, address, request.api_version, sent, before)
                answer = self._keep(kind, write.body, "create" if write.new else "update")
                if request.method == "PUT":
                    self.cloud.store.keep_sent(str(address), request.body)
            if kind.long_running is None:
                await asyncio.sleep(self.cloud.timing.seconds(kind.name, "create" if before is None else "update"))
            return answer

    def _keep(self, kind: ResourceType, body: Json, operation: str) -> Answer:
        status = kind.created if operation == "create" else 200
        slow = kind.long_running
        if slow is None:
            self.cloud.put(body)
            return Answer(status, kind.view(self.cloud, body))
        put_at(body, "properties.provisioningState", slow.creating if operation == "create" else slow.updating)
        self.cloud.put(body)
        started = operations.begin(self.cloud, kind, body["id"], operation)
        headers = operations.poll(self.cloud, started, body) if slow.operation else {}
        shown = kind.view(self.cloud, body) if status != 202 else None
        return Answer(status, shown, {**headers, **operations.wait(self.cloud, started)})

    async def _delete(self, kind: ResourceType, address: Address, request: Request) -> Answer:
        async with self._sole_writer(kind, address):
            with self.cloud.store.transaction():
                body = self.cloud.found(address)
                if body is None:
                    if address.type == RESOURCE_GROUPS:
                        raise errors.resource_group_not_found(address.name)
                    return Answer(204)
                if kind.removing:
                    kind.removing(self.cloud, body)
                if kind.long_delete:
                    put_at(body, "properties.provisioningState", "Deleting")
                    self.cloud.put(body)
                    started = operations.begin(self.cloud, kind, body["id"], "delete")
                    headers = operations.poll(self.cloud, started, body)
                    return Answer(202, None, {**headers, **operations.wait(self.cloud, started)})
                self.cloud.remove(body["id"])
            await asyncio.sleep(self.cloud.timing.seconds(kind.name, "delete"))
            return Answer(kind.deleted, kind.view(self.cloud, body) if kind.answers_deleted else None)

    @asynccontextmanager
    async def _sole_writer(self, kind: ResourceType, address: Address) -> AsyncGenerator[None]:
        """Refuses a write that meets another one under the same parent, and holds the parent for a moment itself."""
        if kind.one_writer is None or address.parent is None:
            yield
            return
        parent = address.parent.key
        if parent in self._being_written:
            refusal = kind.one_writer
            raise ArmError(refusal.status, refusal.code, refusal.message.format(parent=address.parent))
        self._being_written.add(parent)
        try:
            yield
            await asyncio.sleep(self.cloud.timing.credential_write_seconds)
        finally:
            self._being_written.discard(parent)


def known_type(cloud: Cloud, address: Address, api_version: str, location: str = "") -> ResourceType:
    """The type at an address, in a version that it has.

    Source: Microsoft Learn, azure-resource-manager/troubleshooting/error-register-resource-provider.
    """
    subscription = address.subscription
    if address.type != SUBSCRIPTIONS and subscription and subscription.lower() != cloud.store.subscription_id:
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
    kind = cloud.type_of(address.type)
    if kind is None:
        namespaces = {name.partition("/")[0] for name in cloud.types}
        if address.namespace.lower() not in namespaces:
            raise ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{address.namespace}' is invalid.")
        raise ArmError(
            404,
            "InvalidResourceType",
            f"The resource type '{address.type.partition('/')[2]}' could not be found in the namespace "
            f"'{address.namespace}' for api version '{api_version}'.",
        )
    _check_version(kind.name, api_version, kind.api_versions, location)
    return kind


def _check_version(type_name: str, api_version: str, known: tuple[str, ...], location: str) -> None:
    if not api_version:
        raise errors.api_version_missing()
    if api_version not in known:
        raise errors.api_version_unknown(type_name, api_version, known, location)


def _method_not_allowed(request: Request) -> ArmError:
    return ArmError(405, "MethodNotAllowed", f"The requested resource does not support http method '{request.method}'.")
