"""The verdicts on all built-in roles as text: `python -m aks_workload_identity_policy.document <file>` writes it."""

import sys
from pathlib import Path

from aks_workload_identity_policy.roles import CORRECTIONS, built_in_roles, role

_HEAD = """\
The verdict of the policy pack on every built-in role of Azure, generated: make generate
Granted to a service principal, a role is ok, needs a reason, or is refused. A + marks what was reviewed by hand.

"""


def verdicts() -> str:
    """One line for each role: verdict, GUID, name and why; ok first, each verdict by name."""
    judged = [one for guid in {*built_in_roles(), *CORRECTIONS} if (one := role(guid))]
    order = ("ok", "needs a reason", "refused")
    judged.sort(key=lambda one: (order.index(one.verdict.value), one.name.lower(), one.guid))
    lines = (
        f"{one.verdict.value:<14} {'+' if one.guid in CORRECTIONS else ' '} {one.guid}  {one.name}: {one.why}"
        for one in judged
    )
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(verdicts(), encoding="utf-8")
