"""What the first update will make, in plain text."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from ..arguments import Arguments, Rule
from ..cluster.node_pool import NodeCount
from ..cluster.ranges import Address, AuthorizedRange
from ..names import (
    AccountName,
    ClusterName,
    Guid,
    Location,
    RegistryName,
    ResourceGroupName,
    StorageAccountName,
    VaultName,
)

Namespace = Annotated[str, Field(pattern=r"^[A-Za-z]+(\.[A-Za-z]+)+$"), Rule("a provider's namespace", "Microsoft.Web")]


class PreflightArgs(Arguments):
    """What `preflight` looks for; nothing of it is made.

    It is what a program plans, not what it registers: nothing has to be deployed, and no program is run.
    """

    location: Location
    """The Azure region of the first update."""
    resource_group_name: ResourceGroupName
    """The resource group, which need not exist."""
    cluster_name: ClusterName
    """The name of the AKS cluster."""
    admin_group_object_ids: Annotated[Sequence[Guid], Field(min_length=1, max_length=20)]
    """Object ids of the Entra groups that administer the cluster; the login must be a member of one."""
    vm_sizes: Mapping[str, NodeCount] = {}
    """How many nodes of each virtual machine size there will be at most; left out, quotas are not checked."""
    authorized_ip_ranges: Sequence[AuthorizedRange] = ()
    """The addresses that may connect to the API server; left out, all."""
    private_cluster: bool = False
    """Whether the API server has a private address only; left out, no."""
    azure_policy: bool = True
    """Whether the cluster has the Azure Policy add-on; left out, yes, as clusters of this library have."""
    defender: bool = False
    """Whether the cluster has Defender's sensor, or the program turns its plan on; left out, no."""
    vault_names: Sequence[VaultName] = ()
    """Names of the vaults to be made; left out, none."""
    registry_names: Sequence[RegistryName] = ()
    """Names of the container registries to be made; left out, none."""
    storage_account_names: Sequence[StorageAccountName] = ()
    """Names of the storage accounts to be made; left out, none."""
    cognitive_services_account_names: Sequence[AccountName] = ()
    """Names, which are the subdomains too, of the Cognitive Services accounts to be made; left out, none."""
    recovered_names: Sequence[str] = ()
    """Those of the names whose soft-deleted vault or account the program brings back; left out, none."""
    other_providers: Sequence[Namespace] = ()
    """Resource providers that the program needs beside those of AKS and of the names above; left out, none."""
    caller_address: Address | None = None
    """The public address from which the program will reach the API server; left out, it is not checked. Azure does not
    tell it, and asking a stranger on the internet is not this library's business."""

    @property
    def providers(self) -> list[str]:
        """The resource providers that the update needs.

        Source: Microsoft Learn, "Azure resource providers and types"; AKS makes machines, networks and disks.
        "Understand Azure Policy for Kubernetes clusters"; "Enable Defender for Containers".
        """
        wanted = {"Microsoft.Compute", "Microsoft.ContainerService", "Microsoft.ManagedIdentity", "Microsoft.Network"}
        wanted |= {"Microsoft.PolicyInsights"} if self.azure_policy else set()
        wanted |= {"Microsoft.OperationalInsights", "Microsoft.Security"} if self.defender else set()
        wanted |= {"Microsoft.KeyVault"} if self.vault_names else set()
        wanted |= {"Microsoft.ContainerRegistry"} if self.registry_names else set()
        wanted |= {"Microsoft.Storage"} if self.storage_account_names else set()
        wanted |= {"Microsoft.CognitiveServices"} if self.cognitive_services_account_names else set()
        return sorted(wanted.union(self.other_providers))
