"""What is wrong with the arguments of a call, in words and all of it at once."""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .errors import InvalidArgumentError, Problem
from .rules import Deferred, Rule, is_deferred, shown

_NONE = object()


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
            yield Problem(without_internals(path), sentence(detail))


def broken_rules(error: ValidationError, model: type[BaseModel], given: Mapping[str, Any]) -> Iterator[Problem]:
    """What the model's own rules say of the arguments that are right each by itself.

    The validator asks no rule as long as one argument is wrong, and no further one after the first that is broken;
    a user would mend one thing after another.

    Args:
        error: what pydantic raised.
        model: the model that was validated.
        given: the arguments of the call.
    """
    paths = [detail["loc"] for detail in error.errors(include_url=False) if detail["loc"]]
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        spelled = next((each for each in (name, field.alias) if each in given), None)
        if spelled:
            values[name] = _right_part(field, given[spelled], [path for path in paths if path[0] == name])
    known = model.model_construct(set(values), **values)
    for name in (name for name, value in values.items() if value is _NONE):
        object.__delattr__(known, name)
    for rule in model.__pydantic_decorators__.model_validators.values():
        try:
            rule.func(known)
        except InvalidArgumentError as broken:
            yield from broken.problems
        except AttributeError as missing:
            # The rule is about an argument that is wrong by itself.
            if missing.obj is not known or missing.name not in model.model_fields:
                raise


def _right_part(field: FieldInfo, value: Any, wrong: list[tuple[str | int, ...]]) -> Any:
    """The value, or what is right in a map; nothing if that is no value of the field."""
    if wrong:
        if not isinstance(value, Mapping) or any(len(path) == 1 for path in wrong):
            return _NONE
        keys = {path[1] for path in wrong}
        value = {key: each for key, each in cast(Mapping[Any, Any], value).items() if str(key) not in keys}
    if is_deferred(value):
        return value
    try:
        return adapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError:
        return _NONE


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def sentence(detail: ErrorDetails) -> str:
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


def without_internals(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
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
        given = str(path[-1])
        if given not in (name, to_camel(name)):
            return Problem(path, "is not known; did you mean {0}?", (name,))
        return Problem(path, f"must be given in one spelling; got {name} and {to_camel(name)}")
    close = difflib.get_close_matches(to_snake(str(path[-1])), known, n=1)
    if close:
        return Problem(path, "is not known; did you mean {0}?", (close[0],))
    return Problem(path, f"is not known; known are {', '.join(f'{{{i}}}' for i in range(len(known)))}", tuple(known))
