"""An attack, and what several are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi

from tests.azure_mocks import guid
from tests.policy.builders import ISSUER, OWNER, VAULT_ID, identity, role_id
from tests.policy.judging import Config
from tests.policy.programs import Foreign

KNOWN: Config = {"credential-issuer-is-a-known-cluster": {"issuers": [ISSUER]}}


@dataclass(frozen=True)
class Attack:
    """What is tried, and the rule that must stop it."""

    name: str
    rule: str
    program: Callable[[], Any]
    config: Config = field(default_factory=dict)


def raw_assignment(token: str, **changes: Any) -> Foreign:
    """A role assignment by any token, as a program in any language may send it."""
    inputs = {
        "principalId": guid("somebody"),
        "principalType": "ServicePrincipal",
        "roleDefinitionId": role_id(OWNER),
        "scope": VAULT_ID,
        **changes,
    }
    return Foreign(token, "smuggled", **inputs)


def raw(token: str, **inputs: Any) -> Foreign:
    return Foreign(token, "smuggled", **inputs)


def laundered(plain: Any) -> pulumi.Output[Any]:
    """A value that no preview knows, though it is plain."""
    return identity("laundry").principal_id.apply(lambda _: plain)
