"""How the pods of a cluster talk, and who may reach its API server."""

import ipaddress
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pulumi_azure_native import containerservice
from pydantic import Field, StrictBool, model_validator

from ..arguments import Arguments
from ..errors import InvalidArgumentError, Problem, refused
from ..resource_ids import ClusterDnsZone
from .ranges import Address, AuthorizedRange, Cidr, PodCidr, ServiceCidr


class NetworkProfile(Arguments):
    """The cluster's network: Azure CNI overlay on the Cilium dataplane, which enforces NetworkPolicy.

    `service_cidr` and `dns_service_ip` are fixed at creation. `pod_cidr` may grow to a range that holds the old one,
    and `outbound_type` may change, which cuts connections and gives the cluster another address on the internet.

    Source: Microsoft Learn, "Azure CNI Powered by Cilium"; "Expand pod CIDR space"; "Customize cluster egress".
    """

    pod_cidr: PodCidr = "10.244.0.0/16"
    """Addresses of the pods, of which each node takes a /24; left out, 10.244.0.0/16."""
    service_cidr: ServiceCidr = "10.0.0.0/16"
    """Addresses of the services; must not overlap with anything the cluster talks to; left out, 10.0.0.0/16."""
    dns_service_ip: Address = "10.0.0.10"
    """The DNS service's address, inside `service_cidr`; left out, 10.0.0.10."""
    outbound_type: Literal["loadBalancer", "managedNATGateway", "userAssignedNATGateway", "userDefinedRouting"] = (
        "loadBalancer"
    )
    """How pods reach the internet; Entra's token endpoint must stay reachable; left out, `loadBalancer`.
    `userDefinedRouting` and `userAssignedNATGateway` need a subnet of yours with the route or gateway,
    `managedNATGateway` needs AKS's own network."""

    vnet_cidrs: Sequence[Cidr] = ()
    """The ranges of the network that the nodes' subnets are in and of networks it talks to, which are then checked
    against those of pods and services; left out, not checked. Nothing is sent to Azure."""

    @model_validator(mode="after")
    def _ranges_are_apart(self) -> Self:
        pods, services = ipaddress.ip_network(self.pod_cidr), ipaddress.ip_network(self.service_cidr)
        others = [
            (field, own, other)
            for field, own in (("pod_cidr", pods), ("service_cidr", services))
            for other in map(ipaddress.ip_network, self.vnet_cidrs)
        ]
        problems = [
            Problem((field,), f"must not overlap {other} of vnet_cidrs; got {str(own)!r}")
            for field, own, other in others
            if own.overlaps(other)
        ]
        if pods.overlaps(services):
            text = f"must not overlap service_cidr {services}; got {self.pod_cidr!r}"
            problems.append(Problem(("pod_cidr",), text))
        if problems:
            raise InvalidArgumentError("NetworkProfile", problems)
        return self

    @model_validator(mode="after")
    def _dns_is_a_service(self) -> Self:
        """Source: Microsoft Learn, aks/configure-azure-cni: the first address is that of the API server's service."""
        services, address = ipaddress.ip_network(self.service_cidr), ipaddress.ip_address(self.dns_service_ip)
        got = f"got {self.dns_service_ip!r}"
        if address not in services:
            raise refused("dns_service_ip", f"must be inside service_cidr {services}; {got}")
        if address in (services[0], services[1], services[-1]):
            text = f"must not be the network's own, its first or its last address in service_cidr {services}; {got}"
            raise refused("dns_service_ip", text)
        return self

    def profile(self) -> containerservice.ContainerServiceNetworkProfileArgs:
        """The network as arguments of the cluster."""
        return containerservice.ContainerServiceNetworkProfileArgs(
            network_plugin="azure",
            network_plugin_mode="overlay",
            network_dataplane="cilium",
            network_policy="cilium",
            pod_cidr=self.pod_cidr,
            service_cidr=self.service_cidr,
            dns_service_ip=self.dns_service_ip,
            outbound_type=self.outbound_type,
            load_balancer_sku="standard",
        )


class ApiServerAccess(Arguments):
    """Who reaches the API server over the network; everyone still has to log in to Entra ID.

    With a private API server, `pulumi up` and pipelines must run inside the network (a self-hosted agent, a
    VPN, a bastion): creating service accounts needs the API server, identities and credentials do not.

    Source: Microsoft Learn, "Secure access to the API server"; "Create a private AKS cluster".
    """

    authorized_ip_ranges: Annotated[Sequence[AuthorizedRange], Field(max_length=200)] = ()
    """The public addresses that may connect, at most 200 ranges, yours and your pipelines' included, and the cluster's
    own unless `outbound_type` is `loadBalancer`; left out, all."""
    private: StrictBool = False
    """Whether the API server has a private address only; cannot be changed; left out, no."""
    private_dns_zone: ClusterDnsZone | None = None
    """The resource id of a private DNS zone, or `none`; only with `private`; left out, AKS makes one."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.private and self.authorized_ip_ranges:
            raise refused("authorized_ip_ranges", "must be left out when private is true: there is no public address")
        if self.private_dns_zone is not None and not self.private:
            raise refused("private_dns_zone", "must be left out unless private is true")
        return self

    def profile(self) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
        """The access as arguments of the cluster; run-command is off, it is cluster-admin through Azure's API."""
        return containerservice.ManagedClusterAPIServerAccessProfileArgs(
            authorized_ip_ranges=list(self.authorized_ip_ranges) or None,
            enable_private_cluster=self.private,
            private_dns_zone=(self.private_dns_zone or "system") if self.private else None,
            disable_run_command=True,
        )
