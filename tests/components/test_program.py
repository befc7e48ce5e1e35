"""The dev stack's program, as it is registered: every component in its place, and nothing against the policies."""

import json
import runpy
from typing import Any

import pytest
import yaml
from aks_workload_identity_policy.pack import RULES

from tests.policy.judging import judge
from tests.recorder import UNKNOWN, Recording, run


def dev_stack(*, preview: bool = False) -> Recording:
    with open("Pulumi.dev.yaml") as file:  # noqa: PTH123
        config: dict[str, Any] = yaml.safe_load(file)["config"]
    for soft_deleted in ("keyVault", "openAi"):
        config.get(f"aks-workload-identity:{soft_deleted}", {}).pop("recover")
    handed_over = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    return run(lambda: runpy.run_path("__main__.py", run_name="__main__"), config=handed_over, preview=preview)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return dev_stack()


def test_every_child_belongs_to_its_component(recording: Recording):
    components = {r.urn for r in recording.resources if not r.custom}

    orphans = {r.type for r in recording.resources if r.custom and r.parent not in components}

    assert orphans == {
        "azure-native:resources:ResourceGroup",
        "kubernetes:core/v1:Namespace",
        "kubernetes:apps/v1:Deployment",
    }


def test_every_component_says_when_it_is_complete(recording: Recording):
    components = {r.urn for r in recording.resources if not r.custom}

    assert components == recording.component_outputs.keys()


def test_type_tokens_are_the_contract(recording: Recording):
    assert {r.type for r in recording.resources if not r.custom} == {
        f"aks-workload-identity:index:{name}"
        for name in (
            "ClusterAudit",
            "CognitiveServicesAccount",
            "ContainerRegistry",
            "FederatedWorkload",
            "KeyVault",
            "KeyVaultMount",
            "LogAnalyticsWorkspace",
            "StorageAccount",
            "WorkloadIdentityCluster",
        )
    }


def test_nothing_waits_for_the_cluster_that_does_not_need_it(recording: Recording):
    cluster = recording.one("ManagedCluster").urn

    waiting = {r.type.rpartition(":")[2] for r in recording.resources if cluster in r.dependencies}

    assert waiting == {"DiagnosticSetting", "FederatedIdentityCredential", "kubernetes"}


@pytest.mark.parametrize("preview", [False, True])
def test_the_dev_stack_satisfies_every_policy(preview: bool):
    refused = [violation for violation in judge(dev_stack(preview=preview)) if violation.level == "MANDATORY"]

    assert RULES
    assert refused == []


@pytest.mark.capability("A3")
def test_names_and_trust_are_known_in_the_very_first_preview():
    preview = dev_stack(preview=True)

    plain = {
        "RoleAssignment": ["roleAssignmentName", "roleDefinitionId", "principalType"],
        "FederatedIdentityCredential": ["federatedIdentityCredentialResourceName", "subject", "audiences"],
        "Vault": ["vaultName"],
        "Registry": ["registryName"],
        "azure-native:storage:StorageAccount": ["accountName"],
        "Account": ["accountName"],
    }
    for type_, properties in plain.items():
        assert preview.of_type(type_), type_
        for resource in preview.of_type(type_):
            assert [resource.inputs[p] == UNKNOWN for p in properties] == [False] * len(properties), resource.name


def test_outputs_have_the_shape_that_scripts_read(recording: Recording):
    outputs = recording.outputs

    assert outputs["issuerUrl"].endswith("/")
    orders = outputs["workloads"]["orders"]
    assert orders.keys() == {"clientId", "principalId", "subjects", "roles"}
    assert orders["subjects"] == ["system:serviceaccount:shop:orders"]
    assert [role.keys() for role in orders["roles"]] == [{"role", "scope"}] * 2


@pytest.mark.capability("A10")
@pytest.mark.parametrize(
    ("workload", "roles"),
    [
        ("orders", ["Key Vault Secrets User", "Storage Blob Data Reader"]),
        ("fulfilment", ["Storage Queue Data Message Processor"]),
        ("assistant", ["Cognitive Services OpenAI User"]),
    ],
)
def test_each_workload_may_do_what_its_configuration_says_and_nothing_else(
    recording: Recording, workload: str, roles: list[str]
):
    access = recording.outputs["workloads"][workload]

    assert sorted(role["role"] for role in access["roles"]) == roles
    assert all(role["scope"].count("/") >= 8 for role in access["roles"])


@pytest.mark.capability("A9")
def test_the_agent_is_told_where_its_models_are_and_gets_no_key(recording: Recording):
    container = recording.one("kubernetes:apps/v1:Deployment", "assistant").inputs["spec"]["template"]["spec"][
        "containers"
    ][0]

    assert [variable["name"] for variable in container["env"]] == ["AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_SCOPE"]
