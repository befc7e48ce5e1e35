"""The stack's configuration: one clear error for everything that is wrong in it."""

import json
from typing import Any

import pulumi
import pytest
import yaml
from aks_workload_identity import InvalidArgumentError

from settings import Settings
from tests.recorder import run

LEAST: dict[str, Any] = {
    "location": "westeurope",
    "resourceGroupName": "rg",
    "cluster": {"clusterName": "aks", "adminGroupObjectIds": ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]},
}
WORKLOAD: dict[str, Any] = {"serviceAccount": {"namespace": "shop", "name": "orders"}, "image": "a"}


def loaded(config: dict[str, Any], secret: tuple[str, ...] = ()) -> Settings:
    results: list[Settings] = []
    as_pulumi_hands_it_over = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}
    run(lambda: results.append(Settings.load()), config=as_pulumi_hands_it_over, secret_config=secret)
    return results[0]


def refusal(config: dict[str, Any], secret: tuple[str, ...] = ()) -> str:
    with pytest.raises(InvalidArgumentError) as caught:
        loaded(config, secret)
    return str(caught.value)


def test_the_least_configuration_is_enough():
    settings = loaded(LEAST)

    assert settings.workloads == {}
    assert settings.cluster.cluster_name == "aks"


def test_the_committed_dev_stack_is_valid():
    with open("Pulumi.dev.yaml") as file:  # noqa: PTH123
        config = yaml.safe_load(file)["config"]

    settings = loaded({key.partition(":")[2]: value for key, value in config.items()})

    assert list(settings.workloads) == ["orders", "fulfilment", "assistant"]


def test_pulumi_yaml_declares_exactly_the_keys_that_are_read():
    with open("Pulumi.yaml") as file:  # noqa: PTH123
        declared = yaml.safe_load(file)["config"]

    assert declared.keys() == {field.alias for field in Settings.model_fields.values()}
    assert {key for key, entry in declared.items() if "default" not in entry} == {
        field.alias for field in Settings.model_fields.values() if field.is_required()
    }


def test_every_problem_is_told_at_once_under_the_key_as_it_is_written_in_yaml():
    message = refusal(
        {
            **LEAST,
            "location": "West Europe",
            "clusterNam": "aks",
            "cluster": {"clusterName": "-aks", "adminGroupObjectIds": ["admins"]},
            "workloads": {"orders": {**WORKLOAD, "serviceAccount": {"namespace": "shop", "name": "default"}}},
        }
    )

    assert message.splitlines()[0] == "Configuration of stack 'dev':"
    assert [line.split()[1] for line in message.splitlines()[1:]] == [
        "location",
        "cluster.clusterName",
        "cluster.adminGroupObjectIds.0",
        "workloads.orders.serviceAccount.name",
        "clusterNam",
    ]


def test_what_only_the_components_or_other_keys_refuse_is_told_in_the_same_round():
    colliding = {"one-key": {"kind": "secret", "file": "x"}, "x": {"kind": "secret"}}
    message = refusal(
        {
            **LEAST,
            "location": "West Europe",
            "clusterNam": "aks",
            "cluster": {**LEAST["cluster"], "systemPool": {"count": 0}},
            "storage": {"containers": ["invoices"]},
            "workloads": {
                "orders": {**WORKLOAD, "replicas": -1},
                "billing": {**WORKLOAD, "blobs": {"bills": "read"}, "models": "call"},
                "archive": {**WORKLOAD, "messages": {"a" * 33: "send"}, "vaultObjects": colliding},
                "reports": {**WORKLOAD},
            },
        }
    )

    assert {line.split()[1] for line in message.splitlines()[1:]} == {
        "location",
        "clusterNam",
        "cluster.systemPool.count",
        "workloads.orders.replicas",
        "workloads.billing.blobs",
        "workloads.billing.models",
        f"workloads.archive.messages.{'a' * 33}",
        "workloads.archive.vaultObjects.x.file",
        "workloads.reports.serviceAccount",
    }


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"workload": {}}, "workload is not known; did you mean workloads?"),
        ({"cluster": {}}, "cluster.adminGroupObjectIds is required"),
        ({"cluster": "aks"}, "cluster must be"),
        ({"workloads": {"Orders_2": WORKLOAD}}, "workloads.Orders_2 must be a workload name"),
        ({"workloads": {"w1": WORKLOAD}}, "workloads.w1 must be a workload name: 3-40"),
        (
            {"workloads": {"orders": WORKLOAD, "billing": WORKLOAD}},
            "workloads.billing.serviceAccount must be of one workload only; got system:serviceaccount:",
        ),
        ({"openAI": {}}, "openAI is not known; did you mean openAi?"),
        (
            {
                "workloads": {
                    "orders": {**WORKLOAD, "vaultObjects": {"db": {"kind": "secret"}}, "onlySecretNames": ["other"]}
                }
            },
            "workloads.orders.onlySecretNames must name every secret that is shown, letter by letter; ['db'] would be",
        ),
        (
            {"workloads": {"orders": {**WORKLOAD, "onlySecretNames": ["db"]}}},
            "workloads.orders.onlySecretNames must be left out unless the workload sees something of the vault",
        ),
        ({"keyVault": {"recover": "perhaps"}}, "keyVault.recover must be true or false; got 'perhaps'"),
        ({"keyVault": {"recovr": True}}, "keyVault.recovr is not known; did you mean recover?"),
        ({"workloads": {"orders": {**WORKLOAD, "replicas": -1}}}, "workloads.orders.replicas must be 0-1000 replicas"),
        (
            {"workloads": {"orders": {**WORKLOAD, "blobs": {"bills": "read"}}}},
            "orders.blobs must name what storage has",
        ),
        ({"workloads": {"orders": {**WORKLOAD, "models": "call"}}}, "must be left out unless openAi has deployments"),
        ({"workloads": {"orders": {**WORKLOAD, "replica": 1}}}, "workloads.orders.replica is not known; did you mean"),
        (
            {
                "workloads": {
                    "orders": {**WORKLOAD, "vaultObjects": {"a-b-c": {"kind": "secret", "filePermision": "0444"}}}
                }
            },
            "workloads.orders.vaultObjects.a-b-c.filePermision is not known; did you mean filePermission?",
        ),
        (
            {"workloads": {"orders": {**WORKLOAD, "vaultObjects": {"x": {"kind": "secret", "filePermission": 400}}}}},
            "workloads.orders.vaultObjects.x.filePermission must be a quoted octal mode",
        ),
        (
            {"workloads": {"orders": {**WORKLOAD, "vaultObjects": {"x": {}}}}},
            "workloads.orders.vaultObjects.x.kind must be 'secret', 'key' or 'certificate'; got None",
        ),
    ],
)
def test_a_wrong_key_or_value_is_one_clear_line(config: dict[str, Any], message: str):
    assert message in refusal({**LEAST, **config})


def test_the_value_of_a_secret_key_is_never_shown():
    message = refusal({**LEAST, "cluster": {"clusterName": "hush hush"}}, secret=("cluster",))

    assert "hush" not in message
    assert "cluster.clusterName is wrong; its value is secret and not shown" in message


def test_keys_of_other_projects_and_providers_are_not_ours():
    assert loaded({**LEAST, "azure-native:location": "westeurope", "other:thing": "x"}).location == "westeurope"


def test_a_missing_key_is_told_with_its_rule_and_an_example():
    message = refusal({key: value for key, value in LEAST.items() if key != "location"})

    assert "location is required: an Azure region's short name, for example 'westeurope'" in message


def test_the_project_of_another_stack_is_not_read():
    results: list[Any] = []

    def program() -> None:
        results.append(pulumi.get_project())
        Settings.load()

    with pytest.raises(InvalidArgumentError, match="location is required"):
        run(program, config={f"other:{key}": json.dumps(value) for key, value in LEAST.items()})
