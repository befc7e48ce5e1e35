"""What the API server refuses about an object.

Source: kubernetes/apimachinery pkg/util/validation/validation.go and pkg/api/validation/objectmeta.go,
kubernetes/kubernetes pkg/apis/*/validation.
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.kubernetes.kinds import Kind
from sandbox.kubernetes.status import bad_request, invalid
from sandbox.plain import is_map, part

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_JSON_TYPES: dict[type[Any], str] = {bool: "boolean", int: "integer", float: "number", list: "array"}
_RBAC = "rbac.authorization.k8s.io"
_SUBJECT_GROUPS = {"ServiceAccount": "", "User": _RBAC, "Group": _RBAC}
_SELECTING = ("Deployment", "DaemonSet", "StatefulSet")


def check(kind: Kind, name: str, wanted: dict[str, Any], existing: dict[str, Any] | None) -> None:
    """Refuse an object that the API server would not store.

    Raises:
        StatusError: 400 for what cannot be decoded, 422 for what breaks a rule; every broken rule is listed.
    """
    for field in ("labels", "annotations"):
        strings: Any = wanted["metadata"].get(field) or {}
        if not is_map(strings) or any(not isinstance(value, str) for value in strings.values()):
            raise bad_request(
                f"{kind.name} in version {kind.api_version!r} cannot be handled as a {kind.name}: "
                f"json: cannot unmarshal into Go struct field ObjectMeta.metadata.{field} of type string"
            )
    problems = [*_name(kind, name), *_labels("metadata.labels", part(wanted, "metadata", "labels"))]
    if kind.name in _SELECTING:
        problems += _selector(wanted)
    if kind.name == "SecretProviderClass":
        problems += _parameters(wanted)
    if kind.name in ("RoleBinding", "ClusterRoleBinding"):
        problems += _binding(kind, wanted)
    if kind.name == "Namespace":
        problems += _pod_security(part(wanted, "metadata", "labels"))
    if existing is not None:
        problems += _immutable(kind, wanted, existing)
    if problems:
        raise invalid(kind, name, problems)


def _name(kind: Kind, name: str) -> Iterator[str]:
    limit, pattern, form, signs = 253, _SUBDOMAIN, "subdomain", ", '-' or '.'"
    if kind.label_name:
        limit, pattern, form, signs = 63, _LABEL, "label", " or '-'"
    if len(name) > limit:
        yield f"metadata.name: Too long: may not be more than {limit} bytes"
    if not re.fullmatch(pattern, name):
        yield (
            f'metadata.name: Invalid value: "{name}": a lowercase RFC 1123 {form} must consist of lower case '
            f"alphanumeric characters{signs}, and must start and end with an alphanumeric character"
        )


def _labels(path: str, labels: dict[str, str]) -> Iterator[str]:
    for key, value in labels.items():
        prefix, _, name = key.rpartition("/")
        if len(name) > 63 or not re.fullmatch(_QUALIFIED, name) or (prefix and not re.fullmatch(_SUBDOMAIN, prefix)):
            yield f'{path}: Invalid value: "{key}": a qualified name must consist of alphanumeric characters, -, _ or .'
        if len(value) > 63 or not re.fullmatch(rf"({_QUALIFIED})?", value):
            yield f'{path}: Invalid value: "{value}": a valid label must be alphanumeric, -, _ or .'


def _selector(wanted: dict[str, Any]) -> Iterator[str]:
    selected = part(wanted, "spec", "selector", "matchLabels")
    labels = part(wanted, "spec", "template", "metadata", "labels")
    yield from _labels("spec.template.labels", labels)
    if not selected and not part(wanted, "spec", "selector").get("matchExpressions"):
        yield "spec.selector: Required value"
    elif any(labels.get(key) != value for key, value in selected.items()):
        yield f"spec.template.metadata.labels: Invalid value: {labels}: `selector` does not match template `labels`"
    if not part(wanted, "spec", "template", "spec").get("containers"):
        yield "spec.template.spec.containers: Required value"


def _parameters(wanted: dict[str, Any]) -> Iterator[str]:
    # Schema: kubernetes-sigs/secrets-store-csi-driver deploy/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml
    for name, value in part(wanted, "spec", "parameters").items():
        if not isinstance(value, str):
            kind = next((word for type_, word in _JSON_TYPES.items() if isinstance(value, type_)), "object")
            path = f"spec.parameters.{name}"
            yield f'{path}: Invalid value: "{kind}": {path} in body must be of type string: "{kind}"'


def _binding(kind: Kind, wanted: dict[str, Any]) -> Iterator[str]:
    # kubernetes/kubernetes pkg/apis/rbac/validation/validation.go
    reference, roles = part(wanted, "roleRef"), ("Role", "ClusterRole")
    if reference.get("apiGroup") != _RBAC:
        yield f'roleRef.apiGroup: Unsupported value: "{reference.get("apiGroup", "")}": supported values: "{_RBAC}"'
    kinds = roles if kind.namespaced else roles[1:]
    if reference.get("kind") not in kinds:
        supported = ", ".join(f'"{each}"' for each in kinds)
        yield f'roleRef.kind: Unsupported value: "{reference.get("kind", "")}": supported values: {supported}'
    if not reference.get("name"):
        yield "roleRef.name: Required value"
    for index, subject in enumerate(wanted.get("subjects") or []):
        group = _SUBJECT_GROUPS.get(subject.get("kind"))
        if group is None:
            supported = ", ".join(f'"{each}"' for each in _SUBJECT_GROUPS)
            yield f'subjects[{index}].kind: Unsupported value: "{subject.get("kind")}": supported values: {supported}'
        elif subject.get("apiGroup", group) != group:
            given = subject["apiGroup"]
            yield f'subjects[{index}].apiGroup: Unsupported value: "{given}": supported values: "{group}"'
        if not subject.get("name"):
            yield f"subjects[{index}].name: Required value"


def _pod_security(labels: dict[str, str]) -> Iterator[str]:
    # kubernetes/pod-security-admission admission/admission.go, api/helpers.go
    for mode in ("enforce", "audit", "warn"):
        name = f"pod-security.kubernetes.io/{mode}"
        level, version = labels.get(name, "restricted"), labels.get(f"{name}-version", "latest")
        if level not in ("privileged", "baseline", "restricted"):
            yield (
                f'metadata.labels[{name}]: Invalid value: "{level}": must be one of privileged, baseline, restricted'
            )
        if not re.fullmatch(r"latest|v1\.([0-9]|[1-9][0-9]*)", version):
            yield (f'metadata.labels[{name}-version]: Invalid value: "{version}": must be "latest" or "v1.x"')


def _immutable(kind: Kind, wanted: dict[str, Any], existing: dict[str, Any]) -> Iterator[str]:
    for path in kind.immutable:
        if _at(wanted, path) != _at(existing, path):
            yield f"{path}: Invalid value: {_at(wanted, path)}: field is immutable"


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if is_map(value) else None
    return value
