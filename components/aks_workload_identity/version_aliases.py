"""The version aliases of azure-native: one for each API version that a type ever had."""

import copy
import re

import pulumi

_VERSIONED = re.compile(r"(azure-native:\w+)/v\d{8}\w*(:\w+)")


def is_version_alias(alias: object, type_: str) -> bool:
    """Whether an alias says no more than "this very type, under one version of the API".

    One that names another module or another type is a rename; one with a name, parent, stack or project is
    somebody's own.

    Args:
        alias: an alias of a resource.
        type_: the resource's type token.
    """
    if not isinstance(alias, pulumi.Alias) or not isinstance(alias.type_, str):
        return False
    rest: list[object] = [alias.name, alias.parent, alias.stack, alias.project]
    if not all(given is ... for given in rest):
        return False
    versioned = _VERSIONED.fullmatch(alias.type_)
    return versioned is not None and "".join(versioned.groups()) == type_


class DropVersionAliases:
    """A transformation, of the kind that a component's children inherit, that takes version aliases away.

    azure-native gives every resource its aliases in its constructor, after the caller's options. A
    transformation sees them before the SDK turns each into a URN, an `Output` of its own.

    Args:
        once: whether only the first resource is its business.
    """

    def __init__(self, *, once: bool = False):
        self.done = False
        self._once = once

    def __call__(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if self.done:
            return None
        self.done = self._once
        given = args.opts.aliases
        if not isinstance(given, list):
            return None
        kept = [alias for alias in given if not is_version_alias(alias, args.type_)]
        if len(kept) == len(given):
            return None
        opts = copy.copy(args.opts)
        opts.aliases = kept
        return pulumi.ResourceTransformationResult(args.props, opts)
