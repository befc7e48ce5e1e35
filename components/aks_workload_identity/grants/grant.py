"""One permission of a workload: a role on a resource."""

import re
from collections.abc import Awaitable
from typing import Annotated, Self

import pulumi
from pydantic import InstanceOf, model_validator

from ..arguments import Arguments, Deferred, Rule
from ..errors import InvalidArgumentError, Problem, refused
from ..names import Condition, Reason
from .catalogue import CATALOGUE, COSMOS_DB_SCOPES, Verb
from .escalation import ESCALATING
from .roles import Role, SqlRole

# A segment that a server could read as another path, or as several, is no name.
_SEGMENT = r"(?!\.{1,2}(?:/|\Z))[^/\s*%?#\\]+"
_RESOURCE_ID = re.compile(
    rf"/subscriptions/{_SEGMENT}/resourceGroups/{_SEGMENT}/providers(/{_SEGMENT}){{3,}}", re.IGNORECASE
)
_BY_NAME = {verb.name: verb for verb in CATALOGUE}


def is_resource_id(value: str) -> bool:
    """Whether an id is that of one resource: not of a group of resources, and no pattern or way around."""
    return bool(_RESOURCE_ID.fullmatch(value))


def _resource(value: str) -> str | None:
    return (
        None
        if is_resource_id(value)
        else "no plain id of a resource; a resource group, subscription or management group is too wide"
    )


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
    the narrowest built-in role for its verb. What the catalogue does not have takes `wider` and a reason. A
    scope above a resource is refused: a role assignment cannot be narrowed later without being replaced.

    Source: Microsoft Learn, "Azure RBAC best practices"; "Understand scope for Azure RBAC".
    """

    role: InstanceOf[Role]
    """The role."""
    scope: ResourceId
    """The resource's id; an id above a resource is refused, one in an `Output` as soon as it is known."""
    condition: Condition | None = None
    """Narrows the role further, such as `conditions.on_secret_names([…])`; left out, all of the scope. A text
    that is no condition, or that is true whatever is asked for, is refused."""
    verb: InstanceOf[Verb] | None = None
    """The catalogue's entry; left out, the grant needs a reason."""
    because: Reason | None = None
    """Why the catalogue is not enough; left out, the grant is one of the catalogue's."""

    @model_validator(mode="after")
    def _is_narrow_or_explained(self) -> Self:
        if self.verb is not None and self.verb is not _BY_NAME.get(self.verb.name):
            raise refused(
                "verb", f"must be one of CATALOGUE, for example the one of key_vault.read_secrets; got {self.verb!r}"
            )
        problem = self.scope_problem(self.scope) if isinstance(self.scope, str) else None
        if problem:
            raise refused("scope", problem)
        if self.verb is None and self.because is None:
            name = f"{self.role.name} ({self.role.guid})"
            raise refused(
                "role", f"must be one that the catalogue grants, or have a reason: wider(…, because=…); got {name}"
            )
        if self.verb is not None and self.verb.role != self.role:
            raise refused("role", f"must be {self.verb.role.name}, as {self.verb.name} says; got {self.role.name}")
        if self.verb is None and self.role.guid in ESCALATING:
            raise refused(
                "role",
                f"must not be one that gives its holder further roles or identities; got {self.role.name} "
                f"({self.role.guid}), which no reason makes safe for a pod",
            )
        return self

    def scope_problem(self, scope: str) -> str | None:
        """What is wrong with a scope that is known, or None."""
        if not is_resource_id(scope):
            return f"must be the id of one resource; got {scope!r}"
        types = self.verb.resource_types if self.verb else ()
        if not types and isinstance(self.role, SqlRole):
            types = COSMOS_DB_SCOPES
        if types and not any(is_of(each, scope) for each in types):
            return f"must be the id of a {' or '.join(types)}; got {scope!r}"
        return None

    def checked_scope(self, scope: str) -> str:
        """A scope that became known: one that is wider than the verb's resource stops the assignment.

        Raises:
            InvalidArgumentError: with what is wrong.
        """
        problem = self.scope_problem(scope)
        if problem:
            raise InvalidArgumentError("Grant", [Problem(("scope",), problem)])
        return scope

    @property
    def why(self) -> str:
        """The reason, or else what the catalogue calls it."""
        return self.because or (self.verb.name if self.verb else self.role.name)


def catalogued(name: str, scope: ResourceId, *, condition: str | None = None) -> Grant:
    """The grant of a verb on one resource, or on what the condition leaves of it.

    Args:
        name: the verb, as the catalogue calls it.
        scope: the resource's id.
        condition: narrows the role further; left out, all of the resource.
    """
    verb = _BY_NAME[name]
    return Grant(role=verb.role, scope=scope, condition=condition, verb=verb)


def wider(role: Role, scope: ResourceId, *, because: str) -> Grant:
    """A role that the catalogue does not have, on one resource, with the reason for it.

    The assignment's description begins with the reason: there reviewers and the policy pack read it. Roles that
    give their holder further roles or identities are refused whatever the reason, those that run pods on AKS among
    them: a pod becomes whatever its service account may become. What a custom role allows cannot be seen from its
    GUID: the policy pack judges its definition. A Cosmos DB role goes to a Cosmos DB account, database or container.

    Args:
        role: a built-in or custom role, for example `Role(name="Key Vault Crypto User", guid="12338af0-…")`.
        scope: the resource's id.
        because: why nothing narrower will do, 10-500 characters in words.

    Raises:
        InvalidArgumentError: for a scope that is not one resource, a missing reason or an escalating role.

    Source: Microsoft Learn, "Azure RBAC best practices".
    """
    return Grant(role=role, scope=scope, because=because)


def is_of(resource_type: str, scope: str) -> bool:
    """Whether an id is that of a resource of this type.

    Args:
        resource_type: the type, such as `Microsoft.KeyVault/vaults`.
        scope: the id.
    """
    provider, *types = resource_type.split("/")
    pattern = rf"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/{re.escape(provider)}"
    pattern += "".join(rf"/{re.escape(name)}/[^/]+" for name in types)
    return is_resource_id(scope) and bool(re.fullmatch(pattern, scope, re.IGNORECASE))


def subscription_of(scope: object, default: str) -> str:
    """The subscription of a plain scope, otherwise the deployment's own."""
    found = re.match(r"^/subscriptions/([^/]+)/", scope, re.IGNORECASE) if isinstance(scope, str) else None
    return found.group(1) if found else default
