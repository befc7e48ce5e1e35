"""Control planes as far as nothing has to run for it; the programs themselves run in tests/chain."""

import asyncio
from pathlib import Path

import pytest

from sandbox.azure.store import Store
from sandbox.certificates import Authority
from sandbox.control_plane import programs
from sandbox.control_plane.control_planes import ControlPlanes
from sandbox.control_plane.process import Process
from sandbox.errors import SandboxError
from sandbox.home import Home


def test_what_is_kept_of_a_cluster_goes_with_the_cluster(store: Store, authority: Authority, tmp_path: Path):
    home = Home(tmp_path / "home")
    (home.clusters / "deleted" / "etcd").mkdir(parents=True)

    with ControlPlanes(home, store, authority):
        pass

    assert not list(home.clusters.iterdir())


@pytest.mark.parametrize("host", ["nobody.hcp.westeurope.azmk8s.io", "management.azure.com"])
def test_a_name_without_a_cluster_has_no_server_of_its_own(
    store: Store, authority: Authority, tmp_path: Path, host: str
):
    with ControlPlanes(Home(tmp_path), store, authority) as planes:
        assert asyncio.run(planes.port(host)) is None


def test_a_program_that_was_not_built_says_how_to_build_it():
    with pytest.raises(SandboxError, match="build the programs of the trust chain with: make parts"):
        programs.find("kube-scheduler")


def test_a_program_that_ends_too_early_shows_the_end_of_its_log(tmp_path: Path):
    process = Process(["sh", "-c", "echo no such flag; exit 1"], log=tmp_path / "log")

    with pytest.raises(SandboxError, match=r"(?s)sh ended by itself.*no such flag"):
        process.wait_until(lambda: False, 20)
    process.stop()


def test_a_program_that_is_stopped_is_gone(tmp_path: Path):
    process = Process(["sleep", "600"], log=tmp_path / "log")

    assert process.running
    process.stop()
    assert not process.running
