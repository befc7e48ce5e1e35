"""PrivateEndpoint: a private address of a service in one subnet, and the name that leads to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, privatedns

from ..arguments import Arguments
from ..names import Location
from ..resource_ids import SUBNET_ID, PrivateDnsZoneId, SubnetId


class PrivateEndpoint(Arguments):
    """A private address in a subnet, and where its name is kept.

    A virtual network can be linked to one private DNS zone of a name only. With several services of one kind in
    one network, let the first make the zone and give its id to the others.

    Source: Microsoft Learn, "Integrate Key Vault with Azure Private Link"; "Azure Private Endpoint DNS".
    """

    subnet_id: SubnetId
    """The subnet that the address is taken from; a change makes another endpoint."""
    private_dns_zone_id: PrivateDnsZoneId | None = None
    """The private DNS zone that gets the name, linked to every network that pods run in; left out, one is made and
    linked to the subnet's network."""
    location: Location | None = None
    """The region of the subnet's network; left out, the service's own."""


@dataclass(frozen=True, kw_only=True)
class RegisteredEndpoint:
    """What stands for one private endpoint in Azure.

    Args:
        endpoint: the endpoint.
        zone: the private DNS zone, where one was made.
        link: the zone's link to the subnet's network, where the zone was made.
        zone_group: what keeps the service's name in the zone.
        private_dns_zone_id: the zone's id, for the next endpoint of the same kind in this network.
    """

    endpoint: network.PrivateEndpoint
    zone: privatedns.PrivateZone | None
    link: privatedns.VirtualNetworkLink | None
    zone_group: network.PrivateDnsZoneGroup
    private_dns_zone_id: pulumi.Input[str]


def register_private_endpoint(
    name: str,
    args: PrivateEndpoint,
    *,
    parent: pulumi.Resource,
    service_id: pulumi.Input[str],
    service_name: pulumi.Input[str],
    group_id: str,
    zone_name: str,
    resource_group_name: pulumi.Input[str],
    location: str,
    tags: Mapping[str, str],
    after: Sequence[pulumi.Resource] = (),
) -> RegisteredEndpoint:
    """Register a private endpoint of a service, with the DNS that makes its public name lead there.

    Args:
        name: the logical name.
        args: the subnet and the zone.
        parent: the component that owns the service.
        service_id: the service's resource id.
        service_name: the service's name in Azure, which names the endpoint and the link.
        group_id: which part of the service is reached, in Private Link's words, such as `vault`.
        zone_name: the zone that Azure expects for this kind of service.
        resource_group_name: where everything is made.
        location: the service's region.
        tags: Azure tags.
        after: what must be done first: services refuse an endpoint while they are being changed.
    """
    opts = pulumi.ResourceOptions(parent=parent)
    zone = link = None
    zone_id = args.private_dns_zone_id
    if zone_id is None:
        zone = privatedns.PrivateZone(
            name,
            resource_group_name=resource_group_name,
            private_zone_name=zone_name,
            # DNS zones are in no region.
            location="global",
            tags=tags,
            opts=opts,
        )
        link = privatedns.VirtualNetworkLink(
            name,
            resource_group_name=resource_group_name,
            private_zone_name=zone.name,
            virtual_network_link_name=service_name,
            location="global",
            virtual_network=privatedns.SubResourceArgs(id=_network_of(args.subnet_id)),
            # Machines of the network have no business in a zone for private links.
            registration_enabled=False,
            tags=tags,
            # Not deleted with the zone: Azure keeps a zone that has links.
            opts=opts,
        )
        zone_id = zone.id
    endpoint = network.PrivateEndpoint(
        name,
        resource_group_name=resource_group_name,
        private_endpoint_name=service_name,
        location=args.location or location,
        subnet=network.SubnetArgs(id=args.subnet_id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(
                name=group_id, private_link_service_id=service_id, group_ids=[group_id]
            )
        ],
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[*after]),
    )
    zone_group = network.PrivateDnsZoneGroup(
        name,
        resource_group_name=resource_group_name,
        private_endpoint_name=endpoint.name,
        private_dns_zone_group_name="default",
        private_dns_zone_configs=[network.PrivateDnsZoneConfigArgs(name=group_id, private_dns_zone_id=zone_id)],
        opts=opts,
    )
    return RegisteredEndpoint(
        endpoint=endpoint, zone=zone, link=link, zone_group=zone_group, private_dns_zone_id=zone_id
    )


def _network_of(subnet_id: pulumi.Input[str]) -> pulumi.Input[str]:
    def outer(subnet: str) -> str:
        found = SUBNET_ID.fullmatch(subnet)
        return found["network"] if found else subnet

    return outer(subnet_id) if isinstance(subnet_id, str) else pulumi.Output.from_input(subnet_id).apply(outer)
