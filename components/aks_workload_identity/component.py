"""Component: the base of this library's components; it makes their children cheap to register."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .collector import calm_collector
from .program import shared
from .version_aliases import DropVersionAliases


class _Choice:
    """What one program chose for the version aliases of all its components."""

    keep = False
    made = False


def _choice() -> _Choice:
    return shared((_Choice, None), _Choice)


def keep_version_aliases() -> None:
    """Keep azure-native's version aliases on the children of this program's components.

    Call it before the first component, in a program that takes over resources whose state was written under
    versioned type tokens, such as `azure-native:managedidentity/v20230131:UserAssignedIdentity`; after one
    successful `pulumi up` it can go. Without it the engine would see such a resource as another one: create
    the new, delete the old. It changes nothing for aliases that rename a type or that you give yourself:
    those are always kept. Registering then takes about twice the time and memory.

    Raises:
        pulumi.RunError: when a component exists already.
    """
    choice = _choice()
    if choice.made and not choice.keep:
        raise pulumi.RunError("keep_version_aliases must be called before the program's first component")
    choice.keep = True


class Component(pulumi.ComponentResource):
    """A component of this library.

    Children that it registers before `register_outputs` carry no version aliases, see `keep_version_aliases`; one that
    is registered later takes its options from `late_child`. Resources that others put under the component are
    left as they are.

    Args:
        type_: the type token.
        name: the logical name.
        props: the component's inputs.
        opts: standard resource options.
    """

    def __init__(
        self, type_: str, name: str, props: Mapping[str, Any] | None = None, opts: pulumi.ResourceOptions | None = None
    ):
        calm_collector()
        choice = _choice()
        choice.made = True
        self._children = DropVersionAliases()
        if not choice.keep:
            # First, so that aliases that a caller's transformations add come later and stay.
            opts = pulumi.ResourceOptions.merge(pulumi.ResourceOptions(transformations=[self._children]), opts)
        super().__init__(type_, name, props, opts)

    def register_outputs(self, outputs: Mapping[str, Any]) -> None:
        """The component is complete: what comes under it now is somebody else's."""
        self._children.done = True
        super().register_outputs(outputs)


def late_child(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Options of one child that a component registers after its own construction, or outside of it.

    Args:
        opts: its other options.
    """
    if _choice().keep:
        return opts
    once = pulumi.ResourceOptions(transformations=[DropVersionAliases(once=True)])
    return pulumi.ResourceOptions.merge(once, opts)
