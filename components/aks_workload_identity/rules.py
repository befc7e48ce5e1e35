"""The types of arguments: a rule with its words, and values that are known only later."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast, get_args

import pulumi
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


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
