"""`make preflight` and `python -m`: what the settings or the arguments name is what is looked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aks_workload_identity import InvalidArgumentError
from aks_workload_identity.preflight.__main__ import main

import preflight
from settings import Settings
from tests.azure_mocks import SUBSCRIPTION
from tests.components.test_program import dev_stack
from tests.preflight.azure import Subscription
from tests.recorder import Recording

pytestmark = pytest.mark.capability("A22")


@pytest.fixture
def config() -> dict[str, Any]:
    with open("Pulumi.dev.yaml") as file:  # noqa: PTH123
        return yaml.safe_load(file)["config"]


def inputs(recording: Recording, type_: str, name: str) -> Iterator[Any]:
    return (
        r.inputs[name] for r in recording.resources if r.type.startswith("azure-native:") and r.type.endswith(type_)
    )


def test_what_is_looked_for_is_what_the_program_makes(config: dict[str, Any]):
    planned = preflight.planned(Settings.of_config(config, "Pulumi.dev.yaml"), SUBSCRIPTION, None)
    recording = dev_stack()

    assert planned.vault_names == list(inputs(recording, ":Vault", "vaultName"))
    assert planned.registry_names == list(inputs(recording, ":Registry", "registryName"))
    assert planned.storage_account_names == list(inputs(recording, ":StorageAccount", "accountName"))
    assert planned.cognitive_services_account_names == list(
        inputs(recording, "cognitiveservices:Account", "accountName")
    )
    (cluster,) = [r.inputs for r in recording.resources if r.type.endswith(":ManagedCluster")]
    assert (planned.cluster_name, planned.resource_group_name) == (cluster["resourceName"], "rg-shop-dev")
    assert planned.admin_group_object_ids == cluster["aadProfile"]["adminGroupObjectIDs"]
    pools = cluster["agentPoolProfiles"]
    assert planned.vm_sizes == {pool["vmSize"]: pool.get("maxCount") or pool["count"] for pool in pools}
    assert set(planned.recovered_names) == {*planned.vault_names, *planned.cognitive_services_account_names}


def test_everything_that_azure_must_provide_is_looked_for(config: dict[str, Any]):
    planned = preflight.planned(Settings.of_config(config, "Pulumi.dev.yaml"), SUBSCRIPTION, None)

    made = {r.type.split(":")[1].lower() for r in dev_stack().resources if r.type.startswith("azure-native:")}

    without_registration = {"authorization", "resources"}
    modules = {"insights": "monitor"}  # azure-native's own name
    looked_for = {name.partition(".")[2].lower() for name in planned.providers}
    assert made - without_registration <= {modules.get(name, name) for name in looked_for}


def test_a_wrong_stack_file_is_one_clear_error_and_no_sealed_value_is_shown(config: dict[str, Any]):
    config["aks-workload-identity:keyVault"] = {"secure": "v1:hush"}

    with pytest.raises(InvalidArgumentError, match=r"keyVault\.secure is wrong") as caught:
        Settings.of_config(config, "Pulumi.dev.yaml")
    assert "hush" not in str(caught.value)


def test_a_stack_without_a_file_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STACK", "nothing")

    with pytest.raises(SystemExit) as ended:
        preflight.main([])

    assert ended.value.code == 2
    assert "STACK must name a stack with a file Pulumi.nothing.yaml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: [", "Pulumi.trial.yaml must be YAML: while parsing"),
        ("config: [1]", "config must be a map; got [1]"),
        ("- 1", "config must be a map; got [1]"),
        ("", "location is required"),
        ("config:", "location is required"),
        ("encryptionsalt: a", "location is required"),
    ],
)
def test_a_stack_file_that_says_nothing_or_something_else_is_told(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "Pulumi.trial.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STACK", "trial")

    with pytest.raises(SystemExit) as ended:
        preflight.main([])

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("ranges", ["[203.0.113.0/24]", "[20.50.0.0/24]"])
def test_the_dev_stack_is_ready_in_the_sandbox_but_for_its_example_range(
    subscription: Subscription,
    tmp_path: Path,
    ranges: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    committed = Path("Pulumi.dev.yaml").read_text()
    assert committed.count("authorizedIpRanges: [203.0.113.0/24]") == 1
    (tmp_path / "Pulumi.dev.yaml").write_text(committed.replace("[203.0.113.0/24]", ranges))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STACK", "dev")
    for name, value in subscription.variables.items():
        monkeypatch.setenv(name, value)

    code = preflight.main([])
    shown = capsys.readouterr().out

    assert code == int("203.0.113" in ranges), shown
    assert [line[:18] for line in shown.splitlines() if line.startswith("✗")] == ["✗ caller's address"] * code


def test_the_command_of_importers_takes_everything_as_arguments(
    subscription: Subscription, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    subscription.stands(names_taken=("kv-taken",), caller_groups=("3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e60",))
    for name, value in subscription.variables.items():
        monkeypatch.setenv(name, value)
    where = ["--location", "westeurope", "--resource-group", "rg", "--cluster", "aks", "--nodes", "Standard_D4ds_v5=3"]
    who = ["--admin-group", "3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e60", "--authorized-range", "20.50.0.0/24"]

    code = main([*where, *who, "--vault", "kv-free", "--vault", "kv-taken", "--caller-address", "20.50.0.7"])

    shown = capsys.readouterr().out.splitlines()
    assert code == 1
    assert [line.split()[:2] for line in shown if line.startswith("✗")] == [["✗", "vault"]]
    assert any(line.startswith("✓") and "kv-free is free" in line for line in shown)
    assert any("20.50.0.7 is in 20.50.0.0/24" in line for line in shown)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--admin-group", "admins"], "admin_group_object_ids.0 must be a GUID"),
        (["--admin-group", "3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e60", "--nodes", "x=many"], "vm_sizes.x must be 0-1000"),
        ([], "--admin-group"),
    ],
)
def test_wrong_arguments_are_told_before_azure_is_asked(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
):
    with pytest.raises(SystemExit) as ended:
        main(["--location", "westeurope", "--resource-group", "rg", "--cluster", "aks", *arguments])

    assert ended.value.code == 2
    assert said in capsys.readouterr().err
