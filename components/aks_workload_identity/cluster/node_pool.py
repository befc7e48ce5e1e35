"""The node pools of a cluster."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ..arguments import Arguments, InputStr, Rule
from ..errors import refused
from ..labels import NodeLabels, NodeTaint
from ..names import VmSize

NodeCount = Annotated[int, Field(strict=True, ge=1, le=1000), Rule("1-1000 nodes", 3)]


class Autoscaling(Arguments):
    """Bounds within which the cluster autoscaler chooses the number of nodes."""

    min_count: NodeCount
    """The fewest nodes, at least 1."""
    max_count: NodeCount
    """The most nodes, at most 1000."""

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.min_count > self.max_count:
            raise refused("max_count", f"must be at least min_count ({self.min_count}); got {self.max_count}")
        return self


class NodePool(Arguments):
    """Nodes of one kind.

    Source: Microsoft Learn, "Create node pools for a cluster in AKS".
    """

    vm_size: VmSize = "Standard_D4ds_v5"
    """The virtual machine size; left out, `Standard_D4ds_v5` (4 cores, local disk for the OS)."""
    count: NodeCount = 3
    """The number of nodes; only where the autoscaler starts if `autoscaling` is given; left out, 3."""
    autoscaling: Autoscaling | None = None
    """Bounds for the autoscaler; left out, the number stays `count`."""
    availability_zones: Sequence[Literal["1", "2", "3"]] = ()
    """The zones that the nodes are spread over; cannot be changed; left out, Azure chooses none."""
    taints: Sequence[NodeTaint] = ()
    """Kubernetes taints, such as `sku=gpu:NoSchedule`; left out, none."""
    labels: NodeLabels = {}
    """Kubernetes labels of the nodes; left out, none."""
    subnet_id: InputStr | None = None
    """The subnet of the nodes; left out, AKS makes a network of its own."""

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
