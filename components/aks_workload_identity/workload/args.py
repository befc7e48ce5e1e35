"""Arguments of a workload."""

from typing import Self

from pydantic import model_validator

from ..errors import InvalidArgumentError, Problem
from ..labels import Tags
from ..names import IdentityName, InputResourceGroupName, Location
from .federation_args import FederationArgs
from .given_identity import GivenIdentity


class FederatedWorkloadArgs(FederationArgs):
    """Arguments of `FederatedWorkload`."""

    resource_group_name: InputResourceGroupName | None = None
    """The resource group of the workload's own identity, which needs one."""
    location: Location | None = None
    """The Azure region of the workload's own identity, which needs one."""
    identity: GivenIdentity | None = None
    """An identity that exists already: its plain resource id, another workload's `identity`, or a resource of
    this program; left out, the workload gets one of its own."""
    identity_name: IdentityName | None = None
    """The Azure name of the workload's own identity; left out, the component's name."""
    delegated: bool = False
    """Whether the subscription is another tenant's, delegated by Azure Lighthouse: role assignments then name the
    identity's resource, without which Azure looks for the identity in the wrong tenant; left out, no."""
    tags: Tags = {}
    """Azure tags of the workload's own identity; left out, none."""

    @model_validator(mode="after")
    def _an_identity_of_its_own_has_a_place(self) -> Self:
        places = {"resource_group_name": self.resource_group_name, "location": self.location}
        missing = [field for field, value in places.items() if value is None] if self.identity is None else []
        if missing:
            text = "is required without identity, for example rg-shop-dev in westeurope"
            raise InvalidArgumentError("FederatedWorkloadArgs", [Problem((field,), text) for field in missing])
        return self

    @model_validator(mode="after")
    def _an_identity_that_is_given_stays_as_it_is(self) -> Self:
        ignored = {"identity_name": self.identity_name, "tags": self.tags} if self.identity is not None else {}
        problems = [
            Problem((field,), f"must be left out with a given identity, which stays as it is; got {value!r}")
            for field, value in ignored.items()
            if value
        ]
        if problems:
            raise InvalidArgumentError("FederatedWorkloadArgs", problems)
        return self
