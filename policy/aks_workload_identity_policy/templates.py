"""What a template, or a request without a type of its own, makes in Azure of what this pack would judge."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, cast

from pulumi_policy.proxy import UnknownValueError

from aks_workload_identity_policy.fields import json_in
from aks_workload_identity_policy.resource import Later, Part, is_unknown

# Words of ARM types, whatever stands before them: a child names itself alone, an extension the resource it is on.
# Microsoft Learn: azure-resource-manager/templates/child-resource-name-type; scope-extension-resources
_WORDS = re.compile(
    r".*role(?:assignments?|definitions?|bindings?)|role(?:assignment|eligibility)schedulerequests"
    r"|federatedidentitycredentials|accesspolicies|.*accesspolicyassignments|.*principalassignments"
    r"|registration(?:assignments|definitions)|deploymentscripts|jwtauthenticators|identitybindings|.*authorizationrules"
    r"|(?:sql)?administrators|approleassignedto|oauth2permissiongrants"
)
# Resources that rules judge as a whole.
_TYPES = re.compile(
    r"(?:microsoft\.(?:keyvault/(?:vaults|managedhsms)|containerservice/managedclusters|containerregistry/registries"
    r"|cognitiveservices/accounts|servicelinker/(?:linkers|connectors)|confidentialledger/ledgers|solutions)"
    r"|microsoft\.graph)(?:/.*)?"
)
_HOLDS_RESOURCES = frozenset(("template", "maintemplate", "resources"))
_ELSEWHERE = frozenset(("templatelink", "packagefileuri"))
_A_RESOURCE = re.compile(r"(?:.*\.)?resources(?:\[\d+\]|\.[^.\[\]]+)\.type")
_KEYS = re.compile(r"\blist\w*(?:key|secret|credential|connectionstring|sas|token)\w*\s*\(", re.IGNORECASE)


def is_judged(type_: str) -> bool:
    """Whether the pack would judge a resource of this ARM type, absolute or relative, with or without a version."""
    bare = type_.lower().partition("@")[0].strip("/")
    return bool(_TYPES.fullmatch(bare)) or any(_WORDS.fullmatch(word) for word in bare.split("/"))


def faults_in(value: object, later: Later, at: str = "") -> Iterator[str]:
    """What a template holds that must be judged, and what of it cannot be read.

    Mentioning a role, as an output or a parameter does, grants nothing.
    """
    if isinstance(value, str):
        if is_unknown(value):
            raise UnknownValueError(value, [at])
        parsed = json_in(value)
        if parsed is not None:
            yield from faults_in(parsed, later, at)
        elif _last(at) in _HOLDS_RESOURCES:
            yield f"cannot be judged: {at} is {value[:60]!r}, not resources; write them out"
        elif is_expression(value) and _KEYS.search(value):
            yield f"{at} takes keys ({value[:60]!r}); give the workload's identity a data role instead"
    elif isinstance(value, Mapping):
        fields = cast(Mapping[str, Any], value)
        for key in fields:
            with later or nullcontext():
                yield from _field_faults(key, fields[key], later, f"{at}.{key}" if at else key)
    elif isinstance(value, Sequence):
        items = cast(Sequence[Any], value)
        for index in range(len(items)):
            with later or nullcontext():
                yield from faults_in(items[index], later, f"{at}[{index}]")


def faults_of(resource: Part, later: Later, *without: str) -> Iterator[str]:
    """What the properties of a resource hold that must be judged; some of them may be left out."""
    for name in resource.names():
        if name not in without:
            with later:
                yield from _field_faults(name, resource.content(name), later, name)


def is_expression(text: str) -> bool:
    """Whether Azure computes this text of a template.

    Source: Microsoft Learn, azure-resource-manager/templates/template-expressions (brackets; `[[` is a bracket).
    """
    return text.startswith("[") and not text.startswith("[[")


def _field_faults(key: str, value: object, later: Later, at: str) -> Iterator[str]:
    name = key.lower()
    plain = value if isinstance(value, str) and not is_unknown(value) else None
    if name in _ELSEWHERE and value is not None:
        yield f"cannot be judged: {at} takes the template from elsewhere; register its resources instead"
    elif name == "type" and plain and is_judged(plain):
        yield f"{at} is {plain}; register it with azure-native, so that it is judged"
    elif name == "type" and plain and is_expression(plain) and _A_RESOURCE.fullmatch(at.lower()):
        yield f"cannot be judged: {at} is {plain[:60]!r}, and any type may come of it; write the type out"
    elif name == "administrators" and (isinstance(value, Mapping) or (plain and is_expression(plain))):
        yield f"{at} names who administers a service; register it with azure-native, so that it is judged"
    else:
        yield from faults_in(value, later, at)


def _last(at: str) -> str:
    return at.rpartition(".")[2].lower()
