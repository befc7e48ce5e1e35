"""Reading and changing pod templates, which are typed arguments or dicts in either spelling."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi
from pydantic.alias_generators import to_camel


def with_template(spec: Any, change: Callable[[Any], Any], problems: list[str]) -> Any:
    """Applies a change to the pod template, wherever this kind of spec keeps it.

    Args:
        spec: the spec of a kind that carries pods, a whole object of such a kind, or a whole Pod.
        change: changes the template.
        problems: gets what stands against it.
    """
    if isinstance(spec, pulumi.Output):
        problems.append("spec must be plain, so that its label and service account can be checked; got an Output")
        return cast(Any, spec)
    for inner in ("job_template", "spec", "template"):
        found = get(spec, inner)
        if found is not None:
            is_template = inner == "template" or (inner == "spec" and get(found, "containers") is not None)
            if isinstance(found, pulumi.Output):
                problems.append(f"spec.{to_camel(inner)} must be plain; got an Output")
                return spec
            if inner == "spec" and is_template:
                return change(spec)
            return changed(spec, **{inner: change(found) if is_template else with_template(found, change, problems)})
    problems.append(
        "spec must be the spec of a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob, or a whole Pod "
        f"with metadata and spec; got {type(spec).__name__} without a pod template"
    )
    return spec


def plain(value: Any, where: str, problems: list[str]) -> Any:
    """A map or a list of the template, which must be known now to be checked."""
    if isinstance(value, pulumi.Output):
        problems.append(f"{where} must be plain; got an Output")
        return {} if where in ("labels", "annotations") else []
    return value


def get(value: Any, *path: str) -> Any:
    """A field of typed arguments, or of a dict in either spelling; None where there is none."""
    for field in path:
        if isinstance(value, Mapping):
            fields = cast(Mapping[str, Any], value)
            value = fields.get(field, fields.get(to_camel(field)))
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
