"""The verdict on every built-in role: computed from its permissions, then corrected by a reviewed table.

By GUID: names are changed, GUIDs never.
Sources: `data/built_in_roles.json` names its own; Microsoft Learn, role-based-access-control/built-in-roles.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from aks_workload_identity_policy.corrections import CORRECTIONS
from aks_workload_identity_policy.permissions import Judgement, Verdict, grants, judge, lets_take_more

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


MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"

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


def writes_roles(guid: str) -> bool:
    """Whether a built-in role lets its holder assign roles, to others or itself."""
    known = built_in_roles().get(guid)
    return known is not None and grants(known["permissions"], "microsoft.authorization/roleassignments/write")


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
