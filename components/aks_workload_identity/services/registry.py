"""ContainerRegistry: a registry without passwords; RegistryAttachment: how a cluster's nodes pull from one."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import pulumi
from pulumi_azure_native import authorization, containerregistry
from pydantic import Field, model_validator

from ..arguments import Arguments, Deferred, Rule
from ..azure import client_config
from ..clouds import ENVIRONMENTS, Cloud
from ..component import Component
from ..derived_names import derived
from ..errors import InvalidArgumentError, Problem, refused
from ..grants.conditions import on_repositories
from ..grants.grant import is_of, subscription_of
from ..grants.role_assignment import assign_role
from ..grants.roles import ACR_PULL, CONTAINER_REGISTRY_REPOSITORY_READER, Role
from ..labels import Tags
from ..names import InputResourceGroupName, Location, RegistryName, RepositoryName
from .private_endpoint import PrivateEndpoint, RegisteredEndpoint, register_private_endpoint

_REGISTRY = "Microsoft.ContainerRegistry/registries"


def _registry(value: str) -> str | None:
    return None if is_of(_REGISTRY, value) else "not the id of a registry"


RegistryId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the resource id of a registry, or an Output",
            f"/subscriptions/…/resourceGroups/rg-shop-dev/providers/{_REGISTRY}/crshop",
            _registry,
        )
    ),
]


class RegistryAttachment(Arguments):
    """A registry that the nodes of a cluster may pull from, with no pull secret.

    The role goes to the kubelet identity, which every node shares: pulling is a right of the nodes, not of
    single pods.

    Source: Microsoft Learn, "Authenticate with ACR from AKS"; "ABAC for repository permissions".
    """

    registry_id: RegistryId
    """The registry's resource id; the id of something else is refused, one in an `Output` as soon as it is known."""
    permissions: Literal["rbac", "rbac-abac"] = "rbac"
    """The registry's role assignment mode, in the Azure CLI's words: a registry in `rbac-abac` mode ignores
    AcrPull. Azure does not tell it through the API version in use, so it is said here; left out, `rbac`."""

    repositories: Annotated[Sequence[RepositoryName], Field(min_length=1)] | None = None
    """The only repositories that are pulled, such as `shop/orders`, or `shop/` for everything below; only with
    `rbac-abac`; left out, all of the registry."""

    @model_validator(mode="after")
    def _only_abac_reads_conditions(self) -> Self:
        if self.repositories is not None and self.permissions == "rbac":
            raise refused(
                "repositories", "must be left out unless permissions is 'rbac-abac': AcrPull reaches every repository"
            )
        return self

    @property
    def role(self) -> Role:
        """The role that allows pulling in this mode."""
        return ACR_PULL if self.permissions == "rbac" else CONTAINER_REGISTRY_REPOSITORY_READER

    @property
    def condition(self) -> str | None:
        """What narrows the role to the repositories, if they are given."""
        return on_repositories(self.repositories) if self.repositories else None


def assign_pull(
    name: str,
    attachment: RegistryAttachment,
    *,
    key: str,
    identity_name: str,
    principal_id: pulumi.Input[str],
    subscription_id: str,
    opts: pulumi.ResourceOptions,
) -> authorization.RoleAssignment:
    """Let the nodes of a cluster, made here or elsewhere, pull from a registry.

    Args:
        name: the logical name.
        attachment: the registry and what is pulled.
        key: what the caller calls the registry, part of the assignment's deterministic GUID.
        identity_name: the plain name of the kubelet identity, part of the GUID too.
        principal_id: the kubelet identity's principal (object) id.
        subscription_id: the deployment's subscription, for a registry whose id is not known yet.
        opts: options of the child.
    """
    return assign_role(
        name,
        identity_name=identity_name,
        key=f"pull-{key}",
        role=attachment.role,
        scope=attachment.registry_id,
        why="the nodes pull images",
        principal_id=principal_id,
        subscription_id=subscription_of(attachment.registry_id, subscription_id),
        condition=attachment.condition,
        check_scope=_one_registry,
        opts=opts,
    )


def _one_registry(scope: str) -> str:
    """A registry's id that became known."""
    if _registry(scope):
        text = f"must be the resource id of a registry; got {scope!r}"
        raise InvalidArgumentError("RegistryAttachment", [Problem(("registry_id",), text)])
    return scope


class ContainerRegistryArgs(Arguments):
    """Arguments of `ContainerRegistry`."""

    resource_group_name: InputResourceGroupName
    """The resource group of the registry."""
    location: Location
    """The Azure region of the registry."""
    registry_name: RegistryName | None = None
    """The name, unique in all of Azure; left out, `cr<name><hash of subscription and resource group>`."""
    sku: Literal["Basic", "Standard", "Premium"] = "Standard"
    """The tier; left out, `Standard`."""
    private_endpoint: PrivateEndpoint | None = None
    """A private address of the registry in one of your subnets, two in fact; only for `Premium`. The public address is
    then off, for those who push too; left out, none, and every network reaches the registry."""
    cloud: Cloud = "AzurePublicCloud"
    """The Azure cloud of the registry: it decides the private DNS zone; left out, the public one."""
    tags: Tags = {}
    """Azure tags; left out, none."""

    @model_validator(mode="after")
    def _only_premium_has_private_endpoints(self) -> Self:
        if self.private_endpoint is not None and self.sku != "Premium":
            raise refused("private_endpoint", f"must be left out unless sku is 'Premium'; got sku {self.sku!r}")
        return self


class ContainerRegistry(Component):
    """A container registry whose admin user and anonymous pull are off, so that only Entra identities pull.

    It does not restrict repositories: the API version in use cannot switch a registry to ABAC mode.

    Creates:
        - a `Registry`
        - a `PrivateEndpoint` and its `PrivateDnsZoneGroup`, with `private_endpoint`; unless a zone is given, a
          `PrivateZone` and its `VirtualNetworkLink`

    Args:
        name: the logical name of the component and of all its children.
        args: see `ContainerRegistryArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Azure Container Registry authentication with Microsoft Entra ID"; "Connect privately to a
    registry using Azure Private Link".
    """

    registry: containerregistry.Registry
    """The registry."""
    id: pulumi.Output[str]
    """Its resource id, for `RegistryAttachment`."""
    login_server: pulumi.Output[str]
    """The host that image names begin with."""
    private_endpoint: RegisteredEndpoint | None
    """The private endpoint with its DNS."""

    def __init__(
        self, name: str, args: ContainerRegistryArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = ContainerRegistryArgs.of(args)
        subscription_id = client_config(opts).subscription_id
        super().__init__("aks-workload-identity:index:ContainerRegistry", name, {}, opts)

        azure_name = args.registry_name or derived(
            subscription_id, args.resource_group_name, lambda names: names.registry(name)
        )
        self.registry = containerregistry.Registry(
            name,
            resource_group_name=args.resource_group_name,
            location=args.location,
            registry_name=azure_name,
            sku=containerregistry.SkuArgs(name=args.sku),
            # Always written out: a password for the registry would undo what identities are for.
            admin_user_enabled=False,
            anonymous_pull_enabled=False,
            public_network_access="Enabled" if args.private_endpoint is None else "Disabled",
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.private_endpoint = None
        if args.private_endpoint is not None:
            self.private_endpoint = register_private_endpoint(
                name,
                args.private_endpoint,
                parent=self,
                service_id=self.registry.id,
                service_name=azure_name,
                group_id="registry",
                zone_name=f"privatelink.{ENVIRONMENTS[args.cloud].registry_domain}",
                resource_group_name=args.resource_group_name,
                location=args.location,
                tags=args.tags,
            )
        self.id = self.registry.id
        self.login_server = self.registry.login_server
        self.register_outputs({"loginServer": self.login_server})
