"""Reading and changing pod templates, which are typed arguments or dicts in either spelling."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pydantic.alias_generators import to_camel

from ..arguments import is_deferred, shown
from ..errors import InvalidArgumentError, Problem


def with_template(spec: Any, change: Callable[[Any], Any], problems: list[str]) -> Any:
    """Applies a change to the pod template, wherever this kind of spec keeps it.

    Args:
        spec: the spec of a kind that carries pods, a whole object of such a kind, or a whole Pod.
        change: changes the template.
        problems: gets what stands against it.
    """
    if is_deferred(spec):
        problems.append(_later("spec"))
        return spec
    for inner in ("job_template", "spec", "template"):
        found = get(spec, inner)
        if found is not None:
            is_template = inner == "template" or (inner == "spec" and get(found, "containers") is not None)
            if is_deferred(found):
                problems.append(_later(f"spec.{to_camel(inner)}"))
                return spec
            if not _is_object(f"spec.{to_camel(inner)}", found, problems):
                return spec
            if inner == "spec" and is_template:
                return change(spec)
            return changed(spec, **{inner: change(found) if is_template else with_template(found, change, problems)})
    problems.append(
        "spec must be the spec of a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob, or a whole Pod "
        f"with metadata and spec; got {type(spec).__name__} without a pod template"
    )
    return spec


def _later(where: str) -> str:
    return f"{where} must be plain, so that it can be checked in every preview; got an Output"


def read(value: Any, field: str, where: str, problems: list[str]) -> Any:
    """A field that is checked, so it must be known now; None where there is none, or where it is not known.

    Args:
        value: what has the field.
        field: the field's name in snake_case.
        where: which one it is, for the message; nothing where the field's name says it.
        problems: gets what stands against it.
    """
    found = get(value, field)
    if is_deferred(found):
        problems.append(_later(f"{to_camel(field)}{where}"))
        return None
    return found


def read_map(value: Any, field: str, where: str, problems: list[str]) -> Any:
    """A map or typed arguments, read as `read` reads a field; empty where there is none."""
    found = read(value, field, where, problems)
    return found if found is not None and _is_object(f"{to_camel(field)}{where}", found, problems) else {}


def read_items(value: Any, field: str, where: str, problems: list[str]) -> list[Any]:
    """The entries of a list that is checked, as `read` reads a field: list and entries must be known now."""
    found = read(value, field, where, problems)
    if (found is not None and not isinstance(found, Sequence)) or isinstance(found, str):
        problems.append(f"{to_camel(field)}{where} must be a list; got {shown(found)}")
        return []
    entries = list(enumerate(cast(Sequence[Any], found or ())))
    problems.extend(_later(f"{to_camel(field)}[{i}]{where}") for i, each in entries if is_deferred(each))
    return [
        each
        for i, each in entries
        if not is_deferred(each) and _is_object(f"{to_camel(field)}[{i}]{where}", each, problems)
    ]


def _is_object(where: str, value: Any, problems: list[str]) -> bool:
    if value is None or isinstance(value, str | bytes | int | float | Sequence):
        problems.append(f"{where} must be a map or typed arguments; got {shown(cast(object, value))}")
        return False
    return True


def get(value: Any, *path: str) -> Any:
    """A field of typed arguments, or of a dict in either spelling; None where there is none.

    Raises:
        InvalidArgumentError: when a dict has both spellings, of which only one could be checked.
    """
    for field in path:
        if isinstance(value, Mapping):
            fields = cast(Mapping[str, Any], value)
            spelled = [each for each in dict.fromkeys((field, to_camel(field))) if each in fields]
            if len(spelled) > 1:
                text = f"must have each field in one spelling; got {' and '.join(spelled)}"
                raise InvalidArgumentError("The pod template", [Problem((), text)])
            value = fields[spelled[0]] if spelled else None
        else:
            value = getattr(value, field, None)
    return value


def changed(value: Any, **changes: Any) -> Any:
    """A copy of typed arguments or of a dict with some fields changed."""
    if isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        kept = {key: item for key, item in fields.items() if not any(key in (f, to_camel(f)) for f in changes)}
        return {**kept, **{to_camel(field): item for field, item in changes.items()}}
    result = copy.copy(value)
    for field, item in changes.items():
        setattr(result, field, item)
    return result
