"""What every rule may look at: the resources there are, the clock, the known types."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .circumstances import Circumstances
from .ids import RESOURCE_GROUPS, SUBSCRIPTIONS, Address, parse
from .paths import put_at
from .store import Json, Store
from .timing import Timing

if TYPE_CHECKING:
    from .resource_type import ResourceType


@dataclass(frozen=True)
class Cloud:
    store: Store
    timing: Timing
    types: Mapping[str, "ResourceType"]
    ca_pem: bytes
    circumstances: Circumstances = field(default_factory=Circumstances)

    def type_of(self, name: str) -> "ResourceType | None":
        return self.types.get(name.lower())

    def canonical(self, address: Address) -> Address:
        """The same address as Azure spells it: type names as registered, resource groups as they were created."""
        known = self.type_of(address.type)
        scope = address.scope
        outer = parse(scope)
        if outer and outer.type == RESOURCE_GROUPS:
            group = self.store.get(scope)
            scope = str(group["id"]) if group else scope
        elif outer and outer.type != SUBSCRIPTIONS:
            scope = str(self.canonical(outer))
        return Address(scope, known.name if known else address.type, address.names)

    def found(self, address: Address) -> Json | None:
        """The resource at an address: as somebody wrote it, or as every subscription has it."""
        written = self.store.get(str(address))
        known = self.type_of(address.type)
        if (
            written is not None
            or known is None
            or address.scope.lower() != f"/subscriptions/{self.store.subscription_id}"
        ):
            return written
        for name, properties in known.from_start.items():
            if (name.lower(),) == tuple(each.lower() for each in address.names):
                spelled = Address(address.scope, known.name, (name,))
                return {"id": str(spelled), "name": name, "type": known.name, "properties": deepcopy(properties)}
        return None

    def exists(self, resource_id: str) -> bool:
        """Whether a resource, resource group or the subscription of this id is there."""
        address = parse(resource_id)
        if address and address.type == SUBSCRIPTIONS:
            return address.name.lower() == self.store.subscription_id
        return self.store.get(resource_id) is not None

    def unregistered(self, namespace: str) -> bool:
        """Whether the subscription has not registered this resource provider."""
        return namespace.lower() in (each.lower() for each in self.circumstances.unregistered_providers)

    def taken(self, type_name: str, name: str) -> bool:
        """Whether a global name is in use, here or by somebody else."""
        return bool(self.store.named(type_name, name)) or self.taken_elsewhere(name)

    def taken_elsewhere(self, name: str) -> bool:
        """Whether somebody else in Azure has this global name."""
        return name.lower() in (each.lower() for each in self.circumstances.names_taken)

    def put(self, body: Json) -> None:
        self.store.put(body, created=self.timing.now())

    def remove(self, resource_id: str) -> None:
        """Takes a resource away with its children and with the role assignments at its scope."""
        itself = self.store.get(resource_id)
        for body in [*self.store.under(resource_id), *([itself] if itself else [])]:
            self.store.delete(body["id"])
            known = self.type_of(body["type"])
            if known and known.removed:
                known.removed(self, body)

    def settle(self) -> None:
        """Finishes the long-running operations whose time has come."""
        for operation in self.store.due(self.timing.now()):
            self.store.finish(operation.id)
            if operation.kind == "delete":
                self.remove(operation.target)
            elif body := self.store.get(operation.target):
                put_at(body, "properties.provisioningState", "Succeeded")
                self.put(body)
