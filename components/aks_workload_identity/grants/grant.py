"""One permission of a workload: a role on a resource."""

import re
from collections.abc import Awaitable
from typing import Annotated, Self

import pulumi
from pydantic import InstanceOf, model_validator

from ..arguments import Arguments, Deferred, Rule
from ..errors import refused
from ..names import PlainText
from .roles import WORKLOAD_ROLES, Role

_RESOURCE_ID = re.compile(r"^/subscriptions/[^/]+/resourceGroups/[^/]+/providers(/[^/]+){3,}$", re.IGNORECASE)


def is_resource_id(value: str) -> bool:
    """Whether an id is that of a resource, not of a group of resources."""
    return bool(_RESOURCE_ID.match(value))


def _resource(value: str) -> str | None:
    return None if is_resource_id(value) else "a resource group, subscription or management group is too wide"


ResourceId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the id of one resource, or an Output",
            "/subscriptions/…/resourceGroups/rg-shop-dev/providers/Microsoft.KeyVault/vaults/kv-shop",
            _resource,
        )
    ),
]


class Grant(Arguments):
    """A role on one resource, ready to be given to a workload's identity.

    Take it from the catalogue, for example `key_vault.read_secrets(vault.id)`; every function there names
    the narrowest built-in role for its verb. A scope above a resource is refused: a role assignment cannot
    be narrowed later without being replaced.

    Source: Microsoft Learn, "Azure RBAC best practices"; "Understand scope for Azure RBAC".
    """

    role: InstanceOf[Role]
    """The built-in role."""
    scope: ResourceId
    """The resource's id; an id above a resource is refused, one in an `Output` as soon as it is known."""
    condition: PlainText | None = None
    """Narrows the role further, such as `conditions.on_secret_names([…])`; left out, all of the scope."""

    @model_validator(mode="after")
    def _role_is_in_the_catalogue(self) -> Self:
        if self.role not in WORKLOAD_ROLES:
            raise refused("role", f"must be one that the catalogue grants; got {self.role.name} ({self.role.guid})")
        return self


def on(resource_type: str, role: Role, scope: ResourceId, condition: str | None = None) -> Grant:
    """A grant whose plain scope is checked to be of one resource type.

    Args:
        resource_type: such as `Microsoft.KeyVault/vaults`.
        role: the role.
        scope: the resource's id.
        condition: narrows the role further; left out, all of the scope.
    """
    provider, *types = resource_type.split("/")
    pattern = rf"^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/{re.escape(provider)}"
    pattern += "".join(rf"/{re.escape(name)}/[^/]+" for name in types) + "$"
    if isinstance(scope, str) and _RESOURCE_ID.match(scope) and not re.match(pattern, scope, re.IGNORECASE):
        raise refused("scope", f"must be the id of a {resource_type}; got {scope!r}")
    return Grant(role=role, scope=scope, condition=condition)


def subscription_of(scope: object, default: str) -> str:
    """The subscription of a plain scope, otherwise the deployment's own."""
    found = re.match(r"^/subscriptions/([^/]+)/", scope, re.IGNORECASE) if isinstance(scope, str) else None
    return found.group(1) if found else default
