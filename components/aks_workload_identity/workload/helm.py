"""What a Helm chart is told so that its pods become a workload's identity."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from ..errors import InvalidArgumentError, Problem
from .pod import PodMount
from .service_account import USE_LABEL, ServiceAccount


def values(
    account: ServiceAccount,
    account_annotations: Mapping[str, pulumi.Output[str]],
    mounts: Sequence[PodMount],
    annotations: Mapping[str, str],
    problems: list[str],
) -> dict[str, Any]:
    """The values in the shape that `helm create` gives a chart.

    Args:
        account: the service account of the pods.
        account_annotations: what it is annotated with.
        mounts: what the pods see of vaults.
        annotations: what the pods are annotated with.
        problems: what stands against it already.

    Raises:
        InvalidArgumentError: with everything that stands against it.

    Source: Helm, the chart that `helm create` writes.
    """
    problems.extend(
        f"mounts must be for all containers of a chart; got {mount.volume_name!r} for {sorted(mount.containers)}"
        for mount in mounts
        if mount.containers is not None
    )
    if problems:
        raise InvalidArgumentError("helm_values", [Problem((), problem) for problem in problems])
    by_chart = account.ownership == "external"
    return {
        "serviceAccount": {
            "create": by_chart,
            "name": account.name,
            "annotations": dict(account_annotations) if by_chart else {},
        },
        "podLabels": {USE_LABEL: "true"},
        "podAnnotations": dict(annotations),
        "volumes": [mount.volume for mount in mounts],
        "volumeMounts": [mount.volume_mount for mount in mounts],
    }
