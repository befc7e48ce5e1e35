"""What one cluster's API server does with a request."""

import base64
from dataclasses import dataclass
from typing import Any

from sandbox.kubernetes import managed_fields, status
from sandbox.kubernetes.kinds import NAMESPACE, SYSTEM_NAMESPACES, Kind
from sandbox.kubernetes.managed_fields import Writer
from sandbox.kubernetes.objects import Objects
from sandbox.kubernetes.rules import check
from sandbox.plain import merge_patched, part


@dataclass(frozen=True)
class Target:
    """What a path names: an object, or without a name all objects of a kind; no namespace means all of them."""

    kind: Kind
    namespace: str
    name: str


@dataclass(frozen=True)
class Cluster:
    """The API server of one cluster.

    Args:
        key: What its objects are kept under.
        add_ons: The AKS add-ons that are on.
        objects: Where objects are kept.
    """

    key: str
    add_ons: frozenset[str]
    objects: Objects

    def has(self, kind: Kind) -> bool:
        return kind.add_on is None or kind.add_on in self.add_ons

    def handle(self, method: str, target: Target, body: dict[str, Any], writer: Writer) -> tuple[int, dict[str, Any]]:
        """HTTP status and body of the answer.

        Raises:
            StatusError: The API server refuses.
        """
        with self.objects.transaction():
            match method, bool(target.name):
                case "GET", False:
                    return 200, self._list(target)
                case "GET", True:
                    return 200, self._existing(target)
                case "POST", False:
                    return 201, self._create(target, body, writer)
                case "PUT", True:
                    return 200, self._update(target, body, self._existing(target), writer)
                case "PATCH", True:
                    return self._patch(target, body, writer)
                case "DELETE", True:
                    return 200, self._delete(target)
                case _:
                    raise status.StatusError(
                        405, "MethodNotAllowed", "the server does not allow this method on the requested resource"
                    )

    def _list(self, target: Target) -> dict[str, Any]:
        items = self.objects.list(self.key, target.kind, target.namespace or None)
        return {
            "kind": f"{target.kind.name}List",
            "apiVersion": target.kind.api_version,
            "metadata": {},
            "items": items,
        }

    def _existing(self, target: Target) -> dict[str, Any]:
        found = self.objects.get(self.key, target.kind, target.namespace, target.name)
        if found is None:
            raise status.not_found(target.kind, target.name)
        return found

    def _create(self, target: Target, body: dict[str, Any], writer: Writer) -> dict[str, Any]:
        kind, wanted = target.kind, managed_fields.made(self._decoded(target, body), writer)
        name = wanted["metadata"].get("name", "")
        if not name:
            raise status.invalid(kind, "", ["metadata.name: Required value: name or generateName is required"])
        if kind.namespaced and self.objects.get(self.key, NAMESPACE, "", target.namespace) is None:
            raise status.not_found(NAMESPACE, target.namespace)
        check(kind, name, wanted, None)
        if self.objects.get(self.key, kind, target.namespace, name) is not None:
            raise status.already_exists(kind, name)
        if kind == NAMESPACE:
            return self.objects.add_namespace(self.key, wanted)
        return self.objects.add(self.key, kind, target.namespace, wanted)

    def _update(self, target: Target, body: dict[str, Any], existing: dict[str, Any], writer: Writer) -> dict[str, Any]:
        wanted = self._named(target, self._decoded(target, body))
        version = wanted["metadata"].get("resourceVersion")
        if version is not None and version != existing["metadata"]["resourceVersion"]:
            raise status.conflict(target.kind, target.name)
        check(target.kind, target.name, wanted, existing)
        return self.objects.replace(self.key, target.kind, existing, managed_fields.updated(existing, wanted, writer))

    def _patch(self, target: Target, body: dict[str, Any], writer: Writer) -> tuple[int, dict[str, Any]]:
        existing = self.objects.get(self.key, target.kind, target.namespace, target.name)
        if writer.applies:
            return self._apply(target, body, existing, writer)
        if existing is None:
            raise status.not_found(target.kind, target.name)
        return 200, self._update(target, merge_patched(existing, body), existing, writer)

    def _apply(
        self, target: Target, body: dict[str, Any], existing: dict[str, Any] | None, writer: Writer
    ) -> tuple[int, dict[str, Any]]:
        sent = self._named(target, self._decoded(target, merge_patched({"metadata": {"name": target.name}}, body)))
        uid = sent["metadata"].get("uid")
        if uid and (existing is None or existing["metadata"]["uid"] != uid):
            raise status.uid_mismatch(target.kind, target.name, uid, part(existing, "metadata").get("uid"))
        if existing is None:
            return 201, self._create(target, sent, writer)
        wanted = managed_fields.applied(target.kind, existing, sent, writer)
        check(target.kind, target.name, wanted, existing)
        return 200, self.objects.replace(self.key, target.kind, existing, wanted)

    def _named(self, target: Target, wanted: dict[str, Any]) -> dict[str, Any]:
        name = wanted["metadata"].get("name", target.name)
        if name != target.name:
            raise status.bad_request(
                f"the name of the object ({name}) does not match the name on the URL ({target.name})"
            )
        return wanted

    def _delete(self, target: Target) -> dict[str, Any]:
        existing = self._existing(target)
        if target.kind == NAMESPACE and target.name in SYSTEM_NAMESPACES:
            raise status.forbidden(target.kind, target.name, "this namespace may not be deleted")
        self.objects.remove(self.key, target.kind, target.namespace, target.name)
        details = {"name": target.name, "kind": target.kind.plural, "uid": existing["metadata"]["uid"]}
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

    def _decoded(self, target: Target, body: dict[str, Any]) -> dict[str, Any]:
        kind = target.kind
        spelled = (body.get("apiVersion", kind.api_version), body.get("kind", kind.name))
        if spelled != (kind.api_version, kind.name):
            raise status.bad_request(
                f"{spelled[1]} in version {spelled[0]!r} cannot be handled as a {kind.name}: "
                f"expected {kind.name} in version {kind.api_version!r}"
            )
        metadata = part(body, "metadata")
        if kind.namespaced and metadata.get("namespace", target.namespace) != target.namespace:
            raise status.bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
        decoded: dict[str, Any] = {
            "kind": kind.name,
            "apiVersion": kind.api_version,
            **body,
            "metadata": {name: value for name, value in metadata.items() if name != "managedFields"},
        }
        return _stored_secret(decoded) if kind.name == "Secret" else decoded


def _stored_secret(body: dict[str, Any]) -> dict[str, Any]:
    """kubernetes.io: "Secrets", stringData is written into data, and Opaque is the default type."""
    texts = part(body, "stringData")
    encoded = {name: base64.b64encode(str(text).encode()).decode() for name, text in texts.items()}
    kept = {name: value for name, value in body.items() if name != "stringData"}
    return {"type": "Opaque", **kept, "data": {**part(body, "data"), **encoded}}
