"""What a program registered, as plain data to assert on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime import rpc

UNKNOWN: str = rpc.UNKNOWN
"""Stands in recorded data for a value that the preview does not know; compare with `==`."""


@dataclass(frozen=True)
class Secret:
    """A value that was sent to the engine marked as secret."""

    value: Any


@dataclass(frozen=True)
class Options:
    """The resource options that reach the engine, as it receives them; resources are URNs."""

    protect: bool
    retain_on_delete: bool
    delete_before_replace: bool | None
    deleted_with: str | None
    ignore_changes: tuple[str, ...]
    replace_on_changes: tuple[str, ...]
    additional_secret_outputs: tuple[str, ...]
    import_id: str | None
    aliases: tuple[str, ...]
    """Each alias as a URN, or as `<type>::<name>` where an empty half means "unchanged"."""
    timeouts: Mapping[str, str]
    error_hooks: tuple[str, ...]


@dataclass(frozen=True)
class Resource:
    """One registration: what the program asked for, under the names the provider sees."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: dict[str, Any]
    """Wire names; secrets are `Secret`, unknowns are `UNKNOWN`, a resource is its URN, whole numbers are int."""
    parent: str | None
    """URN of the parent; None for the children of the stack."""
    dependencies: frozenset[str]
    """URNs of everything this waits for: `depends_on`, and the resources whose outputs it uses."""
    property_dependencies: Mapping[str, frozenset[str]]
    provider: str | None
    """`<urn of the provider>::<id>`; None for the default provider."""
    providers: Mapping[str, str]
    options: Options


@dataclass(frozen=True)
class Invoke:
    """One provider function call."""

    token: str
    args: dict[str, Any]
    provider: str | None


@dataclass
class Recording:
    """Everything a program registered, in the order of arrival."""

    resources: list[Resource] = field(default_factory=list[Resource])
    """All but the stack itself; `pulumi:providers:*` and components included."""
    component_outputs: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """What `register_outputs` sent, by URN; a component without an entry never called it."""
    states: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """What the provider answered to each registration, by URN; in a preview with `UNKNOWN` in it."""
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """The stack's exports."""
    invokes: list[Invoke] = field(default_factory=list[Invoke])
    error: BaseException | None = None
    """What ended the program, if it failed (`attempt` only: `run` raises it)."""

    def of_type(self, type_: str) -> list[Resource]:
        """Resources whose token is `type_` or ends in `:type_`, for example `RoleAssignment` or `keyvault:Vault`."""
        return [r for r in self.resources if r.type == type_ or r.type.endswith(f":{type_}")]

    def one(self, type_: str, name: str | None = None) -> Resource:
        """The only resource of a type (and logical name); none or several fail the test, listing what there is."""
        found = [r for r in self.of_type(type_) if name is None or r.name == name]
        there = [f"{r.type} {r.name}" for r in self.resources]
        assert len(found) == 1, f"{len(found)} of {type_} {name or ''}; registered: {there}"
        return found[0]

    def children(self, parent: Resource) -> list[Resource]:
        """The direct children of a component."""
        return [r for r in self.resources if r.parent == parent.urn]
