"""The verdict on every built-in role: computed from its permissions, then corrected by a reviewed table.

By GUID: names are changed, GUIDs never.
Sources: `data/built_in_roles.json` names its own; Microsoft Learn, role-based-access-control/built-in-roles.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from aks_workload_identity_policy.permissions import Judgement, Verdict, judge, lets_take_more

__all__ = ["CORRECTIONS", "MANAGED_IDENTITY_OPERATOR", "Role", "Verdict", "built_in_roles", "gives_access", "role"]


@dataclass(frozen=True)
class Role:
    """A built-in role, judged."""

    guid: str
    name: str
    verdict: Verdict
    why: str
    instead: str
    """What to grant instead, as the object of "grant"."""


class Correction(NamedTuple):
    """What the permissions alone judge wrongly."""

    name: str
    verdict: Verdict
    reason: str


MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"

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
    # --- wider than their permissions look
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": Correction(
        "Key Vault Certificate User", Verdict.WIDE, "reads every secret too, not certificates alone"
    ),
    "2efddaa5-3f1f-4df3-97df-af3f13818f4c": Correction(
        "Container Registry Repository Contributor", Verdict.REFUSED, "replaces and deletes images that others run"
    ),
    # --- in Azure, not in the data. Microsoft Learn: role-based-access-control/built-in-roles/privileged
    "a8889054-8d42-49c9-bc1c-52486c10e7cd": Correction(
        "Reservations Administrator", Verdict.REFUSED, "manages access to orders"
    ),
}

# What to grant instead, by the provider of the operation that decided: the first line that fits.
_INSTEAD = (
    ("microsoft.keyvault/", "Key Vault Secrets User on the one vault"),
    ("microsoft.containerregistry/", "AcrPull to the cluster's kubelet identity on the one registry"),
    (
        "microsoft.storage/storageaccounts/queueservices",
        "Storage Queue Data Message Sender or Processor on the one queue",
    ),
    ("microsoft.storage/", "Storage Blob Data Reader or Contributor on the one container"),
    ("microsoft.servicebus/", "Azure Service Bus Data Sender or Receiver on the one queue or topic"),
    ("microsoft.eventhub/", "Azure Event Hubs Data Sender or Receiver on the one hub"),
    ("microsoft.cognitiveservices/", "Cognitive Services OpenAI User on the one account"),
    ("microsoft.appconfiguration/", "App Configuration Data Reader on the one store"),
    ("microsoft.search/", "Search Index Data Reader on the one service"),
    ("microsoft.documentdb/", "a Cosmos DB SQL role on the one container"),
    ("microsoft.containerservice/", "a Kubernetes role to the service account inside the cluster"),
    ("microsoft.sql/", "a contained database user to the identity"),
)
_INSTEAD_BY_GUID = {
    MANAGED_IDENTITY_OPERATOR: "it to the cluster's control-plane identity on exactly the kubelet identity",
    "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "nothing to the workload, and federate its credentials in the program",
    "7e559ce2-48d7-4b27-9128-fa1b247f1308": "nothing to the workload, and federate its credentials in the program",
    "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Secrets User on the one vault",
}
DATA_ROLE = "a data role on the one resource, for example Key Vault Secrets User on a vault"


@cache
def built_in_roles() -> Mapping[str, Mapping[str, Any]]:
    """Name and permissions of each built-in role, by GUID in lower case."""
    text = (files(__package__ or "") / "data" / "built_in_roles.json").read_text(encoding="utf-8")
    return {one["id"].lower(): one for one in json.loads(text)["roles"]}


@cache
def gives_access(guid: str) -> bool:
    """Whether a built-in role lets its holder give roles, to others or itself, or become any identity."""
    known = built_in_roles().get(guid)
    return known is None or lets_take_more(known["permissions"])


@cache
def role(guid: str) -> Role | None:
    """The built-in role of this GUID, judged; None if there is none."""
    guid = guid.lower()
    known, correction = built_in_roles().get(guid), CORRECTIONS.get(guid)
    if known is None and correction is None:
        return None
    computed = judge(known["permissions"]) if known else Judgement(Verdict.REFUSED, "is not known")
    name = known["name"] if known else correction.name if correction else guid
    instead = _INSTEAD_BY_GUID.get(guid) or _instead(known, computed)
    if correction:
        return Role(guid, name, correction.verdict, correction.reason, instead)
    return Role(guid, name, computed.verdict, str(computed), instead)


def _instead(known: Mapping[str, Any] | None, computed: Judgement) -> str:
    operations = [computed.operation] + [
        operation
        for part in (known or {}).get("permissions", ())
        for operation in (*part.get("dataActions", ()), *part.get("actions", ()))
    ]
    found = (text for operation in operations for start, text in _INSTEAD if operation.lower().startswith(start))
    return next(found, DATA_ROLE)
