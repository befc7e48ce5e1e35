"""Questions to Azure that are answered before anything is registered."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import pulumi
from pulumi_azure_native import authorization

T = TypeVar("T")


def invoke_options(opts: pulumi.ResourceOptions | None) -> pulumi.InvokeOptions:
    """Options that send an invoke to the azure-native provider a component with these options would use."""
    opts = opts or pulumi.ResourceOptions()
    providers = list(opts.providers.values() if isinstance(opts.providers, Mapping) else opts.providers or [])
    if opts.provider:
        providers.append(opts.provider)
    azure = next((provider for provider in providers if provider.package == "azure-native"), None)
    return pulumi.InvokeOptions(parent=opts.parent, provider=azure)


def client_config(opts: pulumi.ResourceOptions | None) -> authorization.GetClientConfigResult:
    """Who this deployment runs as, and the subscription and tenant it writes to, as plain text."""
    return authorization.get_client_config(opts=invoke_options(opts))


def looked_up(question: Callable[[], T]) -> T | str:
    """The answer of a blocking invoke, or in its place what Azure said against it."""
    try:
        return question()
    except Exception as error:
        return str(error)
