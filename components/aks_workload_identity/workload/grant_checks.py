"""What stands against the grants of one call, all of them together, before anything is registered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pulumi

from ..errors import InvalidArgumentError, Problem
from ..grants import Grant
from .ledger import CredentialLedger, HeldGrant


def grant_problems(ledger: CredentialLedger, grants: Mapping[str, Grant]) -> list[Problem]:
    """What stands against giving these grants, one after another, to the identity of a ledger.

    Args:
        ledger: what the identity holds already; it is left as it is.
        grants: the grants by key.
    """
    trial = replace(ledger, grants=dict(ledger.grants))
    problems: list[Problem] = []
    for key, grant in grants.items():
        try:
            held = trial.granted(key, grant.role.guid, grant.scope, grant.condition)
        except InvalidArgumentError as error:
            problems.extend(error.problems)
            continue
        if held is None:
            # Nothing is assigned in a trial, and nothing asks a trial for the assignment.
            nothing = cast(pulumi.CustomResource, None)
            trial.grants[key] = HeldGrant(
                role=grant.role.guid, scope=grant.scope, condition=grant.condition, assignment=nothing
            )
    return problems
