"""Questions to Azure that are answered before anything is registered."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import pulumi
from pulumi_azure_native import authorization

from .clouds import ENVIRONMENTS, Cloud
from .errors import InvalidArgumentError, Problem
from .program import shared

T = TypeVar("T")


def invoke_options(opts: pulumi.ResourceOptions | None) -> pulumi.InvokeOptions:
    """Options that send an invoke to the azure-native provider a component with these options would use."""
    opts = opts or pulumi.ResourceOptions()
    providers = list(opts.providers.values() if isinstance(opts.providers, Mapping) else opts.providers or [])
    if opts.provider:
        providers.append(opts.provider)
    azure = next((provider for provider in providers if provider.package == "azure-native"), None)
    if azure is None and opts.parent:
        azure = opts.parent.get_provider("azure-native:authorization:getClientConfig")
    return pulumi.InvokeOptions(parent=opts.parent, provider=azure)


def client_config(opts: pulumi.ResourceOptions | None) -> authorization.GetClientConfigResult:
    """Who this deployment runs as, and the subscription and tenant it writes to, as plain text.

    Asked once for each provider of a program: the question blocks, and hundreds of workloads have the same answer.
    """
    options = invoke_options(opts)
    return shared(
        (authorization.GetClientConfigResult, options.provider), lambda: authorization.get_client_config(opts=options)
    )


def looked_up(question: Callable[[], T]) -> T | str:
    """The answer of a blocking invoke, or in its place what Azure said against it."""
    try:
        return question()
    except Exception as error:
        return str(error)


def known_in_preview(
    value: pulumi.Output[T], *, name: pulumi.Output[str], look_up: Callable[[], pulumi.Output[T]]
) -> pulumi.Output[T]:
    """A computed property that stays known in the preview of an update.

    azure-native knows only inputs, name and id in that preview; a new tag on an identity would show every
    role assignment as replaced, because its principal id seems to change. Azure is asked instead, in
    previews only, and only for a resource that exists and is about to be updated.

    Args:
        value: the property.
        name: the resource's name, which is unknown as long as the resource does not exist.
        look_up: asks Azure for the property as it is now.
    """
    if not pulumi.runtime.is_dry_run():
        return value

    async def choose() -> pulumi.Output[T]:
        return value if await value.is_known() or not await name.is_known() else look_up()

    # The Output inside the awaitable is unwrapped with it, of which the type says nothing.
    return cast(pulumi.Output[T], pulumi.Output.from_input(choose()))


def deleted_vault_exists(name: str, location: str, opts: pulumi.ResourceOptions | None, cloud: Cloud) -> bool:
    """Whether a soft-deleted vault holds this name; azure-native has no function that tells.

    Source: Microsoft.KeyVault REST, "Vaults - Get Deleted".
    """
    path = f"providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}"
    return _asked("KeyVault", path, "2024-11-01", opts, cloud) is not None


def deleted_account_exists(name: str, location: str, opts: pulumi.ResourceOptions | None, cloud: Cloud) -> bool:
    """Whether a soft-deleted Cognitive Services account holds this name in this region.

    Source: Microsoft.CognitiveServices REST, "Deleted Accounts - List".
    """
    path = "providers/Microsoft.CognitiveServices/deletedAccounts"
    listed = _asked("CognitiveServicesAccount", path, "2025-06-01", opts, cloud) or {"value": []}
    places = {(account["name"].lower(), account["location"].lower()) for account in listed["value"]}
    return (name.lower(), location) in places


def credentials_of(
    resource_group_name: str, identity_name: str, opts: pulumi.ResourceOptions | None, cloud: Cloud
) -> list[dict[str, Any]]:
    """The federated credentials that an identity has in Azure, whoever wrote them; azure-native cannot list them.

    Source: Microsoft.ManagedIdentity REST, "Federated Identity Credentials - List".
    """
    path = (
        f"resourceGroups/{resource_group_name}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
        f"/{identity_name}/federatedIdentityCredentials"
    )
    listed = _asked("FederatedWorkload", path, "2023-01-31", opts, cloud, argument="identity") or {"value": []}
    return listed["value"]


def _asked(
    component: str,
    path: str,
    api_version: str,
    opts: pulumi.ResourceOptions | None,
    cloud: Cloud,
    *,
    argument: str = "recover",
) -> dict[str, Any] | None:
    """What Azure Resource Manager has at a path of the subscription, read with azure-native's own login."""
    import requests  # only programs that recover something need it, and it takes long to load

    subscription_id = client_config(opts).subscription_id
    token = authorization.get_client_token(opts=invoke_options(opts)).token
    host = ENVIRONMENTS[cloud].resource_manager
    try:
        answer = requests.get(
            f"{host}/subscriptions/{subscription_id}/{path}",
            params={"api-version": api_version},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        if answer.status_code == 404:
            return None
        if answer.status_code == 200:
            return answer.json()
        reason = answer.text
    except requests.RequestException as error:
        # The error of a connection wraps the one that says why.
        inner = error.args[0] if error.args else error
        reason = f"{host}: {getattr(inner, 'reason', None) or inner or type(error).__name__}"
    text = f"could not be looked up in Azure: {' '.join(reason.split())}"
    raise InvalidArgumentError(component, [Problem((argument,), text)])
