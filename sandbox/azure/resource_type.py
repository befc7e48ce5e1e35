"""One mechanism for every resource type: what a type declares, and the write its rules judge."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .cloud import Cloud
from .errors import ArmError
from .ids import Address
from .paths import drop_at, put_at, value_at
from .store import Json

TOP_LEVEL = ("location", "tags", "identity", "sku", "kind", "zones", "extendedLocation", "managedBy", "properties")


@dataclass(frozen=True)
class Request:
    """One call: `path` and `query` as sent (query names in lower case), `body` an object or empty."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Json

    @property
    def api_version(self) -> str:
        return self.query.get("api-version", "")


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Endpoint:
    """A path that is no resource: what `{name}` (one segment) and `{scope}` (any number) match goes to the handler."""

    method: str
    path: str
    api_versions: tuple[str, ...]
    handle: Callable[[Cloud, Request, Mapping[str, str]], Answer]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        path = self.path.replace("{scope}", "(?P<scope>.*)")
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), re.IGNORECASE)


@dataclass
class Write:
    """A PUT or PATCH: `before` is what was there, `body` what will be kept unless a rule refuses it."""

    cloud: Cloud
    address: Address
    api_version: str
    before: Json | None
    body: Json

    @cached_property
    def birth(self) -> str:
        return self.cloud.store.birth(str(self.address))

    def guid(self, purpose: str) -> str:
        """A GUID that a resource gets at creation and that another one of the same id would not get."""
        return self.cloud.store.guid(self.birth, purpose)

    @property
    def new(self) -> bool:
        return self.before is None

    def get(self, path: str) -> Any:
        return value_at(self.body, path)

    def was(self, path: str) -> Any:
        return value_at(self.before or {}, path)

    def set(self, path: str, value: Any) -> None:
        put_at(self.body, path, value)

    def drop(self, path: str) -> None:
        drop_at(self.body, path)


@dataclass(frozen=True)
class NameRule:
    pattern: str
    code: str
    message: str

    def check(self, name: str) -> None:
        if not re.fullmatch(self.pattern, name):
            raise ArmError(400, self.code, self.message.format(name=name))


@dataclass(frozen=True)
class LongRunning:
    """How a type's writes take their time.

    Args:
        creating, updating: the provisioning state until then.
        operation: the answer names an operation to poll; otherwise the caller polls the resource's own state.
    """

    creating: str = "Creating"
    updating: str = "Updating"
    operation: bool = True


def _moved(write: Write, location: str) -> ArmError:
    """Source: Microsoft Learn, azure-resource-manager/troubleshooting/common-deployment-errors."""
    return ArmError(
        409,
        "InvalidResourceLocation",
        f"The resource '{write.address.name}' already exists in location '{write.was('location')}' in resource "
        f"group '{write.address.resource_group}'. A resource with the same name cannot be created in location "
        f"'{location}'. Please select a new resource name.",
    )


def _nothing(write: Write) -> None:
    pass


def _as_kept(cloud: Cloud, body: Json) -> Json:
    return body


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A type of resource and its rules.

    Args:
        name: namespace and type as Azure spells them.
        api_versions: the versions whose shape this type answers in.
        name_rule: what the last segment of the id may be.
        located: the type has a required `location`, fixed at creation.
        moved: the refusal of another location.
        required: paths that must have a value; `missing` is the error, with `{path}`.
        immutable: paths fixed at creation; left out of an update they keep their value; `changed` is the error, with
            `{path}`.
        read_only: paths only Azure sets; ignored when sent.
        defaults: values of paths that are left out at creation or in an update.
        patchable: what PATCH may change.
        check: refuses a write by raising ArmError; sees the body with its defaults.
        complete: fills in what Azure computes; runs after every check.
        from_start: properties by name of what every subscription has before anybody writes it.
        removing: refuses a deletion.
        removed: what else goes, or stays behind, with a deleted resource.
        created: the status of a PUT that creates; 202 answers without a body, and its Location has the resource later.
        deleted: the status of a DELETE that is done at once.
        answers_deleted: DELETE answers with the deleted resource.
        view: the resource as a reader sees it.
        actions: POST actions by name in lower case.
        long_running: how writes take their time; None when they answer when they are done.
        long_delete: DELETE answers 202 and takes its time.
        one_writer: the refusal of a write that overlaps another one under the same parent; {parent} stands for its id.
    """

    name: str
    api_versions: tuple[str, ...]
    name_rule: NameRule
    located: bool = True
    moved: Callable[[Write, str], ArmError] = _moved
    required: tuple[str, ...] = ()
    missing: tuple[str, str] = ("BadRequest", "The parameter {path} is not specified.")
    immutable: tuple[str, ...] = ()
    changed: tuple[str, str] = ("PropertyChangeNotAllowed", "Changing property '{path}' is not allowed.")
    read_only: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    patchable: tuple[str, ...] = ("tags",)
    check: Callable[[Write], None] = _nothing
    complete: Callable[[Write], None] = _nothing
    from_start: Mapping[str, Json] = field(default_factory=dict[str, Json])
    removing: Callable[[Cloud, Json], None] | None = None
    removed: Callable[[Cloud, Json], None] | None = None
    created: int = 201
    deleted: int = 200
    answers_deleted: bool = False
    view: Callable[[Cloud, Json], Json] = _as_kept
    actions: Mapping[str, Callable[[Cloud, Json, Request], Answer]] = field(
        default_factory=dict[str, Callable[[Cloud, Json, Request], Answer]]
    )
    long_running: LongRunning | None = None
    long_delete: bool = False
    one_writer: ArmError | None = None

    def write(self, cloud: Cloud, address: Address, api_version: str, sent: Json, before: Json | None) -> Write:
        """The write that would follow, with every rule of the type applied.

        PUT replaces: what is left out is gone, except for what cannot change anyway (ARM resource provider contract).
        """
        kept = {name: deepcopy(sent[name]) for name in TOP_LEVEL if sent.get(name) is not None}
        body: Json = {"id": str(address), "name": address.name, "type": self.name, **kept}
        if not isinstance(body.setdefault("properties", {}), dict):
            raise ArmError(
                400, "InvalidRequestContent", "The request content was invalid: properties must be an object."
            )
        write = Write(cloud, address, api_version, before, body)
        for path in self.read_only:
            write.drop(path)
            if write.was(path) is not None:
                write.set(path, write.was(path))
        self.name_rule.check(address.name)
        self._locate(write)
        for path in self.required:
            if write.get(path) in (None, "", []):
                raise ArmError(400, self.missing[0], self.missing[1].format(path=path))
        if before is not None:
            self._keep_immutable(write)
        for path, value in self.defaults.items():
            if write.get(path) is None:
                write.set(path, deepcopy(value))
        self.check(write)
        self.complete(write)
        return write

    def _locate(self, write: Write) -> None:
        if not self.located:
            return
        location = str(write.get("location") or "").replace(" ", "").lower()
        if not location and write.new:
            raise ArmError(400, "LocationRequired", "The location property is required for this definition.")
        if location and not write.new and location != write.was("location"):
            raise self.moved(write, location)
        write.set("location", location or write.was("location"))

    def _keep_immutable(self, write: Write) -> None:
        """Source of `changed`, unless a type has its own: Microsoft Learn, troubleshoot-azure/azure-kubernetes."""
        for path in self.immutable:
            if write.get(path) is None:
                if write.was(path) is not None:
                    write.set(path, write.was(path))
            elif write.get(path) != write.was(path):
                raise ArmError(400, self.changed[0], self.changed[1].format(path=path))
