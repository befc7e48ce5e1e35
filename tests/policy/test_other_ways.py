"""Other ways to access, used so that they hand out nothing; and what is only pointed out."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from tests.azure_mocks import TENANT
from tests.policy.attacks.attack import raw
from tests.policy.attacks.deployments import acted, deployed, of_policy
from tests.policy.attacks.requests_for_roles import PEOPLE_WIDE, ROOT_GROUP, SUBSCRIPTION_ID, routing_cluster
from tests.policy.attacks.services import ADMINISTRATORS, GIVING, KEEPING, RIGHTS, SOMEBODY, an_azure_native
from tests.policy.builders import (
    CONTRIBUTOR,
    PEOPLE,
    READER,
    assignment,
)
from tests.policy.judging import AnyAzure, Config, judge
from tests.recorder import run

RUNNING = (
    "azure-native:automation:Runbook",
    "azure-native:compute:VirtualMachineExtension",
    "azure-native:compute:VirtualMachineRunCommandByVirtualMachine",
    "azure-native:compute:VirtualMachineScaleSetExtension",
    "azure-native:containerregistry:Task",
    "azure-native:containerregistry:TaskRun",
    "azure-native:hybridcompute:MachineRunCommand",
    "azure-native:kubernetesconfiguration:FluxConfiguration",
    "azure-native:kusto:Script",
    "azure:automation/runBook:RunBook",
    "azure:compute/extension:Extension",
    "azure:containerservice/fluxConfiguration:FluxConfiguration",
    "azure:containerservice/registryTask:RegistryTask",
)

HARMLESS: dict[str, tuple[Callable[[], Any], Config]] = {
    **{
        f"people who administer {token}": (
            functools.partial(an_azure_native, token, **inputs),
            {RIGHTS: {"people": [PEOPLE, SOMEBODY.upper(), f"app:{SOMEBODY}@{TENANT}"]}},
        )
        for token, inputs in ADMINISTRATORS.items()
    },
    **{
        f"{token} without an administrator": (functools.partial(an_azure_native, token, location="westeurope"), {})
        for token, inputs in (*ADMINISTRATORS.items(), *GIVING.items(), *KEEPING.items())
        if any(isinstance(one, dict) and token not in KEEPING for one in inputs.values())
        and not token.startswith(("billing", "solutions:Application", "solutions:Jit"))
    },
    "an environment of an AI account by its identity": (
        lambda: an_azure_native(
            "cognitiveservices:AccountConnection",
            properties={"authType": "ManagedIdentity", "credentials": {"clientId": "x", "resourceId": "x"}},
        ),
        {},
    ),
    "a SQL server of another provider": (lambda: raw("azure:mssql/server:Server", version="12.0"), {}),
    "a managed application that nobody administers": (
        lambda: an_azure_native(
            "solutions:ApplicationDefinition",
            lockLevel="ReadOnly",
            mainTemplate={"resources": [{"type": "Microsoft.Portal/dashboards", "name": "x"}]},
        ),
        {},
    ),
    "a policy that deploys diagnostics": (
        lambda: of_policy(
            {
                "type": "Microsoft.Insights/diagnosticSettings",
                "roleDefinitionIds": [f"/providers/microsoft.authorization/roleDefinitions/{CONTRIBUTOR}"],
                "deployment": {"properties": {"template": {"resources": [{"type": "Microsoft.Insights/x"}]}}},
            }
        ),
        {},
    ),
    "a policy that audits role assignments": (
        lambda: of_policy({"type": "Microsoft.Authorization/roleAssignments", "existenceCondition": {}}),
        {},
    ),
    "a policy that changes a property": (
        lambda: of_policy({"operations": [{"operation": "addOrReplace", "field": "tags.team", "value": "shop"}]}),
        {},
    ),
    "a policy that denies": (
        lambda: an_azure_native("authorization:PolicyDefinition", policyRule={"then": {"effect": "deny"}}),
        {},
    ),
    "a policy's assignment with an identity": (
        lambda: an_azure_native("authorization:PolicyAssignment", identity={"type": "SystemAssigned"}),
        {},
    ),
    "a template with computed properties": (
        lambda: deployed(
            {
                "type": "Microsoft.Storage/storageAccounts",
                "identity": {"type": "[parameters('identityType')]"},
                "properties": {"x": "[resourceId('Microsoft.Portal/dashboards', 'x')]"},
            },
            parameters={"identityType": {"type": "string"}},
            outputs={"name": {"type": "string", "value": "[list('x')]"}},
        ),
        {},
    ),
    "a text in brackets in a template": (
        lambda: deployed({"type": "Microsoft.Portal/dashboards", "tags": {"note": "[[listKeys(x)]"}}),
        {},
    ),
    **{
        f"{action} of {type_} by azapi": (functools.partial(acted, type_, action), {})
        for type_, action in (
            ("Microsoft.Compute/virtualMachines", "start"),
            ("Microsoft.ContainerService/managedClusters", "stop"),
        )
    },
    "application routing without a role": (routing_cluster, {}),
    "a group that reads a subscription for a reason": (
        lambda: assignment(
            "x", READER, principal_type="Group", scope=SUBSCRIPTION_ID, description="The on-call team of the shop."
        ),
        {},
    ),
    "a listed group that reads a management group": (
        lambda: assignment("x", READER, principal_id=PEOPLE, principal_type="Group", scope=ROOT_GROUP),
        {PEOPLE_WIDE: {"groups": [PEOPLE]}},
    ),
}


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_said_against_what_is_harmless(name: str, preview: bool):
    program, config = HARMLESS[name]

    found = judge(run(program, mocks=AnyAzure(), preview=preview), config=config)

    assert {v.rule: v.message for v in found if v.level == "MANDATORY"} == {}


@pytest.mark.parametrize("token", RUNNING)
def test_what_runs_unseen_is_pointed_out_and_stops_nothing(token: str):
    found = judge(run(lambda: raw(token), mocks=AnyAzure()))

    assert {(v.rule, v.level) for v in found} == {("service-runs-nothing-unseen", "ADVISORY")}
