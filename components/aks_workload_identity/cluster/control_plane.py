"""What a cluster's control plane may do outside of the resource group that AKS keeps for it."""

from dataclasses import dataclass

import pulumi

from ..arguments import checked
from ..errors import InvalidArgumentError, Problem
from ..grants.role_assignment import assign_role
from ..grants.roles import MANAGED_IDENTITY_OPERATOR, NETWORK_CONTRIBUTOR, PRIVATE_DNS_ZONE_CONTRIBUTOR, Role
from ..resource_ids import SUBNET_ID
from ..workload.identity import Identity
from .args import WorkloadIdentityClusterArgs
from .subnets import distinct


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """The identity of a control plane, which gets the roles that the cluster's arguments ask for.

    Source: Microsoft Learn, "AKS CNI networking prerequisites"; "Create a private AKS cluster" (custom zones); "Use a
    pre-created kubelet identity".

    Args:
        cluster: the component.
        identity: the identity.
        subscription_id: the deployment's subscription.
        provider: the provider of what belongs to no component.
    """

    cluster: pulumi.ComponentResource
    identity: Identity
    subscription_id: str
    provider: pulumi.ProviderResource | None

    def assign(self, args: WorkloadIdentityClusterArgs, kubelet: Identity) -> list[pulumi.Resource]:
        """Register the role assignments, for which the cluster has to wait.

        Args:
            args: the cluster's arguments.
            kubelet: the identity of the nodes.
        """
        if not args.assign_control_plane_roles:
            return []
        zone, subnets = args.api_server.private_dns_zone, args.subnets
        made, joins = [self._kubelet_operator(kubelet)], "the control plane joins nodes and load balancers to it"
        if zone is None or zone == "none":
            for subnet in subnets:
                scope = distinct(subnet.id, [each.id for each in subnets])
                made.append(self._on_network(f"subnet-{subnet.key}", NETWORK_CONTRIBUTOR, scope, joins))
            return made
        # AKS links the zone to the network of the nodes, which a role on a subnet does not let it do.
        for subnet in subnets[:1]:
            made.append(self._on_network("network", NETWORK_CONTRIBUTOR, checked(subnet.id, _network_of), joins))
        why = "the control plane keeps the API server's name in the zone"
        made.append(self._on_network("private-dns-zone", PRIVATE_DNS_ZONE_CONTRIBUTOR, zone, why))
        return made

    def _kubelet_operator(self, kubelet: Identity) -> pulumi.Resource:
        shared = self.cluster not in (self.identity.owner, kubelet.owner)
        key = f"{kubelet.name}-operator" if shared else "kubelet-operator"
        why = "the control plane attaches the kubelet identity to the nodes"
        return self._role(key, MANAGED_IDENTITY_OPERATOR, kubelet.id, why, shared=shared, shown="kubelet-operator")

    def _on_network(self, key: str, role: Role, scope: pulumi.Input[str], why: str) -> pulumi.Resource:
        if isinstance(scope, str) and self.identity.owner is not self.cluster:
            return self._role("-".join(scope.split("/")[8::2]), role, scope, why, shared=True)
        return self._role(key, role, scope, why)

    def _role(
        self, key: str, role: Role, scope: pulumi.Input[str], why: str, *, shared: bool = False, shown: str = ""
    ) -> pulumi.Resource:
        # Clusters that are given the same identities share the assignment: whichever goes, it stays as it is.
        owner = self.identity.owner if shared else self.cluster
        return assign_role(
            f"{owner.pulumi_resource_name if owner else self.identity.name}-{key}",
            identity_name=self.identity.name,
            key=shown or key,
            role=role,
            scope=scope,
            why=why,
            principal_id=self.identity.principal_id,
            subscription_id=self.subscription_id,
            opts=pulumi.ResourceOptions(parent=owner, provider=None if owner else self.provider),
        )


def _network_of(subnet: str) -> str:
    found = SUBNET_ID.fullmatch(subnet)
    if not found:
        text = f"must be the id of a subnet; got {subnet!r}"
        raise InvalidArgumentError("WorkloadIdentityCluster", [Problem(("system_pool", "subnet_id"), text)])
    return found["network"]
