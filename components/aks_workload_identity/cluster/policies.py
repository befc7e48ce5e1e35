"""ClusterPolicies: Azure Policy's guardrails on one cluster, one assignment each."""

import re
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any, Self

import pulumi
from pulumi_azure_native import authorization
from pydantic import InstanceOf, model_validator

from ..arguments import Arguments, Deferred, Rule
from ..component import Component
from ..errors import InvalidArgumentError, Problem, refused
from .azure_policy import (
    AllowedImages,
    ClusterPolicy,
    ExcludedNamespace,
    HostPaths,
    NonRootContainers,
    PodSecurityBaseline,
    PodSecurityRestricted,
    PrivilegedContainers,
    PrivilegeEscalation,
    ResourceLimits,
    TrustedIssuers,
    WorkloadIdentityOn,
)
from .built_in_policies import SYSTEM_EXCLUSIONS
from .interface import Cluster

# azure-docs, resource name rules: policyAssignments, at every scope but a management group.
_ASSIGNMENT_NAME = re.compile(r"[^#<>*%&:\\?+/.\x00-\x1f]{0,63}[^#<>*%&:\\?+/.\x00-\x20]")
_GROUP_ID = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+", re.IGNORECASE)

ResourceGroupId = Annotated[
    str | Awaitable[str] | pulumi.Output[str],
    Deferred(
        Rule(
            "the id of a resource group, or an Output",
            "/subscriptions/…/resourceGroups/rg-shop-dev",
            lambda value: None if _GROUP_ID.fullmatch(value) else "not a resource group",
        )
    ),
]


class ClusterPoliciesArgs(Arguments):
    """Arguments of `ClusterPolicies`. Each policy that is left out is not assigned."""

    cluster: InstanceOf[Cluster]
    """The cluster, made here or looked up."""
    excluded_namespaces: Sequence[ExcludedNamespace] = ()
    """Namespaces whose pods are not judged, beside those of AKS itself; left out, only those."""
    privileged_containers: PrivilegedContainers | None = None
    """No privileged containers."""
    privilege_escalation: PrivilegeEscalation | None = None
    """No process that gets more rights than its parent."""
    allowed_images: AllowedImages | None = None
    """Images from your registries only."""
    non_root_containers: NonRootContainers | None = None
    """No container that runs as root."""
    resource_limits: ResourceLimits | None = None
    """Limits on every container, and none above yours."""
    host_paths: HostPaths | None = None
    """No path of a node but for those you allow."""
    workload_identity: WorkloadIdentityOn | None = None
    """Workload identity stays on."""
    pod_security_baseline: PodSecurityBaseline | None = None
    """The Pod Security Standard `baseline`."""
    pod_security_restricted: PodSecurityRestricted | None = None
    """The Pod Security Standard `restricted`, which is `baseline` and more."""
    trusted_issuers: TrustedIssuers | None = None
    """Credentials of the identities in `identities_scope` trust your own clusters only."""
    identities_scope: ResourceGroupId | None = None
    """The resource group of the identities that `trusted_issuers` judges; only with it."""

    @property
    def policies(self) -> dict[str, ClusterPolicy]:
        """The policies that were asked for, by the argument's name."""
        fields = {field: getattr(self, field) for field in type(self).model_fields}
        return {field: value for field, value in fields.items() if isinstance(value, ClusterPolicy)}

    @model_validator(mode="after")
    def _one_standard(self) -> Self:
        if self.pod_security_baseline and self.pod_security_restricted:
            raise refused("pod_security_baseline", "must be left out beside pod_security_restricted, which holds it")
        return self

    @model_validator(mode="after")
    def _identities_have_a_place(self) -> Self:
        if (self.trusted_issuers is None) != (self.identities_scope is None):
            raise refused("identities_scope", "must be given exactly when trusted_issuers is")
        return self

    @model_validator(mode="after")
    def _something_is_assigned(self) -> Self:
        if not self.policies:
            raise refused("args", "must name at least one policy, for example privileged_containers={}")
        return self


class ClusterPolicies(Component):
    """Guardrails of Azure Policy on one cluster: built-in definitions, assigned to the cluster itself.

    Each is an assignment of its own that starts as `Audit` and is moved to `Deny` by its own argument. It
    defines no policies and grants no exemptions, and it changes nothing that runs: the add-on reads
    assignments about every 15 minutes, and judges pods when they are created. On an `ExistingCluster` the
    add-on must be on already, because that cluster is not changed.

    Creates:
        - a `PolicyAssignment` for each policy

    Args:
        name: the logical name; children are called `name-<policy>`, in Azure too.
        args: see `ClusterPoliciesArgs`.
        opts: standard resource options.

    Raises:
        InvalidArgumentError: before anything is registered, with all problems of the call.

    Source: Microsoft Learn, "Understand Azure Policy for Kubernetes clusters"; Azure/azure-policy.
    """

    assignments: dict[str, authorization.PolicyAssignment]
    """The assignments, by the argument that asked for them."""

    def __init__(
        self,
        name: str,
        args: ClusterPoliciesArgs | Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ):
        args = ClusterPoliciesArgs.of(args)
        problems = list(_problems(name, args))
        if problems:
            raise InvalidArgumentError(f"ClusterPolicies {name!r}", problems)
        super().__init__("aks-workload-identity:index:ClusterPolicies", name, {}, opts)

        self.assignments = {field: self._assign(field, policy, args) for field, policy in args.policies.items()}
        self.register_outputs({})

    def _assign(self, field: str, policy: ClusterPolicy, args: ClusterPoliciesArgs) -> authorization.PolicyAssignment:
        built_in, values = policy.policy, {"effect": policy.effect, **policy.parameters()}
        if "excludedNamespaces" in built_in.parameters:
            # What is given replaces the definition's own list, so that list is part of it.
            values["excludedNamespaces"] = sorted({*SYSTEM_EXCLUSIONS, *args.excluded_namespaces})
        child = _child(self.pulumi_resource_name, field)
        trusted = isinstance(policy, TrustedIssuers)
        return authorization.PolicyAssignment(
            child,
            policy_assignment_name=child,
            scope=args.identities_scope if trusted and args.identities_scope is not None else args.cluster.id,
            policy_definition_id=built_in.definition_id,
            definition_version=built_in.definition_version,
            display_name=built_in.display_name,
            # Always written out: without it, `Deny` reports and refuses nothing.
            enforcement_mode=authorization.EnforcementMode.DEFAULT,
            parameters={
                name: authorization.ParameterValuesValueArgs(value=value) for name, value in sorted(values.items())
            },
            opts=pulumi.ResourceOptions(parent=self),
        )


def _child(name: str, field: str) -> str:
    return f"{name}-{field.replace('_', '-')}"


def _problems(name: str, args: ClusterPoliciesArgs) -> list[Problem]:
    found: list[Problem] = []
    longest = max((_child(name, field) for field in args.policies), key=len)
    if not _ASSIGNMENT_NAME.fullmatch(longest):
        rule = r"at most 64 characters without # < > * % & : \ ? . + /"
        found.append(Problem((), f"name must make assignment names of {rule}, for example 'shop'; got {longest!r}"))
    in_cluster = [field for field, policy in args.policies.items() if policy.policy.mode == "Microsoft.Kubernetes.Data"]
    if in_cluster and not args.cluster.azure_policy:
        how = (
            "turn it on with azure_policy=True, or where the cluster is not yours with: az aks enable-addons "
            "--addons azure-policy --resource-group <group> --name <cluster>"
        )
        text = f"must have the Azure Policy add-on, which {', '.join(in_cluster)} need; {how}"
        found.append(Problem(("cluster",), text))
    return found
