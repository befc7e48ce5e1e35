"""The node pools of a cluster."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ..arguments import Arguments, Rule
from ..errors import Problem, refused
from ..labels import NodeLabels, NodeTaint
from ..names import EachOnce, MapKey, VmSize
from ..resource_ids import SubnetId

NodeCount = Annotated[int, Field(strict=True, ge=0, le=1000), Rule("0-1000 nodes", 3)]


class Autoscaling(Arguments):
    """Bounds within which the cluster autoscaler chooses the number of nodes."""

    min_count: NodeCount
    """The fewest nodes; 0 only where the pool is not the system pool."""
    max_count: NodeCount
    """The most nodes, at most 1000."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.min_count > self.max_count:
            raise refused("max_count", f"must be at least min_count ({self.min_count}); got {self.max_count}")
        return self


class NodePool(Arguments):
    """Nodes of one kind.

    The system pool has a node or more, two where it matters; its size has 4 cores or more and is no B size, on which
    AKS does not run its own pods; and its taints let those pods in.

    Source: Microsoft Learn, "Create node pools for a cluster in AKS"; "Use system node pools".
    """

    vm_size: VmSize = "Standard_D4ds_v5"
    """The virtual machine size; left out, `Standard_D4ds_v5` (4 cores, local disk for the OS)."""
    count: NodeCount = 3
    """The number of nodes; only where the autoscaler starts if `autoscaling` is given; left out, 3. A pool that is not
    the system pool may have none."""
    autoscaling: Autoscaling | None = None
    """Bounds for the autoscaler; left out, the number stays `count`."""
    availability_zones: Annotated[Sequence[Literal["1", "2", "3"]], EachOnce] = ()
    """The zones that the nodes are spread over; cannot be changed; left out, none: all nodes may be in one zone, and go
    with it. Not every region and size has zones, which is why none are the default."""
    taints: Sequence[NodeTaint] = ()
    """Kubernetes taints, such as `sku=gpu:NoSchedule`; left out, none. The system pool takes `CriticalAddonsOnly`,
    which keeps your pods out of it, and taints of the effect `PreferNoSchedule`."""
    labels: NodeLabels = {}
    """Kubernetes labels of the nodes; left out, none."""
    subnet_id: SubnetId | None = None
    """The subnet of the nodes, for all pools of a cluster in one network; left out, AKS makes a network of its own."""
    subnet_key: MapKey | None = None
    """What you call the subnet: part of the name of the control plane's role on it. Needed where pools share a subnet
    that the system pool is not in, the same for all of them, so that any of them may go and the role stays: take the
    name of the pool that was in it first. Left out, the pool's name. Another key later is another assignment, which
    Azure refuses beside the first."""

    @model_validator(mode="after")
    def _a_key_is_of_a_subnet(self) -> Self:
        if self.subnet_key is not None and self.subnet_id is None:
            raise refused("subnet_key", f"must be left out without subnet_id; got {self.subnet_key!r}")
        return self

    def system_problems(self) -> Iterator[Problem]:
        """What AKS refuses in a system pool.

        Source: Microsoft Learn, "Use system node pools" (restrictions); AKS's error SystemPoolHasRestrictedTaint.
        """
        cores = re.search(r"\d+", self.vm_size)
        if self.vm_size.startswith("Standard_B") or (cores and int(cores[0]) < 2):
            text = f"must be no B size and have 4 cores or more, for example 'Standard_D4ds_v5'; got {self.vm_size!r}"
            yield Problem(("vm_size",), text)
        least, path = (
            (self.autoscaling.min_count, ("autoscaling", "min_count")) if self.autoscaling else (self.count, ("count",))
        )
        if least == 0:
            yield Problem(path, "must be at least 1 in the system pool; got 0")
        for taint in self.taints:
            if not taint.startswith("CriticalAddonsOnly=") and not taint.endswith(":PreferNoSchedule"):
                text = f"must let AKS's own pods in, for example 'CriticalAddonsOnly=true:NoSchedule'; got {taint!r}"
                yield Problem(("taints",), text)

    def profile(self, mode: Literal["System", "User"], tags: Mapping[str, str]) -> dict[str, Any]:
        """The pool as arguments of the agent pool classes.

        Args:
            mode: whether AKS's own pods run on it.
            tags: Azure tags of the pool.
        """
        bounds = self.autoscaling
        return {
            "mode": mode,
            "type": "VirtualMachineScaleSets",
            "os_type": "Linux",
            "os_sku": "AzureLinux",
            "vm_size": self.vm_size,
            "count": max(bounds.min_count, min(self.count, bounds.max_count)) if bounds else self.count,
            "enable_auto_scaling": bounds is not None,
            "min_count": bounds.min_count if bounds else None,
            "max_count": bounds.max_count if bounds else None,
            "availability_zones": list(self.availability_zones) or None,
            "node_taints": list(self.taints) or None,
            "node_labels": dict(self.labels) or None,
            "vnet_subnet_id": self.subnet_id,
            "tags": dict(tags) or None,
        }
