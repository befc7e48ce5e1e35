"""The policies of Azure that a cluster can be given, each with its parameters and its effect."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StrictBool, StringConstraints

from ..arguments import Arguments, Rule
from ..names import DNS_LABEL_PATTERN, Guid, Location
from .built_in_policies import BuiltIn, built_in_policies
from .images_regex import ImagesRegex

Effect = Literal["Audit", "Deny", "Disabled"]

Cpu = Annotated[str, StringConstraints(pattern=r"^(\d+m|\d+(\.\d+)?)$"), Rule("cores of a processor", "500m")]
Memory = Annotated[
    str, StringConstraints(pattern=r"^\d+(\.\d+)?([KMGTPE]i|[kMGTPE])?$"), Rule("an amount of memory", "1Gi")
]
ExcludedNamespace = Annotated[
    str,
    StringConstraints(pattern=DNS_LABEL_PATTERN, max_length=63),
    Rule("a namespace: 1-63 lower-case letters, digits and hyphens", "batch"),
]
PathPrefix = Annotated[str, StringConstraints(pattern=r"^/[^\s]*$"), Rule("an absolute path on the node", "/var/log")]


class ClusterPolicy(Arguments):
    """One of Azure's policies: what it does with what breaks it."""

    built_in: ClassVar[str]
    """The library's name of Azure's definition."""

    effect: Effect = "Audit"
    """`Audit` reports what breaks the policy, `Deny` refuses it, `Disabled` is silent; left out, `Audit`. Move one
    policy to `Deny` when its report is empty: what runs already stays, what is rolled out next is refused."""

    @property
    def policy(self) -> BuiltIn:
        """Azure's definition."""
        return built_in_policies()[self.built_in]

    def parameters(self) -> dict[str, Any]:
        """What the definition is told beside effect and namespaces, in Azure's words."""
        return {}


class PrivilegedContainers(ClusterPolicy):
    """No container is privileged: one that is owns its node, and with it every identity there.

    Source: Azure/azure-policy, "Kubernetes cluster should not allow privileged containers".
    """

    built_in: ClassVar[str] = "privileged_containers"


class PrivilegeEscalation(ClusterPolicy):
    """No process gets more rights than its parent.

    Source: Azure/azure-policy, "Kubernetes clusters should not allow container privilege escalation".
    """

    built_in: ClassVar[str] = "privilege_escalation"


class AllowedImages(ClusterPolicy):
    """Images come from where you say only.

    Source: Azure/azure-policy, "Kubernetes cluster containers should only use allowed images".
    """

    built_in: ClassVar[str] = "allowed_images"

    allowed_container_images_regex: ImagesRegex
    """What whole image names must match, from `^` to `$`; write dots as `\\\\.`."""

    def parameters(self) -> dict[str, Any]:
        return {"allowedContainerImagesRegex": self.allowed_container_images_regex}


class NonRootContainers(ClusterPolicy):
    """No container runs as root; groups are not restricted.

    Source: Azure/azure-policy, "Kubernetes cluster pods and containers should only run with approved user and
    group IDs".
    """

    built_in: ClassVar[str] = "non_root"

    def parameters(self) -> dict[str, Any]:
        return {"runAsUserRule": "MustRunAsNonRoot"}


class ResourceLimits(ClusterPolicy):
    """Every container has limits, and none above these.

    Source: Azure/azure-policy, "Kubernetes cluster containers CPU and memory resource limits should not exceed
    the specified limits".
    """

    built_in: ClassVar[str] = "resource_limits"

    cpu_limit: Cpu
    """The most processor that one container may ask for, such as `500m` or `2`."""
    memory_limit: Memory
    """The most memory that one container may ask for, such as `1Gi`."""

    def parameters(self) -> dict[str, Any]:
        return {"cpuLimit": self.cpu_limit, "memoryLimit": self.memory_limit}


class HostPath(Arguments):
    """A path of the node that pods may mount."""

    path_prefix: PathPrefix
    """The path and everything under it."""
    read_only: StrictBool = True
    """Whether it may be read only; left out, yes."""


class HostPaths(ClusterPolicy):
    """No pod mounts a path of its node, but for those you allow.

    Source: Azure/azure-policy, "Kubernetes cluster pod hostPath volumes should only use allowed host paths".
    """

    built_in: ClassVar[str] = "host_paths"

    allowed_host_paths: Sequence[HostPath] = ()
    """The paths that may be mounted; left out, none."""

    def parameters(self) -> dict[str, Any]:
        paths = [{"pathPrefix": path.path_prefix, "readOnly": path.read_only} for path in self.allowed_host_paths]
        return {"allowedHostPaths": {"paths": paths}}


class WorkloadIdentityOn(ClusterPolicy):
    """The cluster keeps workload identity on. Azure can only report it: it has no `Deny`.

    Source: Azure/azure-policy, "Azure Kubernetes Service Clusters should enable workload identity".
    """

    built_in: ClassVar[str] = "workload_identity"

    effect: Literal["Audit", "Disabled"] = "Audit"  # pyright: ignore[reportIncompatibleVariableOverride]
    """`Audit` reports, `Disabled` is silent; left out, `Audit`."""


class PodSecurityBaseline(ClusterPolicy):
    """Azure's initiative for the Pod Security Standard `baseline`; its members move to `Deny` together.

    Source: Azure/azure-policy, "Kubernetes cluster pod security baseline standards for Linux-based workloads".
    """

    built_in: ClassVar[str] = "pod_security_baseline"


class PodSecurityRestricted(ClusterPolicy):
    """Azure's initiative for the Pod Security Standard `restricted`; its members move to `Deny` together.

    Source: Azure/azure-policy, "Kubernetes cluster pod security restricted standards for Linux-based workloads".
    """

    built_in: ClassVar[str] = "pod_security_restricted"


class TrustedIssuers(ClusterPolicy):
    """Identities of a resource group trust AKS clusters of your tenants and regions only.

    It judges federated credentials, which are not in the cluster but with their identities, so it is
    assigned to their resource group. It lets issuers that are not AKS pass. Azure ships it as a preview.

    Source: Azure/azure-policy, "Managed Identity Federated Credentials from Azure Kubernetes should be from trusted
    sources".
    """

    built_in: ClassVar[str] = "trusted_issuers"

    allowed_tenants: Annotated[Sequence[Guid], Field(min_length=1)]
    """The tenants whose clusters are trusted, at least one: to Azure an empty list means all."""
    allowed_locations: Sequence[Location] = ()
    """The regions whose clusters are trusted; left out, all."""
    allowed_cluster_exceptions: Sequence[Guid] = ()
    """Clusters that are trusted all the same, by the GUID at the end of their issuer URL; left out, none."""

    def parameters(self) -> dict[str, Any]:
        return {
            "allowedTenants": list(self.allowed_tenants),
            "allowedLocations": list(self.allowed_locations),
            "allowedClusterExceptions": list(self.allowed_cluster_exceptions),
        }
