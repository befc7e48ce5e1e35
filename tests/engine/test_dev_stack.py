"""The dev stack through the real engine, from the first `up` to the last `destroy`."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.engine.deployed import DeployedDevStack
from tests.engine.engine import PACK, REPOSITORY, Engine
from tests.engine.inventory import stored

PACK_OPTION = ("--policy-pack", str(PACK))


def stack_command(verb: str, home: Path) -> subprocess.CompletedProcess[str]:
    """What `make <verb>` runs after the set-up."""
    return subprocess.run(
        ["tools/stack", verb],
        cwd=REPOSITORY,
        env={**os.environ, "SANDBOX_HOME": str(home), "STACK": "dev", "TARGET": "sandbox"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.capability("A18")
def test_make_up_creates_everything_then_changes_nothing_and_destroy_leaves_nothing(tmp_path: Path):
    home = tmp_path / "home"
    first = stack_command("up", home)
    outputs = json.loads(stack_command("outputs", home).stdout)
    shown = stack_command("access-map", home).stdout
    second = stack_command("up", home)
    destroyed = stack_command("destroy", home)
    engine = Engine(home)
    left = stored(engine)
    again = stack_command("up", home)

    assert (first.returncode, second.returncode, destroyed.returncode, again.returncode) == (0, 0, 0, 0)
    assert "orders: identity with client id" in shown
    assert shown in first.stdout
    assert "aks-workload-identity@v0.1.0 (local: policy)" in first.stdout
    assert "48 unchanged" in second.stdout
    assert "updated" not in second.stdout
    assert left == []
    assert "48 created" in again.stdout
    assert outputs.keys() == {
        "accessMap",
        "clusterName",
        "issuerUrl",
        "kubeconfig",
        "registry",
        "secretReads",
        "vaultUri",
        "workloads",
    }
    assert outputs["workloads"]["orders"].keys() == {"clientId", "principalId", "subjects", "roles"}
    assert outputs["kubeconfig"] == "[secret]"


def test_a_new_tag_updates_what_carries_it_and_replaces_nothing(deployed_dev: Engine):
    deployed_dev.config["tags"] = {"environment": "dev", "owner": "team-payments"}

    preview = deployed_dev.preview()
    up = deployed_dev.up()

    assert set(preview.steps) == set(up.steps)
    assert {(step.op, step.type.rpartition(":")[2]) for step in up.steps} == {
        ("update", type_)
        for type_ in (
            "Account",
            "ManagedCluster",
            "Registry",
            "ResourceGroup",
            "StorageAccount",
            "UserAssignedIdentity",
            "Vault",
            "Workspace",
        )
    }
    assert set(deployed_dev.up().changes) == {"same"}


@pytest.mark.capability("A18")
def test_a_workload_comes_and_goes_without_touching_the_others(deployed_dev: Engine):
    orders = deployed_dev.config["workloads"]["orders"]
    for name in ("billing", "returns"):
        account = {**orders["serviceAccount"], "name": name}
        deployed_dev.config["workloads"][name] = {**orders, "serviceAccount": account}

    added = deployed_dev.up()
    del deployed_dev.config["workloads"]["billing"]
    removed = deployed_dev.up()

    assert (added.exit_code, removed.exit_code) == (0, 0), added.errors + removed.errors
    assert ({step.op for step in added.steps}, {step.op for step in removed.steps}) == ({"create"}, {"delete"})
    assert {step.name.partition("-")[0] for step in removed.steps} == {"billing"}
    assert set(deployed_dev.up().changes) == {"same"}


@pytest.mark.slow
def test_a_killed_run_leaves_no_lock_that_stops_the_next(tmp_path: Path):
    home = tmp_path / "home"
    assert stack_command("up", home).returncode == 0
    lock = home / "state" / ".pulumi" / "locks" / "organization" / "aks-workload-identity" / "dev" / "killed.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text('{"pid": 1, "username": "nobody", "hostname": "here", "timestamp": "2026-01-01T00:00:00Z"}')
    state = home / "state" / ".pulumi" / "stacks" / "aks-workload-identity" / "dev.json"
    state.write_text(state.read_text()[:100])

    again = stack_command("up", home)

    assert again.returncode == 0, again.stderr
    assert "48 unchanged" in again.stdout
    assert "Clearing the lock" in again.stderr
    assert "going on from its backup" in again.stderr


def test_drift_is_shown_and_the_next_up_repairs_it(deployed_dev: Engine):
    cluster = next(r["id"] for r in deployed_dev.state() if r["type"].endswith(":ManagedCluster"))
    check = ("--preview-only", "--expect-no-changes")
    clean = deployed_dev.refresh(*check)
    deployed_dev.azure("PATCH", f"{cluster}?api-version=2025-09-01", {"tags": {"owner": "somebody"}})

    drifted = deployed_dev.refresh(*check)
    refreshed = deployed_dev.refresh("--yes", "--skip-preview")
    repair = deployed_dev.up()

    assert clean.exit_code == 0
    assert drifted.exit_code == 7
    assert refreshed.exit_code == 0
    assert repair.counted("update") == {"azure-native:containerservice:ManagedCluster": 1}
    assert deployed_dev.refresh(*check).exit_code == 0


def test_something_deleted_by_hand_is_made_again(deployed_dev: Engine):
    credential = next(r["id"] for r in deployed_dev.state() if r["type"].endswith(":FederatedIdentityCredential"))
    deployed_dev.azure("DELETE", f"{credential}?api-version=2023-01-31")

    assert deployed_dev.refresh("--yes", "--skip-preview").exit_code == 0
    repair = deployed_dev.up()

    assert repair.counted("create") == {"azure-native:managedidentity:FederatedIdentityCredential": 1}
    assert deployed_dev.state()[0]["id"]


@pytest.mark.capability("A7")
def test_nothing_secret_is_in_the_state_in_plain_text(deployed_dev: Engine, deployed_dev_stack: DeployedDevStack):
    first = deployed_dev_stack.first
    shown = deployed_dev.sandbox(
        "pulumi", "-C", str(deployed_dev.project), "stack", "output", "--stack", "dev", "--show-secrets", "--json"
    )
    kubeconfig = yaml.safe_load(json.loads(shown.stdout)["kubeconfig"])
    (cluster,) = kubeconfig["clusters"]
    planted = [cluster["cluster"]["certificate-authority-data"], cluster["cluster"]["server"]]
    files = {
        path: path.read_text(errors="replace") for path in (deployed_dev.home / "state").rglob("*") if path.is_file()
    }
    printed = first.text + json.dumps(first.events)

    assert all(len(each) > 20 for each in planted)
    for folder in ("stacks", "history"):
        assert [path for path, text in files.items() if folder in path.parts and "aks-shop-dev" in text], folder
    assert not [path for path, text in files.items() if any(each in text for each in (*planted, "kubelogin"))]
    assert not [each for each in (*planted, "kubelogin") if each in printed]


def test_wrong_configuration_is_one_clear_error_and_registers_nothing(dev: Engine):
    dev.config["workloads"]["orders"]["serviceAccount"]["name"] = "default"
    dev.config["workload"] = {}

    up = dev.up()

    assert up.exit_code != 0
    assert "workloads.orders.serviceAccount.name must be a service account of its own" in up.errors
    assert "workload is not known; did you mean workloads?" in up.errors
    assert "Traceback" not in up.errors
    assert dev.state() == []


@pytest.mark.slow
def test_two_sandboxes_at_once_do_not_disturb_each_other(tmp_path: Path):
    engines = [Engine.of_dev_stack(tmp_path / name) for name in ("one", "two")]

    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda engine: engine.up(*PACK_OPTION), engines))

    assert [run.exit_code for run in runs] == [0, 0]
    ids = [{r["id"] for r in engine.state() if r["type"].startswith("azure-native:")} for engine in engines]
    assert not ids[0] & ids[1]
