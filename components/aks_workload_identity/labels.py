"""Tags, labels and taints: what people write on Azure's and Kubernetes' things to find them again."""

import re
from collections.abc import Mapping
from typing import Annotated

from .arguments import Rule
from .names import DNS_SUBDOMAIN_PATTERN

# azure-docs, azure-resource-manager/management/tag-resources (limitations): names do not tell case apart.
MOST_TAGS = 50


def _tags(tags: Mapping[str, str]) -> str | None:
    if len(tags) > MOST_TAGS:
        return f"{len(tags)} tags"
    if len({name.lower() for name in tags}) < len(tags):
        return "two names that differ in case only are one tag"
    wrong = [name for name in tags if not re.fullmatch(r"[^<>%&\\?/]{1,512}", name)]
    wrong += [name for name, value in tags.items() if len(value) > 256]
    return f"the tag {wrong[0]!r}" if wrong else None


# Kubernetes, apimachinery pkg/util/validation: qualified names and label values.
_LABEL_PART = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
# Microsoft Learn, aks/use-labels: "Reserved prefixes".
_RESERVED_PREFIXES = ("kubernetes.azure.com/", "kubernetes.io/")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _label_name(name: str) -> str | None:
    prefix, slash, last = name.rpartition("/")
    if slash and (len(prefix) > 253 or not re.fullmatch(DNS_SUBDOMAIN_PATTERN, prefix)):
        return f"the prefix of {name!r} is no DNS name"
    return None if _LABEL_PART.fullmatch(last) else f"the name {name!r}"


def _label_value(value: str) -> str | None:
    return None if not value or _LABEL_PART.fullmatch(value) else f"the value {value!r}"


def _labels(labels: Mapping[str, str]) -> str | None:
    for name, value in labels.items():
        wrong = _label_name(name) or _label_value(value)
        if wrong:
            return wrong
        if name.startswith(_RESERVED_PREFIXES):
            return f"{name!r} has a prefix that only AKS may use"
    return None


def _taint(taint: str) -> str | None:
    pair, _, effect = taint.rpartition(":")
    name, _, value = pair.partition("=")
    return _label_name(name) or _label_value(value) or (None if effect in _EFFECTS else f"the effect {effect!r}")


Tags = Annotated[
    Mapping[str, str],
    Rule(
        f"at most {MOST_TAGS} tags, names of 1-512 characters without < > % & \\ ? / and values of at most 256",
        {"owner": "team-shop"},
        _tags,
    ),
]
NodeLabels = Annotated[
    Mapping[str, str],
    Rule(
        "Kubernetes labels: names with a prefix or without, at most 63 letters, digits, - _ and . in names and values",
        {"tier": "gpu"},
        _labels,
    ),
]
NodeTaint = Annotated[
    str,
    Rule(
        "a Kubernetes taint <name>=<value>:<effect>, the effect NoSchedule, PreferNoSchedule or NoExecute",
        "sku=gpu:NoSchedule",
        _taint,
    ),
]
