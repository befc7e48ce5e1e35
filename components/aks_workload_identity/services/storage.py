"""StorageAccount: blobs and queues that only Entra identities reach."""

from collections.abc import Mapping
from typing import Any, Literal

import pulumi
from pulumi_azure_native import storage

from ..azure import client_config
from ..clouds import ENVIRONMENTS, Cloud
from ..component import Component
from ..derived_names import derived
from ..labels import Tags
from ..names import ContainerNames, InputResourceGroupName, Location, StorageAccountName
from ..network_rules import StorageNetwork
from .private_endpoint import RegisteredEndpoint, register_private_endpoint


class StorageAccountArgs(StorageNetwork):
    """Arguments of `StorageAccount`."""

    resource_group_name: InputResourceGroupName
    """The resource group of the account."""
    location: Location
    """The Azure region of the account."""
    account_name: StorageAccountName | None = None
    """The name, unique in all of Azure; left out, `st<name><hash of subscription and resource group>`."""
    sku: Literal["Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS"] = "Standard_ZRS"
    """How the data is replicated; left out, over the zones of the region."""
    containers: ContainerNames = ()
    """Names of the blob containers; left out, none."""
    queues: ContainerNames = ()
    """Names of the queues; left out, none."""
    cloud: Cloud = "AzurePublicCloud"
    """The Azure cloud of the account: it decides the private DNS zones; left out, the public one."""
    tags: Tags = {}
    """Azure tags; left out, none."""


class StorageAccount(Component):
    """A storage account without account keys, anonymous blobs or an open network.

    Shared key access is off, so that a leaked connection string opens nothing; tools that know only account
    keys do not work with it.

    Creates:
        - a `StorageAccount`
        - a `BlobContainer` for each container and a `Queue` for each queue
        - a `PrivateEndpoint` and its `PrivateDnsZoneGroup` for each entry of `private_endpoints`; unless a zone is
          given, a `PrivateZone` and its `VirtualNetworkLink`

    Args:
        name: the logical name; containers and queues are called `name-<their name>`, what belongs to a private
            endpoint `name-blob` and `name-queue`.
        args: see `StorageAccountArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Prevent Shared Key authorization for an Azure Storage account".
    """

    account: storage.StorageAccount
    """The account."""
    id: pulumi.Output[str]
    """The account's resource id."""
    containers: dict[str, storage.BlobContainer]
    """The blob containers by name; the scope of blob grants is a container's `id`."""
    queues: dict[str, storage.Queue]
    """The queues by name; the scope of queue grants is a queue's `id`."""
    private_endpoints: dict[str, RegisteredEndpoint]
    """The private endpoints with their DNS, by `blob` and `queue`."""

    def __init__(
        self, name: str, args: StorageAccountArgs | Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ):
        args = StorageAccountArgs.of(args)
        subscription_id = client_config(opts).subscription_id
        super().__init__("aks-workload-identity:index:StorageAccount", name, {}, opts)

        azure_name = args.account_name or derived(
            subscription_id, args.resource_group_name, lambda names: names.storage_account(name)
        )
        self.account = storage.StorageAccount(
            name,
            resource_group_name=args.resource_group_name,
            location=args.location,
            account_name=azure_name,
            kind=storage.Kind.STORAGE_V2,
            sku=storage.SkuArgs(name=args.sku),
            # An account key opens everything and names nobody.
            allow_shared_key_access=False,
            default_to_o_auth_authentication=True,
            allow_blob_public_access=False,
            allow_cross_tenant_replication=False,
            enable_https_traffic_only=True,
            minimum_tls_version=storage.MinimumTlsVersion.TLS1_2,
            public_network_access=args.public_network_access,
            network_rule_set=storage.NetworkRuleSetArgs(
                bypass=storage.Bypass.NONE,
                default_action=storage.DefaultAction.DENY,
                ip_rules=[storage.IPRuleArgs(i_p_address_or_range=value) for value in args.allowed_ip_ranges],
                virtual_network_rules=[
                    storage.VirtualNetworkRuleArgs(virtual_network_resource_id=id_) for id_ in args.allowed_subnet_ids
                ],
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = self.account.id
        inside = pulumi.ResourceOptions(parent=self, deleted_with=self.account)
        self.containers = {
            container: storage.BlobContainer(
                f"{name}-{container}",
                resource_group_name=args.resource_group_name,
                account_name=self.account.name,
                container_name=container,
                public_access=storage.PublicAccess.NONE,
                opts=inside,
            )
            for container in args.containers
        }
        self.queues = {
            queue: storage.Queue(
                f"{name}-{queue}",
                resource_group_name=args.resource_group_name,
                account_name=self.account.name,
                queue_name=queue,
                opts=inside,
            )
            for queue in args.queues
        }
        self.private_endpoints = {}
        for part, endpoint in args.private_endpoints.items():
            # An account takes one change at a time.
            before = [registered.endpoint for registered in self.private_endpoints.values()]
            self.private_endpoints[part] = register_private_endpoint(
                f"{name}-{part}",
                endpoint,
                parent=self,
                service_id=self.account.id,
                service_name=pulumi.Output.concat(azure_name, "-", part),
                group_id=part,
                zone_name=f"privatelink.{part}.{ENVIRONMENTS[args.cloud].storage_domain}",
                resource_group_name=args.resource_group_name,
                location=args.location,
                tags=args.tags,
                after=before,
            )
        self.register_outputs({"accountName": self.account.name})
