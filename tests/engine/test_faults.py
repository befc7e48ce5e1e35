"""What goes wrong during an `up`, and the ways out that docs/recovery.md names: nothing is lost, nothing doubled."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.engine import Engine, Run
from tests.engine.inventory import kept, recorded

pytestmark = [pytest.mark.engine, pytest.mark.slow]

ARM_TYPES = {
    "cluster": "Microsoft.ContainerService/managedClusters",
    "credential": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    "identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "assignment": "Microsoft.Authorization/roleAssignments",
    "registry": "Microsoft.ContainerRegistry/registries",
    "vault": "Microsoft.KeyVault/vaults",
}
CLUSTER = "azure-native:containerservice:ManagedCluster"

EVERY_KIND = """
from aks_workload_identity import (
    FederatedWorkload, FederatedWorkloadArgs, KeyVault, KeyVaultArgs, KeyVaultMount, KeyVaultMountArgs, Secret,
    ServiceAccount, WorkloadIdentityCluster, WorkloadIdentityClusterArgs,
)
from pulumi_azure_native.resources import ResourceGroup

group = ResourceGroup("rg", resource_group_name="rg", location="westeurope")
place = {"resource_group_name": group.name, "location": "westeurope"}
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
main = WorkloadIdentityCluster("main", WorkloadIdentityClusterArgs(**place, admin_group_object_ids=admins))
WorkloadIdentityCluster("second", WorkloadIdentityClusterArgs(**place, admin_group_object_ids=admins))
vault = KeyVault("main", KeyVaultArgs(**place, vault_name="kv-main-of-the-tests"))
KeyVault("second", KeyVaultArgs(**place, vault_name="kv-second-of-the-tests"))


def workload(name):
    accounts = {"app": ServiceAccount(namespace=f"ns-{name}", name=name)}
    args = FederatedWorkloadArgs(**place, clusters={"main": main.trust}, service_accounts=accounts)
    return FederatedWorkload(name, args)


for name in ("identity", "credential", "namespace", "account"):
    workload(name)
mount = KeyVaultMountArgs(workload=workload("reader"), vault=vault, objects={"db": Secret()})
KeyVaultMount("reader", mount)
"""

SLOW = """
from pulumi_azure_native import containerservice, keyvault, managedidentity, resources
from pulumi_azure_native.authorization import get_client_config

group = resources.ResourceGroup("rg", resource_group_name="rg", location="westeurope")
where = {"resource_group_name": group.name, "location": "westeurope"}
managedidentity.UserAssignedIdentity("slow", resource_name_="slow", **where)
containerservice.ManagedCluster(
    "slow",
    resource_name_="slow",
    **where,
    dns_prefix="slow",
    identity={"type": "SystemAssigned"},
    agent_pool_profiles=[{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D2s_v5"}],
)
vault = {"tenant_id": get_client_config().tenant_id, "sku": {"family": "A", "name": "standard"}, "access_policies": []}
keyvault.Vault("silent", vault_name="kv-silent-of-the-tests", **where, properties=vault)
"""
SLOW_FAULTS: list[dict[str, Any]] = [
    {"type": ARM_TYPES["identity"], "operation": "create", "delay": 3},
    {"type": ARM_TYPES["cluster"], "operation": "create", "delay": 3},
]
SILENT: dict[str, Any] = {"type": ARM_TYPES["vault"], "operation": "create", "hang": True}


def inject(engine: Engine, faults: list[dict[str, Any]], **options: float) -> None:
    engine.home.mkdir(parents=True, exist_ok=True)
    file = engine.home / "faults.yaml"
    file.write_text(yaml.safe_dump({"faults": faults, **options}))
    engine.variables["SANDBOX_FAULTS"] = str(file)


def broken(kind: str, name: str) -> list[dict[str, Any]]:
    """The creation has its effect and no answer, however often the client asks again."""
    return [{"type": kind, "operation": each, "name": name, "drop": True} for each in ("create", "update")]


def planned_name(engine: Engine, logical_name: str) -> str:
    """The deterministic Azure name of a role assignment, which the very first preview knows."""
    steps = [event["metadata"] for event in engine.preview().of("resourcePreEvent")]
    planned = next(each["new"]["inputs"] for each in steps if each["urn"].endswith(f":RoleAssignment::{logical_name}"))
    return planned["roleAssignmentName"]


def already_there(run: Run) -> dict[str, str]:
    """The ids of what a creation met, by URN."""
    found: dict[str, str] = {}
    for event in run.of("diagnosticEvent"):
        message = event["message"]
        if "cannot create already existing resource '" in message:
            found[event["urn"]] = message.partition("'")[2].partition("'")[0]
        elif "already exists" in message:
            found[event["urn"]] = message.partition("resource ")[2].partition(" was not")[0]
    return found


def refused(run: Run) -> set[str]:
    """The types of the resources that could not be made."""
    errors = [each for each in run.of("diagnosticEvent") if each["severity"] == "error" and each.get("urn")]
    types = {each["urn"].split("::")[2].rpartition(":")[2] for each in errors}
    return types - {"Stack"}


def take_over(engine: Engine, ids: dict[str, str]) -> None:
    """docs/recovery.md, "cannot create already existing resource": a cluster is deleted, everything else imported."""
    for urn in [urn for urn in ids if CLUSTER in urn]:
        engine.azure("DELETE", f"{ids.pop(urn)}?api-version=2025-09-01")
    file = engine.home / "import.json"
    preview = engine.sandbox(*engine.command("preview", "--import-file", str(file)))
    assert preview.returncode == 0, preview.stderr
    wanted = json.loads(file.read_text())
    by_name = {(urn.split("::")[2].rpartition("$")[2], urn.rpartition("::")[2]): ids[urn] for urn in ids}
    named = [(each, by_name.get((each["type"], each.get("logicalName", each["name"])))) for each in wanted["resources"]]
    wanted["resources"] = [{**each, "id": identifier} for each, identifier in named if identifier]
    assert len(wanted["resources"]) == len(ids)
    file.write_text(json.dumps(wanted))
    options = ("--yes", "--skip-preview", "--protect=false", "--generate-code=false")
    imported = engine.sandbox(*engine.command("import", "--file", str(file), *options))
    assert imported.returncode == 0, imported.stdout + imported.stderr


def assert_converges(engine: Engine) -> Run:
    """The next `up` repairs everything, replaces nothing, and the state is what Azure and the clusters hold."""
    repair = engine.up()
    assert repair.exit_code == 0, repair.errors
    assert {step.op for step in repair.steps} <= {"create", "update"}
    assert recorded(engine) == kept(engine)
    return repair


def processes_below(pid: int) -> Iterator[tuple[int, str]]:
    children = " ".join(each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children"))
    for child in children.split():
        yield int(child), Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        yield from processes_below(int(child))


def interrupted(engine: Engine, faults: list[dict[str, Any]], victim: str | None) -> subprocess.CompletedProcess[str]:
    """An `up` that is hit once it has met every fault: kill -9 of a process of that name, or Ctrl-C."""
    inject(engine, faults)
    process = engine.start(*engine.command("up", "--yes", "--skip-preview"))
    assert process.stderr is not None
    for _ in faults:
        assert "sandbox fault: create" in process.stderr.readline()
    if victim is None:
        process.send_signal(signal.SIGINT)
    else:
        time.sleep(0.3)  # the effect of a delayed creation comes right after its line
        os.kill(next(pid for pid, command in processes_below(process.pid) if victim in command), signal.SIGKILL)
    stdout, stderr = process.communicate(timeout=100)
    assert "Traceback" not in stderr
    engine.variables.clear()
    time.sleep(3)  # what the cluster still needs
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def test_what_the_client_may_repeat_goes_unnoticed_and_the_next_up_repairs_the_rest(dev: Engine):
    unnoticed: list[dict[str, Any]] = [
        {"type": ARM_TYPES["cluster"], "operation": "create", "delay": 1},
        {"type": "*/resourceGroups", "operation": "create", "times": 1, "fail": {"status": 503}},
        {"type": ARM_TYPES["identity"], "operation": "create", "times": 2, "fail": {"status": 429}},
        {"type": ARM_TYPES["vault"], "operation": "create", "times": 1, "fail": {"status": 500}},
        {"type": ARM_TYPES["registry"], "operation": "create", "times": 1, "drop": True},
    ]
    noticed: list[dict[str, Any]] = [
        {"type": ARM_TYPES["credential"], "operation": "create", "times": 1, "fail": {"status": 409, "code": "Busy"}},
        {"type": "SecretProviderClass", "operation": "create", "fail": {"status": 500, "code": "InternalError"}},
    ]
    inject(dev, [*unnoticed, *noticed], principalReplicationSeconds=600)

    failed = dev.up("--continue-on-error")
    dev.variables.clear()

    assert failed.exit_code != 0
    assert failed.text.count("sandbox fault: ") >= len([*unnoticed, *noticed])
    assert refused(failed) == {"FederatedIdentityCredential", "SecretProviderClass"}
    assert "Busy" in failed.errors
    assert_converges(dev)


def test_what_was_made_without_an_answer_is_taken_over(tmp_path: Path):
    engine = Engine.of_program(tmp_path, EVERY_KIND)
    lost = {
        ("UserAssignedIdentity", ARM_TYPES["identity"], "identity"),
        ("FederatedIdentityCredential", ARM_TYPES["credential"], "main-ns-credential-*"),
        ("Vault", ARM_TYPES["vault"], "kv-second-*"),
        ("ManagedCluster", ARM_TYPES["cluster"], "second"),
        ("Namespace", "Namespace", "ns-namespace"),
        ("ServiceAccount", "ServiceAccount", "account"),
        ("SecretProviderClass", "SecretProviderClass", "reader"),
        ("RoleAssignment", ARM_TYPES["assignment"], planned_name(engine, "reader-main-secrets-user")),
    }
    inject(engine, [fault for _, kind, name in lost for fault in broken(kind, name)])
    failed = engine.up("--continue-on-error")
    engine.variables.clear()

    again = engine.up("--continue-on-error")
    ids = already_there(again)
    met = {urn.rpartition("::")[0].rpartition(":")[2] for urn in ids}
    take_over(engine, ids)

    assert failed.exit_code != 0
    assert "broke off its answer" in failed.errors
    assert again.exit_code != 0
    assert met == {kind for kind, _, _ in lost}
    assert_converges(engine)


def test_a_killed_cli_leaves_a_lock_and_unknown_creations_that_are_cleared_and_taken_over(tmp_path: Path):
    engine = Engine.of_program(tmp_path, SLOW)
    killed = interrupted(engine, [*SLOW_FAULTS, SILENT], victim="pulumi -C")

    locked = engine.up()
    cancelled = engine.sandbox("pulumi", "-C", str(engine.project), "cancel", "--yes", "--stack", "dev")
    cleared = engine.refresh("--yes", "--skip-preview", "--clear-pending-creates")
    again = engine.up("--continue-on-error")
    take_over(engine, already_there(again))

    assert killed.returncode == 128 + signal.SIGKILL
    assert "the stack is currently locked" in locked.errors
    assert cancelled.returncode == 0
    assert cleared.exit_code == 0, cleared.errors
    assert "pending operations" not in json.dumps(again.events)
    assert_converges(engine)


def test_a_killed_provider_leaves_what_it_had_made_to_be_taken_over(tmp_path: Path):
    engine = Engine.of_program(tmp_path, SLOW)
    failed = interrupted(engine, SLOW_FAULTS, victim="azure_native")

    again = engine.up("--continue-on-error")
    take_over(engine, already_there(again))

    assert failed.returncode == 1
    assert again.exit_code != 0
    assert_converges(engine)


def test_ctrl_c_waits_for_what_has_begun_and_the_next_up_goes_on(tmp_path: Path):
    engine = Engine.of_program(tmp_path, SLOW)

    stopped = interrupted(engine, SLOW_FAULTS, victim=None)

    assert stopped.returncode != 0
    assert recorded(engine) == kept(engine)
    assert_converges(engine)


def test_a_role_assignment_that_spreads_slowly_stops_the_cluster_and_the_next_up_makes_it(tmp_path: Path):
    engine = Engine.of_program(tmp_path, EVERY_KIND.partition('WorkloadIdentityCluster("second"')[0])
    inject(engine, [], roleAssignmentReplicationSeconds=600)

    failed = engine.up()
    engine.variables.clear()

    assert "CustomKubeletIdentityMissingPermissionError" in failed.errors
    assert assert_converges(engine).counted("create") == {CLUSTER: 1, "pulumi:providers:kubernetes": 1}
