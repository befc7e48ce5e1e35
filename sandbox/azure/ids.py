"""Azure resource ids: taken apart, compared without case, written in one canonical form.

Source: Microsoft Learn, azure-resource-manager/management/resource-name-rules and the ARM resource provider contract
(`/subscriptions/{id}/resourceGroups/{name}/providers/{namespace}/{type}/{name}…`, extension resources append a second
`/providers/…`).
"""

from dataclasses import dataclass

SUBSCRIPTIONS = "Microsoft.Resources/subscriptions"
RESOURCE_GROUPS = "Microsoft.Resources/resourceGroups"
DEPLOYMENTS = "Microsoft.Resources/deployments"


@dataclass(frozen=True)
class Address:
    """A resource, or with one name less than its type has parts, the collection of such resources."""

    scope: str
    type: str
    names: tuple[str, ...]

    @property
    def is_collection(self) -> bool:
        return len(self.names) < len(self.type.split("/")) - 1

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def namespace(self) -> str:
        return self.type.partition("/")[0]

    @property
    def parent(self) -> "Address | None":
        """The resource this one, or this collection, lies in: a credential's identity, an agent pool's cluster."""
        names = self.names if self.is_collection else self.names[:-1]
        return Address(self.scope, self.type.rpartition("/")[0], names) if names else None

    @property
    def resource_group(self) -> str:
        return resource_group_of(str(self))

    @property
    def subscription(self) -> str:
        parts = str(self).split("/")
        return parts[2] if len(parts) > 2 and parts[1].lower() == "subscriptions" else ""

    @property
    def key(self) -> str:
        return str(self).lower()

    def __str__(self) -> str:
        if self.type == SUBSCRIPTIONS:
            return "/".join(("/subscriptions", *self.names))
        if self.type == RESOURCE_GROUPS:
            return "/".join((self.scope, "resourceGroups", *self.names))
        namespace, *kinds = self.type.split("/")
        path = [self.scope, "providers", namespace]
        for position, kind in enumerate(kinds):
            path.append(kind)
            path.extend(self.names[position : position + 1])
        return "/".join(path)


def resource_group_of(resource_id: str) -> str:
    parts = resource_id.split("/")
    return parts[4] if len(parts) > 4 and parts[3].lower() == "resourcegroups" else ""


def parse(path: str) -> Address | None:
    """The address a path names; None for what is not a resource path."""
    parts = [part for part in path.split("/") if part]
    lowered = [part.lower() for part in parts]
    if "providers" in lowered:
        at = len(lowered) - 1 - lowered[::-1].index("providers")
        tail = parts[at + 1 :]
        if len(tail) < 2:
            return None
        namespace, kinds, names = tail[0], tail[1::2], tail[2::2]
        scope = "".join(f"/{part}" for part in parts[:at])
        parent = parse(scope) if scope else None
        return Address(str(parent) if parent else scope, "/".join((namespace, *kinds)), tuple(names))
    if lowered[:1] == ["subscriptions"]:
        if len(parts) in (1, 2):
            return Address("", SUBSCRIPTIONS, tuple(parts[1:]))
        if len(parts) in (3, 4) and lowered[2] == "resourcegroups":
            return Address(f"/subscriptions/{parts[1]}", RESOURCE_GROUPS, tuple(parts[3:]))
    return None
