"""What the permissions of built-in roles alone judge wrongly, in either direction: a table, reviewed line by line."""

from collections.abc import Mapping
from typing import NamedTuple

from aks_workload_identity_policy.permissions import Verdict


class Correction(NamedTuple):
    """What the permissions alone judge wrongly."""

    name: str
    verdict: Verdict
    reason: str


# The operations of such a role read alone.
_SHOWS = "shows the set-up of "

CORRECTIONS: Mapping[str, Correction] = {
    # --- narrower than their permissions look
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": Correction(
        "AcrPull", Verdict.NARROW, "pulls images: in registries this is an action, not a data action"
    ),
    "21090545-7ca7-4776-b22c-e363652d74d2": Correction(
        "Key Vault Reader",
        Verdict.NARROW,
        "reads public parts, no secret value; its alert, deployment and support actions touch no vault",
    ),
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": Correction(
        "Storage Blob Data Contributor", Verdict.NARROW, "reads and writes blobs of what it is granted on"
    ),
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": Correction(
        "Storage Table Data Contributor", Verdict.NARROW, "reads and writes entities of what it is granted on"
    ),
    "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd": Correction(
        "Cognitive Services OpenAI User",
        Verdict.NARROW,
        "calls models; its wildcards are the caller's own conversations, and it reads no key",
    ),
    "142bfaed-a13f-4c2d-bed2-6db62c4a1009": Correction(
        "Foundry Project Runtime User", Verdict.NARROW, "calls models; its wildcard is the caller's own responses"
    ),
    "3913510d-42f4-4e42-8a64-420c390055eb": Correction(
        "Monitoring Metrics Publisher", Verdict.NARROW, "sends metrics; registering a provider changes no resource"
    ),
    "80d0d6b0-f522-40a4-8886-a5a11720c375": Correction(
        "Durable Task Worker",
        Verdict.NARROW,
        "works off the orchestrations of the one task hub, and no machine's commands",
    ),
    # --- not as bad as their permissions look, but more than a workload usually needs
    "8311e382-0749-4cb8-b61a-304f252e45ec": Correction("AcrPush", Verdict.WIDE, "puts images where clusters pull them"),
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": Correction(
        "Storage Queue Data Contributor", Verdict.WIDE, "makes and deletes queues"
    ),
    "e147488a-f6f5-4113-8e2d-b22465e65bf6": Correction(
        "Key Vault Crypto Service Encryption User", Verdict.WIDE, "manages event subscriptions too"
    ),
    "08bbd89e-9f13-488c-ac41-acfcb10c90ab": Correction(
        "Key Vault Crypto Service Release User", Verdict.WIDE, "releases keys, to attested hardware alone"
    ),
    "befefa01-2a29-4197-83a8-272ff33ce314": Correction(
        "DNS Zone Contributor", Verdict.WIDE, "writes the records of a zone, which external-dns and cert-manager must"
    ),
    "b12aa53e-6015-4669-85d0-8515ebb3ae7f": Correction(
        "Private DNS Zone Contributor", Verdict.WIDE, "writes the records of a zone, which external-dns must"
    ),
    "420fcaa2-552c-430f-98ca-3264be4806c7": Correction(
        "SignalR App Server", Verdict.WIDE, "signs tokens for the clients of the one hub, which its server must"
    ),
    "43d0d8ad-25c7-4714-9337-8ba259a9fe05": Correction(
        "Monitoring Reader",
        Verdict.WIDE,
        _SHOWS + "everything with its metrics and logs, which scalers and dashboards must",
    ),
    "73c42c96-874c-492b-b04d-ab87d138a893": Correction(
        "Log Analytics Reader", Verdict.WIDE, _SHOWS + "everything, and reads the logs of the workspace"
    ),
    "8d289c81-5878-46d4-8554-54e1e3d8b5cb": Correction(
        "Microsoft Sentinel Reader", Verdict.WIDE, "reads incidents and the logs of the workspace"
    ),
    "39bc4728-0917-49c7-9d2c-d95423bc2eb4": Correction(
        "Security Reader", Verdict.WIDE, "reads alerts, weak spots, and how to reset sensors of machines"
    ),
    "a795c7a0-d4a2-40c1-ae25-d81f01202912": Correction(
        "Backup Reader", Verdict.WIDE, _SHOWS + "backups, restores none, and settles the alerts about them"
    ),
    # --- wider than their permissions look
    "dbc9c667-e97f-4491-aee6-90b9cf960190": Correction(
        "Privileged Monitoring Data Reader", Verdict.WIDE, "reads every log, those of protected tables too"
    ),
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": Correction(
        "Key Vault Certificate User", Verdict.WIDE, "reads every secret too, not certificates alone"
    ),
    "2efddaa5-3f1f-4df3-97df-af3f13818f4c": Correction(
        "Container Registry Repository Contributor", Verdict.REFUSED, "replaces and deletes images that others run"
    ),
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": Correction(
        "Key Vault Secrets Officer", Verdict.REFUSED, "reads, replaces, deletes and purges every secret of the vault"
    ),
    "a4417e6f-fecd-4de8-b567-7b0420556985": Correction(
        "Key Vault Certificates Officer",
        Verdict.REFUSED,
        "replaces, deletes and purges every certificate, and the accounts with the authorities that sign them",
    ),
    "14b46e9e-c2b7-41b4-b07b-48a6ebf60603": Correction(
        "Key Vault Crypto Officer", Verdict.REFUSED, "uses, replaces, deletes, purges and exports every key"
    ),
    "48e5e92e-a480-4e71-aa9c-2778f4c13781": Correction(
        "Azure Batch Job Submitter", Verdict.REFUSED, "runs programs on the pools of the account, as their identities"
    ),
    "08954f03-6346-4c2e-81c0-ec3a5cfae23b": Correction(
        "Application Insights Snapshot Debugger", Verdict.REFUSED, "reads what was in the memory of programs"
    ),
    # --- in Azure, not in the data. Microsoft Learn: role-based-access-control/built-in-roles/privileged
    "a8889054-8d42-49c9-bc1c-52486c10e7cd": Correction(
        "Reservations Administrator", Verdict.REFUSED, "manages access to orders"
    ),
    # --- refused for their alert rules, deployments and support requests alone, of which a resource has none
    "c20923c5-b089-47a5-bf67-fd89569c4ad9": Correction(
        "Azure Programmable Connectivity Gateway Dataplane User", Verdict.NARROW, "calls the one gateway"
    ),
    "d1ee9a80-8b14-47f0-bdc2-f4a351625a7b": Correction(
        "Device Update Content Reader", Verdict.NARROW, "reads the updates of one instance"
    ),
    "49e2f5d2-7741-4835-8efa-19e1fe35e47f": Correction(
        "Device Update Deployments Reader", Verdict.NARROW, "reads which device has which update"
    ),
    "e9dba6fb-3d52-4cf0-bce3-f06ce71b9e0f": Correction(
        "Device Update Reader", Verdict.NARROW, "reads updates and which device has them"
    ),
    "a12b0b94-b317-4dcd-84a8-502ce99884c6": Correction(
        "EventGrid TopicSpaces Publisher", Verdict.NARROW, "sends messages to the one topic space"
    ),
    "4b0f2fd7-60b4-4eca-896f-4435034f8bf5": Correction(
        "EventGrid TopicSpaces Subscriber", Verdict.NARROW, "receives messages of the one topic space"
    ),
    "3ae3fb29-0000-4ccd-bf80-542e7b26e081": Correction(
        "Load Test Reader", Verdict.NARROW, "reads load tests and what came of them"
    ),
    "2837e146-70d7-4cfd-ad55-7efa6464f958": Correction(
        "Artifact Signing Certificate Profile Signer", Verdict.WIDE, "signs programs that others trust for it"
    ),
    "02ca0879-e8e4-47a5-a61e-5c618b76e64a": Correction(
        "Device Update Administrator", Verdict.WIDE, "puts updates on devices, and takes them away"
    ),
    "0378884a-3af5-44ab-8323-f5b22f9f3c98": Correction(
        "Device Update Content Administrator", Verdict.WIDE, "replaces the updates that devices install"
    ),
    "e4237640-0e3d-4a46-8fda-70bc94856432": Correction(
        "Device Update Deployments Administrator", Verdict.WIDE, "decides which device installs what"
    ),
    "c1410b24-3e69-4857-8f86-4d0a2e603250": Correction(
        "Quantum Workspace Data Contributor", Verdict.WIDE, "submits jobs that cost money"
    ),
    "00493d72-78f6-4148-b6c5-d3ce8e4799dd": Correction(
        "Azure Arc Enabled Kubernetes Cluster User Role", Verdict.WIDE, "fetches the cluster's kubeconfig"
    ),
    "63f0a09d-1495-4db4-a681-037d84835eb4": Correction(
        "Azure Arc Kubernetes Viewer", Verdict.WIDE, "reads objects of the cluster, no Secrets"
    ),
    "71522526-b88f-4d52-b57f-d31fc3546d0d": Correction(
        "API Management Service Reader Role",
        Verdict.WIDE,
        _SHOWS + "an API gateway with its users, not their keys",
    ),
    "5fb5aef8-1081-4b8e-bb16-9d5d0385bab5": Correction(
        "Automation Runbook Operator", Verdict.WIDE, _SHOWS + "runbooks, and starts none"
    ),
    "ba480ccd-6499-4709-b581-8f38bb215c63": Correction(
        "Azure Migrate Service Reader", Verdict.WIDE, _SHOWS + "machines that are to be moved to Azure"
    ),
    "609c0c20-e0a0-4a71-b99f-e7e755ac493d": Correction(
        "Azure Programmable Connectivity Gateway User", Verdict.WIDE, _SHOWS + "who may do what on the gateway"
    ),
    "d2e8fe82-9212-490f-af3e-34bb52d87d3d": Correction(
        "Azure Resilience Management Drills Reader", Verdict.WIDE, _SHOWS + "drills and how they went"
    ),
    "8210e6a3-4e4c-4e1a-bd83-ef8bac788a45": Correction(
        "Azure Resilience Management Recovery Reader", Verdict.WIDE, _SHOWS + "recovery plans"
    ),
    "4b3fe76c-f777-4d24-a2d7-b027b0f7b273": Correction(
        "Azure Stack HCI VM Reader", Verdict.WIDE, _SHOWS + "machines and networks on premises"
    ),
    "fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64": Correction(
        "Billing Reader", Verdict.WIDE, _SHOWS + "invoices and what they cover"
    ),
    "e6aadb6b-e64f-41c0-9392-d2bba3bc3ebc": Correction(
        "Community Reader Role", Verdict.WIDE, _SHOWS + "enclaves and what connects them"
    ),
    "d5adeb5b-107f-4aca-99ea-4e3f4fc008d5": Correction(
        "Container Apps ConnectedEnvironments Reader", Verdict.WIDE, _SHOWS + "environments of container apps elsewhere"
    ),
    "1b32c00b-7eff-4c22-93e6-93d11d72d2d8": Correction(
        "Container Apps ManagedEnvironments Reader", Verdict.WIDE, _SHOWS + "environments of container apps"
    ),
    "af61e8fc-2633-4b95-bed3-421ad6826515": Correction(
        "Container Apps SessionPools Reader", Verdict.WIDE, _SHOWS + "pools of sessions"
    ),
    "ad2dd5fb-cd4b-4fd4-a9b6-4fed3630980b": Correction(
        "ContainerApp Reader", Verdict.WIDE, _SHOWS + "container apps, not their secrets"
    ),
    "72fafb9e-0641-4937-9268-a91bfd8191a3": Correction(
        "Cost Management Reader", Verdict.WIDE, _SHOWS + "what is spent on what"
    ),
    "aebf23d0-b568-4e86-b8f9-fe83a2c6ab55": Correction(
        "Desktop Virtualization Application Group Reader", Verdict.WIDE, _SHOWS + "which programs desktops offer"
    ),
    "ceadfde2-b300-400a-ab7b-6143895aa822": Correction(
        "Desktop Virtualization Host Pool Reader",
        Verdict.WIDE,
        _SHOWS + "pools of desktops, not their tokens",
    ),
    "49a72310-ab8d-41df-bbb0-79b649203868": Correction(
        "Desktop Virtualization Reader",
        Verdict.WIDE,
        _SHOWS + "all about desktops, not their tokens",
    ),
    "0fa44ee9-7a7d-466b-9bb2-2bf446b1204d": Correction(
        "Desktop Virtualization Workspace Reader", Verdict.WIDE, _SHOWS + "workspaces of desktops"
    ),
    "b7b8f583-43d0-40ae-b147-6b46f53661c1": Correction(
        "GeoCatalog Reader", Verdict.WIDE, _SHOWS + "a catalogue, not what is in it"
    ),
    "2a5c394f-5eb7-4d4f-9c8e-e8eae39faebc": Correction(
        "Lab Services Reader", Verdict.WIDE, _SHOWS + "labs and their people"
    ),
    "4accf36b-2c05-432f-91c8-5c532dff4c73": Correction(
        "Logic Apps Standard Reader", Verdict.WIDE, _SHOWS + "apps and workflows with their runs, not their settings"
    ),
    "05fdd44c-adc6-4aff-981c-61041f0c929a": Correction(
        "Nexus Network Fabric Service Reader", Verdict.WIDE, _SHOWS + "a network's devices and rules"
    ),
    "c5826735-177b-4a0d-a9a3-d0e4b4bda107": Correction(
        "ToolchainOrchestrator Viewer Role", Verdict.WIDE, _SHOWS + "a toolchain's targets and instances"
    ),
}
"""By GUID, in lower case."""
