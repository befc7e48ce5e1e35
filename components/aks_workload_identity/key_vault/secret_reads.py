"""The question that audit logs of vaults are kept for: which workload read which secret."""

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Annotated

import pulumi
from pydantic import Field, TypeAdapter, ValidationError

from ..errors import InvalidArgumentError, Problem
from ..names import GUID_PATTERN

_VAULT_ID = re.compile(
    r"^/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/Microsoft\.KeyVault/vaults/[^/\s]+$", re.IGNORECASE
)
_Days = TypeAdapter(Annotated[int, Field(strict=True, ge=1, le=4383)])


def secret_reads(
    principal_ids: Mapping[str, pulumi.Input[str]], vault_ids: Sequence[pulumi.Input[str]], *, days: int = 30
) -> pulumi.Output[str]:
    """The KQL query that tells which workload read which secret of these vaults, how often, since and until when.

    Run it in the Log Analytics workspace that the vaults' AuditEvent logs go to. Readers are told apart by object
    id, which no log entry can fake and no rename changes; whoever is none of the workloads is listed by its id.
    It tells the workload, not the pod: all pods of a workload are one identity.

    Args:
        principal_ids: the workloads' principal (object) ids by name, for example `{"orders": orders.principal_id}`.
        vault_ids: the vaults' resource ids.
        days: how many days to look back, at most the workspace's retention; left out, 30.

    Raises:
        InvalidArgumentError: when an id cannot be one; as soon as it is known.

    Source: Azure Monitor Logs reference, AZKVAuditLogs; Microsoft Learn, "Azure Key Vault logging".
    """
    found: list[Problem] = []
    try:
        _Days.validate_python(days)
    except ValidationError:
        found.append(Problem(("days",), f"must be a number of days from 1 to 4383, for example 30; got {days!r}"))
    # Callers without a type checker hand over an attribute that is None, or one id for a list of them.
    if not isinstance(principal_ids, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        found.append(Problem(("principal_ids",), f"must be a map of names to object ids; got {principal_ids!r}"))
    if not isinstance(vault_ids, Sequence) or isinstance(vault_ids, str) or not vault_ids:  # pyright: ignore[reportUnnecessaryIsInstance]
        found.append(Problem(("vault_ids",), f"must be a list of one vault's resource id or more; got {vault_ids!r}"))
    if found:
        raise InvalidArgumentError("secret_reads", found)
    return pulumi.Output.all(
        pulumi.Output.from_input(dict(principal_ids)), pulumi.Output.from_input([*vault_ids])
    ).apply(lambda known: secret_reads_text(known[0], known[1], days))


def secret_reads_text(principal_ids: Mapping[str, str], vault_ids: Sequence[str], days: int) -> str:
    """The query for ids that are known, for example of a stack's outputs."""
    found = [
        Problem(("principal_ids", name), f"must be an object id, a GUID; got {id_!r}")
        for name, id_ in principal_ids.items()
        if not re.fullmatch(GUID_PATTERN, id_)
    ]
    found += [
        Problem(("vault_ids", index), f"must be the resource id of a vault; got {id_!r}")
        for index, id_ in enumerate(vault_ids)
        if not _VAULT_ID.fullmatch(id_)
    ]
    if found:
        raise InvalidArgumentError("secret_reads", found)
    rows = ",\n".join(f"    {_text(id_.lower())}, {_text(name)}" for name, id_ in sorted(principal_ids.items()))
    return "\n".join(
        [
            f"let workloads = datatable(objectId: string, workload: string) [\n{rows}\n];",
            f"let vaults = dynamic([{', '.join(_text(id_) for id_ in vault_ids)}]);",
            f"let period = {days}d;",
            files("aks_workload_identity.key_vault").joinpath("secret_reads.kql").read_text(encoding="utf-8"),
        ]
    )


def _text(value: str) -> str:
    """A string literal: KQL has JSON's escapes, of which JSON's own writer uses only those that KQL knows."""
    return json.dumps(value, ensure_ascii=False)
