"""Control planes beside each other, killed, and gone: what runs belongs to one sandbox and ends with it."""

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.home import Home
from tests.chain.conftest import ORDERS, Chain, a_node, opened
from tests.chain.mounting import Ledger, eventually
from tests.chain.needs import needs_driver, needs_network
from tests.chain.processes import Running, processes_of, programs_of, running_of, wait_until_none
from tests.engine.engine import REPOSITORY, Engine
from tests.engine.inventory import stored

pytestmark = needs_network
SECONDS = 180
CONTROL_PLANE = {"etcd", "kube-apiserver", "kube-controller-manager", "azwi-webhook"}
NODE = {"secrets-store-provider-azure", "secrets-store-csi-driver"}
PROGRAM = """
import aks_workload_identity as wi
from pulumi_azure_native import resources

group = resources.ResourceGroup("shop", resource_group_name="rg-shop", location="westeurope")
where = {"resource_group_name": group.name, "location": "westeurope"}
admins = ["3f2b6c1e-7d4a-4f0b-9c55-1a2b3c4d5e6f"]
cluster = wi.WorkloadIdentityCluster("shop", {**where, "cluster_name": "aks-shop", "admin_group_object_ids": admins})
account = wi.ServiceAccount(namespace="shop", name="orders")
wi.FederatedWorkload("orders", {**where, "clusters": {"shop": cluster.trust}, "service_accounts": {"app": account}})
"""
NODE_PROGRAM = """
import sys, time
from pathlib import Path
from tests.chain.conftest import a_node, opened
from tests.engine.engine import Engine

home = Path(sys.argv[1])
with opened(Engine(home), home.parent) as chain, a_node(chain.plane):
    (home / "ready").touch()
    time.sleep(600)
"""

INSIDE_PROGRAM = """
import os, sys, time
from pathlib import Path
from tests.chain.inside import InsideEngine

process = InsideEngine(Path(sys.argv[1]), inside=os.environ).start("sleep", "600")
print(process.pid, flush=True)
time.sleep(600)
"""


def an_engine(folder: Path) -> Engine:
    folder.mkdir(exist_ok=True)
    engine = Engine.of_program(folder, PROGRAM, name="small")
    engine.variables["SANDBOX_CLUSTER"] = "real"
    return engine


@pytest.mark.capability("A18")
def test_make_up_on_a_real_cluster_twice_changes_nothing_and_destroy_leaves_nothing(tmp_path: Path):
    home = tmp_path / "home"
    variables = {"SANDBOX_HOME": str(home), "STACK": "dev", "TARGET": "sandbox"}

    def make(verb: str, cluster: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        done = subprocess.run(
            ["tools/stack", verb],
            cwd=REPOSITORY,
            env={**os.environ, **variables, "SANDBOX_CLUSTER": cluster},
            capture_output=True,
            text=True,
        )
        return done, processes_of(home)

    # The sandbox keeps the kind of its clusters for those who do not say it again.
    runs = {"up": make("up", "real"), "up again": make("up", ""), "destroy": make("destroy", "")}

    assert [done.returncode for done, _ in runs.values()] == [0, 0, 0], [done.stderr for done, _ in runs.values()]
    assert "48 unchanged" in runs["up again"][0].stdout
    assert "updated" not in runs["up again"][0].stdout
    assert [left for _, left in runs.values()] == [[], [], []]
    assert stored(Engine(home)) == []
    assert list(Home(home).clusters.iterdir()) == []


@needs_driver
def test_two_sandboxes_run_side_by_side_and_neither_knows_the_other(tmp_path: Path):
    engines = [an_engine(tmp_path / name) for name in ("one", "two")]

    with ThreadPoolExecutor(2) as threads:
        runs = list(threads.map(Engine.up, engines))
    with ExitStack() as running:
        chains = [running.enter_context(opened(engine, engine.home.parent)) for engine in engines]
        for chain in chains:
            running.enter_context(a_node(chain.plane))
        pods = [chain.start(ORDERS) for chain in chains]
        tenants = [chain.store.tenant_id for chain in chains]
        side_by_side = [programs_of(engine.home) for engine in engines]

    told = [each["value"] for pod in pods for each in pod["spec"]["containers"][0]["env"] if "TENANT" in each["name"]]
    assert [run.exit_code for run in runs] == [0, 0], [run.errors for run in runs]
    assert told == tenants
    assert tenants[0] != tenants[1]
    assert all(programs >= CONTROL_PLANE | NODE for programs in side_by_side)


def test_an_update_that_is_stopped_while_its_api_server_starts_leaves_no_process(tmp_path: Path):
    engine = an_engine(tmp_path / "stopped")
    with engine.start(*engine.command("up", "--yes", "--skip-preview", "--json")) as sandbox:
        eventually(lambda: "kube-apiserver" in programs_of(engine.home), SECONDS)
        sandbox.terminate()
        _, said = sandbox.communicate(timeout=SECONDS)
        left = processes_of(engine.home)

    assert left == []
    assert "Traceback" not in said


def test_a_killed_update_leaves_no_process_and_the_next_one_meets_the_same_cluster_at_once(tmp_path: Path):
    engine = an_engine(tmp_path / "killed")
    with engine.start(*engine.command("up", "--yes", "--skip-preview", "--json")) as sandbox:
        eventually(lambda: "kube-apiserver" in programs_of(engine.home), SECONDS)
        sandbox.kill()
        sandbox.wait()
        engine.sandbox("pulumi", "-C", str(engine.project), "cancel", "--yes", "--stack", "dev")
        recovered = engine.up()
        sandbox.communicate(timeout=SECONDS)

    left, again = wait_until_none(engine.home), engine.up()
    drift = engine.refresh("--preview-only", "--expect-no-changes")

    assert left == []
    assert recovered.exit_code == 0, recovered.errors
    assert set(again.changes) == {"same"}
    assert drift.exit_code == 0, drift.errors
    assert engine.destroy().exit_code == 0
    assert processes_of(engine.home) == []


@needs_driver
def test_what_a_node_runs_ends_with_whoever_started_it(tmp_path: Path):
    engine = an_engine(tmp_path / "node")
    made = engine.up()
    with subprocess.Popen([sys.executable, "-c", NODE_PROGRAM, str(engine.home)], cwd=REPOSITORY) as starter:
        eventually((engine.home / "ready").exists, SECONDS)
        running = programs_of(engine.home)
        starter.kill()

    assert made.exit_code == 0, made.errors
    assert running >= CONTROL_PLANE | NODE
    assert wait_until_none(engine.home) == []


@needs_driver
def test_nothing_of_a_sandbox_listens_where_another_machine_reaches_it(ledger: Ledger):
    home = ledger.chain.home.folder
    listening = {each: each.listens for each in [*running_of(home), Running(os.getpid(), "the sandbox itself")]}

    reachable = {each: sorted(found) for each, found in listening.items() if found and each.reachable}
    enclosed = {found for each, found in listening.items() if not each.reachable for _, found in found}
    programs = {Path(f"/proc/{each.pid}/exe").resolve().name for each in reachable}
    assert programs >= {"etcd", "kube-apiserver", Path(os.path.realpath(sys.executable)).name}
    assert {
        each.command: (str(address), port)
        for each, found in reachable.items()
        for address, port in found
        if not address.is_loopback
    } == {}
    assert 9443 in enclosed, "the webhook was not seen"


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux the kernel stops a program with its parent")
def test_a_command_inside_an_open_sandbox_ends_with_whoever_started_it(tmp_path: Path):
    command = [sys.executable, "-c", INSIDE_PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        inside = os.pidfd_open(pid := int(starter.stdout.readline()))
        starter.kill()

    ended, _, _ = select.select([inside], [], [], 30)
    os.close(inside)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    assert ended


def test_a_pods_program_counts_among_those_of_its_sandbox(chain: Chain, tmp_path: Path):
    os.mkfifo(tmp_path / "end")
    end = os.open(tmp_path / "end", os.O_RDWR)
    pod, command = chain.start(ORDERS), ["sh", "-c", f"read line <{tmp_path}/end; echo $line"]

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(chain.kubelet.run, pod, command, chain.network)
        try:
            eventually(lambda: [each for each in processes_of(chain.home.folder) if str(tmp_path) in each])
        finally:
            os.write(end, b"it ended\n")
    os.close(end)

    assert done.result().stdout == "it ended\n"
