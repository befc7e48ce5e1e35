"""Who may become which identity and what that identity may do, printed from a stack's outputs."""

import json
import sys
from collections.abc import Iterator
from typing import Any


def lines(outputs: dict[str, Any]) -> Iterator[str]:
    """The access map as text: workload, then service accounts, then roles with their scopes.

    Args:
        outputs: what `pulumi stack output --json` prints.
    """
    yield f"Cluster {outputs.get('clusterName')} signs tokens as {outputs.get('issuerUrl')}"
    for name, access in sorted(outputs.get("workloads", {}).items()):
        yield f"\n{name}: identity with client id {access['clientId']}"
        for subject in access["subjects"]:
            yield f"  may be used by  {subject}"
        for grant in access["roles"]:
            yield f"  may             {grant['role']} on {grant['scope']}"
        if not access["roles"]:
            yield "  may             nothing in Azure"


if __name__ == "__main__":
    for line in lines(json.load(sys.stdin)):
        print(line)  # noqa: T201 - this is the command's output
