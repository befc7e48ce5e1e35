"""Whether a sandbox's clusters are played or real, and that nobody mixes the two."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox import cluster_kind
from sandbox.azure.containerservice import CLUSTERS
from sandbox.azure.store import Store
from sandbox.control_plane import programs
from sandbox.errors import SandboxError
from sandbox.home import REPOSITORY, Home
from tests.sandbox.test_home_command import run

CLUSTER = f"/subscriptions/s/resourceGroups/rg/providers/{CLUSTERS}/aks-shop"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def with_a_cluster(store: Store) -> Store:
    store.put({"id": CLUSTER, "name": "aks-shop", "type": CLUSTERS, "properties": {}}, created=0)
    return store


def test_a_new_sandbox_plays_its_clusters(home: Home, store: Store):
    assert cluster_kind.chosen(home, store, "") == "played"


@pytest.mark.parametrize("kind", ["played", "real"])
def test_who_names_no_kind_gets_what_the_sandbox_has(home: Home, store: Store, kind: str):
    cluster_kind.chosen(home, store, kind)

    assert cluster_kind.chosen(home, with_a_cluster(store), "") == kind


@pytest.mark.parametrize(("kept", "asked"), [("real", "played"), ("played", "real")])
def test_the_kind_of_clusters_that_exist_cannot_be_changed(home: Home, store: Store, kept: str, asked: str):
    cluster_kind.chosen(home, store, kept)
    with_a_cluster(store)

    with pytest.raises(SandboxError, match=f"the clusters in {home.folder} are {kept}, and CLUSTER={asked} would not"):
        cluster_kind.chosen(home, store, asked)
    assert cluster_kind.chosen(home, store, "") == kept


def test_without_clusters_the_kind_may_change(home: Home, store: Store):
    cluster_kind.chosen(home, store, "real")

    assert cluster_kind.chosen(home, store, "played") == "played"
    assert cluster_kind.chosen(home, store, "") == "played"


def test_a_kind_that_there_is_none_of_is_one_line_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SANDBOX_CLUSTER", "reel")

    code, stdout, stderr = run(tmp_path, "--", "echo", "ran")

    assert (code, stdout, stderr) == (1, "", "error: CLUSTER must be played or real, for example real; got 'reel'\n")
    assert not Home(tmp_path).cluster_kind.exists()


def test_a_command_of_the_sandbox_learns_the_kind(tmp_path: Path):
    assert run(tmp_path, "--", "sh", "-c", "echo $SANDBOX_CLUSTER")[:2] == (0, "played\n")


def test_everything_that_a_control_plane_lacks_is_said_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(programs, "FOLDER", tmp_path)
    for name in ("etcd", "kube-controller-manager", "kubelogin"):
        (tmp_path / name).touch()

    with pytest.raises(
        SandboxError, match=r"not built yet: kube-apiserver, azwi-webhook, manifests; build .* make parts"
    ):
        programs.check()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(
    ("kept", "arguments", "builds"),
    [
        ("", (), False),
        ("played", (), False),
        ("real", (), True),
        ("", ("CLUSTER=real",), True),
        ("real", ("CLUSTER=played",), False),
        ("real", ("TARGET=azure",), False),
    ],
)
@pytest.mark.parametrize("target", ["up", "destroy", "shell", "preflight"])
def test_make_builds_the_programs_where_clusters_are_real(
    tmp_path: Path, target: str, kept: str, arguments: tuple[str, ...], builds: bool
):
    if kept:
        Home(tmp_path).cluster_kind.write_text(f"{kept}\n")
    variables = {"PATH": os.environ["PATH"], "SANDBOX_HOME": str(tmp_path)}

    made = subprocess.run(
        ["make", "--dry-run", target, *arguments],
        cwd=REPOSITORY,
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ("tools/chain/build" in made.stdout) == builds


def test_the_stack_in_an_open_sandbox_takes_its_kind(tmp_path: Path):
    Home(tmp_path).cluster_kind.write_text("real\n")
    variables = {**os.environ, "SANDBOX_HOME": str(tmp_path), "IN_SANDBOX": str(tmp_path), "SANDBOX_CLUSTER": "played"}

    refused = subprocess.run(["tools/stack", "destroy"], cwd=REPOSITORY, env=variables, capture_output=True, text=True)

    assert (refused.returncode, refused.stderr) == (
        2,
        "error: CLUSTER must be that of the open sandbox, real; got 'played'\n",
    )
