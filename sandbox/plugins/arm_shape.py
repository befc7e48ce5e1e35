"""azure-native's flat properties, and the bodies of Azure Resource Manager."""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from sandbox.plain import is_list, is_map
from sandbox.plugins.arm_types import ArmType
from sandbox.plugins.properties import UNKNOWN, Properties

# Set by azure-native itself among the inputs; neither is sent.
API_VERSION = "azureApiVersion"
CREATE_BEFORE_DELETE = "__createBeforeDelete"

_TOP = frozenset({"location", "tags", "identity", "sku", "kind", "zones", "extendedLocation", "managedBy", "plan"})
# What an object inside a body has beside its `properties`.
_OUTER = frozenset({"id", "name", "type", "etag"})
_READ_ONLY = frozenset({"id", "name", "type", "systemData", "etag", "eTag", "provisioningState", API_VERSION})


def resource_id(row: ArmType, subscription_id: str, inputs: Properties) -> str:
    """The id that the inputs spell."""
    names = {name: quote(str(inputs[name]).strip("/"), safe="/-_.()~") for name in row.path_inputs}
    return row.path.format(subscriptionId=subscription_id, **names)


def names_of(row: ArmType, identifier: str) -> Properties:
    """The path inputs that an id spells."""
    pattern = re.sub(r"\\{(\w+)\\}", lambda match: f"(?P<{match[1]}>.+?)", re.escape(row.path))
    match = re.fullmatch(pattern, identifier, re.IGNORECASE)
    if match is None:
        raise LookupError(f"{identifier!r} must have the form {row.path}")
    names = {name: value for name, value in match.groupdict().items() if name != "subscriptionId"}
    if row.scope_input:
        names[row.scope_input] = f"/{names[row.scope_input]}"
    return names


def body(row: ArmType, inputs: Properties) -> Properties:
    """What is sent to create or update the resource."""
    skipped = {*row.path_inputs, API_VERSION, CREATE_BEFORE_DELETE}
    sent: Properties = {"properties": {}}
    for name, value in inputs.items():
        if name in skipped:
            continue
        if (name in _TOP and name not in row.inside) or (row.wrapped and name == "properties"):
            sent[name] = value
        else:
            sent["properties"] |= _nested(row, _named(row, {name: value}, own=False), own=False)
    identities = sent.get("identity", {}).get("userAssignedIdentities")
    if is_list(identities):
        sent["identity"] = {**sent["identity"], "userAssignedIdentities": {identity: {} for identity in identities}}
    if not sent["properties"]:
        del sent["properties"]
    return sent


def outputs(row: ArmType, api_version: str, received: Properties) -> Properties:
    """What a response holds, as the SDK reads it."""
    flat = {name: value for name, value in received.items() if name not in ("id", "properties")}
    properties = _named(row, _nested(row, received.get("properties", {}), own=True), own=True)
    flat |= {"properties": properties} if row.wrapped else properties
    flat[API_VERSION] = api_version
    return _without_nulls(flat)


def preview(row: ArmType, inputs: Properties) -> Properties:
    """What is known of the outputs before the resource exists: what was given, and nothing else.

    Source: pulumi-azure-native provider/pkg/convert/previewOutputs.go.
    """
    hidden = {*row.path_inputs, CREATE_BEFORE_DELETE} - {"scope"}
    known = {name: value for name, value in inputs.items() if name not in hidden}
    known["name"] = UNKNOWN
    for path in row.computed:
        known = _marked(known, path.replace("[]", ".*").split("."))
    return known


def imported(row: ArmType, identifier: str, live: Properties) -> Properties:
    """Inputs for a resource that was not made here: what the service may be told."""
    return names_of(row, identifier) | {
        name: value for name, value in live.items() if name not in _READ_ONLY and name not in row.computed
    }


def drifted(row: ArmType, inputs: Properties, before: Properties, live: Properties) -> Properties:
    """The inputs with what changed in Azure between the outputs `before` and the outputs `live`.

    Defaults that the service adds are in both and so never count.

    Source: pulumi-azure-native provider/pkg/provider/diff.go, applyDiff.
    """
    shown = {*inputs, "tags"} - {*row.path_inputs, API_VERSION, CREATE_BEFORE_DELETE}
    past = {name: before[name] for name in shown if name in before}
    present = {name: live[name] for name in shown if name in live}
    return _apply(inputs, past, present, "", lambda path: any(fnmatchcase(path, rule) for rule in _rules(row)))


def same(path: str, before: Any, after: Any) -> bool:
    """Azure compares resource ids without case, and locations without case and spaces."""
    if isinstance(before, str) and isinstance(after, str):
        if path == "location":
            return before.replace(" ", "").lower() == after.replace(" ", "").lower()
        if before.lower().startswith("/subscriptions/"):
            return before.lower() == after.lower()
    return bool(before == after)


def _named(row: ArmType, value: Any, *, own: bool, at: str = "") -> Any:
    """The value with azure-native's own names of its properties, or with those of the REST body."""
    if not row.renamed:
        return value
    if is_list(value):
        return [_named(row, item, own=own, at=f"{at}[]") for item in value]
    if not is_map(value):
        return value
    back = {rest: path for path, rest in row.renamed.items() if path.rpartition(".")[0] == at} if own else {}
    result: Properties = {}
    for name, item in value.items():
        path = back.get(name, f"{at}.{name}" if at else name)
        spelled = path.rpartition(".")[2] if own else row.renamed.get(path, name)
        result[spelled] = _named(row, item, own=own, at=path)
    return result


def _nested(row: ArmType, value: Any, *, own: bool, at: str = "") -> Any:
    """The value with the `properties` of its flattened objects taken out, or put back."""
    if not row.flattened:
        return value
    if is_list(value):
        return [_nested(row, item, own=own, at=f"{at}[]") for item in value]
    if not is_map(value):
        return value
    if own and at in row.flattened:
        value = {**{name: item for name, item in value.items() if name != "properties"}, **value.get("properties", {})}
    items = {name: _nested(row, item, own=own, at=f"{at}.{name}" if at else name) for name, item in value.items()}
    if own or at not in row.flattened:
        return items
    outer = {name: item for name, item in items.items() if name in _OUTER}
    inner = {name: item for name, item in items.items() if name not in _OUTER}
    return {**outer, "properties": inner} if inner else outer


def _rules(row: ArmType) -> list[str]:
    return [path.replace("[]", ".*") for path in row.computed if path != "identity.userAssignedIdentities"]


def _apply(base: Any, before: Any, live: Any, path: str, computed: Callable[[str], bool]) -> Any:
    if is_list(base) and is_map(before) and is_map(live):
        before, live = list(before), list(live)  # a set of ids is a list as input and a map as output
    if is_map(base) and is_map(before) and is_map(live):
        result = {name: value for name, value in base.items() if name not in before or name in live}
        for name, value in live.items():
            below = f"{path}.{name}" if path else name
            if computed(below):
                continue
            if name not in before or name not in base:
                if name not in before or not _equal(below, before[name], value):
                    result[name] = value
            else:
                result[name] = _apply(base[name], before[name], value, below, computed)
        return result
    if is_list(base) and is_list(before) and is_list(live):
        known = min(len(base), len(before))
        return [
            _apply(base[index], before[index], value, f"{path}.{index}", computed) if index < known else value
            for index, value in enumerate(live)
        ]
    return base if _equal(path, before, live) or _equal(path, base, live) else live


def _equal(path: str, before: Any, after: Any) -> bool:
    if is_map(before) and is_map(after):
        return before.keys() == after.keys() and all(_equal(path, before[name], after[name]) for name in before)
    if is_list(before) and is_list(after):
        return len(before) == len(after) and all(_equal(path, old, new) for old, new in zip(before, after, strict=True))
    return same(path, before, after)


def _marked(value: Any, path: list[str]) -> Any:
    if value == UNKNOWN:
        return value
    step, *rest = path
    if is_list(value):
        return [_marked(item, rest) for item in value] if step == "*" and rest else value
    if not is_map(value):
        return value
    if not rest:
        return {**value, step: UNKNOWN}
    names = list(value) if step == "*" else [step]
    return {**value, **{name: _marked(value[name], rest) for name in names if name in value}}


def _without_nulls(value: Any) -> Any:
    if is_map(value):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if is_list(value) else value
