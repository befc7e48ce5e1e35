"""Microsoft.Authorization/policyAssignments: built-in policies assigned to a scope. Nothing here evaluates them.

Sources: Microsoft Learn, governance/policy/concepts/assignment-structure and resource-name-rules;
azure-rest-api-specs resources/policy; PolicyParameterValueNotAllowed as quoted in Azure/Azure-Landing-Zones issue 442,
UndefinedPolicyParameter in hashicorp/terraform issue 28208, PolicyDefinitionNotFound in Azure-Landing-Zones issue 3865.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .authorization import check_scope
from .errors import ArmError, bad_request
from .resource_type import Endpoint, NameRule, ResourceType, Write
from .store import Json

VERSIONS = ("2025-01-01", "2025-03-01", "2026-06-01", "2024-05-01", "2022-06-01")
ASSIGNMENTS = "Microsoft.Authorization/policyAssignments"
MODES = ("Default", "DoNotEnforce", "Enroll")
_DEFINITION = re.compile(r"/providers/Microsoft\.Authorization/(policy(?:Set)?Definitions)/([^/]+)", re.IGNORECASE)


@cache
def built_in_policies() -> Mapping[tuple[str, str], Json]:
    """By kind and GUID, both in lower case; the file names its source."""
    data: Any = json.loads((Path(__file__).parent / "data" / "built_in_policies.json").read_text(encoding="utf-8"))
    return {(policy["type"].lower(), policy["id"].lower()): policy for policy in data["policies"]}


def _check(write: Write) -> None:
    check_scope(write.cloud, write.address.scope)
    write.set("properties.scope", write.address.scope)
    if write.get("properties.enforcementMode") not in MODES:
        raise bad_request(f"The enforcementMode must be one of {', '.join(MODES)}.")
    policy = _assigned(write)
    sent: dict[str, Any] = write.get("properties.parameters") or {}
    _check_parameters(write, policy, sent)
    effect: Any = sent.get("effect", {}).get("value")
    if "effect" in sent and policy["effects"] and effect not in policy["effects"]:
        raise ArmError(
            400,
            "PolicyParameterValueNotAllowed",
            f"The value '{effect}' is not allowed for policy parameter 'effect' in policy definition '{policy['id']} "
            f"version {policy['version']}'. The allowed values are '{', '.join(policy['effects'])}'.",
        )


def _assigned(write: Write) -> Json:
    definition = str(write.get("properties.policyDefinitionId"))
    found = _DEFINITION.fullmatch(definition)
    policy = built_in_policies().get((found[1].lower(), found[2].lower())) if found else None
    if policy is None:
        kind, what = ("Set", " set") if found and "Set" in found[1] else ("", "")
        name = definition.rpartition("/")[2]
        message = f"The policy{what} definition '{name}' could not be found."
        raise ArmError(404, f"Policy{kind}DefinitionNotFound", message)
    return policy


def _check_parameters(write: Write, policy: Json, sent: dict[str, Any]) -> None:
    """The code for a missing one is documented with assignments; its wording is not."""
    known = {*policy["required"], *policy["optional"], *(("effect",) if policy["effects"] else ())}
    undefined = sorted(sent.keys() - known)
    if undefined:
        raise ArmError(
            400,
            "UndefinedPolicyParameter",
            f"The policy assignment '{write.address.name}' is attempting to assign the parameter(s) "
            f"'{','.join(undefined)}' which are not defined in the policy definition '{policy['id']}'.",
        )
    missing = [name for name in policy["required"] if sent.get(name, {}).get("value") is None]
    if missing:
        raise ArmError(
            400,
            "MissingPolicyParameter",
            f"The policy assignment '{write.address.name}' is missing the parameter(s) '{','.join(missing)}' as "
            f"defined in the policy definition '{policy['id']}'.",
        )


def _complete(write: Write) -> None:
    write.set("properties.instanceId", write.guid("instance"))
    if not write.get("properties.definitionVersion"):
        write.set("properties.definitionVersion", f"{_assigned(write)['version'].partition('.')[0]}.*.*")


ASSIGNMENT = ResourceType(
    name=ASSIGNMENTS,
    api_versions=VERSIONS,
    # resource-name-rules gives the characters and the length at scopes below a management group, and no code.
    name_rule=NameRule(
        r"[^#<>*%&:\\?+/.\x00-\x1f]{0,63}[^#<>*%&:\\?+/.\x00-\x20]",
        "BadRequest",
        r"The policy assignment name '{name}' must be 1 to 64 characters without # < > * % & : \ ? . + / and must not "
        "end with a space.",
    ),
    located=False,
    required=("properties.policyDefinitionId",),
    defaults={"properties.enforcementMode": "Default"},
    read_only=("properties.scope", "properties.instanceId"),
    patchable=(),
    check=_check,
    complete=_complete,
    answers_deleted=True,
)

TYPES = (ASSIGNMENT,)
ENDPOINTS: tuple[Endpoint, ...] = ()
