"""What every argument model shares: frozen pydantic, plain or deferred fields, errors in one form."""

import difflib
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, Self, cast, get_args

import pulumi
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .errors import InvalidArgumentError, Problem


def is_deferred(value: object) -> bool:
    """Whether a value is only known later: an `Output` or something awaitable."""
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)


def shown(value: object) -> str:
    """A value as an error message shows it."""
    return "an Output" if is_deferred(value) else repr(value)


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
        use_attribute_docstrings=True,
    )

    def __init__(self, /, **data: Any):
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InvalidArgumentError(type(self).__name__, problems(error, type(self))) from None

    def replaced(self, **changes: Any) -> Self:
        """A copy with some fields changed, validated again."""
        return type(self)(**{**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


def problems(error: ValidationError, model: type[BaseModel], spell: Callable[[str], str] = str) -> Iterator[Problem]:
    """Every problem of a validation error, those of nested models included.

    Args:
        error: what pydantic raised.
        model: the model that was validated; its fields are suggested for a misspelt name.
        spell: how suggestions are written where the user wrote the name.
    """
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, InvalidArgumentError):
            yield from (Problem((*path, *problem.path), problem.text) for problem in cause.problems)
        elif detail["type"] == "missing":
            yield Problem(path, f"is required{_example(model, path)}")
        elif detail["type"] == "extra_forbidden":
            yield Problem(path, f"is not known; {_suggestion(str(path[-1]), model, spell)}")
        elif detail["type"] in ("rule", "value_error"):
            yield Problem(path, detail["msg"].removeprefix("Value error, "))
        else:
            rule = detail["msg"].removeprefix("Input should be ")
            yield Problem(path, f"must be {rule[:1].lower()}{rule[1:]}; got {shown(detail['input'])}")


def _example(model: type[BaseModel], path: tuple[str | int, ...]) -> str:
    field = model.model_fields.get(str(path[-1])) if len(path) == 1 else None
    rule = next((item for item in field.metadata if isinstance(item, Rule)), None) if field else None
    return f": {rule.text}, for example {rule.example!r}" if rule else ""


def _suggestion(name: str, model: type[BaseModel], spell: Callable[[str], str]) -> str:
    known = sorted(spell(field) for field in model.model_fields)
    close = difflib.get_close_matches(spell(name), known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def checked(value: pulumi.Input[str], check: Callable[[str], str]) -> pulumi.Output[str]:
    """A computed text that is checked as soon as it is known; a failure stops what depends on it."""
    return pulumi.Output.from_input(value).apply(check)
