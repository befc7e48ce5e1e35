"""What every argument model shares: frozen pydantic, plain or deferred fields, errors in one form."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import pulumi
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from .errors import InvalidArgumentError, Problem
from .problems import adapter, broken_rules, problems, sentence, without_internals
from .rules import Deferred, InputStr, Rule, is_deferred, shown

__all__ = ["Arguments", "Deferred", "InputStr", "Rule", "as_output", "checked", "is_deferred", "one", "shown"]

_LIBRARY = Path(__file__).parent

S = TypeVar("S")
T = TypeVar("T")


class Arguments(BaseModel):
    """Base of all argument models.

    Fields that say who is trusted with what take plain values only, so that a preview, a policy and a
    reviewer can always read them; fields that a resource computes also take an `Output`. Unknown arguments
    are refused. In stack configuration the same fields are written in camelCase.

    Raises:
        InvalidArgumentError: when anything is wrong, with every problem of the call.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        loc_by_alias=False,
    )

    def __init__(self, /, **data: Any):
        try:
            super().__init__(**data)
        except ValidationError as error:
            found = [*problems(error, type(self)), *broken_rules(error, type(self), data)]
            raise InvalidArgumentError(f"{type(self).__name__}{_place()}", dict.fromkeys(found)) from None
        except TypeError as error:
            # How Python refuses the map of a nested argument, whose entries pydantic passes as keywords.
            if "keywords must be strings" not in str(error):
                raise
            problem = Problem((), "a map has a key that is no text, where names of arguments belong")
            raise InvalidArgumentError(f"{type(self).__name__}{_place()}", [problem]) from None

    @classmethod
    def of(cls, given: object) -> Self:
        """The arguments of a constructor call, which some write as a dict."""
        if isinstance(given, cls):
            return given
        if isinstance(given, Mapping):
            return cls(**cast(Mapping[str, Any], given))
        raise InvalidArgumentError(
            f"{cls.__name__}{_place()}", [Problem(("args",), f"must be {cls.__name__}(…); got {shown(given)}")]
        )


def _place() -> str:
    """Where the call stands: the nearest line that is none of this library's, because arguments have no name yet."""
    frame = inspect.currentframe()
    while frame and Path(frame.f_code.co_filename).is_relative_to(_LIBRARY):
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.startswith("<"):  # a command of this library, not a program
        return ""
    return f" ({Path(frame.f_code.co_filename).name}, line {frame.f_lineno})"


def one(where: str, argument: str, kind: Any, value: T) -> T:
    """One argument of a method, checked as a field of an argument model is.

    Args:
        where: what was called, for the message.
        argument: its name.
        kind: its annotated type.
        value: what was given.

    Raises:
        InvalidArgumentError: when it does not fit.
    """
    try:
        return adapter(kind).validate_python(value)
    except ValidationError as error:
        found = [Problem((argument, *without_internals(each["loc"])), sentence(each)) for each in error.errors()]
        raise InvalidArgumentError(where, found) from None


def as_output(value: pulumi.Input[T]) -> pulumi.Output[T]:
    """A value without structure as an `Output`; one that is an `Output` already is not wrapped again."""
    return cast(pulumi.Output[T], value) if isinstance(value, pulumi.Output) else pulumi.Output.from_input(value)


def checked(value: pulumi.Input[T], check: Callable[[T], S]) -> S | pulumi.Output[S]:
    """What a check makes of a value: now if it is plain, else as soon as it is known; a failure stops what needs it."""

    def check_known(known: T) -> S:
        try:
            return check(known)
        except InvalidArgumentError as error:
            # Pulumi wraps each ValueError that comes out of an input, and prints what it wraps with a traceback.
            raise pulumi.RunError(str(error)) from None

    return as_output(value).apply(check_known) if is_deferred(value) else check(cast(T, value))
