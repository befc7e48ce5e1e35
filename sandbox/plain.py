"""Plain JSON values, read with the types a checker can follow."""

from typing import Any, TypeGuard


def is_map(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def part(value: Any, *path: str) -> dict[str, Any]:
    """The mapping at a path; an empty one where there is none."""
    for step in path:
        value = value.get(step) if is_map(value) else None
    return value if is_map(value) else {}


def items(value: Any, *path: str) -> list[Any]:
    """The list at a path; an empty one where there is none."""
    *above, name = path
    found = part(value, *above).get(name)
    return found if is_list(found) else []


def merge_patched(existing: Any, patch: Any) -> Any:
    """What a JSON merge patch makes of a value: RFC 7396."""
    if not is_map(patch):
        return patch
    merged = dict(existing) if is_map(existing) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patched(merged.get(name), value)
    return merged


def merge_patch(before: Any, after: Any) -> Any:
    """The JSON merge patch that turns one value into another."""
    if not is_map(before) or not is_map(after):
        return after
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        if name not in before or before[name] != value:
            patch[name] = merge_patch(before.get(name), value)
    return patch
