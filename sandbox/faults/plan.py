"""The file of faults: which requests meet which fault."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from fnmatch import fnmatchcase
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_camel

from sandbox.azure.app import PROVIDERS
from sandbox.azure.circumstances import Circumstances, DirectoryRight
from sandbox.azure.role_definitions import built_in_roles
from sandbox.azure.timing import Timing
from sandbox.errors import SandboxError
from sandbox.faults.target import Operation, Target
from sandbox.kubernetes.kinds import KINDS

Seconds = Annotated[float, Field(ge=0, le=3600)]
_TYPES = tuple(kind.name for provider in PROVIDERS for kind in provider.TYPES) + tuple(kind.name for kind in KINDS)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Failure(_Entry):
    """An answer that refuses."""

    status: Annotated[int, Field(ge=400, le=599)]
    """The HTTP status."""
    code: Annotated[str, Field(min_length=1)] | None = None
    """The error code of Azure, or the reason of Kubernetes; left out, it follows from the status."""

    @property
    def spelled(self) -> str:
        known = {each.value: each.phrase for each in HTTPStatus}
        return self.code or known.get(self.status, "Error").replace(" ", "")


class Fault(_Entry):
    """What happens to the requests that it matches."""

    type: str
    """The type of resource in Azure or the kind of object in Kubernetes; `*` stands for any text, case is ignored."""
    operation: Operation
    """What the request does; a list or an action of a resource is a read."""
    name: str = "*"
    """The name of the resource or object; `*` stands for any text. Left out, all."""
    times: Annotated[int, Field(ge=1)] | None = None
    """How many requests of one command meet the fault; left out, every one."""
    delay: Seconds = 0
    """Seconds that the operation takes; its effect comes before them, its answer after them."""
    fail: Failure | None = None
    """The request has no effect and this answer."""
    hang: bool = False
    """The request has no effect and no answer."""
    drop: bool = False
    """The request has its effect; the connection breaks in the middle of the answer."""

    @field_validator("type")
    @classmethod
    def _known(cls, pattern: str) -> str:
        if not any(_matches(pattern, name) for name in _TYPES):
            raise ValueError("must match a type of Azure or a kind of Kubernetes that the sandbox has")
        return pattern

    @model_validator(mode="after")
    def _one_effect(self) -> Self:
        if (self.fail is not None) + self.hang + self.drop > 1:
            raise ValueError("must have only one of fail, hang and drop")
        if not (self.fail or self.hang or self.drop or self.delay):
            raise ValueError("must have one of delay, fail, hang and drop")
        return self

    def meets(self, target: Target) -> bool:
        return (
            self.operation == target.operation and _matches(self.type, target.type) and _matches(self.name, target.name)
        )

    def __str__(self) -> str:
        effects = {
            f"delay of {self.delay:g} s": bool(self.delay),
            f"failure {self.fail.status} {self.fail.spelled}" if self.fail else "": self.fail is not None,
            "no answer": self.hang,
            "connection broken after the effect": self.drop,
        }
        return ", ".join(effect for effect, present in effects.items() if present)


class Plan(_Entry):
    """Everything that one file asks for. The first fault that a request meets is the only one."""

    faults: list[Fault] = []
    """The faults, in the order in which they are looked at."""
    principal_replication_seconds: Seconds = Timing.principal_replication_seconds
    """How long a new identity is unknown where role assignments are made; left out, 10."""
    role_assignment_replication_seconds: Seconds = Timing.role_assignment_replication_seconds
    """How long a new role assignment has no effect yet; left out, 0."""

    unregistered_providers: tuple[str, ...] = Circumstances.unregistered_providers
    """Namespaces of resource providers that are not registered; left out, none."""
    caller_roles: tuple[str, ...] = Circumstances.caller_roles
    """Names of the built-in roles that the caller holds on the subscription; left out, Owner."""
    caller_groups: tuple[str, ...] = Circumstances.caller_groups
    """Object ids of the groups that the caller is a member of; left out, the administrators of the dev stack."""
    directory_readable: bool = Circumstances.directory_readable
    """Whether the caller may read memberships; left out, yes."""
    caller_directory_right: DirectoryRight = Circumstances.caller_directory_right
    """Which app registrations the caller may write; left out, all."""
    issuers_elsewhere: dict[str, dict[str, Any]] = {}
    """Issuers outside of this tenant, by their address, and the key set that each publishes; left out, none."""
    names_taken: tuple[str, ...] = Circumstances.names_taken
    """Global names that somebody else has; left out, none."""
    vcpus_used: Annotated[int, Field(ge=0)] = Circumstances.vcpus_used
    """How many virtual CPUs run already, of each family; left out, 0."""

    @field_validator("caller_roles")
    @classmethod
    def _known_roles(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        known = {role["name"] for role in built_in_roles().values()}
        if not known.issuperset(names):
            raise ValueError("must name built-in roles of Azure")
        return names

    @property
    def circumstances(self) -> Circumstances:
        """How the subscription and its tenant stand."""
        return Circumstances(**{each.name: getattr(self, each.name) for each in fields(Circumstances)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file.

        Raises:
            SandboxError: The file is missing or wrong; the message names each wrong entry and its rule.
        """
        try:
            given = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls.model_validate({} if given is None else given)
        except OSError as error:
            raise SandboxError(f"SANDBOX_FAULTS must name a file of faults; {path}: {error.strerror}") from error
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            raise SandboxError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
        except ValidationError as error:
            problems = "; ".join(_problem(each) for each in error.errors(include_url=False, include_context=False))
            raise SandboxError(f"{path} is no file of faults: {problems}; see docs/sandbox.md") from error


class Faults:
    """The faults of one plan during one command; each counts the requests it has met."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = faults
        self._met: Counter[int] = Counter()

    def meet(self, target: Target) -> Fault | None:
        for position, fault in enumerate(self._faults):
            if fault.meets(target) and (fault.times is None or self._met[position] < fault.times):
                self._met[position] += 1
                return fault
        return None


def _matches(pattern: str, name: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower())


def _problem(error: Any) -> str:
    rules: dict[str, str] = {
        "extra_forbidden": "is not known",
        "missing": "is required",
        "model_type": "must be a mapping",
        "list_type": "must be a list",
    }
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"]).removeprefix(".")
    rule = rules.get(error["type"]) or error["msg"].removeprefix("Value error, ").replace("Input should", "must")
    shown: Literal[""] | str = "" if error["type"] in rules or isinstance(error["input"], dict) else error["input"]
    return f"{place or 'the file'} {rule}" + (f"; got {shown!r}" if shown != "" else "")
