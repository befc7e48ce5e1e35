"""The stack's configuration, read into the library's own argument models; unknown keys are refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Self

import pulumi
from aks_workload_identity import InvalidArgumentError, NodePool, ServiceAccount
from aks_workload_identity.arguments import Arguments, Rule, problems
from aks_workload_identity.cluster_network import Cidr
from aks_workload_identity.errors import Problem
from aks_workload_identity.kubeconfig import KubeloginMode
from aks_workload_identity.names import ClusterName, Guid, Location, MapKey, PlainText, ResourceGroupName
from aks_workload_identity.vault_objects import VaultObjects
from pulumi.runtime import config
from pulumi_kubernetes import apps, core, meta
from pydantic import Field, ValidationError
from pydantic.alias_generators import to_camel

Replicas = Annotated[int, Field(ge=0, le=1000), Rule("0-1000 replicas", 2)]


class ClusterSettings(Arguments):
    """The AKS cluster."""

    name: ClusterName
    """The cluster's name in Azure."""
    admin_group_object_ids: Annotated[Sequence[Guid], Field(min_length=1, max_length=20)]
    """Object ids of the Entra groups whose members administer the cluster."""
    authorized_ip_ranges: Sequence[Cidr] = ()
    """Public address ranges that reach the API server; left out, all."""
    system_pool: NodePool = NodePool()
    """The system node pool."""
    kubelogin_mode: KubeloginMode = "azurecli"
    """Where kubelogin takes its token from."""


class KeyVaultSettings(Arguments):
    """The vault that workloads read."""

    allowed_ip_ranges: Sequence[str] = ()
    """Public address ranges that reach the vault, the nodes' outbound address among them; left out, none."""
    recover: bool = False
    """Whether a soft-deleted vault of the same name is brought back, with all it held; left out, no."""


class WorkloadSettings(Arguments):
    """One workload: its service account, its image, and what it sees of the vault."""

    service_account: ServiceAccount
    """The service account of its pods."""
    image: PlainText
    """The container image."""
    replicas: Replicas = 2
    """The number of pods."""
    vault_objects: VaultObjects = {}
    """Secrets, keys and certificates of the vault that the pods see as files; left out, none."""

    def deployment_spec(self, name: str) -> apps.v1.DeploymentSpecArgs:
        """A Deployment of the image that runs without privileges, before any identity is added."""
        labels = {"app.kubernetes.io/name": name}
        return apps.v1.DeploymentSpecArgs(
            replicas=self.replicas,
            selector=meta.v1.LabelSelectorArgs(match_labels=labels),
            template=core.v1.PodTemplateSpecArgs(
                metadata=meta.v1.ObjectMetaArgs(labels=labels),
                spec=core.v1.PodSpecArgs(
                    containers=[
                        core.v1.ContainerArgs(
                            name=name,
                            image=self.image,
                            security_context=core.v1.SecurityContextArgs(
                                allow_privilege_escalation=False,
                                capabilities=core.v1.CapabilitiesArgs(drop=["ALL"]),
                            ),
                        )
                    ],
                    security_context=core.v1.PodSecurityContextArgs(
                        run_as_non_root=True, seccomp_profile=core.v1.SeccompProfileArgs(type="RuntimeDefault")
                    ),
                ),
            ),
        )


class Settings(Arguments):
    """Everything that a stack of this project can be told."""

    location: Location
    """The Azure region of everything."""
    resource_group_name: ResourceGroupName
    """The resource group, made by this stack."""
    cluster: ClusterSettings
    """The AKS cluster."""
    key_vault: KeyVaultSettings = KeyVaultSettings()
    """The vault that workloads read."""
    workloads: Mapping[MapKey, WorkloadSettings] = {}
    """The workloads by name."""
    tags: Mapping[str, str] = {}
    """Azure tags of everything that takes them."""

    @classmethod
    def load(cls) -> Self:
        """Read all configuration keys of the project.

        Raises:
            InvalidArgumentError: with every wrong or unknown key at once; values of secret keys are not shown.
        """
        project = pulumi.get_project()
        given = {
            key.removeprefix(f"{project}:"): value
            for key, value in {**config.get_config_env(), **config.CONFIG.get()}.items()
            if key.startswith(f"{project}:")
        }
        try:
            return cls.model_validate({key: _parsed(value) for key, value in given.items()})
        except ValidationError as error:
            secret = {key for key in given if config.is_config_secret(f"{project}:{key}")}
            found = [_without_secret(problem, secret) for problem in problems(error, cls, to_camel)]
            raise InvalidArgumentError(f"Configuration of stack {pulumi.get_stack()!r}", found, to_camel) from None


def _parsed(value: str) -> object:
    """Pulumi hands objects and lists over as JSON text, everything else as plain text."""
    try:
        return json.loads(value) if value[:1] in ("{", "[") else value
    except ValueError:
        return value


def _without_secret(problem: Problem, secret: set[str]) -> Problem:
    if problem.path and to_camel(str(problem.path[0])) in secret:
        return Problem(problem.path, "is wrong; its value is secret and not shown")
    return problem
