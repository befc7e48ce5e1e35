"""Microsoft Defender for Containers on a cluster."""

import re
from collections.abc import Awaitable
from typing import Annotated

import pulumi

from ..arguments import Arguments, Deferred, Rule

_WORKSPACE_ID = re.compile(
    r"^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.OperationalInsights/workspaces/[^/]+$",
    re.IGNORECASE,
)


def _is_workspace(value: str) -> str | None:
    return None if _WORKSPACE_ID.match(value) else "not the id of a workspace"


WorkspaceId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the resource id of a Log Analytics workspace, or an Output",
            "/subscriptions/…/resourceGroups/rg-shop-dev/providers/Microsoft.OperationalInsights/workspaces/log-shop",
            _is_workspace,
        )
    ),
]


class Defender(Arguments):
    """Defender for Containers' sensor: it watches what happens on the nodes and raises alerts.

    It sees nothing before the subscription has the Containers plan, which is not a matter of one cluster.

    Source: Microsoft Learn, "Enable Microsoft Defender for Containers"; azure-rest-api-specs containerservice.
    """

    workspace_id: WorkspaceId
    """The Log Analytics workspace that the sensor reports to."""
