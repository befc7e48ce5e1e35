"""Conditions that narrow a role assignment to things with certain names.

A condition lets every action pass that it does not name, so each text below first names the actions it is about
and then what they may touch. Names are checked against their service's own rule, none of which allows a quote,
a backslash or a wildcard: what is written between the quotes is the name and nothing else.

Source: Microsoft Learn, "Azure role assignment condition format and syntax".
"""

from collections.abc import Sequence
from functools import reduce
from typing import Annotated

from pydantic import Field

from ..arguments import Arguments
from ..names import RepositoryName, VaultObjectName

# The only version that Azure reads.
CONDITION_VERSION = "2.0"

_SECRET_VALUE = "Microsoft.KeyVault/vaults/secrets/getSecret/action"  # noqa: S105 - an action
_SECRET_NAME = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"  # noqa: S105 - an attribute
_REPOSITORY_READ = (
    "Microsoft.ContainerRegistry/registries/repositories/content/read",
    "Microsoft.ContainerRegistry/registries/repositories/metadata/read",
)
_REPOSITORY_NAME = "@Request[Microsoft.ContainerRegistry/registries/repositories:name]"


class _Secrets(Arguments):
    names: Annotated[Sequence[VaultObjectName], Field(min_length=1)]


class _Repositories(Arguments):
    repositories: Annotated[Sequence[RepositoryName], Field(min_length=1)]


def on_secret_names(names: Sequence[str]) -> str:
    """The condition of Key Vault Secrets User that lets it read the values of the named secrets alone.

    Azure calls conditions on Key Vault a preview. They are about secrets only (a certificate's private key is
    the secret of the certificate's name), compare letter by letter, case included, and do not hide the other
    secrets' names: reading those is an action of its own, without which listing fails.

    Args:
        names: names of secrets, or of certificates whose private key is read; at least one.

    Raises:
        InvalidArgumentError: when there is no name, or one that no secret can have.

    Source: Microsoft Learn, "Actions and attributes for Azure Key Vault ABAC conditions".
    """
    wanted = _Secrets(names=names).names
    return _only([_SECRET_VALUE], [f"{_SECRET_NAME} StringEquals '{name}'" for name in sorted(set(wanted))])


def on_repositories(repositories: Sequence[str]) -> str:
    """The condition of Container Registry Repository Reader that lets it pull the named repositories alone.

    It works on registries in `rbac-abac` mode only.

    Args:
        repositories: repository names such as `shop/orders`, or with a slash at the end everything below, such
            as `shop/`; at least one.

    Raises:
        InvalidArgumentError: when there is no name, or one that no repository can have.

    Source: Microsoft Learn, "Microsoft Entra attribute-based access control (ABAC) for repository permissions".
    """
    wanted = _Repositories(repositories=repositories).repositories
    return _only(
        _REPOSITORY_READ,
        [
            f"{_REPOSITORY_NAME} {'StringStartsWith' if name.endswith('/') else 'StringEquals'}IgnoreCase '{name}'"
            for name in sorted(set(wanted))
        ],
    )


def _only(actions: Sequence[str], tests: Sequence[str]) -> str:
    """These actions pass where one of the tests does; more than two tests are put in parentheses pair by pair."""
    others = " AND ".join(f"!(ActionMatches{{'{action}'}})" for action in actions)
    allowed = reduce(lambda left, right: f"({left}) OR ({right})", tests)
    return f"(({others}) OR ({allowed}))"
