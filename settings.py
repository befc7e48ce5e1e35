"""The stack's configuration, read into the library's own argument models; unknown keys are refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import pulumi
from aks_workload_identity import (
    ApiServerAccess,
    CognitiveServicesAccount,
    Grant,
    InvalidArgumentError,
    NodePool,
    ServiceAccount,
    StorageAccount,
    WorkloadIdentityClusterArgs,
    grants,
)
from aks_workload_identity.arguments import Arguments, Rule
from aks_workload_identity.cluster.audit import DEFAULT_CATEGORIES, Categories
from aks_workload_identity.cluster.kubeconfig import KubeloginMode
from aks_workload_identity.errors import Problem
from aks_workload_identity.key_vault.mount_args import OnlySecretNames, names_problem
from aks_workload_identity.key_vault.objects import VaultObjects
from aks_workload_identity.labels import Tags
from aks_workload_identity.names import (
    ClusterName,
    ContainerName,
    ContainerNames,
    Guid,
    Location,
    PlainText,
    ResourceGroupName,
)
from aks_workload_identity.network_rules import CognitiveServicesNetwork, KeyVaultNetwork, StorageNetwork
from aks_workload_identity.services.cognitive_services import ModelDeployments
from aks_workload_identity.services.log_analytics import RetentionDays, WorkspaceId
from pulumi.runtime import config
from pulumi_kubernetes import apps, core, meta
from pydantic import Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

PROJECT = "aks-workload-identity"

WorkloadName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][-a-z0-9]*[a-z0-9]$", min_length=3, max_length=40),
    Rule("a workload name: 3-40 lower-case letters, digits and hyphens, a letter or digit at both ends", "orders"),
]
GrantedName = Annotated[
    ContainerName,
    StringConstraints(max_length=32),
    Rule(
        "a container or queue: 3-32 lower-case letters, digits and single hyphens, as its role's name has", "invoices"
    ),
]
Replicas = Annotated[int, Field(ge=0, le=1000), Rule("0-1000 replicas", 2)]


class ClusterSettings(Arguments):
    """The AKS cluster."""

    cluster_name: ClusterName
    """The cluster's name in Azure."""
    admin_group_object_ids: Annotated[Sequence[Guid], Field(min_length=1, max_length=20)]
    """Object ids of the Entra groups whose members administer the cluster."""
    api_server: ApiServerAccess = ApiServerAccess()
    """Who reaches the API server over the network; left out, the internet, behind Entra ID's login."""
    system_pool: NodePool = NodePool()
    """The system node pool."""
    kubelogin_mode: KubeloginMode = "azurecli"
    """Where kubelogin takes its token from."""

    @model_validator(mode="after")
    def _a_cluster_can_be_made_of_it(self) -> Self:
        given = dict(self)
        try:
            WorkloadIdentityClusterArgs(resource_group_name="rg", location="westeurope", **given)
        except InvalidArgumentError as error:
            # A setting that is wrong by itself is told already, and missing here.
            told = [problem for problem in error.problems if problem.path[0] in given]
            raise InvalidArgumentError("ClusterSettings", told) from None
        return self


class KeyVaultSettings(KeyVaultNetwork):
    """The vault that workloads read; nodes come from their outbound address, their subnet or through the endpoint."""

    recover: bool = False
    """Whether a soft-deleted vault of the same name is brought back, with all it held; left out, no."""


class AuditSettings(Arguments):
    """Where the audit logs of vault and cluster go."""

    workspace_id: WorkspaceId | None = None
    """The resource id of a Log Analytics workspace; left out, one is made."""
    retention_in_days: RetentionDays = 90
    """Days that a workspace made here keeps logs, 30-730; left out, 90."""
    categories: Categories = DEFAULT_CATEGORIES
    """What is kept of the cluster; left out, all requests, those that change something, and logins."""

    @property
    def workspace(self) -> dict[str, Any]:
        """What a workspace made here is told."""
        return {"retention_in_days": self.retention_in_days}


class StorageSettings(StorageNetwork):
    """The storage account that workloads use; nodes come from their subnet or through the endpoints."""

    containers: ContainerNames = ()
    """Blob containers; left out, none."""
    queues: ContainerNames = ()
    """Queues; left out, none."""


class OpenAISettings(CognitiveServicesNetwork):
    """The Azure OpenAI account that agents call; nodes come from their outbound address, their subnet or through the
    endpoint."""

    deployments: ModelDeployments = {}
    """The models by the name that agents use; left out, none."""
    recover: bool = False
    """Whether a soft-deleted account of the same name is brought back; left out, no."""


class WorkloadSettings(Arguments):
    """One workload: its service account, its image, what it sees of the vault and what else it may do."""

    service_account: ServiceAccount
    """The service account of its pods."""
    image: PlainText
    """The container image."""
    replicas: Replicas = 2
    """The number of pods."""
    vault_objects: VaultObjects = {}
    """Secrets, keys and certificates of the vault that the pods see as files; left out, none."""
    only_secret_names: OnlySecretNames = None
    """The only secrets of the vault whose values it may read, by a condition on its role, which Azure calls a preview;
    left out, all secrets of the vault as soon as it sees one of them."""
    blobs: Mapping[GrantedName, Literal["read", "write"]] = {}
    """What it may do with the blobs of which container; left out, nothing. `write` (Storage Blob Data Contributor)
    covers reading and deleting blobs, and deleting the container."""
    messages: Mapping[GrantedName, Literal["process", "send"]] = {}
    """What it may do with the messages of which queue; left out, nothing."""
    models: Literal["call"] | None = None
    """Whether it may call the models of the Azure OpenAI account; left out, no."""

    def grants(self, storage: StorageAccount | None, open_ai: CognitiveServicesAccount | None) -> dict[str, Grant]:
        """What it may do beside reading its files of the vault."""
        blobs = {"read": grants.storage.read_blobs, "write": grants.storage.write_blobs}
        messages = {"process": grants.storage.process_messages, "send": grants.storage.send_messages}
        found: dict[str, Grant] = {}
        if storage:
            found |= {f"{verb}-{key}": blobs[verb](storage.containers[key].id) for key, verb in self.blobs.items()}
            found |= {f"{verb}-{key}": messages[verb](storage.queues[key].id) for key, verb in self.messages.items()}
        if open_ai and self.models:
            found["call-models"] = grants.cognitive_services.call_models(open_ai.id)
        return found

    def deployment_spec(self, name: str, open_ai: CognitiveServicesAccount | None) -> apps.v1.DeploymentSpecArgs:
        """A Deployment of the image that runs without privileges, before any identity is added."""
        environment = open_ai.environment if open_ai and self.models else dict[str, pulumi.Input[str]]()
        variables = [core.v1.EnvVarArgs(name=key, value=value) for key, value in environment.items()]
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
                            # An API server keeps no empty list, and a refresh would miss it.
                            env=variables or None,
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
    audit: AuditSettings = AuditSettings()
    """Where the audit logs of vault and cluster go; left out, to a workspace of the stack."""
    key_vault: KeyVaultSettings = KeyVaultSettings()
    """The vault that workloads read."""
    storage: StorageSettings = StorageSettings()
    """The storage account; without containers and queues there is none."""
    open_ai: OpenAISettings = OpenAISettings()
    """The Azure OpenAI account; without deployments there is none."""
    workloads: Mapping[WorkloadName, WorkloadSettings] = {}
    """The workloads by name."""
    tags: Tags = {}
    """Azure tags of everything that takes them."""

    @model_validator(mode="after")
    def _workloads_use_what_there_is(self) -> Self:
        found: list[Problem] = []
        accounts: dict[str, str] = {}
        for name, workload in self.workloads.items():
            subject = workload.service_account.subject
            if subject in accounts:
                path = ("workloads", name, "service_account")
                found.append(Problem(path, f"must be of one workload only; got {subject}, as {accounts[subject]} has"))
            accounts.setdefault(subject, name)
            for field, used, there in (
                ("blobs", workload.blobs, self.storage.containers),
                ("messages", workload.messages, self.storage.queues),
            ):
                found.extend(
                    Problem(("workloads", name, field), f"must name what storage has, {sorted(there)}; got {each!r}")
                    for each in used
                    if each not in there
                )
            if workload.only_secret_names and not workload.vault_objects:
                text = "must be left out unless the workload sees something of the vault"
                found.append(Problem(("workloads", name, "only_secret_names"), text))
            if problem := names_problem(workload.only_secret_names, workload.vault_objects):
                found.append(Problem(("workloads", name, "only_secret_names"), problem))
            if workload.models and not self.open_ai.deployments:
                found.append(Problem(("workloads", name, "models"), "must be left out unless openAi has deployments"))
        if found:
            raise InvalidArgumentError("Settings", found)
        return self

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
        secret = {key for key in given if config.is_config_secret(f"{project}:{key}")}
        parsed = {key: _parsed(value) for key, value in given.items()}
        return cls._read(parsed, secret, f"Configuration of stack {pulumi.get_stack()!r}")

    @classmethod
    def of_config(cls, written: Mapping[str, Any], where: str) -> Self:
        """Read the `config` of a stack's file, without Pulumi.

        Args:
            written: the keys as the file has them.
            where: the file's name, for the error.

        Raises:
            InvalidArgumentError: as `load`; a sealed value cannot be read.
        """
        given = {key.removeprefix(f"{PROJECT}:"): each for key, each in written.items() if key.startswith(PROJECT)}
        secret = {key for key, each in given.items() if isinstance(each, Mapping) and "secure" in each}
        return cls._read(given, secret, where)

    @classmethod
    def _read(cls, given: Mapping[str, Any], secret: set[str], where: str) -> Self:
        try:
            return cls(**given)
        except InvalidArgumentError as error:
            found = [_without_secret(problem, secret) for problem in error.problems]
            raise InvalidArgumentError(where, found, _as_in_yaml) from None


def _as_in_yaml(name: str) -> str:
    """A field's name as YAML spells it; the user's own keys stay as they are."""
    return to_camel(name) if name in _field_names(Arguments) else name


def _field_names(model: type[Arguments]) -> set[str]:
    return set(model.model_fields).union(*map(_field_names, model.__subclasses__()))


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
