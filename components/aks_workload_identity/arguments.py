"""What every argument model shares: frozen pydantic, plain or deferred fields, errors in one form."""

import difflib
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, cast, get_args

import pulumi
from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.alias_generators import to_camel, to_snake
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

from .errors import InvalidArgumentError, Problem

_LIBRARY = Path(__file__).parent

S = TypeVar("S")
T = TypeVar("T")


def is_deferred(value: object) -> bool:
    """Whether a value is only known later: an `Output` or something awaitable."""
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)


def shown(value: object) -> str:
    """A value as an error message shows it."""
    if is_deferred(value):
        return "an Output"
    return f"a {type(value).__name__}" if type(value).__repr__ is object.__repr__ else repr(value)


class Rule:
    """Annotates a plain type with its rule in words and an example, which the error message then carries.

    Args:
        text: completes the sentence "must be …".
        example: a value that passes.
        check: an extra test that a pattern cannot say; returns what is wrong with the value, or None.
    """

    def __init__(self, text: str, example: object, check: Callable[[Any], str | None] | None = None):
        self.text = text
        self.example = example
        self.check = check

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            **handler(schema),
            "description": f"{self.text[:1].upper()}{self.text[1:]}.",
            "examples": [self.example],
        }

    def _validate(self, value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> object:
        try:
            result = handler(value)
        except ValidationError:
            raise self._error(value, "") from None
        wrong = self.check(result) if self.check else None
        if wrong:
            raise self._error(value, f" ({wrong})")
        return result

    def _error(self, value: object, wrong: str) -> PydanticCustomError:
        plain = " and known before deployment, so a plain value" if is_deferred(value) else ""
        example = f", for example {shown(self.example)}"
        return PydanticCustomError(
            "rule", "must be {rule}; got {got}", {"rule": f"{self.text}{plain}{example}", "got": shown(value) + wrong}
        )


class Deferred:
    """Annotates a union of a plain type with `Output`: a plain value is validated now, an `Output` passes untouched.

    An awaitable becomes an `Output`.

    Args:
        constraints: pydantic annotations of the plain type, such as a `Rule`.
    """

    def __init__(self, *constraints: object):
        self.constraints = constraints

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        plain: Any = get_args(source)[0]
        for constraint in self.constraints:
            plain = Annotated[plain, constraint]
        inner = handler.generate_schema(plain)

        def validate(value: object, handle: core_schema.ValidatorFunctionWrapHandler) -> object:
            if isinstance(value, Awaitable):
                # An awaitable can be awaited once, an Output as often as there are children.
                return pulumi.Output.from_input(cast(Awaitable[object], value))
            return value if is_deferred(value) else handle(value)

        return core_schema.no_info_wrap_validator_function(validate, inner)


def _not_blank(value: str) -> str | None:
    return None if value and value.strip() == value else "empty, or white space around it"


InputStr = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(Rule("text without white space around it, or an Output", "rg-shop-dev", _not_blank)),
]


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
        arbitrary_types_allowed=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        loc_by_alias=False,
    )

    def __init__(self, /, **data: Any):
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InvalidArgumentError(f"{type(self).__name__}{_place()}", problems(error, type(self))) from None
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


def problems(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Every problem of a validation error, those of nested models included.

    Args:
        error: what pydantic raised.
        model: the model that was validated; its fields are suggested for a misspelt name.
    """
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, InvalidArgumentError):
            yield from (Problem((*path, *problem.path), problem.text, problem.names) for problem in cause.problems)
        elif detail["type"] == "missing":
            yield Problem(path, f"is required{_example(model, path)}")
        elif detail["type"] == "extra_forbidden":
            yield _unknown(path, model)
        else:
            yield Problem(_without_internals(path), _sentence(detail))


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


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
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        found = [Problem((argument, *_without_internals(each["loc"])), _sentence(each)) for each in error.errors()]
        raise InvalidArgumentError(where, found) from None


def _sentence(detail: ErrorDetails) -> str:
    """What pydantic says in the house form."""
    context = detail.get("ctx", {})
    got = f"; got {shown(detail['input'])}"
    match detail["type"]:
        case "rule" | "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case "too_short":
            return f"must have at least {context['min_length']} entry{got}"
        case "too_long":
            return f"must have at most {context['max_length']} entries; got {context['actual_length']}"
        case "bool_type" | "bool_parsing":
            return f"must be true or false{got}"
        case "model_type" | "dataclass_type":
            return f"must be a {context['class_name']} or a map of its arguments{got}"
        case "model_attributes_type":
            return f"must be a map of arguments, {{}} where all can be left out{got}"
        case "is_instance_of":
            return f"must be a {context['class']}{got}"
        case "list_type" | "tuple_type" | "sequence_str" | "iterable_type":
            return f"must be a list{got}"
        case "dict_type" | "mapping_type":
            return f"must be a map{got}"
        case _:
            rule = detail["msg"].removeprefix("Input should be ")
            return f"must be {rule[:1].lower()}{rule[1:]}{got}"


def _without_internals(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path without pydantic's own marks, such as `[key]` for a map's key."""
    return tuple(part for part in path if not (isinstance(part, str) and part.startswith("[")))


def _example(model: type[BaseModel], path: tuple[str | int, ...]) -> str:
    field = model.model_fields.get(str(path[-1])) if len(path) == 1 else None
    given = field.metadata if field else []
    told = [*given, *(each for item in given if isinstance(item, Deferred) for each in item.constraints)]
    rule = next((item for item in told if isinstance(item, Rule)), None)
    return f": {rule.text}, for example {rule.example!r}" if rule else ""


def _unknown(path: tuple[str | int, ...], model: type[BaseModel]) -> Problem:
    known = sorted(model.model_fields)
    name = to_snake(str(path[-1]))
    if len(path) == 1 and name in known:
        return Problem(path, f"must be given in one spelling; got {name} and {to_camel(name)}")
    close = difflib.get_close_matches(to_snake(str(path[-1])), known, n=1)
    if close:
        return Problem(path, "is not known; did you mean {0}?", (close[0],))
    return Problem(path, f"is not known; known are {', '.join(f'{{{i}}}' for i in range(len(known)))}", tuple(known))


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
